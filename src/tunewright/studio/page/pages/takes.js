// Takes: every tune that was composed, as a tree. A take stands below the one that it came from, beside its alternatives.
import {readHead, tagsOf} from "../abc.js";
import {icon} from "../components/icon.js";
import {Score} from "../components/score.js";
import {el, put} from "../dom.js";
import {keepSetting, setting} from "../state.js";
import {DEFAULTS} from "./compose_options.js";

const MOST = 60;

/** After so many hours the tune of the day is shown, and no longer the take that was shown last. */
const FRESH_HOURS = 8;

/**
 * The takes that this browser remembers. A take is `{id, parent, text, network, seed, options, link, why, kept, at}`: `why` says
 * how it differs from its parent, `kept` is its number in the tunebook or null, `at` when it was written.
 */
export class Takes {
  constructor() {
    this.list = setting("takes", []);
    this.shown = setting("take", null);
  }

  /** The take that is shown. */
  get current() {
    return this.list.find(({id}) => id === this.shown) || null;
  }

  /** Whether the take that is shown was written today. */
  get isFresh() {
    return Boolean(this.current) && Date.now() - this.current.at < FRESH_HOURS * 3_600_000;
  }

  find(id) {
    return this.list.find((take) => take.id === id) || null;
  }

  children(id) {
    return this.list.filter((take) => take.parent === id);
  }

  /** The parent of a take beside this one: settings of one tune belong together, a new tune does not belong to them. */
  besideOf(take) {
    let beside = take;
    while (beside?.setting) beside = this.find(beside.parent);
    return beside?.parent ?? null;
  }

  /** How many other settings of its tune there are. */
  settingsOf(take) {
    let root = take;
    while (root.setting && this.find(root.parent)) root = this.find(root.parent);
    const count = ({id}) => this.children(id).filter(({setting: is}) => is).reduce((sum, child) => sum + 1 + count(child), 0);
    return count(root);
  }

  add(take) {
    const added = {parent: null, why: "", kept: null, ...take, id: 1 + Math.max(0, ...this.list.map(({id}) => id)), at: Date.now()};
    this.list.push(added);
    if (this.list.length > MOST) this.remove(this.list.find(({kept, id}) => !kept && id !== added.id)?.id);
    this.shown = added.id;
    this.#save();
    return added;
  }

  change(id, values) {
    Object.assign(this.find(id), values);
    this.#save();
  }

  show(id) {
    this.shown = id;
    this.#save();
  }

  /** Take one out; its children go to its parent. Returns a function that puts it back. */
  remove(id) {
    const before = JSON.stringify([this.list, this.shown]);
    const gone = this.find(id);
    if (!gone) return () => {};
    const beside = this.list.filter((take) => take.parent === gone.parent && take.id !== id).at(-1);
    this.list = this.list.filter((take) => take.id !== id);
    for (const child of this.children(id)) child.parent = gone.parent;
    if (this.shown === id) this.shown = (this.find(gone.parent) || beside || this.list.at(-1))?.id ?? null;
    this.#save();
    return () => {
      [this.list, this.shown] = JSON.parse(before);
      this.#save();
    };
  }

  #save() {
    keepSetting("takes", this.list);
    keepSetting("take", this.shown);
  }
}

/** The picture of the tree: `new TakesView(takes, {show, keep, more, discard, compare})`; each is called with a take. */
export class TakesView {
  constructor(takes, does) {
    this.takes = takes;
    this.does = does;
    this.pictures = new Map();
    this.tree = el("ul.take-tree", {"aria-label": "Takes"});
    this.scroller = el("div.take-scroller", {tabindex: "0", role: "region", "aria-label": "Takes, as a tree"}, this.tree);
    this.element = el("section.takes", {"aria-labelledby": "takes-title"},
      el("div.takes-head", {}, el("h2", {id: "takes-title"}, "Takes"), el("p.faint.small-text", {}, "What you compose stays here. Change an option or ask for more like one, and it grows a branch.")),
      this.scroller);
  }

  /** Draw the tree anew. */
  draw() {
    const {list} = this.takes;
    for (const id of this.pictures.keys()) if (!this.takes.find(id)) this.pictures.delete(id);
    const held = this.tree.contains(document.activeElement) ? document.activeElement.dataset.what : null;
    put(this.tree, list.filter(({parent}) => !this.takes.find(parent)).map((take) => this.#branch(take)));
    this.element.hidden = !list.length;
    const current = this.tree.querySelector('[aria-current="true"]');
    if (held) this.tree.querySelector(`[data-what="${held}"]`)?.focus({preventScroll: true});
    if (current) this.#scrollTo(current.closest(".take"));
  }

  #branch(take) {
    const children = this.takes.children(take.id);
    return el("li.branch", {}, this.#card(take), children.length ? el("ul.twigs", {}, children.map((child) => this.#branch(child))) : null);
  }

  #card(take) {
    const {title} = readHead(take.text);
    const name = title || "Untitled";
    const shown = take.id === this.takes.shown;
    const button = (what, picture, label, pressed = null) => el("button.quiet.small", {
      title: label, "aria-label": `${label}: ${name}`, "aria-pressed": pressed, data: {what: `${what}-${take.id}`}, onclick: () => this.does[what](take),
    }, icon(picture, {size: 17}));
    return el(`article.take${shown ? ".shown" : ""}`, {"aria-label": name},
      el("button.take-open", {"aria-current": String(shown), data: {what: `show-${take.id}`}, onclick: () => this.does.show(take)},
        el("span.take-title", {}, name),
        el("span.take-tags", {}, tagsOf(take.text).join(" · ")),
        el("span.take-picture", {"aria-hidden": "true"}, this.#picture(take)),
        el("span.take-why", {}, take.why || `seed ${take.seed}`)),
      el("div.take-does", {},
        button("keep", take.kept ? "check" : "bookmark", take.kept ? "In the tunebook" : "Keep", String(Boolean(take.kept))),
        button("more", "git-branch", "More like this"),
        this.takes.find(take.parent) ? button("compare", "git-compare", "What changed") : null,
        button("discard", "trash-2", "Discard")));
  }

  /** The first bars, small. */
  #picture(take) {
    if (!this.pictures.has(take.id)) this.pictures.set(take.id, new Score({text: firstBars(take.text, 3), interactive: false, titles: false, zoom: 0.62}).element);
    return this.pictures.get(take.id);
  }

  #scrollTo(card) {
    const {left, right} = card.getBoundingClientRect();
    const frame = this.scroller.getBoundingClientRect();
    if (left < frame.left || right > frame.right) this.scroller.scrollBy({left: left - frame.left - 24, behavior: "smooth"});
  }
}

/** The header and the first bars of a tune, on one line. */
export function firstBars(text, count) {
  const key = text.match(/^K:.*$/m);
  if (!key) return "";
  const head = text.slice(0, key.index + key[0].length);
  const music = text.slice(head.length).replaceAll(/^(?:[A-Za-z]:|%).*$/gm, "").replaceAll("\n", " ");
  const signs = [...music.matchAll(/[:|\]]*\|[:|\]]*\d?/g)].filter(({index}) => music.slice(0, index).trim());
  const pickup = signs.length && noteCount(music.slice(0, signs[0].index)) < 3 ? 1 : 0;
  const last = signs[count - 1 + pickup];
  return `${head}\n${last ? music.slice(0, last.index + last[0].length) : music}`;
}

/** The header of a tune as another setting of it, and its music up to the end of the first full bar. */
export function anotherSetting(text, number) {
  return firstBars(text, 1).replace(/^T:[ \t]*(.*)$/m, (_, name) => `T:${name.replace(/ \(\d+(?:nd|rd|th) Setting\)$/, "")} (${nth(number)} Setting)`);
}

/** 2 is "2nd". */
export function nth(number) {
  return `${number}${{2: "nd", 3: "rd"}[number] || "th"}`;
}

/** Where a tune comes from, by name: what was chosen for it, and the link that composes it again. */
export function provenanceOf(take) {
  const chosen = Object.entries(take.options).filter(([name, value]) => value !== DEFAULTS[name] && value !== null && typeof value !== "object");
  return {...Object.fromEntries(chosen), network: take.network, seed: take.seed, link: take.link};
}

function noteCount(music) {
  return (music.match(/[A-Ga-gz]/g) || []).length;
}
