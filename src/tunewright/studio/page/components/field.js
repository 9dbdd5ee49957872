// Labelled inputs. Each function returns a field: `{element, control, value, error(text), disabled}`; `value` can be set.
import {el, put} from "../dom.js";

let count = 0;

/** One line of text. */
export function textField({label, value = "", placeholder = "", hint = null, type = "text", onchange = null, ...rest}) {
  const control = el("input", {type, value, placeholder, autocomplete: "off", spellcheck: "false", ...rest});
  return field({label, hint, control, onchange});
}

/** Several lines of text. */
export function areaField({label, value = "", placeholder = "", hint = null, rows = 3, onchange = null}) {
  const control = el("textarea", {rows, placeholder, spellcheck: "false"});
  control.value = value;
  return field({label, hint, control, onchange});
}

/** A whole number or a fraction; its value is a number, or null where the field is empty. */
export function numberField({label, value = null, min, max, step = 1, hint = null, placeholder = "", onchange = null}) {
  const control = el("input", {type: "number", min, max, step, placeholder, value: value ?? "", inputmode: "decimal"});
  return field({label, hint, control, onchange, read: numberOf, write: (given) => { control.value = given ?? ""; }});
}

/** One of several; options are texts or `[value, text]`. */
export function selectField({label, options, value = "", hint = null, onchange = null}) {
  const control = el("select", {}, options.map((option) => {
    const [given, text] = Array.isArray(option) ? option : [option, option];
    return el("option", {value: given}, text);
  }));
  control.value = value;
  const made = field({label, hint, control, onchange});
  made.element.classList.add("select");
  return made;
}

/** A number by a slider, with its figure beside it, which can be typed. */
export function sliderField({label, value, min, max, step, hint = null, onchange = null}) {
  const id = `field-${count += 1}`;
  const slider = el("input", {type: "range", min, max, step, value, id});
  const figure = el("input.figure", {type: "number", min, max, step, value, "aria-label": `${label}, as a number`});
  const shade = () => slider.style.setProperty("--filled", `${100 * (slider.value - min) / (max - min)}%`);
  const changed = (from, to) => {
    if (from.value === "" || !from.checkValidity()) return;
    to.value = from.value;
    shade();
    onchange?.(Number(from.value));
  };
  slider.addEventListener("input", () => changed(slider, figure));
  figure.addEventListener("change", () => {
    if (figure.value === "" || !figure.checkValidity()) figure.value = slider.value;
    changed(figure, slider);
  });
  shade();
  const element = el("div.field.slider", {},
    el("label", {for: id}, label), figure, slider, hint ? el("p.hint", {}, hint) : null);
  return {
    element, control: slider,
    get value() { return Number(slider.value); },
    set value(given) { slider.value = given; figure.value = slider.value; shade(); },
    set disabled(given) { slider.disabled = given; figure.disabled = given; },
    error() {},
  };
}

/** Yes or no. */
export function switchField({label, checked = false, hint = null, onchange = null}) {
  const control = el("input", {type: "checkbox", role: "switch"});
  control.checked = checked;
  if (onchange) control.addEventListener("change", () => onchange(control.checked));
  const element = el("div.field.switch", {}, el("label", {}, control, el("span", {}, label)), hint ? el("p.hint", {}, hint) : null);
  return {
    element, control,
    get value() { return control.checked; },
    set value(given) { control.checked = given; },
    set disabled(given) { control.disabled = given; },
    error() {},
  };
}

/** A few alternatives side by side; options are `[value, text]`. */
export function choiceField({label, options, value, onchange = null}) {
  const name = `choice-${count += 1}`;
  const inputs = options.map(([given]) => el("input", {type: "radio", name, value: given}));
  const select = (given) => { for (const input of inputs) input.checked = input.value === given; };
  select(value);
  for (const input of inputs) input.addEventListener("change", () => onchange?.(input.value));
  const element = el("fieldset.field.choice", {}, el("legend", {}, label),
    el("div.segments", {}, options.map(([, text], at) => el("label", {}, inputs[at], el("span", {}, text)))));
  return {
    element, control: inputs[0],
    get value() { return inputs.find((input) => input.checked)?.value ?? null; },
    set value(given) { select(given); },
    set disabled(given) { element.disabled = given; },
    error() {},
  };
}

function field({label, hint, control, onchange, read = (input) => input.value, write = (given) => { control.value = given; }}) {
  const id = `field-${count += 1}`;
  control.id = id;
  const said = el("p.hint", {id: `${id}-hint`}, hint || "");
  said.hidden = !hint;
  control.setAttribute("aria-describedby", said.id);
  if (onchange) control.addEventListener("change", () => onchange(read(control)));
  return {
    element: el("div.field", {}, el("label", {for: id}, label), control, said),
    control,
    get value() { return read(control); },
    set value(given) { write(given); },
    set disabled(given) { control.disabled = given; },
    /** Say what is wrong under the field; null takes it back. */
    error(text) {
      control.setAttribute("aria-invalid", text ? "true" : "false");
      put(said, text || hint || "");
      said.hidden = !(text || hint);
      said.classList.toggle("wrong", Boolean(text));
    },
  };
}

function numberOf(input) {
  return input.value === "" ? null : Number(input.value);
}
