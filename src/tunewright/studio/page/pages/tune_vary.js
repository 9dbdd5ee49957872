// Bars written anew by a network: several suggestions, each engraved, to be heard and taken.
import {get, post} from "../api.js";
import {selectField, sliderField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {Score} from "../components/score.js";
import {failureState, loadingState} from "../components/state.js";
import {toastError} from "../components/toast.js";
import {announce, el, put} from "../dom.js";
import {Practice} from "../sound/practice.js";
import {barsNamed} from "./tune_bars.js";

const CANDIDATES = 12;
const SHOWN = 6;

/** `new VaryPanel({page})`, with `.element`; `page` has `text`, `selection`, `replace(text, said)` and `tune`. */
export class VaryPanel {
  constructor({page}) {
    this.page = page;
    this.seed = 0;
    this.heard = null; // the suggestion that is being played
    this.practice = new Practice({getText: () => this.heard?.text ?? "", getSelection: () => this.heard?.bars ?? null});
    this.practice.addEventListener("change", () => this.#showHeard());
    this.practice.addEventListener("failed", ({detail}) => toastError(detail));
    this.target = el("p.soft");
    this.write = el("button.button", {onclick: () => this.#write()}, icon("wand-sparkles"), el("span", {}, "Suggest new bars"));
    this.networkPlace = el("div");
    this.temperature = sliderField({label: "Temperature", value: 0.8, min: 0.2, max: 1.6, step: 0.05, hint: "Low keeps to what is usual, high dares more."});
    this.results = el("div.suggestions", {"aria-live": "polite"});
    this.element = el("div.stack.vary", {}, this.target, this.networkPlace, this.temperature.element, el("div", {}, this.write), this.results);
  }

  /** The panel has been opened. */
  async shown() {
    this.selected(this.page.selection);
    if (this.network) return;
    try {
      const {networks} = await get("/api/networks");
      const names = networks.map(({name, title}) => [name, title]);
      const usual = names.find(([name]) => name === this.page.tune.provenance?.network) || names[0];
      this.network = selectField({label: "Network", options: names, value: usual?.[0]});
      put(this.networkPlace, this.network.element);
    } catch (error) {
      put(this.networkPlace, failureState(error, {heading: "h3", retry: () => this.shown()}));
    }
  }

  selected(selection) {
    put(this.target, selection ? [el("strong", {}, barsNamed(selection.first, selection.last)), " will be written anew; all around stays as it is."]
      : "Select the bars in the score that are to be written anew.");
    this.write.disabled = !selection;
  }

  close() { this.practice.close(); }

  async #write() {
    const {first, last} = this.page.selection;
    const {text} = this.page;
    this.practice.pause();
    this.write.disabled = true;
    put(this.results, loadingState("Writing some suggestions"));
    this.seed += CANDIDATES;
    try {
      const {variations, before} = await post("/api/variations", {network: this.network.value, text, first, last, candidates: CANDIDATES,
        temperature: this.temperature.value, seed: this.seed});
      const found = variations.slice(0, SHOWN).map((variation) => this.#suggestion(variation, {first, last}, before));
      put(this.results, found.length ? found : el("p.notice", {}, "Nothing that fits was found. Try again, or a higher temperature."));
      announce(`${found.length} suggestions`);
    } catch (error) {
      put(this.results, failureState(error, {heading: "h3"}));
    } finally {
      this.write.disabled = !this.page.selection;
      put(this.write, icon("wand-sparkles"), el("span", {}, "Suggest others"));
    }
  }

  #suggestion(variation, bars, before) {
    const score = new Score({text: headOf(variation.text) + variation.bars.trim() + "|\n", interactive: false, titles: false, zoom: 0.85});
    const listen = el("button.button.small", {"aria-label": "Listen to this suggestion", onclick: () => this.#listen(variation, bars)});
    const take = el("button.button.small", {onclick: () => {
      this.practice.pause();
      this.page.replace(variation.text, `${barsNamed(bars.first, bars.last)} written anew`);
    }}, icon("check", {size: 16}), "Take it");
    const node = el("article.suggestion", {"aria-label": `Suggestion: ${variation.bars.trim()}`}, score.element,
      el("div.row.spread", {}, el("span.faint.small-text", {}, howLikely(variation.likelihood - before)), el("div.actions", {}, listen, take)));
    node.listen = listen;
    node.variation = variation;
    put(listen, icon("play", {size: 16}), "Listen");
    return node;
  }

  #listen(variation, bars) {
    if (this.heard?.variation === variation && this.practice.playing) {
      this.practice.pause();
      return;
    }
    this.heard = {variation, text: variation.text, bars};
    this.practice.play({from: 0});
  }

  #showHeard() {
    for (const node of this.results.querySelectorAll(".suggestion")) {
      const now = this.heard?.variation === node.variation && (this.practice.playing || this.practice.waiting);
      if (node.now === now) continue;
      node.now = now;
      node.listen.setAttribute("aria-label", now ? "Pause this suggestion" : "Listen to this suggestion");
      put(node.listen, icon(now ? "pause" : "play", {size: 16}), now ? "Pause" : "Listen");
    }
  }
}

/** The header of a tune as far as a few of its bars need it. */
export function headOf(text) {
  const fields = ["M", "L", "K"].map((letter) => text.match(new RegExp(`^${letter}:.*$`, "m"))?.[0]).filter(Boolean);
  return `X:1\n${fields.join("\n")}\n`;
}

/** What the network holds of a suggestion, beside what stood there. */
function howLikely(difference) {
  if (difference > 3) return "More usual than what is there";
  if (difference > -3) return "About as usual as what is there";
  return difference > -12 ? "More unusual than what is there" : "Much more unusual than what is there";
}
