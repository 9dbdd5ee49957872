// The chosen tune beside the list: its score and player, its tags and sets, and what can be done with it.
import {get, put as send} from "../api.js";
import {keyName, meterName} from "../abc.js";
import {askDialog} from "../components/dialog.js";
import {icon} from "../components/icon.js";
import {Player} from "../components/player.js";
import {Score} from "../components/score.js";
import {failureState} from "../components/state.js";
import {toast, toastError} from "../components/toast.js";
import {announce, el, put} from "../dom.js";
import {shownTitle} from "./tunebook_list.js";
import {addToSet} from "./tunebook_sets.js";

/** `new Preview({open, delete, changed, close, sets, showSet, tags, signal})`: functions of the page. */
export class Preview {
  constructor({signal, ...does}) {
    this.does = does;
    this.signal = signal;
    this.tune = null;
    this.score = new Score({label: "Score of the chosen tune, bar by bar", titles: false, zoom: 0.82, onSelect: () => this.player.changed()});
    this.player = new Player({getText: () => this.tune?.text || "", getSelection: () => this.score.selection, score: this.score, label: "Player of the chosen tune"});
    this.about = el("div.preview-about");
    this.tags = el("div.preview-tags");
    this.found = el("p.small-text.soft", {hidden: true});
    this.element = el("aside.preview.card", {"aria-label": "The chosen tune"});
    this.hide();
  }

  get keys() {
    return this.player.keys;
  }

  close() {
    this.player.close();
  }

  hide() {
    this.tune = null;
    this.player.stop();
    this.element.classList.remove("shown");
    put(this.element, el("p.preview-none.soft", {}, "Choose a tune to see and hear it here."));
  }

  /** Show a tune by its number; the passage that has the notes is coloured. */
  async show(number, notes = "") {
    this.asked = number;
    let tune;
    try {
      tune = await get(`/api/tunes/${number}`, {signal: this.signal});
    } catch (error) {
      if (error.name === "AbortError" || this.asked !== number) return;
      this.element.classList.add("shown");
      put(this.element, failureState(error, {title: "This tune is not here"}));
      return;
    }
    if (this.asked !== number) return;
    this.#draw(tune);
    if (notes) await this.#showPassage(number, notes);
  }

  /** Ask for another title. */
  async rename(tune) {
    const title = await askDialog({title: "Rename the tune", label: "Title", value: tune.title, hint: "It is written into the tune's T: line."});
    if (title === null || title.trim() === tune.title) return;
    await this.#change(tune.id, {title}, () => announce(`It is called “${title.trim()}” now.`));
  }

  #draw(tune) {
    const moved = this.tune?.id !== tune.id;
    this.tune = tune;
    if (moved) {
      this.player.stop();
      this.score.select();
      this.score.paint([]);
      this.found.hidden = true;
    }
    const said = [tune.rhythm, tune.key && keyName(tune.key), tune.meter && meterName(tune.meter)].filter(Boolean).join(" · ");
    put(this.about,
      el("div.preview-head", {},
        el("h2", {}, shownTitle(tune.title)),
        el("button.quiet", {"aria-label": "Close", title: "Close", onclick: () => this.does.close()}, icon("x"))),
      el("p.soft", {}, said),
      el("p.faint.small-text", {}, origin(tune)));
    this.#drawTags();
    if (this.element.firstChild !== this.about) {
      put(this.element, this.about,
        el("div.actions", {},
          el("button.button.primary", {title: "Open (Enter)", onclick: () => this.does.open(this.tune)}, icon("music"), "Open"),
          el("button.button", {onclick: () => this.#toSet()}, icon("list-music"), "Add to a set"),
          el("button.quiet", {title: "Rename (F2)", "aria-label": "Rename", onclick: () => this.rename(this.tune)}, icon("pencil")),
          el("button.quiet", {title: "Delete (Del)", "aria-label": "Delete", onclick: () => this.does.delete(this.tune)}, icon("trash-2"))),
        this.player.element, this.found, this.score.element, this.tags);
    }
    this.element.classList.add("shown");
    this.score.update(tune.text);
    this.player.changed();
  }

  #drawTags() {
    const {tune} = this;
    const known = this.does.tags().map(({name}) => name).filter((name) => !tune.tags.includes(name));
    const input = el("input", {"aria-label": "Add a tag", placeholder: "Add a tag", maxlength: 40, list: "known-tags", autocomplete: "off"});
    put(this.tags,
      el("ul.tag-list", {"aria-label": "Tags"}, tune.tags.map((tag) => el("li.tag", {}, tag,
        el("button.tag-off", {"aria-label": `Take off the tag ${tag}`, onclick: () => this.#setTags(tune.tags.filter((each) => each !== tag), `${tag} is off.`)}, icon("x", {size: 14}))))),
      el("form.tag-form.field", {onsubmit: (event) => {
        event.preventDefault();
        const added = input.value.trim();
        if (added) this.#setTags([...tune.tags, added], `Tagged ${added}.`, true);
      }}, input, el("datalist#known-tags", {}, known.map((name) => el("option", {value: name}))),
      el("button.button", {}, icon("tag"), "Tag")));
  }

  async #setTags(tags, said, again = false) {
    await this.#change(this.tune.id, {tags}, () => {
      announce(said);
      if (again) this.tags.querySelector("input").focus();
      else this.tags.querySelector("button")?.focus();
    });
  }

  async #change(number, values, after) {
    try {
      const tune = await send(`/api/tunes/${number}`, values);
      await this.does.changed();
      if (this.tune?.id === number) this.#draw(tune);
      after();
    } catch (error) {
      toastError(error);
    }
  }

  async #toSet() {
    const set = await addToSet(this.tune, this.does.sets());
    if (!set) return;
    await this.does.changed();
    toast(`“${this.tune.title}” is in the set “${set.name}”.`, {action: {label: "Show the set", run: () => this.does.showSet(set.id)}});
  }

  async #showPassage(number, notes) {
    const {start, end} = await get(`/api/tunes/${number}/passage?${new URLSearchParams({notes})}`, {signal: this.signal}).catch(() => ({}));
    if (this.tune?.id !== number) return;
    const marks = end ? [{start, end, color: "var(--accent)"}] : [];
    const paint = () => this.score.paint(marks);
    this.found.hidden = !end;
    put(this.found, "The notes that you asked for are coloured.");
    this.score.element.addEventListener("engraved", paint, {once: true});
    paint();
  }
}

/** Where a tune comes from, in a sentence. */
function origin(tune) {
  const kept = new Date(tune.kept_at).toLocaleDateString("en", {day: "numeric", month: "long", year: "numeric"});
  const {network, seed} = tune.provenance || {};
  if (network) return `Composed by ${network}${seed !== undefined && seed !== null ? `, seed ${seed}` : ""}. Kept on ${kept}.`;
  return tune.book ? `From ${tune.book}, ${kept}.` : `Kept on ${kept}.`;
}
