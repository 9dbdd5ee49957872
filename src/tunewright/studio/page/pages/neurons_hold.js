// A unit is held at a value: the same tune with and without, side by side, with the bars that differ marked.
import {readHead, tagsOf} from "../abc.js";
import {sliderField, switchField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {Score} from "../components/score.js";
import {debounce, el, put} from "../dom.js";
import {composeTune} from "./compose_job.js";
import {DEFAULTS} from "./compose_options.js";
import {commonStart} from "./neurons_view.js";

const LARGEST_SEED = 2 ** 31;

/** `new HoldCard({signal, listen({text(), score}) {...}})`, with `.element`; set `network`, call `showUnit`. */
export class HoldCard {
  constructor({signal, listen}) {
    this.signal = signal;
    this.network = "";
    this.unit = null;
    this.seed = null;
    this.runs = 0;
    this.slider = sliderField({label: "Hold it at", value: 1, min: -1, max: 1, step: 0.05,
      hint: "Every unit lies between −1 and 1. 0 takes it out.", onchange: () => { this.#name(); if (this.seed !== null) this.writeHeld(); }});
    this.header = "";
    this.keepHeader = switchField({label: "Begin with the header of the tune above", checked: true, onchange: () => { if (this.seed !== null) this.compose(this.seed); }});
    this.writeHeld = debounce(() => this.#composeHeld(), 300);
    this.free = new Side("As it is", listen);
    this.held = new Side("Held", listen);
    this.said = el("p.soft", {role: "status"});
    this.problem = el("p.notice.wrong", {role: "alert", hidden: true});
    this.button = el("button.button", {onclick: () => this.compose()}, icon("git-compare"), "Compose with and without");
    this.tell = () => {};
    for (const {score} of [this.free, this.held]) score.element.addEventListener("engraved", () => this.tell());
    this.sides = el("div.hold-sides", {hidden: true}, this.free.element, this.held.element);
    this.heading = el("h2", {}, "Hold it");
    this.element = el("section.card.hold", {"aria-label": "Hold the unit"}, el("div.spread", {}, el("div", {}, this.heading,
      el("p.soft", {}, "A tune is composed twice from the same seed: as the network is, and with this unit held at one value from start to end."))),
    el("div.hold-controls", {}, this.slider.element, el("div.stack", {}, this.keepHeader.element, this.button)), this.problem, this.said, this.sides);
  }

  /** Another unit; its takes are those of the unit before, until they are composed anew. */
  showUnit(layer, unit, finding) {
    this.unit = {layer, unit};
    // The other end than where it is when it says something: there the change is largest.
    this.slider.value = finding && ["on", "rises"].includes(finding.direction) ? -1 : 1;
    this.keepHeader.value = finding?.group !== "header";
    put(this.heading, `Hold unit ${unit}`);
    this.sides.hidden = true;
    this.problem.hidden = true;
    put(this.said);
    this.tell = () => {};
    this.stops?.abort();
    this.seed = null;
    this.runs += 1;
    this.#name();
  }

  /** Compose both, from a new seed unless one is given. */
  async compose(seed = Math.floor(Math.random() * LARGEST_SEED)) {
    this.seed = seed;
    this.sides.hidden = false;
    const run = this.#begin();
    await Promise.all([this.#write(this.free, {}, run), this.#write(this.held, this.#clamp(), run)]);
    this.#compare(run);
  }

  async #composeHeld() {
    const run = this.#begin();
    // The other one may still be written: then both begin again.
    await Promise.all([this.free.done ? null : this.#write(this.free, {}, run), this.#write(this.held, this.#clamp(), run)]);
    this.#compare(run);
  }

  #begin() {
    this.problem.hidden = true;
    this.tell = () => {};
    put(this.said, "Composing");
    this.stops?.abort();
    this.stops = new AbortController();
    return this.runs += 1;
  }

  #clamp() {
    return {[`${this.unit.layer}:${this.unit.unit}`]: this.slider.value};
  }

  #name() {
    put(this.held.heading, this.unit ? `Unit ${this.unit.unit} held at ${signed(this.slider.value)}` : "Held");
  }

  async #write(side, clamp, run) {
    side.begin();
    try {
      const tune = await composeTune({...DEFAULTS, network: this.network, seed: this.seed, clamp, beginning: this.keepHeader.value ? this.header : ""}, {
        text: (text) => { if (run === this.runs) side.write(text); },
        waiting: () => {}, started: () => {},
      }, AbortSignal.any([this.signal, this.stops.signal]));
      if (run === this.runs) side.end(tune.text);
    } catch (error) {
      if (error.name === "AbortError" || run !== this.runs) return;
      put(this.problem, error.message);
      this.problem.hidden = false;
    }
  }

  /** Mark the bars that differ, and say how many. */
  #compare(run) {
    if (run !== this.runs || !this.free.done || !this.held.done) return;
    if (this.free.text === this.held.text) {
      this.held.score.markBars([]);
      put(this.said, "Both are the same: holding the unit there changes nothing in this tune.");
      return;
    }
    // Both are engraved with the next frame; a narrower window engraves them anew.
    this.tell = () => this.#tell();
    this.tell();
  }

  #tell() {
    const [one, other] = [this.free, this.held].map((side) => side.bars);
    if (!one.length || !other.length) return;
    const different = this.held.score.bars.filter((_, at) => other[at] !== one[at]).map(({number}) => number);
    // Where nothing is left as it was, shading all of it would say nothing.
    this.held.score.markBars(different.length < other.length ? different : []);
    const same = commonStart(this.free.text, this.held.text);
    const inMusic = same > this.free.text.search(/^K:/m);
    const line = this.held.text.slice(0, same).split("\n").length;
    const where = inMusic ? "in the music" : `in the line ${this.held.text.split("\n")[line - 1]?.slice(0, 2)}`;
    put(this.said, different.length < other.length ? `${different.length} of ${other.length} bars differ; they are shaded. The tunes part ${where}.`
      : `Every bar is another one. The tunes part ${where}.`);
  }
}

/** One of the two tunes. */
class Side {
  constructor(name, listen) {
    this.text = "";
    this.done = false;
    this.score = new Score({interactive: false, titles: false, zoom: 0.72});
    this.heading = el("h3", {}, name);
    this.title = el("p.faint.small-text");
    this.play = el("button.button.small", {disabled: true, onclick: () => listen({text: () => this.text, score: this.score})}, icon("play", {size: 16}), "Play this");
    this.element = el("section.hold-side", {}, el("div.hold-side-head", {}, el("div", {}, this.heading, this.title), this.play), this.score.element);
  }

  /** The text of each of its bars, without signs that only divide. */
  get bars() {
    return this.score.bars.map(({start, end}) => this.text.slice(start, end).replaceAll(/[\s|:\][]/g, ""));
  }

  begin() {
    this.done = false;
    this.play.disabled = true;
    this.score.markBars([]);
    this.write("");
  }

  write(text) {
    this.text = text;
    this.score.update(text, {live: true});
    put(this.title, [readHead(text).title, ...tagsOf(text)].filter(Boolean).join(" · "));
  }

  end(text) {
    this.write(text);
    this.score.update(text);
    this.done = true;
    this.play.disabled = !text.trim();
  }
}

function signed(value) {
  return `${value < 0 ? "−" : ""}${Math.abs(value)}`;
}
