// The page Neurons: what single units of a network follow, shown on any tune; one can be held, and what changes is heard.
import {get, post} from "../api.js";
import {readHead, tagsOf} from "../abc.js";
import {numberField, selectField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {Player} from "../components/player.js";
import {emptyState, failureState, loadingState} from "../components/state.js";
import {toastError} from "../components/toast.js";
import {announce, el, put} from "../dom.js";
import {bindKeys} from "../keys.js";
import {setParams} from "../router.js";
import {openTune, openedTune} from "../state.js";
import {composeTune} from "./compose_job.js";
import {DEFAULTS} from "./compose_options.js";
import {HoldCard} from "./neurons_hold.js";
import {FindingsPanel, saidOf} from "./neurons_list.js";
import {UnitView} from "./neurons_view.js";

export const title = "Neurons";

const ASK_AGAIN = 1000;

export async function show(root, {params, signal}) {
  put(root, loadingState("The network is being loaded"));
  const [{networks}, tune] = await Promise.all([get("/api/networks", {signal}), tuneToShow(signal)]);
  const page = new NeuronsPage(networks, tune, signal);
  put(root, page.element);
  bindKeys(page.keys, signal);
  await page.begin(params);
}

/** The tune that was opened last, else the tune of the day. */
async function tuneToShow(signal) {
  return openedTune() || get("/api/welcome", {signal});
}

class NeuronsPage {
  constructor(networks, tune, signal) {
    this.signal = signal;
    this.networks = networks;
    this.stop = null;
    this.network = selectField({label: "Network", options: networks.map(({name, title: said}) => [name, said]), value: networks[0].name,
      onchange: (name) => this.#open(name)});
    this.panel = new FindingsPanel((chosen) => this.choose(chosen));
    this.any = numberField({label: "Or any unit", min: 0, max: 0, placeholder: "number", onchange: (unit) => this.#chooseAny(unit)});
    this.view = new UnitView(signal);
    this.hold = new HoldCard({signal, listen: (source) => this.#listen(source)});
    this.source = {text: () => this.view.text, score: this.view.score};
    this.player = new Player({getText: () => this.source.text(), getSelection: () => this.source.score.selection, score: this.view.score});
    this.view.score.onSelect = () => { this.#listen(null); };
    signal.addEventListener("abort", () => this.player.close());
    this.composeButton = el("button.button.primary", {onclick: () => this.stop ? this.stop() : this.compose()});
    this.heading = el("h2");
    this.said = el("div.unit-said");
    this.tuneTitle = el("h3");
    this.tuneTags = el("p.faint.small-text");
    this.body = el("div");
    this.element = this.#layout();
    this.#showComposing();
    this.setText(tune.text);
  }

  get keys() {
    return [...this.player.keys,
      {key: "n", says: "Compose a tune and watch the unit", run: () => this.compose()},
      {key: "s", says: "Stop writing", run: () => this.stop?.()},
      {key: ",", says: "The finding before", run: () => this.panel.step(-1)},
      {key: ".", says: "The finding after", run: () => this.panel.step(1)}];
  }

  async begin(params) {
    const wanted = params.get("network");
    if (this.networks.some(({name}) => name === wanted)) this.network.value = wanted;
    const [layer, unit] = (params.get("unit") || "").split(":").map(Number);
    await this.#open(this.network.value, Number.isInteger(unit) ? {layer, unit} : null);
  }

  /** Show what is known of a network. */
  async #open(name, wanted = null) {
    this.stop?.();
    try {
      const about = await get(`/api/units?network=${encodeURIComponent(name)}`, {signal: this.signal});
      this.about = about;
      this.hold.network = name;
      this.any.control.max = about.units - 1;
      if (about.state === "ready" || wanted) this.#ready(wanted);
      else this.#notStudied(about);
    } catch (error) {
      if (error.name !== "AbortError") put(this.body, failureState(error, {retry: () => this.#open(name)}));
    }
  }

  #ready(wanted) {
    put(this.body, this.working);
    this.panel.show(this.about.findings, this.about.held_out_tunes);
    const found = wanted && this.about.findings.find(({layer, unit}) => layer === wanted.layer && unit === wanted.unit);
    if (wanted && !found) this.choose({...wanted, findings: []});
    else this.panel.choose(found || this.panel.first);
    this.panel.reveal();
  }

  /** Nobody has studied this network: offer it, or show how far it is. */
  #notStudied(about) {
    if (about.state === "running") {
      put(this.body, el("section.card.studying", {},
        el("h2", {}, "Finding out what its units follow"),
        el("p.soft", {}, "Every unit is compared with 97 properties of tunes, and with chance. It takes some minutes; you can leave the page."),
        el("progress", {max: 1, value: about.share, "aria-label": "Share that is done"}),
        el("p.faint.small-text", {role: "status"}, about.doing)));
      setTimeout(() => { if (!this.signal.aborted && this.network.value === about.network) this.#open(about.network); }, ASK_AGAIN);
      return;
    }
    const begin = el("button.button.primary", {onclick: () => this.#study(about.network)}, "Find out");
    put(this.body, about.state === "failed"
      ? failureState({message: about.error, install: about.install}, {title: "It could not be found out", retry: () => this.#study(about.network)})
      : emptyState({heading: "h2", picture: "brain", title: "Nobody has looked inside this network yet",
        text: about.install ? "Looking needs a package that is not installed." : "Find out which of its units follow bars, beats, notes or repeats. It takes some minutes, once.",
        actions: about.install ? [el("code.install", {}, about.install)] : [begin, el("button.button", {onclick: () => this.#ready({layer: 0, unit: 0})}, "Look at any unit")]}));
  }

  async #study(name) {
    try {
      await post("/api/units/studies", {network: name}, {signal: this.signal});
      await this.#open(name);
    } catch (error) {
      if (error.name !== "AbortError") toastError(error);
    }
  }

  #chooseAny(unit) {
    if (unit === null || !Number.isInteger(unit) || unit < 0 || unit >= this.about.units) {
      this.any.error(unit === null ? null : `This network has units 0 to ${this.about.units - 1}.`);
      return;
    }
    this.any.error(null);
    const findings = this.about.findings.filter((each) => each.layer === 0 && each.unit === unit);
    this.choose({layer: 0, unit, findings});
  }

  /** Show a unit: `{layer, unit, findings}`. */
  choose({layer, unit, findings}) {
    this.unit = {layer, unit};
    put(this.heading, this.about.layers > 1 ? `Unit ${unit} of layer ${layer}` : `Unit ${unit}`);
    put(this.said, findings.length ? told(findings)
      : el("p.soft", {}, "Nothing was confirmed of this unit. Look for yourself."));
    this.view.showUnit(this.network.value, layer, unit);
    this.hold.showUnit(layer, unit, findings[0]);
    setParams({network: this.network.value, unit: `${layer}:${unit}`});
    announce(findings.length ? `Unit ${unit}: ${saidOf(findings[0])}` : `Unit ${unit}`);
  }

  setText(text) {
    this.hold.header = headerOf(text);
    this.view.setText(text);
    this.editor.value = text;
    this.#showTune(text);
    this.player.changed();
  }

  #showTune(text) {
    put(this.tuneTitle, readHead(text).title || "Untitled");
    put(this.tuneTags, tagsOf(text).join(" · "));
  }

  /** Compose a tune and colour it while it is written. */
  async compose() {
    if (this.stop || this.starting) return;
    this.starting = true;
    this.player.stop();
    this.#listen(null);
    announce("Composing");
    try {
      const tune = await composeTune({...DEFAULTS, clamp: {}, network: this.network.value}, {
        text: (text) => { this.view.setText(text, {live: true}); this.#showTune(text); },
        waiting: () => {},
        started: (stop) => { this.stop = stop; this.#showComposing(); },
      }, this.signal);
      this.#ended();
      if (tune.text.trim()) this.setText(tune.text);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#ended();
      toastError(error);
    }
  }

  #ended() {
    this.stop = null;
    this.starting = false;
    this.#showComposing();
  }

  #showComposing() {
    put(this.composeButton, icon(this.stop ? "square" : "sparkles"), this.stop ? "Stop" : "Compose a tune");
  }

  /** Let the player play one of the takes of the held unit; null is the tune above. */
  #listen(source) {
    const next = source || {text: () => this.view.text, score: this.view.score};
    if (this.source.score !== next.score) this.source.score.highlight([]);
    this.source = next;
    this.player.score = next.score;
    this.player.changed();
    if (source) this.player.play({from: 0});
  }

  #layout() {
    const editField = el("textarea", {rows: 8, spellcheck: "false", "aria-label": "Text of the tune, in ABC notation", maxlength: 4000,
      oninput: () => { this.hold.header = headerOf(editField.value); this.view.setText(editField.value); this.#showTune(editField.value); this.player.changed(); }});
    this.editor = editField;
    const tune = el("section.card.unit-tune", {"aria-label": "The unit on a tune"},
      el("div.unit-head", {}, el("div", {}, this.heading, this.said), this.view.legend),
      el("div.unit-tune-head", {}, el("div", {}, this.tuneTitle, this.tuneTags),
        el("div.actions", {}, this.composeButton, el("button.button", {onclick: () => openTune({text: this.view.text})}, icon("music"), "Open as a tune"))),
      this.view.element,
      el("details.unit-edit", {}, el("summary", {}, "Show it on another tune"), el("p.hint", {}, "Write or paste a tune; the colours follow."), editField));
    const rail = el("details.unit-rail", {open: true}, el("summary", {}, "Choose a unit"), this.panel.element, this.any.element);
    const wide = matchMedia("(min-width: 900px)");
    const fit = () => { rail.open = wide.matches; };
    wide.addEventListener("change", fit, {signal: this.signal});
    fit();
    this.panel.onPick = () => { if (!wide.matches) rail.open = false; };
    this.working = el("div.unit-page", {}, rail, el("div.unit-stage", {}, tune, this.hold.element, this.player.element));
    return el("div", {}, el("div.page-head", {}, el("div", {}, el("h1", {}, title), el("p", {}, "What single units of a network follow, on any tune. Hold one, and hear what changes.")),
      el("div.actions", {}, this.network.element)), this.body);
  }
}

/** What was found about a unit: the first finding at length, the others in a line. */
function told([first, ...others]) {
  const figure = figureOf(first, first.value);
  const learned = first.untrained === null ? "" : ` The best unit of a network that has learned nothing: ${figureOf(first, first.untrained)}.`;
  const also = others.map((each) => el("span", {title: each.sentence}, `${saidOf(each)} (${figureOf(each, each.value)})`));
  return [el("p.unit-main", {}, `It ${saidOf(first)}.`),
    el("p.soft.small-text", {title: first.sentence}, first.statistic === "auc"
      ? `Of two places in a tune, one like this and one not, it tells which is which ${figure} of the time.${learned}`
      : `How closely it follows that: ${figure} (1 is perfect).${learned}`),
    also.length ? el("p.faint.small-text", {}, "It also ", also.map((each, place) => [place ? "; " : "", each]), ".") : null];
}

/** How well a unit does, in words: 97%, or r 0.85. */
function figureOf({statistic}, value) {
  return statistic === "auc" ? `${Math.round(100 * value)}%` : `r ${Math.abs(value).toFixed(2)}`;
}

/** The header of a tune, its key included; empty if it has none. */
function headerOf(text) {
  return text.match(/^[^]*?^K:.*$/m)?.[0].concat("\n") ?? "";
}
