// A tune coloured by what a unit does at each of its characters: score, text, and a table bar by bar.
import {post} from "../api.js";
import {Score} from "../components/score.js";
import {el, put} from "../dom.js";

const STRONG = 0.5;
/** Most of a colour behind a letter, in percent: ink stays readable on it. */
const MOST_COLOUR = 42;
const LONGEST = 4000;

/** `new UnitView(signal)` with `.element`, `.legend` and `.score`. Colours follow the text while it is written. */
export class UnitView {
  constructor(signal) {
    this.signal = signal;
    this.text = "";
    this.values = [];
    this.unit = null;
    this.score = new Score({titles: false, label: "Score, coloured by the unit, bar by bar"});
    this.cells = [];
    this.letters = el("pre.unit-text", {tabindex: "0", "aria-label": "Text, coloured by the unit", role: "region"});
    this.problem = el("p.notice.warning", {hidden: true, role: "status"});
    this.table = el("tbody");
    this.legend = el("div.unit-legend", {}, el("span.figures", {}, "−1"), el("span.unit-scale", {"aria-hidden": "true"}), el("span.figures", {}, "1"), el("span.unseen", {}, "The colours: teal is below 0, orange above."));
    this.element = el("div.unit-view", {}, this.score.element, this.problem, this.letters,
      el("details.unit-table", {}, el("summary", {}, "In figures, bar by bar"),
        el("table", {}, el("caption.unseen", {}, "What the unit does in each bar"),
          el("thead", {}, el("tr", {}, ["Bar", "Mean", "Lowest", "Highest"].map((name) => el("th", {scope: "col"}, name)))), this.table)));
    this.score.element.addEventListener("engraved", () => this.#paint());
  }

  showUnit(network, layer, unit) {
    this.unit = {network, layer, unit};
    this.values = [];
    this.#ask();
  }

  /** Show another text; `live` says that more of it comes. */
  setText(text, {live = false} = {}) {
    this.values = this.values.slice(0, commonStart(this.text, text));
    this.text = text;
    this.live = live;
    this.score.update(text, {live});
    this.#letters();
    this.#ask();
  }

  /** Ask for values; while an answer is on its way, the next question waits. */
  async #ask() {
    if (!this.unit || !this.text) return;
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    const [unit, text] = [this.unit, this.text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "")];
    try {
      const {values, unknown} = await post("/api/units/values", {...unit, text}, {signal: this.signal});
      if (unit === this.unit && this.text.startsWith(text)) {
        this.values = values;
        this.#tell(unknown);
        this.#letters();
        this.#paint();
      }
    } catch (error) {
      if (error.name !== "AbortError") this.#tell(0, error.message);
    }
    this.asking = false;
    if (this.again && !this.signal.aborted) {
      this.again = false;
      this.#ask();
    }
  }

  #tell(unknown, message = null) {
    const said = message || (unknown ? `The network has never seen ${unknown} of these characters; there the unit stays as it was.`
      : this.text.length > LONGEST ? `Only the first ${LONGEST} characters are coloured.` : "");
    put(this.problem, said);
    this.problem.hidden = !said;
  }

  /** One cell a letter; those that are there already only change their colour. */
  #letters() {
    const {text} = this;
    let at = 0;
    while (at < this.cells.length && at < text.length && this.cells[at].textContent === text[at]) at += 1;
    for (const cell of this.cells.splice(at)) cell.remove();
    for (; at < text.length; at += 1) {
      const cell = el("span", {}, text[at]);
      this.cells.push(cell);
      this.letters.append(cell);
    }
    this.cells.forEach((cell, place) => colourCell(cell, this.values[place]));
    if (this.live) this.letters.scrollTop = this.letters.scrollHeight;
  }

  #paint() {
    const elements = this.score.engraved?.elements || [];
    const marks = this.values.length ? elements.map(({start, end}) => ({start, end, color: inkOf(mean(this.values.slice(start, end)))})) : [];
    this.score.paint(marks);
    put(this.table, this.values.length ? this.score.bars.map(({number, start, end}) => {
      const values = this.values.slice(start, end);
      const row = values.length ? [mean(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2)) : ["–", "–", "–"];
      return el("tr", {}, el("th", {scope: "row"}, number === 0 ? "Pick-up" : number), row.map((value) => el("td.figures", {}, value)));
    }) : []);
  }
}

/** How many of the first characters two texts share. */
export function commonStart(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}

function colourOf(value) {
  return value < 0 ? "var(--curve-1)" : "var(--curve-2)";
}

/** Colour behind a letter, and a line above or below it where the value is far from 0, for who sees no colours. */
function colourCell(cell, value = null) {
  const shown = value === null ? "" : `${Math.round(Math.abs(value) * MOST_COLOUR)}`;
  const sign = value === null || Math.abs(value) < STRONG ? "" : value > 0 ? "high" : "low";
  if (cell.shown === `${shown}${sign}${value < 0}`) return;
  cell.shown = `${shown}${sign}${value < 0}`;
  cell.style.backgroundColor = shown ? `color-mix(in srgb, ${colourOf(value)} ${shown}%, transparent)` : "";
  cell.className = sign;
}

/** Colour of a note: ink that turns to the colour of the value. */
export function inkOf(value) {
  return `color-mix(in oklab, ${colourOf(value)} ${Math.round(100 * Math.min(1, Math.abs(value) * 1.2))}%, var(--ink-faint))`;
}
