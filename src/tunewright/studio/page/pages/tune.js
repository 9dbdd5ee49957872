// The page Tune: score, text and player as one. What is selected in the score is played, looped, written anew, explained.
import {readHead, tagsOf} from "../abc.js";
import {ApiError, get, post, put as putTo} from "../api.js";
import {icon} from "../components/icon.js";
import {Player} from "../components/player.js";
import {Score} from "../components/score.js";
import {emptyState} from "../components/state.js";
import {toast, toastError} from "../components/toast.js";
import {announce, debounce, el, put} from "../dom.js";
import {bindKeys} from "../keys.js";
import {navigate} from "../router.js";
import {openedTune, openTune, rememberTune} from "../state.js";
import {Editor} from "./editor.js";
import {barsNamed, explain} from "./tune_bars.js";
import {downloadDialog, transposeDialog} from "./tune_files.js";
import {FindingsList} from "./tune_findings.js";
import {OriginPanel} from "./tune_origin.js";
import {VaryPanel} from "./tune_vary.js";

export const title = "Tune";

const BLANK = "X:1\nT:Untitled\nR:reel\nM:4/4\nL:1/8\nK:G\n";
const PANELS = [["text", "Text"], ["vary", "Write anew"], ["origin", "Whose tune?"]];

export async function show(root, {params, signal}) {
  const tune = await wantedTune(params, signal);
  if (!tune) {
    root.append(nothingOpen());
    return;
  }
  new TunePage(root, tune, signal);
}

/** The tune of the address, else the one that was open last. */
async function wantedTune(params, signal) {
  const id = params.get("id");
  if (id === null) return openedTune();
  const kept = openedTune();
  const found = await get(`/api/tunes/${encodeURIComponent(id)}`, {signal});
  // What was edited and not kept yet is not lost by a reload.
  return kept && String(kept.id) === id && kept.text !== found.text && kept.of === found.text ? {...kept, provenance: found.provenance}
    : {text: found.text, of: found.text, provenance: found.provenance, id: found.id ?? Number(id)};
}

function nothingOpen() {
  return emptyState({
    title: "No tune is open",
    text: "Compose one, open one of your tunebook, or write one yourself: score and sound follow while you type.",
    actions: [
      el("a.button.primary", {href: "/"}, "Compose a tune"),
      el("a.button", {href: "/tunebook"}, "Open the tunebook"),
      el("button.button", {onclick: () => openTune({text: BLANK})}, "Write a tune"),
    ],
  });
}

class TunePage {
  constructor(root, tune, signal) {
    this.tune = tune;
    this.signal = signal;
    this.findings = [];
    this.score = new Score({titles: false, onSelect: (selection) => this.#selected(selection)});
    this.editor = new Editor({text: tune.text, onEdit: (text) => this.#edited(text), onMove: (place) => this.#moved(place)});
    this.player = new Player({getText: () => this.editor.text, getSelection: () => this.score.selection, score: this.score,
      onStep: (ranges) => this.editor.markSounding(ranges)});
    this.list = new FindingsList({repair: (finding) => this.repair(finding), goTo: (finding) => this.editor.select(finding.start, finding.end)});
    this.vary = new VaryPanel({page: this});
    this.origin = new OriginPanel({page: this});
    this.check = debounce(() => this.#check(), 200);
    this.remember = debounce(() => rememberTune({...this.tune, text: this.editor.text}), 300);
    this.#build(root);
    signal.addEventListener("abort", () => { this.player.close(); this.vary.close(); });
    bindKeys([...this.player.keys,
      {key: "k", says: "Keep in the tunebook", run: () => this.keep()},
      {key: "e", says: "Edit the text", run: () => { this.openPanel("text"); this.editor.view.focus(); }},
      {key: "v", says: "Write the selected bars anew", run: () => this.openPanel("vary")},
      {key: "z", says: "Undo", run: () => this.editor.undo()}], signal);
    this.score.update(tune.text);
    this.#showHead();
    this.#selected(null);
    this.#check();
  }

  get text() { return this.editor.text; }

  get selection() { return this.score.selection; }

  /** Change the text as a whole, so that it can be undone; says what was done. */
  replace(text, said) {
    if (text === this.text) return;
    this.editor.replace(text);
    toast(said, {undo: () => this.editor.undo()});
  }

  repair(finding) {
    const {start, end, text} = finding.repair;
    this.editor.change(start, end, text);
    this.#check();
    toast("Repaired", {undo: () => { this.editor.undo(); }});
  }

  async keep() {
    const {text} = this;
    try {
      const {provenance} = this.tune;
      const kept = this.tune.id ? await putTo(`/api/tunes/${this.tune.id}`, {text}) : await post("/api/tunes", {text, provenance});
      this.tune = {...this.tune, id: kept.id, text, of: text};
      rememberTune(this.tune);
      history.replaceState(null, "", `/tune?id=${kept.id}`);
      this.#showHead();
      toast("Kept in the tunebook", {action: {label: "Open it", run: () => navigate("/tunebook")}});
    } catch (error) {
      toastError(error);
    }
  }

  openPanel(name) {
    this.open = name;
    for (const [each, tab] of Object.entries(this.tabs)) {
      tab.setAttribute("aria-selected", String(each === name));
      tab.tabIndex = each === name ? 0 : -1;
      this.panels[each].hidden = each !== name;
    }
    if (name === "vary") this.vary.shown();
    if (name === "origin") this.origin.shown();
    else this.origin.hidden();
  }

  #edited(text) {
    this.score.update(text);
    this.tune = {...this.tune, text, edited: true};
    this.#showHead();
    this.player.changed();
    this.check();
    this.remember();
  }

  #moved(place) {
    if (!this.player.playing) this.score.highlight([[place, place + 1]], {follow: true});
  }

  #selected(selection) {
    this.player.changed();
    this.editor.markChosen(this.score.selectedRange);
    put(this.chosen, selection ? this.#chosenBars(selection) : el("p.faint.small-text", {}, "Select bars in the score to play, repeat or change only these."));
    this.vary.selected(selection);
  }

  #chosenBars({first, last}) {
    const name = barsNamed(first, last);
    const act = (picture, label, run, more = {}) => el("button.button.small", {onclick: run, ...more}, icon(picture, {size: 16}), label);
    return [el("strong", {}, name),
      act("play", "Play", () => this.player.play({from: 0})),
      act("repeat", "Repeat", () => { this.player.practice.set("loop", true); this.player.play({from: 0}); }),
      act("wand-sparkles", "Write anew", () => { this.openPanel("vary"); this.panels.vary.querySelector("button, select, input")?.focus(); }),
      act("info", "Explain", () => explain({bars: this.score.bars, first, last, findings: this.findings})),
      el("button.quiet.small", {"aria-label": "Select no bars", title: "Select no bars (Escape)", onclick: () => this.score.select()}, icon("x", {size: 16}))];
  }

  async #check() {
    const {text} = this;
    try {
      const {findings} = await post("/api/check", {text}, {signal: this.signal});
      if (text !== this.text) return;
      this.findings = findings;
      this.editor.showFindings(findings, (finding) => this.repair(finding));
      this.list.show(findings);
      const faults = findings.filter(({severity}) => severity === "error").length;
      if (faults !== this.faults && this.faults !== undefined) announce(faults ? `${faults} ${faults === 1 ? "mistake" : "mistakes"} in the text` : "No mistake in the text");
      this.faults = faults;
      put(this.tabs.text, "Text", faults ? el("span.tab-count", {"aria-label": `${faults} mistakes`}, String(faults)) : null);
    } catch (error) {
      if (error instanceof ApiError && error.status) toastError(error);
    }
  }

  #showHead() {
    const {text} = this;
    const name = readHead(text).title || "Untitled";
    put(this.heading, name);
    document.title = `${name} · Tunewright`;
    put(this.tags, tagsOf(text).map((tag) => el("span.tag", {}, tag)));
    put(this.told, provenanceLine(this.tune));
    const kept = this.tune.id && this.tune.of === text;
    put(this.keepButton, icon(kept ? "check" : "bookmark"), kept ? "Kept" : this.tune.id ? "Keep changes" : "Keep");
    this.keepButton.disabled = Boolean(kept);
    this.undo.disabled = !this.editor.canUndo;
    this.redo.disabled = !this.editor.canRedo;
  }

  #build(root) {
    this.heading = el("h1.tune-heading");
    this.tags = el("div.row.tune-tags");
    this.told = el("p.tune-told");
    this.keepButton = el("button.button.primary", {title: "Keep in the tunebook (K)", onclick: () => this.keep()});
    this.undo = el("button.quiet.small", {"aria-label": "Undo", title: "Undo (Z)", onclick: () => { this.editor.undo(); }}, icon("undo-2", {size: 18}));
    this.redo = el("button.quiet.small", {"aria-label": "Redo", title: "Redo", onclick: () => { this.editor.redo(); }}, icon("redo-2", {size: 18}));
    this.chosen = el("div.tune-chosen", {"aria-live": "off"});
    this.pairs = el("div.tune-pairs", {hidden: true});
    const actions = el("div.actions", {},
      el("button.button", {onclick: () => transposeDialog(this)}, icon("arrow-up-down"), "Transpose"),
      el("button.button", {onclick: () => downloadDialog(this)}, icon("download"), "Download"),
      this.keepButton);
    root.append(
      el("div.page-head", {}, el("div", {}, this.heading, this.tags, this.told), actions),
      el("div.tune-grid", {},
        el("section.card.tune-score", {"aria-label": "Score"}, this.chosen, this.score.element, this.pairs),
        el("section.card.tune-side", {"aria-label": "Text and tools"}, this.#tabs(), Object.values(this.panels))),
      this.player.element);
    this.openPanel("text");
  }

  #tabs() {
    this.panels = {
      text: el("div.tune-panel.text", {}, this.editor.element, this.list.element),
      vary: el("div.tune-panel", {}, this.vary.element),
      origin: el("div.tune-panel", {}, this.origin.element),
    };
    this.tabs = {};
    for (const [name, label] of PANELS) {
      this.tabs[name] = el("button.tab", {role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, onclick: () => this.openPanel(name)}, label);
      Object.assign(this.panels[name], {id: `panel-${name}`});
      this.panels[name].setAttribute("role", "tabpanel");
      this.panels[name].setAttribute("aria-labelledby", `tab-${name}`);
    }
    const row = el("div.tabs", {role: "tablist", "aria-label": "Text and tools"}, Object.values(this.tabs));
    row.addEventListener("keydown", (event) => {
      const names = PANELS.map(([name]) => name);
      const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!by) return;
      event.preventDefault();
      this.openPanel(names[(names.indexOf(this.open) + by + names.length) % names.length]);
      this.tabs[this.open].focus();
    });
    return el("div.tabs-row", {}, row, el("div.tabs-tools", {}, this.undo, this.redo));
  }
}

function provenanceLine({provenance, edited}) {
  if (!provenance?.network) return null;
  const {network, seed, temperature, link} = {...provenance.options, ...provenance};
  const said = `Written by ${network}${seed === undefined ? "" : `, seed ${seed}`}${temperature === undefined ? "" : `, temperature ${temperature}`}${edited ? ", changed since" : ""}.`;
  return link ? [said, " ", el("a", {href: link}, "Compose it again"), " ", copyButton(link)] : said;
}

function copyButton(link) {
  return el("button.link", {onclick: async () => {
    const address = new URL(link, location.origin).href;
    try {
      await navigator.clipboard.writeText(address);
      toast("Link copied. It composes the same tune again.");
    } catch {
      toast(`Copy this: ${address}`, {seconds: 20});
    }
  }}, "Copy link");
}
