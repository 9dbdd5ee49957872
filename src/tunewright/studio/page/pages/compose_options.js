// The options of composing: the few that most people change, the rest folded away; and what differs between two takes.
import {keyName, meterName} from "../abc.js";
import {icon} from "../components/icon.js";
import {areaField, choiceField, numberField, selectField, sliderField, switchField, textField} from "../components/field.js";
import {el} from "../dom.js";

/** Every option of composing, as it is without any choice; the seed is drawn by the studio. */
export const DEFAULTS = {
  network: "oneills", temperature: 0.8, key: null, meter: null, rhythm: null, beginning: "", bars: null, form: null, unit_length: null,
  title: null, top_p: 1, top_k: 0, raw: false, accept: 1, seed: null, clamp: null,
};

/** What an option is called, and how a value of it is said. */
const SAID = {
  network: ["Model", String], temperature: ["Temperature", String], key: ["Key", (value) => value ? keyName(value) : "any"],
  meter: ["Metre", (value) => value ? meterName(value) : "any"], rhythm: ["Rhythm", (value) => value || "any"],
  beginning: ["Beginning", (value) => value ? "given" : "its own"], bars: ["Bars", (value) => value ?? "any"],
  form: ["Form", (value) => value || "as usual"], unit_length: ["Unit length", (value) => value || "any"], title: ["Title", (value) => value || "its own"],
  top_p: ["Top-p", String], top_k: ["Top-k", (value) => value || "all"], raw: ["Playable", (value) => value ? "no" : "yes"],
  accept: ["Chosen", (value) => value < 1 ? "among several" : "no"],
  clamp: ["Units held", (value) => Object.entries(value || {}).map(([unit, at]) => `${unit} at ${at}`).join(", ") || "none"],
};
const NUMBERS = ["temperature", "bars", "top_p", "top_k", "accept", "seed"];

/** Options that differ: `[{name, from, to}]`, in words; the seed is not counted. */
export function changesBetween(before, after) {
  return Object.entries(SAID)
    .map(([option, [name, say]]) => ({option, name, from: String(say(before[option] ?? DEFAULTS[option])), to: String(say(after[option] ?? DEFAULTS[option]))}))
    .filter(({option, from, to}) => from !== to || (option === "beginning" && (before.beginning || "") !== (after.beginning || "")));
}

/** Options that an address has, all others as usual. */
export function optionsOf(params) {
  const options = {...DEFAULTS};
  for (const name of Object.keys(DEFAULTS)) {
    const given = params.get(name);
    if (given === null) continue;
    if (NUMBERS.includes(name)) options[name] = Number(given);
    else if (name === "clamp") options.clamp = readClamps(given);
    else options[name] = name === "raw" ? ["true", "1", ""].includes(given) : given;
  }
  return options;
}

/** The panel of options: `new OptionsPanel(networks, changed)`, with `.element` and `.value`. */
export class OptionsPanel {
  constructor(networks, changed) {
    this.networks = networks;
    this.changed = changed;
    this.fields = this.#makeFields();
    this.element = el("div.options", {}, this.#layout());
    this.value = DEFAULTS;
  }

  get value() {
    const read = Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.value === "" ? DEFAULTS[name] : field.value]));
    return {...read, clamp: this.clamp, top_k: read.top_k ?? 0, raw: read.raw === "raw", accept: read.accept ? 0.33 : 1, beginning: read.beginning || ""};
  }

  set value(options) {
    const given = {...DEFAULTS, ...options};
    if (!this.networks.some(({name}) => name === given.network)) given.network = this.networks[0].name;
    this.fields.network.value = given.network;
    this.clamp = given.clamp && Object.keys(given.clamp).length ? given.clamp : null;
    this.#listWords();
    for (const [name, field] of Object.entries(this.fields)) {
      if (name === "raw") field.value = given.raw ? "raw" : "playable";
      else if (name === "accept") field.value = given.accept < 1;
      else if (name === "top_k") field.value = given.top_k || "";
      else field.value = given[name] ?? "";
    }
    this.#react();
  }

  /** The network that is chosen. */
  get network() {
    return this.networks.find(({name}) => name === this.fields.network.value);
  }

  #makeFields() {
    const onchange = () => this.#react();
    return {
      key: selectField({label: "Key", options: [["", "Any"]], onchange}),
      meter: selectField({label: "Metre", options: [["", "Any"]], onchange}),
      rhythm: selectField({label: "Rhythm", options: [["", "Any"]], onchange}),
      temperature: sliderField({label: "Temperature", value: 0.8, min: 0.1, max: 2, step: 0.05, hint: "Low is tame, high is wild.", onchange}),
      bars: numberField({label: "Bars", min: 1, max: 128, placeholder: "any", onchange}),
      form: textField({label: "Form", placeholder: "AABB", onchange}),
      unit_length: selectField({label: "Unit length", options: [["", "Any"], "1/8", "1/16", "1/4"], onchange}),
      title: textField({label: "Title", placeholder: "its own", onchange}),
      beginning: areaField({label: "Begin with", rows: 4, placeholder: "M:6/8\nL:1/8\nK:G\nd|gfg", hint: "ABC: fields, then music. The network goes on from there.", onchange}),
      network: selectField({label: "Model", options: this.networks.map(({name, title}) => [name, title || name]), onchange: () => { this.#listWords(); this.#react(); }}),
      seed: numberField({label: "Seed", min: 0, max: Number.MAX_SAFE_INTEGER, placeholder: "a new one each time", hint: "The same seed and options give the same tune.", onchange}),
      top_p: sliderField({label: "Top-p", value: 1, min: 0.05, max: 1, step: 0.05, hint: "Only the likeliest characters that have this share together.", onchange}),
      top_k: numberField({label: "Top-k", min: 0, max: 200, placeholder: "all", hint: "Only so many of the likeliest characters.", onchange}),
      raw: choiceField({label: "Steering", options: [["playable", "Playable"], ["raw", "Raw"]], value: "playable", onchange}),
      accept: switchField({label: "Choose among several", hint: "Writes about three and keeps the one most like its corpus. Takes longer.", onchange}),
    };
  }

  #layout() {
    const {key, meter, rhythm, temperature, bars, form, unit_length: unitLength, title, beginning, network, seed, top_p: topP, top_k: topK, raw, accept} = this.fields;
    this.summaries = {};
    const fold = (name, ...fields) => {
      this.summaries[name] = el("span.summary-value");
      return el("details", {}, el("summary", {}, el("span", {}, name), this.summaries[name]), el("div.folded", {}, fields));
    };
    return [
      el("div.pair", {}, key.element, meter.element), rhythm.element, temperature.element,
      el("div.folds", {},
        fold("Own beginning", beginning.element),
        fold("Form and title", el("div.pair", {}, bars.element, form.element), unitLength.element, title.element),
        fold("Model and chance", network.element, this.described = el("p.hint"), this.#seedRow(seed), raw.element, topP.element, topK.element, accept.element)),
      el("button.link.reset", {type: "button", onclick: () => { this.value = DEFAULTS; }}, icon("rotate-ccw", {size: 14}), "As usual"),
    ];
  }

  #seedRow(seed) {
    const draw = () => this.useSeed(crypto.getRandomValues(new Uint32Array(1))[0] >>> 1);
    seed.control.after(el("button.quiet.dice", {type: "button", title: "Another seed", "aria-label": "Another seed", onclick: draw}, icon("dices")));
    seed.element.classList.add("with-dice");
    return seed.element;
  }

  /** Compose with this seed from now on; null lets the studio draw a new one each time. */
  useSeed(seed) {
    this.fields.seed.value = seed;
    this.fields.seed.element.closest("details").open = true;
    this.#react();
  }

  /** Offer the words that the chosen network knows. */
  #listWords() {
    const network = this.network || {};
    const meters = (word) => word === meterName(word) ? word : `${meterName(word)} (${word})`;
    const lists = {key: [network.keys, keyName], meter: [network.meters, meters], rhythm: [spelledOnce(network.rhythms), String]};
    for (const [name, [words, say]] of Object.entries(lists)) {
      const {control} = this.fields[name];
      const before = control.value;
      control.replaceChildren(el("option", {value: ""}, "Any"), ...(words || []).map((word) => el("option", {value: word}, say(word))));
      control.value = (words || []).includes(before) ? before : "";
    }
    const {cell, units, layers, look_back: looksBack} = network;
    this.described.textContent = cell ? `${cell.toUpperCase()} of ${units} units${layers > 1 ? ` in each of ${layers} layers` : ""}${looksBack ? ", which looks back at its own bars" : ""}.` : "";
  }

  #react() {
    const {value} = this;
    for (const name of ["bars", "form"]) this.fields[name].disabled = value.raw;
    const changed = changesBetween(DEFAULTS, value).map(({name}) => name);
    const folded = {"Own beginning": ["Beginning"], "Form and title": ["Bars", "Form", "Unit length", "Title"], "Model and chance": ["Model", "Top-p", "Top-k", "Playable", "Chosen"]};
    for (const [name, options] of Object.entries(folded)) {
      const count = options.filter((option) => changed.includes(option)).length + (name === "Model and chance" && value.seed !== null ? 1 : 0);
      this.summaries[name].textContent = count ? `${count} set` : "";
    }
    this.element.querySelector(".reset").hidden = !changed.length && value.seed === null;
    this.changed?.(value);
  }
}

/** Words of which only the first spelling is kept: books write Reel, reel and REEL. */
function spelledOnce(words = []) {
  return words.filter((word, at) => words.findIndex((other) => other.toLowerCase() === word.toLowerCase()) === at);
}

/** Units that are held, from an address: `{"0:11": 1}`; null if it cannot be read. */
function readClamps(given) {
  try {
    return JSON.parse(given);
  } catch {
    return null;
  }
}
