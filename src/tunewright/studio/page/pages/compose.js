// The home page: a tune is waiting; options, a new tune while it is written, and takes as a tree.
import {get, post} from "../api.js";
import {readHead, tagsOf} from "../abc.js";
import {wholeBars} from "../components/engraving.js";
import {icon} from "../components/icon.js";
import {Player} from "../components/player.js";
import {failureState, loadingState} from "../components/state.js";
import {toast, toastError} from "../components/toast.js";
import {announce, el, loadStyle, put} from "../dom.js";
import {bindKeys} from "../keys.js";
import {setParams} from "../router.js";
import {openTune} from "../state.js";
import {offerTour} from "../tour.js";
import {compareTakes} from "./compose_compare.js";
import {composeTune} from "./compose_job.js";
import {DEFAULTS, OptionsPanel, changesBetween, optionsOf} from "./compose_options.js";
import {ComposeSheet} from "./compose_sheet.js";
import {Takes, TakesView, anotherSetting, nth, provenanceOf} from "./takes.js";

export const title = "Compose";

export async function show(root, {params, signal}) {
  put(root, loadingState("The network is being loaded"));
  const takes = new Takes();
  // Asked for at once, though it may turn out that another tune is shown: the first page must not wait twice.
  const welcome = params.has("seed") || takes.isFresh ? null : get("/api/welcome", {signal});
  welcome?.catch(() => {});
  const [{networks}] = await Promise.all([get("/api/networks", {signal}), loadStyle("takes")]);
  const page = new ComposePage(networks, takes, signal);
  put(root, el("h1.unseen", {}, title), page.element);
  bindKeys(page.player.keys, signal);
  bindKeys(page.keys, signal);
  await page.begin(params, welcome);
  offerTour(signal, params.has("tour"));
}

class ComposePage {
  constructor(networks, takes, signal) {
    this.signal = signal;
    this.takes = takes;
    this.stop = null;
    this.panel = new OptionsPanel(networks, () => this.#showChanges());
    this.sheet = new ComposeSheet({
      keep: () => this.keep(this.takes.current), more: () => this.more(this.takes.current), open: () => this.open(),
      compare: () => this.compare(this.takes.current), copyLink: () => this.copyLink(), useSeed: (seed) => { this.panel.useSeed(seed); toast("The next tune has this seed."); },
    }, networks);
    this.view = new TakesView(this.takes, {
      show: (take) => this.showTake(take), keep: (take) => this.keep(take), more: (take) => this.more(take),
      discard: (take) => this.discard(take), compare: (take) => this.compare(take),
    });
    this.composeButton = el("button.button.primary.compose", {onclick: () => this.stop ? this.stop() : this.compose()});
    this.sameSeed = el("button.button.small.same-seed", {onclick: () => this.compose({seed: this.takes.current.seed})}, "Only this change, same seed");
    this.changes = el("p.changes-said", {role: "status"});
    this.problem = el("div.notice.wrong", {role: "alert", hidden: true});
    this.player = this.#makePlayer();
    this.playerPlace = el("div.player-place", {}, this.player.element);
    this.element = this.#layout();
    this.#showState();
  }

  get keys() {
    return [
      {key: "n", says: "Compose a new tune", run: () => this.compose()},
      {key: "s", says: "Stop writing", run: () => this.stop?.()},
      {key: "k", says: "Keep the tune in the tunebook", run: () => this.keep(this.takes.current)},
      {key: "a", says: "Another like this", run: () => this.more(this.takes.current)},
      {key: "o", says: "Open it as a tune", run: () => this.open()},
      {key: ",", says: "The take before", run: () => this.#step(-1)},
      {key: ".", says: "The take after", run: () => this.#step(1)},
    ];
  }

  /** Show what the address asks for, else the take that was shown last, else the tune of the day. */
  async begin(params, welcome) {
    if (params.has("seed")) {
      const options = optionsOf(params);
      const known = this.takes.list.find((take) => sameLink(take.link, location.search));
      this.panel.value = {...options, seed: null};
      if (known) this.showTake(known);
      else await this.compose({seed: options.seed, parent: null, why: "from a link"});
    } else if (Object.keys(DEFAULTS).some((name) => params.has(name))) {
      this.panel.value = optionsOf(params);
      await this.compose({parent: null});
    } else if (this.takes.isFresh) {
      this.showTake(this.takes.current);
    } else {
      await this.#welcome(welcome);
    }
  }

  async #welcome(asked) {
    try {
      const {text, network, seed, link} = await asked;
      const options = optionsOf(new URLSearchParams(link.split("?")[1]));
      const take = this.takes.list.find((each) => each.link === link) || this.takes.add({text, network, seed, link, options, panel: {...DEFAULTS, network}, why: "the tune of the day"});
      this.showTake(take);
    } catch (error) {
      if (error.name !== "AbortError") put(this.sheet.score.element, failureState(error, {title: "No tune is waiting"}));
    }
  }

  /** Compose with the options of the panel; changed options make a branch of the take that is shown. */
  compose({seed = null, parent, why} = {}) {
    const {value} = this.panel;
    const {current} = this.takes;
    const changed = current ? changesBetween(current.panel, value) : [];
    const from = parent !== undefined ? parent : changed.length ? current?.id ?? null : this.takes.besideOf(current);
    const said = why ?? changed.map((change) => `${change.name.toLowerCase()} ${change.from} → ${change.to}`).join(", ");
    return this.#write({options: {...value, seed: seed ?? value.seed}, panel: {...value}, parent: from, why: said});
  }

  /** Another setting of a take: it begins with the same bar. */
  more(take) {
    if (!take) return undefined;
    const number = 2 + this.takes.settingsOf(take);
    const beginning = anotherSetting(take.text, number);
    return this.#write({
      options: {...DEFAULTS, network: take.network, temperature: take.options.temperature, clamp: take.options.clamp ?? null, beginning},
      panel: take.panel, parent: take.id, why: `${nth(number)} setting`, setting: true,
    });
  }

  async #write({options, panel, parent, why, setting = false}) {
    if (this.stop || this.starting) return;
    this.starting = true;
    this.problem.hidden = true;
    const listening = this.player.playing;
    this.player.stop();
    this.sheet.write("");
    announce("Composing");
    scrollTo({top: 0, behavior: "smooth"});
    try {
      const sent = {...options, clamp: options.clamp ?? {}};
      const tune = await composeTune(sent, {
        text: (text) => this.#hear(text, listening),
        waiting: (place) => this.sheet.write("", {waiting: place}),
        started: (stop) => { this.stop = stop; this.#showState(); },
      }, this.signal);
      this.#ended();
      this.#add(tune, {panel, parent, why, setting});
      announce(`${tune.stopped ? "Stopped" : "Written"}: ${readHead(tune.text).title || "a tune"}, ${tagsOf(tune.text).join(", ")}`);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#ended();
      this.#showCurrent();
      put(this.problem, error.message);
      this.problem.hidden = false;
    }
  }

  /** Show what is written so far, and let it be heard: who listened to the tune before goes on listening. */
  #hear(text, listening) {
    const before = wholeBars(this.sheet.score.text).length;
    this.sheet.write(text);
    if (wholeBars(text).length === before) return;
    this.player.changed({more: true});
    if (listening && !this.player.playing && this.sheet.score.bars.length > 1) this.player.play();
  }

  #ended() {
    this.stop = null;
    this.starting = false;
    this.#showState();
  }

  /** A tune that was composed before is shown where it stands in the tree. */
  #add(tune, {panel, parent, why, setting}) {
    const known = this.takes.list.find(({link, text}) => link === tune.link && text === tune.text);
    if (known) toast("The same seed and options: the same tune.");
    if (!tune.text.trim()) this.#showCurrent();
    else {
      const {text, network, seed, link, options, stopped} = tune;
      this.showTake(known || this.takes.add({text, network, seed, link, options, panel, parent, why, setting, stopped}));
    }
  }

  #showCurrent() {
    if (this.takes.current) this.showTake(this.takes.current);
    else this.sheet.show({text: "", network: "", seed: ""}, null);
  }

  showTake(take) {
    if (this.stop) return;
    // What is heard already while it is written goes on when it is done.
    if (take.text !== this.sheet.score.text) this.player.stop();
    this.takes.show(take.id);
    this.sheet.show(take, this.takes.find(take.parent));
    this.player.changed();
    this.panel.value = {...take.panel, seed: this.panel.fields.seed.value};
    this.view.draw();
    this.#showState();
    setParams(Object.fromEntries(new URLSearchParams(take.link.split("?")[1])));
  }

  #step(by) {
    const at = this.takes.list.indexOf(this.takes.current);
    const take = this.takes.list[at + by];
    if (take) this.showTake(take);
  }

  async keep(take) {
    if (!take || this.stop) return;
    if (take.kept) {
      toast("It is in the tunebook already.");
      return;
    }
    try {
      const {id} = await post("/api/tunes", {text: take.text, provenance: provenanceOf(take)});
      this.takes.change(take.id, {kept: id});
      if (take.id === this.takes.shown) this.sheet.kept(true);
      this.view.draw();
      toast("Kept in the tunebook", {action: {label: "Open", run: () => openTune({text: take.text, provenance: provenanceOf(take), id})}});
    } catch (error) {
      toastError(error);
    }
  }

  discard(take) {
    const restore = this.takes.remove(take.id);
    const after = () => { this.view.draw(); this.#showCurrent(); };
    after();
    toast(`Discarded ${readHead(take.text).title || "a take"}`, {undo: () => { restore(); after(); }});
  }

  open() {
    const take = this.takes.current;
    if (take && !this.stop) openTune({text: take.text, provenance: provenanceOf(take), id: take.kept});
  }

  async compare(take) {
    const parent = this.takes.find(take?.parent);
    if (!parent) return;
    const chosen = await compareTakes(parent, take);
    if (chosen) this.showTake(this.takes.find(chosen));
  }

  async copyLink() {
    const address = new URL(this.takes.current.link, location.origin).href;
    try {
      await navigator.clipboard.writeText(address);
      toast("Link copied. It composes the same tune again.");
    } catch {
      toast(`Copy this: ${address}`, {seconds: 20});
    }
  }

  #makePlayer() {
    const {score} = this.sheet;
    const player = new Player({
      // While a tune is written, its whole bars can be played already.
      getText: () => this.stop ? wholeBars(score.text) : score.text, getSelection: () => score.selection, score,
    });
    score.onSelect = () => player.changed({more: Boolean(this.stop)});
    this.signal.addEventListener("abort", () => player.close());
    return player;
  }

  #showState() {
    const writing = Boolean(this.stop);
    put(this.composeButton, icon(writing ? "square" : "sparkles"), writing ? "Stop" : "Compose a new tune");
    this.composeButton.title = writing ? "Stop (S)" : "Compose a new tune (N)";
    this.element?.classList.toggle("is-writing", writing);
    this.#showChanges();
  }

  #showChanges() {
    const current = this.takes?.current;
    if (!this.changes) return;
    const changed = current && !this.stop ? changesBetween(current.panel, this.panel.value) : [];
    put(this.changes, changed.map(({name, from, to}) => el("span.change", {}, `${name} `, el("del", {}, from), " → ", el("ins", {}, to))));
    this.sameSeed.hidden = !changed.length;
  }

  #layout() {
    const rail = el("details.rail-options", {}, el("summary", {}, "Options"), this.panel.element);
    const wide = matchMedia("(min-width: 900px)");
    const fit = () => { rail.open = wide.matches; };
    wide.addEventListener("change", fit, {signal: this.signal});
    fit();
    return el("div.compose-page", {},
      el("div.rail", {}, this.composeButton, this.changes, this.sameSeed, this.problem, rail),
      el("div.stage", {}, this.sheet.element, this.playerPlace, this.view.element));
  }
}

function sameLink(link, search) {
  const [one, other] = [link?.split("?")[1] || "", search.slice(1)].map((query) => new URLSearchParams(query));
  one.sort();
  other.sort();
  return one.toString() === other.toString();
}
