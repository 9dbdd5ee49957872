// The list of the tunebook: as long as the book, with only the rows that are in sight, read from the studio page by page.
import {get} from "../api.js";
import {el} from "../dom.js";
import {icon} from "../components/icon.js";
import {keyName, meterName, readHead} from "../abc.js";

const PAGE = 100;
/** A title as it is shown: books have "Lost Hour, The". */
export const shownTitle = (title) => readHead(`T:${title}`).title || title;

/** Rows above and below those in sight that are drawn too. */
const AROUND = 8;
const JUMP = 10;
const SETTLE_MILLISECONDS = 120;

/**
 * `new TuneList({choose, open, delete, rename, signal})`: each is called with a tune. It is a list box: arrow keys move,
 * Enter opens, Delete deletes, F2 renames.
 */
export class TuneList {
  constructor({signal, ...does}) {
    this.does = does;
    this.signal = signal;
    this.total = 0;
    this.pages = new Map();
    this.rows = new Map();
    this.rowHeight = 60;
    this.query = {};
    this.chosen = null;
    this.at = 0;
    this.box = el("div.tune-list", {
      role: "listbox", tabindex: "0", "aria-label": "Tunes", onkeydown: (event) => this.#press(event),
      onfocus: () => this.#activate(this.at), onclick: (event) => this.#click(event), ondblclick: (event) => this.#click(event, true),
    });
    this.element = el("div.tune-list-frame", {}, this.box);
    const draw = () => {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.#draw());
    };
    addEventListener("scroll", draw, {signal, passive: true});
    addEventListener("resize", draw, {signal, passive: true});
  }

  /** Show what fits; resolves with the first answer of the studio, with `{error}`, or with null if another load came between. */
  async load(query, {anew, chosen}) {
    this.chosen = chosen;
    this.query = query;
    this.loading?.abort();
    this.loading = new AbortController();
    const first = anew ? 0 : this.#firstPage();
    let answer;
    try {
      answer = await this.#ask(first);
    } catch (error) {
      return error.name === "AbortError" ? null : {error};
    }
    if (anew) {
      this.at = 0;
      if (scrollY > this.element.offsetTop) scrollTo(0, 0);
    }
    this.pages = new Map([[first, answer.tunes]]);
    this.total = answer.total;
    this.at = Math.min(this.at, Math.max(0, this.total - 1));
    this.#size();
    this.#clear();
    this.#draw();
    return answer;
  }

  /** The tunes that were read so far. */
  known() {
    return [...this.pages].sort(([one], [other]) => one - other).flatMap(([, tunes]) => Array.isArray(tunes) ? tunes : []);
  }

  choose(id) {
    this.chosen = id;
    for (const [place, row] of this.rows) row.setAttribute("aria-selected", String(this.#tune(place)?.id === id));
  }

  async #ask(page) {
    const query = new URLSearchParams({...Object.fromEntries(Object.entries(this.query).filter(([, value]) => value)), offset: page * PAGE, limit: PAGE});
    return get(`/api/tunes?${query}`, {signal: AbortSignal.any([this.signal, this.loading.signal])});
  }

  #tune(place) {
    const page = this.pages.get(Math.floor(place / PAGE));
    return Array.isArray(page) ? page[place % PAGE] || null : null;
  }

  /** Ask for a page once; draw again when it is there. */
  #need(page) {
    if (this.pages.has(page)) return;
    const {pages} = this;
    const asked = this.#ask(page).then((answer) => {
      pages.set(page, answer.tunes);
      if (pages === this.pages) {
        this.#clear();
        this.#draw();
        if (this.awaited) this.#chooseActive();
      }
    }, () => pages.delete(page));
    pages.set(page, asked);
  }

  #firstPage() {
    return Math.min(Math.floor(this.#inSight()[0] / PAGE), Math.max(0, Math.ceil(this.total / PAGE) - 1));
  }

  #inSight() {
    const top = this.box.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / this.rowHeight) - AROUND);
    const last = Math.min(this.total - 1, Math.ceil((innerHeight - top) / this.rowHeight) + AROUND);
    return [first, last];
  }

  #size() {
    this.rowHeight = parseFloat(getComputedStyle(this.element).getPropertyValue("--row-height")) || this.rowHeight;
    this.box.style.height = `${Math.max(1, this.total) * this.rowHeight}px`;
  }

  #clear() {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
  }

  #draw() {
    if (!this.element.isConnected) return;
    this.#size();
    const [first, last] = this.#inSight();
    for (const [place, row] of this.rows) {
      if (place < first || place > last) {
        row.remove();
        this.rows.delete(place);
      }
    }
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) this.#need(page);
    for (let place = first; place <= last; place += 1) {
      if (this.rows.has(place)) {
        this.rows.get(place).style.top = `${place * this.rowHeight}px`;
        continue;
      }
      const row = this.#row(place);
      this.rows.set(place, row);
      const next = this.rows.get(place + 1);
      if (next) next.before(row);
      else this.box.append(row);
    }
    if (document.activeElement === this.box) this.#activate(this.at);
  }

  #row(place) {
    const tune = this.#tune(place);
    const attributes = {
      role: "option", id: `tune-row-${place}`, "aria-posinset": place + 1, "aria-setsize": this.total, data: {place},
      "aria-selected": String(Boolean(tune) && tune.id === this.chosen), style: {top: `${place * this.rowHeight}px`, height: `${this.rowHeight}px`},
    };
    if (!tune) return el("div.tune-row.waiting", {...attributes, "aria-label": "One moment"}, el("span.bone"), el("span.bone.short"));
    const tags = tune.tags.slice(0, 3).map((tag) => el("span.tag", {}, tag));
    if (tune.tags.length > 3) tags.push(el("span.faint.small-text", {}, `+${tune.tags.length - 3}`));
    return el("div.tune-row", attributes,
      el("span.tune-row-title", {}, shownTitle(tune.title)),
      el("span.tune-row-what", {}, [tune.rhythm, tune.key && keyName(tune.key), tune.meter && meterName(tune.meter)].filter(Boolean).join(" · ")),
      tags.length ? el("span.tune-row-tags", {}, tags) : null,
      el("span.tune-row-go", {"aria-hidden": "true"}, icon("chevron-right", {size: 18})));
  }

  #click(event, twice = false) {
    const row = event.target.closest(".tune-row");
    const tune = row && this.#tune(Number(row.dataset.place));
    if (!tune) return;
    this.at = Number(row.dataset.place);
    this.#activate(this.at);
    if (twice) this.does.open(tune);
    else this.does.choose(tune);
  }

  #press(event) {
    const page = Math.max(1, Math.floor(innerHeight / this.rowHeight) - 3);
    const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.total, End: this.total};
    const tune = this.#tune(this.at);
    if (event.key in steps) {
      this.#move(Math.max(0, Math.min(this.total - 1, this.at + steps[event.key])));
    } else if (event.key === "Enter" && tune) this.does.open(tune);
    else if (event.key === "Delete" && tune) this.does.delete(tune);
    else if (event.key === "F2" && tune) this.does.rename(tune);
    else return;
    event.preventDefault();
  }

  #move(place) {
    this.at = place;
    this.#bringIntoView(place);
    this.#draw();
    this.#activate(place);
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.#chooseActive(), SETTLE_MILLISECONDS);
  }

  /** Choose the row that the keys have reached, as soon as it is read. */
  #chooseActive() {
    const tune = this.#tune(this.at);
    this.awaited = !tune;
    if (tune && tune.id !== this.chosen) this.does.choose(tune);
  }

  #bringIntoView(place) {
    const top = this.box.getBoundingClientRect().top + place * this.rowHeight;
    const head = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const foot = innerHeight - this.rowHeight - JUMP - parseFloat(getComputedStyle(document.body).paddingBottom);
    if (top < head) scrollBy({top: top - head, behavior: "instant"});
    else if (top > foot) scrollBy({top: top - foot, behavior: "instant"});
  }

  #activate(place) {
    const row = this.rows.get(place);
    for (const other of this.rows.values()) other.classList.toggle("active", other === row && document.activeElement === this.box);
    if (row) this.box.setAttribute("aria-activedescendant", row.id);
  }
}
