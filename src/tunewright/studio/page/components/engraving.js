// Engraving a tune with abcjs, and what stands where: elements, bars and lines, with places in the user's own text.
import {renderAbc} from "../third_party/abcjs.js";
import {isBreakable, lineBreaks} from "./line_breaks.js";

/** Distance from one step of a staff to the next, in abcjs's pixels; a staff lies between its steps 2 and 10. */
const STEP = 3.875;
const PADDING = 10;
const FIELD_OR_COMMENT = /^(?:[A-Za-z+]:|%)/;
const FONTS = {
  titlefont: "Literata 20", subtitlefont: "Literata 14", composerfont: "Literata 12 italic", infofont: "Inter 11",
  gchordfont: "Inter 12 bold", annotationfont: "Literata 12 italic", vocalfont: "Literata 12", wordsfont: "Literata 14",
  partsfont: "Literata 14 bold", tempofont: "Literata 13 bold", textfont: "Literata 13", measurefont: "Inter 10",
};

/**
 * Engrave a tune into a node.
 *
 * `width` is that of the staff in abcjs's pixels, `capacity` how many notes fit in a line: longer ones are broken. `titles` says
 * whether the title and what else stands above the music are engraved. Returns `{width, height, elements, lines}`:
 *
 * - element: `{start, end, bar, line, left, right, nodes, at}`; `start` and `end` are places in `text`, `bar` says whether it
 *   is a bar line, `at` where in its line it stands;
 * - line: `{top, bottom, left, right}`.
 */
export function engrave(node, text, {width, capacity = Infinity, titles = true}) {
  const {abc, origins} = complete(text, titles, isBreakable(text) ? capacity : Infinity);
  const [drawn] = renderAbc(node, abc, {
    staffwidth: width, add_classes: true, selectTypes: false, expandToWidest: true, responsive: "resize",
    paddingtop: 8, paddingbottom: 8, paddingleft: PADDING, paddingright: PADDING, format: FONTS,
  });
  const picture = node.querySelector("svg");
  picture.setAttribute("aria-hidden", "true");
  picture.removeAttribute("role");
  const [, , totalWidth, totalHeight] = (picture.getAttribute("viewBox") || "0 0 1 1").split(" ").map(Number);
  return {width: totalWidth, height: totalHeight, ...placesOf(drawn, origins)};
}

/** The text up to its last bar line, for a tune that is still being written; empty while there is none. */
export function wholeBars(text) {
  const key = text.search(/^K:.*\n/m);
  const last = text.lastIndexOf("|") + 1;
  return key >= 0 && last > text.indexOf("\n", key) ? text.slice(0, last + text.slice(last).match(/^[\]:]*/)[0].length) : "";
}

/** A complete text for abcjs, and for each of its characters the place in the user's text; -1 if it is not from there. */
function complete(text, titles, capacity) {
  const lines = [];
  let start = 0;
  for (const line of text.split("\n")) {
    if (line.trim()) lines.push({line: line.replaceAll(/[\0-\x08\x0b-\x1f\x7f]/g, " "), start});
    start += line.length + 1;
  }
  const head = lines.findIndex(({line}) => line.startsWith("K:"));
  let abc = lines.some(({line}) => line.startsWith("X:")) ? "" : "X:1\n";
  const origins = Array(abc.length).fill(-1);
  lines.forEach(({line, start: place}, number) => {
    const hidden = !titles && number < head && /^[TRCOABDFGHNSZ]:/.test(line);
    if (hidden || (number < head && !FIELD_OR_COMMENT.test(line))) {
      abc += "% ";
      origins.push(-1, -1);
    }
    let done = 0;
    for (const end of [...(number > head && !FIELD_OR_COMMENT.test(line) ? lineBreaks(line, capacity) : []), line.length]) {
      abc += `${line.slice(done, end)}\n`;
      for (let at = done; at < end; at += 1) origins.push(place + at);
      origins.push(end === line.length ? place + end : -1);
      done = end;
    }
  });
  return {abc, origins};
}

function placesOf(drawn, origins) {
  const elements = [];
  const lines = [];
  const groups = drawn?.engraver?.staffgroups || [];
  groups.forEach((group, line) => {
    if (!group.voices.length) return;
    const staffs = group.voices.map((voice) => voice.staff.absoluteY);
    const children = group.voices.flatMap((voice, number) => voice.duplicate ? [] : voice.children.map((child) => ({child, number})));
    for (const {child, number} of children) {
      const {abcelem} = child;
      if (!/^(note|rest|bar)$/.test(child.type) || !(abcelem?.endChar > abcelem?.startChar)) continue;
      elements.push({
        ...ownPlaces(origins, abcelem.startChar, abcelem.endChar), bar: child.type === "bar", line, voice: number,
        left: child.x, right: child.x + child.w, nodes: (child.elemset || []).flat().filter(Boolean),
      });
    }
    const ends = children.map(({child}) => child.x + child.w).filter(Number.isFinite);
    lines[line] = {
      top: Math.min(...staffs) - 10 * STEP, bottom: Math.max(...staffs) - 2 * STEP,
      left: group.startx ?? PADDING, right: Math.max(...ends, 0),
    };
  });
  return {elements, lines};
}

function ownPlaces(origins, start, end) {
  const own = origins.slice(start, end).filter((place) => place >= 0);
  return own.length ? {start: own[0], end: own.at(-1) + 1} : {start: -1, end: -1};
}

/** Bars as they are engraved, numbered from 1: where nothing better is known of them. */
export function engravedBars({elements}) {
  const bars = [];
  let open = null;
  for (const element of elements.filter(({voice}) => voice === 0)) {
    if (element.bar) {
      if (open) open.end = element.end;
      open = null;
    } else if (open) {
      open.end = element.end;
    } else {
      open = {number: bars.length + 1, start: element.start, end: element.end, words: ""};
      bars.push(open);
    }
  }
  return bars;
}

/** Rectangles of a bar, one for each line that it stands in, in abcjs's pixels: `{line, left, right, top, bottom}`. */
export function barBoxes({elements, lines}, bar) {
  const boxes = [];
  const first = elements.filter(({voice}) => voice === 0);
  first.forEach((element, at) => {
    if (element.bar || element.start < bar.start || element.start >= bar.end) return;
    const {line} = element;
    let box = boxes.find((each) => each.line === line);
    if (!box) {
      const before = first[at - 1];
      const left = before && before.line === line && before.bar ? before.right : Math.max(element.left - 6, lines[line].left);
      box = {line, left, right: element.right, top: lines[line].top, bottom: lines[line].bottom};
      boxes.push(box);
    }
    const next = first[at + 1];
    box.right = next && next.line === line && next.bar ? next.right : Math.max(element.right + 4, box.right);
  });
  return boxes;
}
