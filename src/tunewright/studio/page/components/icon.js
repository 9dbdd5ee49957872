// Icons, drawn from the paths that the build takes from lucide.
import {svg} from "../dom.js";
import {ICONS} from "../third_party/icons.js";

/** An icon by its name in lucide; beside a text it is hidden from screen readers, alone it needs a label. */
export function icon(name, {label = null, size = 20} = {}) {
  if (!ICONS[name]) console.error(`There is no icon named ${name}; web/bundle.mjs lists those that there are.`);
  const shapes = (ICONS[name] || []).map(([tag, attributes]) => svg(tag, attributes));
  return svg("svg.icon", {
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 1.75,
    "stroke-linecap": "round", "stroke-linejoin": "round", focusable: "false",
    ...(label ? {role: "img", "aria-label": label} : {"aria-hidden": "true"}),
  }, ...shapes);
}
