// The player: plays a tune or the bars that are selected in its score, in loops, at any tempo, with a metronome.
import {announce, el, loadStyle, put} from "../dom.js";
import {FASTEST, Practice, SLOWEST} from "../sound/practice.js";
import {selectField, sliderField, switchField} from "./field.js";
import {icon} from "./icon.js";
import {toastError} from "./toast.js";

/** Instruments that tunes are played on, by their numbers in General MIDI. */
const INSTRUMENTS = [["", "As written"], ["40", "Fiddle"], ["73", "Flute"], ["74", "Whistle"], ["21", "Accordion"], ["23", "Concertina"],
  ["109", "Pipes"], ["105", "Banjo"], ["25", "Guitar"], ["46", "Harp"], ["15", "Dulcimer"], ["0", "Piano"]];
const CHANGES = [["0", "The same tempo"], ["0.02", "2% faster"], ["0.05", "5% faster"], ["0.1", "10% faster"], ["-0.05", "5% slower"]];
const TEMPO_STEP = 0.05;

let count = 0;

/**
 * A player: `new Player({getText, getSelection, score, onStep(ranges) {...}})`, with `.element`.
 *
 * `getText()` is the tune; `getSelection()` the bars that are played, `{first, last}` or null for all. The `score` is
 * shown what sounds. Call `changed()` after the text or the selection has changed; with `{more: true}` while the tune
 * is still being written: the player then waits at its end for what comes. `close()` when the page is left.
 */
export class Player {
  constructor({getText, getSelection = () => null, score = null, onStep = () => {}, label = "Player"}) {
    Object.assign(this, {getText, score, onStep});
    this.practice = new Practice({getText, getSelection});
    this.shown = null; // the step that is lit
    loadStyle("player");
    this.#build(label);
    this.practice.addEventListener("change", () => this.#show());
    this.practice.addEventListener("failed", ({detail}) => toastError(detail));
    this.practice.addEventListener("round", ({detail}) => { this.element.dataset.round = detail.round; });
    this.#show();
  }

  get playing() { return this.practice.playing; }

  /** Keys for `bindKeys`. */
  get keys() {
    const faster = (by) => () => this.practice.setRate(Math.round(20 * (this.practice.rate + by)) / 20);
    return [
      {key: " ", says: "Play or pause", run: () => this.toggle()},
      {key: "[", says: "Slower", run: faster(-TEMPO_STEP)},
      {key: "]", says: "Faster", run: faster(TEMPO_STEP)},
      {key: "l", says: "Repeat", run: () => this.#press("loop")},
      {key: "b", says: "Metronome", run: () => this.#press("metronome")},
    ];
  }

  toggle() {
    if (this.practice.playing || this.practice.waiting) this.practice.pause();
    else this.play();
  }

  /** Play from where it stands, or from a number of seconds. */
  play(options) {
    if (this.getText().trim()) this.practice.play(options);
  }

  pause() { this.practice.pause(); }

  /** Pause, and go back to the beginning. */
  stop() {
    this.practice.pause();
    this.practice.seek(0);
  }

  /** Go to where a place of the text is played. */
  seekTo(place) { this.practice.seekTo(place); }

  changed(options) {
    this.practice.changed(options);
  }

  close() {
    this.practice.close();
    this.#light(null);
  }

  #build(label) {
    const {practice} = this;
    this.button = el("button.player-play", {onclick: () => this.toggle()});
    this.back = el("button.quiet.player-back", {title: "To the beginning", "aria-label": "To the beginning", onclick: () => practice.seek(0)}, icon("skip-back"));
    this.slider = el("input.player-position", {type: "range", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "Position",
      oninput: () => practice.seek(Number(this.slider.value))});
    this.clock = el("span.player-clock.figures");
    this.tempo = sliderField({label: "Tempo", value: 100, min: 100 * SLOWEST, max: 100 * FASTEST, step: 1,
      onchange: (value) => practice.setRate(value / this.#beats())});
    this.tempo.element.classList.add("player-tempo");
    this.tempoLabel = this.tempo.element.querySelector("label");
    this.toggles = {
      loop: this.#toggle("loop", "repeat", "Repeat (L)"),
      countIn: this.#toggle("countIn", "timer", "Count in before it begins"),
      metronome: this.#toggle("metronome", "metronome", "Metronome (B)"),
    };
    this.more = el("div.player-practice", {id: `practice-${count += 1}`, hidden: true}, this.#fields());
    this.moreButton = el("button.quiet", {title: "More to practise with", "aria-label": "More to practise with", "aria-expanded": "false", "aria-controls": this.more.id,
      onclick: () => {
        this.more.hidden = !this.more.hidden;
        this.moreButton.setAttribute("aria-expanded", String(!this.more.hidden));
      }}, icon("sliders-horizontal"));
    this.element = el("section.player", {"aria-label": label},
      el("div.player-row", {},
        el("div.player-buttons", {}, this.back, this.button),
        el("div.player-time", {}, this.slider, this.clock),
        el("div.player-toggles", {}, Object.values(this.toggles), this.moreButton),
        this.tempo.element),
      this.more);
  }

  #toggle(name, picture, says) {
    return el("button.quiet", {title: says, "aria-label": says.replace(/ \(.\)/, ""), onclick: () => this.#press(name)}, icon(picture));
  }

  #fields() {
    const {practice} = this;
    const {change, instrument, swing, repeats} = practice.options;
    return [
      selectField({label: "Each time it repeats", options: CHANGES, value: change, onchange: (value) => {
        practice.set("change", value);
        if (value !== "0") practice.set("loop", true);
      }}).element,
      selectField({label: "Instrument", options: INSTRUMENTS, value: instrument, onchange: (value) => practice.set("instrument", value)}).element,
      sliderField({label: "Swing, %", value: Math.round(100 * swing), min: 0, max: 100, step: 1,
        hint: "At 67 the first of two notes is twice as long. Jigs stay as they are.", onchange: (value) => practice.set("swing", value / 100)}).element,
      switchField({label: "Play the repeats", checked: repeats, onchange: (on) => practice.set("repeats", on)}).element,
    ];
  }

  #press(name) {
    const on = !this.practice.options[name];
    this.practice.set(name, on);
    announce(`${{loop: "Repeat", countIn: "Count-in", metronome: "Metronome"}[name]} ${on ? "on" : "off"}`);
  }

  /** Beats in a minute at the tune's own tempo; 100 as long as it is not known. */
  #beats() { return this.practice.tune?.beats_per_minute ?? 100; }

  #show() {
    const {practice} = this;
    const state = practice.waiting ? "loading" : practice.playing ? "playing" : "paused";
    if (this.element.dataset.state !== state) {
      this.element.dataset.state = state;
      put(this.button, state === "loading" ? el("span.player-wait") : icon(state === "playing" ? "pause" : "play", {size: 22}));
      this.button.setAttribute("aria-label", {loading: "Loading the instruments", playing: "Pause", paused: "Play"}[state]);
      this.button.title = `${state === "playing" ? "Pause" : "Play"} (Space)`;
      if (state === "playing") this.#follow();
    }
    for (const [name, button] of Object.entries(this.toggles)) button.setAttribute("aria-pressed", String(practice.options[name]));
    this.#showTempo();
    this.#showPosition();
  }

  #showTempo() {
    const {tune, rate} = this.practice;
    const beats = this.#beats();
    const shown = `${tune?.beat}|${beats}|${rate}`;
    if (shown === this.tempoShown) return;
    this.tempoShown = shown;
    put(this.tempoLabel, tune ? `Tempo, ${tune.beat} in a minute` : "Tempo, %");
    const [least, most, now] = [SLOWEST, FASTEST, rate].map((each) => Math.round(beats * each));
    for (const input of this.tempo.element.querySelectorAll("input")) Object.assign(input, {min: least, max: most});
    this.tempo.value = now;
    this.tempo.control.style.setProperty("--filled", `${100 * (now - least) / (most - least)}%`);
  }

  #showPosition() {
    const {practice} = this;
    const {position, length, rate} = practice;
    const at = Math.max(0, Math.min(position, length));
    this.slider.max = length || 1;
    if (document.activeElement !== this.slider || practice.playing) this.slider.value = at;
    this.slider.style.setProperty("--filled", `${length ? 100 * at / length : 0}%`);
    const bar = practice.bar;
    const said = practice.counting ? "Count-in" : `${clock(at / rate)} / ${clock(length / rate)}`;
    if (said !== this.clock.textContent) this.clock.textContent = said;
    this.slider.setAttribute("aria-valuetext", bar === null ? clock(at / rate) : `${clock(at / rate)}, ${bar ? `bar ${bar}` : "pick-up"}`);
    this.#light(practice.counting || !(practice.playing || at > 0) ? null : practice.step);
  }

  /** Between the synthesizer's reports the cursor goes on with every frame. */
  #follow() {
    cancelAnimationFrame(this.frame);
    const go = () => {
      if (!this.practice.playing) return;
      this.#showPosition();
      this.frame = requestAnimationFrame(go);
    };
    this.frame = requestAnimationFrame(go);
  }

  #light(step) {
    if (step === this.shown) return;
    this.shown = step;
    this.score?.highlight(step?.ranges || [], {follow: this.practice.playing});
    this.onStep(step?.ranges || []);
  }
}

function clock(seconds) {
  const whole = Math.floor(seconds + 0.001);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
