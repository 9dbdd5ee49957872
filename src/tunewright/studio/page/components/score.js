// A tune as a score: engraved while it is written or edited, with bars that can be selected and read, and a cursor.
import {post} from "../api.js";
import {debounce, el, put} from "../dom.js";
import {barBoxes, engrave, engravedBars, wholeBars} from "./engraving.js";

/** Pixels around the staff that belong to a bar's band. */
const ABOVE = 26;
const BELOW = 22;

/** Most characters that are engraved at once. */
const LONGEST = 60_000;

/**
 * A score: `new Score({text, onSelect(selection) {...}})`, with `.element`.
 *
 * Bars are selected by click, by dragging, with Shift, and with the arrow keys; `selection` is `{first, last}` by bar
 * number, or null. `interactive: false` leaves the bars out (pictures of takes); `titles: false` the title.
 */
export class Score {
  constructor({text = "", onSelect = null, label = "Score, bar by bar", interactive = true, titles = true, zoom = 1} = {}) {
    this.onSelect = onSelect;
    this.interactive = interactive;
    this.titles = titles;
    this.zoom = zoom;
    this.text = "";
    this.shown = "";
    this.bars = [];
    this.marks = [];
    this.engraved = null;
    this.selection = null;
    this.numbers = null;
    this.sheet = el("div.score-sheet");
    this.items = el("div.score-bars", interactive ? {role: "listbox", "aria-label": label, "aria-multiselectable": "true"} : {"aria-hidden": "true"});
    this.cursor = el("div.score-cursor", {"aria-hidden": "true", hidden: true});
    this.element = el("div.score", {}, el("div.score-paper", {}, this.cursor, this.sheet, this.items));
    this.options = [];
    this.anchor = null;
    this.askForBars = debounce(() => this.#askForBars(), 250);
    if (interactive) this.#listen();
    new ResizeObserver(() => this.#fit()).observe(this.element);
    if (text) this.update(text);
  }

  /** Show another text, in the next frame; `live` says that it is still being written and more of it comes. */
  update(text, {live = false} = {}) {
    this.text = text;
    this.live = live;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      const shown = this.live ? wholeBars(this.text) : this.text;
      if (shown !== this.shown) this.#engrave(shown);
      if (!this.live && this.interactive && this.text.trim()) this.askForBars();
    });
  }

  /** Select bars by number; without numbers none. */
  select(first = null, last = first) {
    const [low, high] = first === null ? [null, null] : [Math.min(first, last), Math.max(first, last)];
    const before = JSON.stringify(this.selection);
    this.selection = low === null ? null : {first: low, last: high};
    for (const option of this.options) {
      const chosen = low !== null && option.bar.number >= low && option.bar.number <= high;
      for (const node of option.nodes) node.classList.toggle("selected", chosen);
      option.nodes[0].setAttribute("aria-selected", String(chosen));
    }
    if (before !== JSON.stringify(this.selection)) this.onSelect?.(this.selection);
  }

  /** The characters of the selected bars, `[start, end]`; null without a selection. */
  get selectedRange() {
    const chosen = this.bars.filter(({number}) => this.selection && number >= this.selection.first && number <= this.selection.last);
    return chosen.length ? [chosen[0].start, chosen.at(-1).end] : null;
  }

  /** Show what sounds: elements with characters in one of the ranges `[start, end]`. `follow` keeps them in view. */
  highlight(ranges = [], {follow = false} = {}) {
    for (const element of this.sounding || []) for (const node of element.nodes) node.classList.remove("sounding");
    this.sounding = (this.engraved?.elements || []).filter((element) => !element.bar
      && ranges.some(([start, end]) => element.start < end && element.end > start));
    for (const element of this.sounding) for (const node of element.nodes) node.classList.add("sounding");
    this.#placeCursor(this.sounding);
    const line = this.sounding[0]?.line;
    if (follow && line !== undefined && line !== this.followed) this.#bringIntoView(this.sounding[0]);
    this.followed = line;
  }

  /** Colour elements: marks are `{start, end, color}`; an empty list takes the colours back. */
  paint(marks) {
    this.marks = marks;
    for (const element of this.engraved?.elements || []) {
      const mark = marks.find(({start, end}) => element.start < end && element.end > start);
      for (const node of element.nodes) {
        node.style.color = mark ? mark.color : "";
        node.style.fill = mark ? mark.color : "";
      }
    }
  }

  /** Mark bars as different from those of another take, by number. */
  markBars(numbers) {
    for (const option of this.options) {
      for (const node of option.nodes) node.classList.toggle("differs", numbers.includes(option.bar.number));
    }
  }

  /** A band behind what sounds. */
  #placeCursor([first]) {
    this.cursor.hidden = !first;
    if (!first) return;
    const {width, height, lines} = this.engraved;
    const {top, bottom} = lines[first.line];
    const place = {left: (first.left - 5) / width, width: (first.right - first.left + 10) / width, top: (top - ABOVE) / height, height: (bottom - top + ABOVE + BELOW) / height};
    for (const [name, share] of Object.entries(place)) this.cursor.style[name] = `${100 * share}%`;
  }

  #engrave(text) {
    this.shown = text;
    this.cursor.hidden = true;
    const width = this.element.clientWidth;
    if (!width) return;
    this.width = width;
    this.element.classList.toggle("empty", !text.trim());
    if (!text.trim()) {
      put(this.sheet);
      this.engraved = null;
    } else {
      this.engraved = this.#tryToEngrave(text, width);
    }
    this.bars = this.engraved ? this.#numbered(engravedBars(this.engraved)) : [];
    this.#placeBars();
    if (this.marks.length) this.paint(this.marks);
    this.element.dispatchEvent(new CustomEvent("engraved", {detail: {bars: this.bars.length}}));
  }

  /** Engrave, or say that it cannot be done: abcjs fails on a few texts, and would take long over a very long one. */
  #tryToEngrave(text, width) {
    try {
      if (text.length > LONGEST) throw new RangeError("too long");
      return engrave(this.sheet, text, this.#layout(width));
    } catch (error) {
      put(this.sheet, el("p.score-failure", {}, error instanceof RangeError && text.length > LONGEST
        ? "This text is too long for one score." : "This text cannot be engraved as it stands."));
      return null;
    }
  }

  /** Width of the staff, and how many notes fit in a line. */
  #layout(width) {
    const staff = Math.max(260, width / this.#scale(width)) - 20;
    return {width: staff, titles: this.titles, capacity: Math.max(6, (staff - 70) / (width < 560 ? 16 : 14))};
  }

  #scale(width) {
    return this.zoom * (width < 560 ? 0.9 : 1.05);
  }

  #fit() {
    if (this.shown && Math.abs(this.element.clientWidth - (this.width || 0)) > 12) this.#engrave(this.shown);
    else if (!this.width && this.text) this.update(this.text, {live: this.live});
  }

  async #askForBars() {
    const {text} = this;
    const known = await post("/api/bars", {text}).catch(() => null);
    if (!known || text !== this.text || !known.bars?.length || !this.engraved) return;
    // They may be numbered otherwise than the engraved ones were: a pick-up is bar 0.
    const chosen = this.numbers ? null : this.selectedRange;
    this.bars = known.bars;
    this.numbers = known.bars.map(({number}) => number);
    this.#placeBars();
    if (chosen) {
      const same = this.bars.filter(({start, end}) => start < chosen[1] && end > chosen[0]).map(({number}) => number);
      this.anchor = same[0] ?? null;
      this.select(same[0] ?? null, same.at(-1));
    }
  }

  /** Bars with the numbers that they had before the text was changed, until the studio has told them anew. */
  #numbered(bars) {
    const {numbers} = this;
    if (!numbers) return bars;
    const same = numbers.length === bars.length;
    return bars.map((bar, place) => ({...bar, number: same ? numbers[place] : bar.number - (numbers[0] === 0)}));
  }

  #placeBars() {
    const held = this.options.findIndex(({nodes}) => nodes.includes(document.activeElement));
    this.options = [];
    if (this.engraved) {
      const {width, height} = this.engraved;
      for (const bar of this.bars) {
        const boxes = barBoxes(this.engraved, bar);
        if (boxes.length) this.options.push({bar, line: boxes[0].line, left: boxes[0].left, nodes: boxes.map((box, part) => this.#band(bar, box, part, width, height))});
      }
    }
    put(this.items, this.options.map(({nodes}) => nodes));
    if (!this.interactive) return;
    this.#rove(Math.max(0, held));
    if (held >= 0) this.options[held]?.nodes[0].focus({preventScroll: true});
    if (this.selection) this.select(this.selection.first, this.selection.last);
  }

  #band(bar, box, part, width, height) {
    const style = {
      left: `${100 * box.left / width}%`, width: `${100 * (box.right - box.left) / width}%`,
      top: `${100 * (box.top - ABOVE) / height}%`, height: `${100 * (box.bottom - box.top + ABOVE + BELOW) / height}%`,
    };
    if (!this.interactive || part) return el("div.score-bar", {style, data: {bar: bar.number}, "aria-hidden": "true"});
    const name = bar.number === 0 ? "Pick-up" : `Bar ${bar.number}`;
    return el("div.score-bar", {style, role: "option", tabindex: "-1", "aria-selected": "false", data: {bar: bar.number},
      "aria-label": bar.words ? `${name}: ${bar.words}` : name});
  }

  /** Let one bar be reached by Tab. */
  #rove(place) {
    this.options.forEach(({nodes}, at) => nodes[0].setAttribute("tabindex", at === place ? "0" : "-1"));
  }

  #listen() {
    const numberAt = (event) => {
      const node = document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".score-bar");
      return node && this.items.contains(node) ? Number(node.dataset.bar) : null;
    };
    let dragging = false;
    this.items.addEventListener("pointerdown", (event) => {
      const number = numberAt(event);
      if (event.button || number === null) return;
      const alone = this.selection && this.selection.first === this.selection.last && this.selection.first === number;
      if (event.shiftKey && this.anchor !== null) {
        this.select(this.anchor, number);
      } else if (alone && event.pointerType !== "mouse") {
        this.select();
      } else {
        this.anchor = number;
        this.select(number);
      }
      dragging = true;
      this.items.setPointerCapture(event.pointerId);
      this.options.find(({bar}) => bar.number === number)?.nodes[0].focus({preventScroll: true});
    });
    this.items.addEventListener("pointermove", (event) => {
      const number = dragging ? numberAt(event) : null;
      if (number !== null && this.anchor !== null) this.select(this.anchor, number);
    });
    for (const name of ["pointerup", "pointercancel"]) this.items.addEventListener(name, () => { dragging = false; });
    this.element.addEventListener("click", (event) => { if (numberAt(event) === null) this.select(); });
    this.items.addEventListener("focusin", (event) => this.#rove(this.options.findIndex(({nodes}) => nodes.includes(event.target))));
    this.items.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    const at = this.options.findIndex(({nodes}) => nodes.includes(event.target));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: this.#beside(at, 1), ArrowUp: this.#beside(at, -1), Home: 0, End: this.options.length - 1}[event.key];
    if (event.key === "Escape" && this.selection) this.select();
    else if (event.key === "Enter") this.select(this.options[at].bar.number);
    else if (to === undefined) return;
    else if (this.options[to]) this.#moveTo(to, event.shiftKey);
    event.preventDefault();
    event.stopPropagation();
  }

  #moveTo(place, extend) {
    const {number} = this.options[place].bar;
    if (!extend || this.anchor === null) this.anchor = number;
    this.select(this.anchor, number);
    this.options[place].nodes[0].focus({preventScroll: true});
    this.options[place].nodes[0].scrollIntoView({block: "nearest"});
  }

  /** The bar above or below another one. */
  #beside(at, step) {
    const {line, left} = this.options[at];
    const others = this.options.map((option, place) => ({...option, place})).filter((option) => option.line === line + step);
    others.sort((one, other) => Math.abs(one.left - left) - Math.abs(other.left - left));
    return others[0]?.place ?? -1;
  }

  #bringIntoView(element) {
    const node = element.nodes[0];
    const box = node?.getBoundingClientRect();
    if (box && (box.top < 90 || box.bottom > innerHeight - 160)) node.scrollIntoView({block: "center", behavior: "smooth"});
  }
}
