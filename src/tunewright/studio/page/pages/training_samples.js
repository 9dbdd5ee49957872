// Tunes that a network composed while it learned: one after each pass, to be seen, heard and compared.
import {Player} from "../components/player.js";
import {Score} from "../components/score.js";
import {icon} from "../components/icon.js";
import {el, loadStyle, put} from "../dom.js";
import {openTune} from "../state.js";

export class Samples {
  constructor(list) {
    this.list = [...list];
    this.shown = null;
    this.follows = true;
    loadStyle("score");
    this.score = new Score({label: "The tune of this pass, bar by bar"});
    this.player = new Player({getText: () => this.shown?.text ?? "", getSelection: () => this.score.selection, score: this.score, label: "Player of the samples"});
    this.tabs = el("div.sample-tabs", {role: "group", "aria-label": "Passes"});
    this.nothing = el("p.soft", {}, "After its first pass over the tunes it composes one; each later pass adds another. Hear how they change.");
    this.open = el("button.button.small", {onclick: () => openTune({text: this.shown.text})}, icon("music", {size: 16}), "Open as a tune");
    this.box = el("div.stack", {hidden: true}, this.tabs, this.player.element, this.score.element, el("div.actions", {}, this.open));
    this.element = el("div.samples", {}, this.nothing, this.box);
    this.#draw();
  }

  /** Add the tune of a pass; it is shown if the newest one was. */
  add(sample) {
    this.list = [...this.list.filter(({epoch}) => epoch !== sample.epoch), sample].sort((a, b) => a.epoch - b.epoch);
    this.#draw();
  }

  close() {
    this.player.close();
  }

  #draw() {
    this.nothing.hidden = this.list.length > 0;
    this.box.hidden = !this.list.length;
    if (!this.list.length) return;
    if (!this.shown || (this.follows && !this.player.playing)) this.#show(this.list.at(-1));
    put(this.tabs, this.list.map((sample) => el("button.button.small", {
      "aria-pressed": String(sample.epoch === this.shown.epoch), "aria-label": `The tune after pass ${sample.epoch}`,
      onclick: () => this.#choose(sample),
    }, String(sample.epoch))));
  }

  #choose(sample) {
    this.follows = sample === this.list.at(-1);
    this.#show(sample);
    this.#draw();
    this.tabs.querySelector('[aria-pressed="true"]')?.focus();
  }

  #show(sample) {
    if (sample === this.shown) return;
    this.player.stop();
    this.shown = sample;
    this.score.update(sample.text);
    this.player.changed();
  }
}
