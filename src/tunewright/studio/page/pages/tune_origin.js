// Whose tune is this? The nearest human tunes, engraved line by line under the lines of this one.
import {post} from "../api.js";
import {selectField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {Score} from "../components/score.js";
import {failureState, loadingState} from "../components/state.js";
import {announce, el, put} from "../dom.js";
import {headOf} from "./tune_vary.js";

const CORPORA = [["oneills", "O'Neill's Music of Ireland"], ["ryans", "Ryan's Mammoth Collection"]];
const VERDICTS = {
  copied: ["copied", "Much of it stands in a human tune."],
  close: ["close", "It is nearer to human tunes than most human tunes are to one another."],
  new: ["new", "It is no nearer to human tunes than they are to one another."],
  unrated: ["unrated", "There are too few tunes to compare it with."],
  "too short": ["too short", "It has too few notes to compare."],
};
const BARS_IN_A_LINE = 4;

/** `new OriginPanel({page})`, with `.element`; draws into `page.pairs`, beside the score. */
export class OriginPanel {
  constructor({page}) {
    this.page = page;
    this.corpus = selectField({label: "Compare with", options: CORPORA, value: "oneills"});
    this.compare = el("button.button", {onclick: () => this.#compare()}, icon("fingerprint"), "Find the nearest tunes");
    this.results = el("div.stack", {"aria-live": "polite"});
    this.element = el("div.stack", {}, el("p.soft", {}, "Is it new, or does it stand in a book already? The nearest human tunes are set under it, bar by bar, in its key."),
      this.corpus.element, el("div", {}, this.compare), this.results);
  }

  shown() { this.#showPairs(); }

  hidden() {
    if (this.page.pairs) this.page.pairs.hidden = true;
  }

  async #compare() {
    const {text} = this.page;
    this.compare.disabled = true;
    put(this.results, loadingState("Comparing. The first time this takes a while."));
    try {
      const found = await post("/api/originality", {text, corpus: this.corpus.value});
      this.found = {...found, text};
      this.chosen = found.nearest[0] || null;
      this.#showFound();
      announce(`Verdict: ${found.verdict}`);
      await this.#showPairs();
    } catch (error) {
      put(this.results, failureState(error, {heading: "h3", retry: error.install ? null : () => this.#compare()}));
    } finally {
      this.compare.disabled = false;
    }
  }

  #showFound() {
    const [verdict, meaning] = VERDICTS[this.found.verdict] || [this.found.verdict, ""];
    put(this.results,
      el(`p.notice.verdict.${verdict === "new" ? "good" : verdict === "copied" ? "wrong" : "warning"}`, {}, el("strong", {}, verdict), ` ${meaning}`),
      el("h3", {}, "Nearest human tunes"),
      el("ul.near-tunes", {}, this.found.nearest.map((tune) => this.#nearTune(tune))),
      el("details", {}, el("summary", {}, "All figures"), el("ul.figures-list.small-text", {}, this.found.sentences.map((sentence) => el("li", {}, sentence)))));
  }

  #nearTune(tune) {
    return el("li", {}, el("button.near-tune", {"aria-pressed": String(tune === this.chosen), onclick: () => {
      this.chosen = tune;
      this.#showFound();
      this.#showPairs();
    }}, el("span.near-title", {}, tune.title), el("span.faint.small-text", {}, `${Math.round(100 * tune.similarity)}% alike`)));
  }

  async #showPairs() {
    const {pairs} = this.page;
    const other = this.chosen;
    if (!other || this.found.text !== this.page.text) {
      pairs.hidden = true;
      return;
    }
    const [mine, theirs] = await Promise.all([this.found.text, other.text].map((text) => post("/api/bars", {text})));
    if (other !== this.chosen || this.page.open !== "origin") return;
    const moved = other.semitones ? `, moved by ${Math.abs(other.semitones)} ${Math.abs(other.semitones) === 1 ? "semitone" : "semitones"} ${other.semitones > 0 ? "up" : "down"}` : "";
    const rows = [];
    for (const [here, there] of lines(mine.bars, theirs.bars)) rows.push(this.#pair(here, there, other));
    put(pairs, el("h2", {}, "Beside ", el("em", {}, other.title)),
      el("p.soft.small-text", {}, `${other.source}${moved}. Your tune stands above; bars that are alike are tinted.`), rows);
    pairs.hidden = false;
  }

  #pair(here, there, other) {
    const alike = other.alike.filter(({bar}) => here.some(({number}) => number === bar));
    const one = (bars, text, numbers, name) => {
      if (!bars.length) return el("div.pair-line.none", {}, el("span.pair-name", {}, name), el("p.faint.small-text", {}, "No bars here."));
      const score = new Score({text: headOf(text) + inOneLine(text.slice(bars[0].start, bars.at(-1).end)) + "|\n", interactive: false, titles: false, zoom: 0.85});
      const offset = bars[0].number;
      score.element.addEventListener("engraved", () => score.markBars(numbers.map((number) => bars.findIndex((bar) => bar.number === number) + 1)));
      return el("div.pair-line", {role: "img", "aria-label": `${name}, bars ${offset} to ${bars.at(-1).number}: ${bars.map(({words}) => words).join("; ")}`},
        el("span.pair-name", {"aria-hidden": "true"}, `${name} ${offset}–${bars.at(-1).number}`), score.element);
    };
    return el("div.pair", {},
      one(here, this.found.text, alike.map(({bar}) => bar), "Yours"),
      one(there, other.text, other.alike.map(({other: number}) => number).filter((number) => there.some((bar) => bar.number === number)), "Theirs"));
  }
}

/** Music without its line ends, and without fields and comments between its lines. */
function inOneLine(music) {
  return music.split("\n").filter((line) => !/^(?:[A-Za-z+]:|%)/.test(line)).map((line) => line.replace(/\\\s*$/, "").trim()).join(" ").trim();
}

/** Bars of two tunes in lines of a few bars, side by side by their numbers. */
function lines(mine, theirs) {
  const last = Math.max(0, ...[...mine, ...theirs].map(({number}) => number));
  const found = [];
  for (let first = 1; first <= last; first += BARS_IN_A_LINE) {
    const within = ({number}) => number < first + BARS_IN_A_LINE && (number >= first || (first === 1 && number === 0));
    found.push([mine.filter(within), theirs.filter(within)]);
  }
  return found;
}
