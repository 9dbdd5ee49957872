// The page Tunebook: a list to search, sort and choose from, the chosen tune beside it, sets, and books in and out.
import {get, post, remove} from "../api.js";
import {selectField, textField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {emptyState, failureState, loadingState} from "../components/state.js";
import {toast, toastError} from "../components/toast.js";
import {announce, debounce, el, put} from "../dom.js";
import {bindKeys} from "../keys.js";
import {setParams} from "../router.js";
import {openTune} from "../state.js";
import {bringIn, dropBooks, exportDialog, pickBooks} from "./tunebook_books.js";
import {TuneList} from "./tunebook_list.js";
import {NotesPanel} from "./tunebook_notes.js";
import {Preview} from "./tunebook_preview.js";
import {askForNewSet, SetView} from "./tunebook_sets.js";

export const title = "Tunebook";

const SORTS = [["title", "Title"], ["newest", "Newest"], ["oldest", "Oldest"], ["changed", "Changed"], ["rhythm", "Rhythm"], ["key", "Key"], ["meter", "Metre"]];
const FILTERS = {tag: ["Tag", "tags"], rhythm: ["Rhythm", "rhythms"], key: ["Key", "keys"], book: ["From", "books"]};
const AGAIN_MILLISECONDS = 1500;

export async function show(root, {params, signal}) {
  await new TunebookPage(root, params, signal).start();
}

class TunebookPage {
  constructor(root, params, signal) {
    this.root = root;
    this.signal = signal;
    this.asked = {words: params.get("words") || "", notes: params.get("notes") || "", set: params.get("set") || "", sort: params.get("sort") || ""};
    for (const name of Object.keys(FILTERS)) this.asked[name] = params.get(name) || "";
    this.chosen = Number(params.get("tune")) || null;
    this.summary = null;
    this.#build();
  }

  async start() {
    bindKeys([
      {key: "/", says: "Search", run: () => this.words.control.focus()},
      {key: "f", says: "Find by notes", run: () => this.notes.toggle(true)},
      {key: "e", says: "Export a book", run: () => this.export()},
    ], this.signal);
    bindKeys(this.preview.keys, this.signal);
    this.signal.addEventListener("abort", () => this.preview.close());
    dropBooks(this.root, (files) => this.bringIn(files), this.signal);
    await this.refresh({anew: true});
    if (this.chosen) await this.preview.show(this.chosen, this.asked.notes);
  }

  /** Read the summary and the list again; `anew` begins the list at its top. */
  async refresh({anew = false} = {}) {
    try {
      this.summary = await get("/api/tunebook", {signal: this.signal});
    } catch (error) {
      if (error.name === "AbortError") return;
      put(this.body, failureState(error, {title: "The tunebook could not be opened", retry: () => this.refresh({anew: true})}));
      return;
    }
    this.#showSummary();
    if (!this.summary.tunes && !this.summary.sets.length) return;
    await this.#showList(anew);
  }

  async change(values) {
    Object.assign(this.asked, values);
    if ("set" in values && values.set) Object.assign(this.asked, {words: "", notes: "", tag: "", rhythm: "", key: "", book: ""});
    this.#writeAddress();
    this.#showSummary();
    await this.#showList(true);
  }

  async choose(tune) {
    this.chosen = tune?.id ?? null;
    this.list.choose(this.chosen);
    this.#writeAddress();
    if (tune) await this.preview.show(tune.id, this.asked.notes);
    else this.preview.hide();
  }

  /** Open a tune on its own page. */
  async open(tune) {
    try {
      const {id, text, provenance} = tune.text ? tune : await get(`/api/tunes/${tune.id}`, {signal: this.signal});
      openTune({id, text, provenance});
    } catch (error) {
      toastError(error);
    }
  }

  async delete(tune) {
    try {
      await remove(`/api/tunes/${tune.id}`);
      if (tune.id === this.chosen) await this.choose(null);
      await this.refresh();
      toast(`“${tune.title}” is deleted.`, {undo: async () => {
        await post(`/api/tunes/${tune.id}/restore`).catch(toastError);
        await this.refresh();
        announce(`“${tune.title}” is back.`);
      }});
    } catch (error) {
      toastError(error);
    }
  }

  async bringIn(files) {
    const done = await bringIn(files, {busy: (text) => this.#tell(text), changed: () => this.refresh({anew: true}), signal: this.signal});
    this.#tell("");
    if (done) await this.refresh({anew: true});
  }

  export() {
    if (!this.summary?.tunes) return;
    const set = this.#set();
    const {notes, ...filter} = this.asked;
    exportDialog({
      title: set ? set.name : this.asked.tag || this.asked.book || "Tunebook", count: set ? set.tunes.length : this.list.total,
      what: notes ? {ids: this.list.known().map(({id}) => id).join(",")} : filter, signal: this.signal,
    });
  }

  async newSet(tunes = []) {
    const made = await askForNewSet(tunes);
    if (!made) return;
    await this.change({set: String(made.id)});
    await this.refresh();
  }

  #build() {
    this.count = el("p", {}, " ");
    this.notice = el("div.notice.warning", {hidden: true, role: "status"});
    this.busy = el("p.notice.book-busy", {hidden: true, role: "status"});
    this.words = textField({label: "Search", type: "search", value: this.asked.words, placeholder: "Title, rhythm, composer, words", maxlength: 200});
    const typed = debounce(() => this.change({words: this.words.value}), 180);
    this.words.control.addEventListener("input", typed);
    this.notes = new NotesPanel({value: this.asked.notes, change: (notes) => this.change({notes})});
    this.filters = el("div.book-filters", {id: "book-filters"});
    this.filterButton = el("button.button.filter-button", {"aria-expanded": "false", "aria-controls": "book-filters", onclick: () => {
      this.filterButton.setAttribute("aria-expanded", String(this.filters.classList.toggle("open")));
    }});
    this.list = new TuneList({
      choose: (tune) => this.choose(tune), open: (tune) => this.open(tune), delete: (tune) => this.delete(tune),
      rename: (tune) => this.preview.rename(tune), signal: this.signal,
    });
    this.preview = new Preview({
      open: (tune) => this.open(tune), delete: (tune) => this.delete(tune), changed: () => this.refresh(), close: () => this.choose(null),
      sets: () => this.summary?.sets || [], showSet: (id) => this.change({set: String(id)}), tags: () => this.summary?.tags || [], signal: this.signal,
    });
    this.results = el("div.book-results");
    this.found = el("p.small-text.soft", {hidden: true});
    this.main = el("div.book-main", {},
      el("section.card.book-search", {role: "search", "aria-label": "Find tunes"}, el("div.book-words", {}, this.words.element, this.notes.button, this.filterButton), this.notes.element, this.filters),
      this.found, this.results);
    this.body = el("div.book-columns", {}, loadingState("Opening the book"));
    put(this.root,
      el("div.page-head", {}, el("div", {}, el("h1", {}, "Tunebook"), this.count),
        el("div.actions", {},
          el("button.button", {onclick: () => this.newSet()}, icon("list-music"), "New set"),
          el("button.button", {title: "Bring in a book: ABC files, archives, tables", onclick: () => this.#pick()}, icon("upload"), "Import"),
          this.exportButton = el("button.button", {title: "Make a book of what is listed (E)", onclick: () => this.export()}, icon("download"), "Export"))),
      this.notice, this.busy, this.body);
  }

  #pick() {
    pickBooks((files) => this.bringIn(files));
  }

  #tell(text) {
    put(this.busy, text);
    this.busy.hidden = !text;
  }

  #showSummary() {
    const {tunes, sets, notice} = this.summary;
    put(this.count, tunes ? `${tunes.toLocaleString("en")} ${tunes === 1 ? "tune" : "tunes"}${sets.length ? `, ${sets.length} ${sets.length === 1 ? "set" : "sets"}` : ""}` : "The tunes that you keep");
    put(this.notice, notice);
    this.notice.hidden = !notice;
    this.exportButton.disabled = !tunes;
    if (!tunes && !sets.length) {
      put(this.body, this.#emptyBook());
      return;
    }
    if (this.body.firstChild !== this.main) put(this.body, this.main, this.preview.element);
    this.#showFilters();
  }

  #emptyBook() {
    return emptyState({
      title: "Your tunebook is empty", heading: "h2", picture: "book-open",
      text: "Keep a tune while you compose, or bring in a book: ABC files, archives and tables of tunes are read. You can drop them here.",
      actions: [el("a.button.primary", {href: "/"}, "Compose a tune"), el("button.button", {onclick: () => this.#pick()}, icon("upload"), "Import a book")],
    });
  }

  #showFilters() {
    const held = this.filters.contains(document.activeElement) ? document.activeElement.previousElementSibling?.textContent : null;
    const fields = Object.entries(FILTERS).map(([name, [label, plural]]) => {
      const options = this.summary[plural].map((each) => [each.name, `${each.name} (${each.tunes})`]);
      if (this.asked[name] && !options.some(([value]) => value === this.asked[name])) options.push([this.asked[name], this.asked[name]]);
      if (!options.length) return null;
      return selectField({label, options: [["", "Any"], ...options], value: this.asked[name], onchange: (value) => this.change({[name]: value})}).element;
    });
    const sets = this.summary.sets.map((each) => [String(each.id), `${each.name} (${each.tunes.length})`]);
    const set = sets.length ? selectField({label: "Set", options: [["", "None"], ...sets], value: this.asked.set, onchange: (value) => this.change({set: value})}).element : null;
    const searching = this.asked.words || this.asked.notes;
    const sorts = searching ? [["", "Best"], ...SORTS] : SORTS;
    const sort = this.asked.set ? null : selectField({label: "Order", options: sorts, value: this.asked.sort || (searching ? "" : "title"), onchange: (value) => this.change({sort: value})}).element;
    const used = ["set", ...Object.keys(FILTERS)].filter((name) => this.asked[name]).length;
    put(this.filterButton, icon("sliders-horizontal"), used ? `Filter (${used})` : "Filter");
    put(this.filters, set, this.asked.set ? null : fields, sort);
    if (held) for (const label of this.filters.querySelectorAll("label")) if (label.textContent === held) label.nextElementSibling.focus();
  }

  #set() {
    return this.summary.sets.find(({id}) => String(id) === this.asked.set) || null;
  }

  async #showList(anew) {
    const set = this.#set();
    this.found.hidden = true;
    if (set) {
      const view = new SetView(set, {
        chosen: this.chosen, choose: (tune) => this.choose(tune), open: (tune) => this.open(tune),
        changed: () => this.refresh(), left: () => this.change({set: ""}).then(() => this.refresh()), export: () => this.export(),
      });
      const held = this.setView?.heldPlace();
      put(this.results, view.element);
      view.hold(held);
      this.setView = view;
      return;
    }
    this.setView = null;
    if (this.results.firstChild !== this.list.element) put(this.results, this.list.element);
    const sort = this.asked.sort || (this.asked.words || this.asked.notes ? "best" : "title");
    const query = {...this.asked, sort};
    delete query.set;
    const answer = await this.list.load(query, {anew, chosen: this.chosen});
    if (!answer) return;
    if (answer.error) {
      this.notes.error(this.asked.notes && answer.error.status === 400 ? answer.error.message : null);
      if (!(this.asked.notes && answer.error.status === 400)) put(this.results, failureState(answer.error, {title: "The tunes could not be listed", retry: () => this.#showList(true)}));
      return;
    }
    this.notes.heard(answer.heard, answer.unread);
    if (!answer.total) put(this.results, this.#nothingFits(answer.unread));
    else this.#tellFound(answer.total);
    if (answer.unread) setTimeout(() => this.signal.aborted || this.#showList(false), AGAIN_MILLISECONDS);
  }

  #tellFound(total) {
    const said = `${total.toLocaleString("en")} ${total === 1 ? "tune" : "tunes"}`;
    const {words, notes, sort, set, ...filters} = this.asked;
    const some = words || notes || Object.values(filters).some(Boolean);
    put(this.found, notes && !sort ? `${said}, the nearest first` : said);
    this.found.hidden = !some;
    if (some) announce(said);
  }

  #nothingFits(unread) {
    return emptyState({
      title: unread ? "Not found so far" : "No tune fits", heading: "h2", picture: "search",
      text: unread ? `The notes of ${unread.toLocaleString("en")} tunes are still being read.`
        : this.asked.notes ? "No tune has these notes, in any key, even with one in four of them changed. Fewer notes find more."
          : "Try fewer words, or the beginnings of words.",
      actions: [el("button.button", {onclick: () => this.#clear()}, "Clear the search")],
    });
  }

  #clear() {
    this.words.value = "";
    this.notes.clear();
    return this.change({words: "", notes: "", tag: "", rhythm: "", key: "", book: "", sort: ""});
  }

  #writeAddress() {
    setParams({...this.asked, tune: this.chosen});
  }
}
