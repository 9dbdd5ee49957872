// Sets: tunes in the order in which they are played, moved by dragging and by keyboard.
import {post, put as send, remove} from "../api.js";
import {askDialog, confirmDialog, openDialog} from "../components/dialog.js";
import {keyName} from "../abc.js";
import {selectField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {emptyState} from "../components/state.js";
import {toast, toastError} from "../components/toast.js";
import {announce, el, put} from "../dom.js";
import {shownTitle} from "./tunebook_list.js";

/** Ask for a name, and make a set of these tunes; resolves with it, or with null. */
export async function askForNewSet(tunes = []) {
  const name = await askDialog({title: "A new set", label: "Name", hint: "Tunes are added from their own panel, and put in order here.", yes: "Make it"});
  if (!name?.trim()) return null;
  return post("/api/sets", {name, tunes}).catch((error) => {
    toastError(error);
    return null;
  });
}

/** Ask to which set, and add the tune; resolves with the set, or with null. */
export async function addToSet(tune, sets) {
  if (!sets.length) return askForNewSet([tune.id]);
  const field = selectField({label: "Set", options: sets.map(({id, name, tunes}) => [String(id), `${name} (${tunes.length})`]), value: String(sets[0].id)});
  const chosen = await openDialog({title: "Add to a set", body: field.element, actions: [
    {label: "Cancel", value: null}, {label: "New set", value: "new"}, {label: "Add", value: () => field.value, primary: true}]});
  if (chosen === "new") return askForNewSet([tune.id]);
  const set = sets.find(({id}) => String(id) === chosen);
  if (!set) return null;
  return send(`/api/sets/${set.id}`, {tunes: [...set.tunes.map(({id}) => id), tune.id]}).catch((error) => {
    toastError(error);
    return null;
  });
}

/** `new SetView(set, {chosen, choose, open, changed, left, export})`: a set, whose tunes can be put in order. */
export class SetView {
  constructor(set, does) {
    this.set = set;
    this.tunes = [...set.tunes];
    this.does = does;
    this.list = el("ol.set-tunes", {"aria-label": `Tunes of ${set.name}, in order`});
    this.element = el("section.set-view", {"aria-label": `Set ${set.name}`},
      el("div.set-head", {},
        el("h2", {}, set.name),
        el("div.actions", {},
          el("button.button.small", {onclick: () => this.#rename()}, icon("pencil"), "Rename"),
          el("button.button.small", {onclick: () => does.export()}, icon("download"), "Export"),
          el("button.button.small.danger", {onclick: () => this.#delete()}, icon("trash-2"), "Delete"),
          el("button.button.small", {onclick: () => does.left()}, icon("x"), "All tunes"))),
      this.tunes.length ? el("p.soft.small-text", {}, "Drag a tune by its handle, or use the arrow keys on it.")
        : emptyState({title: "No tune yet", heading: "h3", picture: "list-music", text: "Choose a tune in the book, then “Add to a set”.",
          actions: [el("button.button", {onclick: () => does.left()}, "Show all tunes")]}),
      this.list);
    this.#draw();
  }

  /** At which place the focus is, for a view that comes instead of this one; null if it is elsewhere. */
  heldPlace() {
    const row = document.activeElement?.closest?.(".set-tune");
    return row && this.list.contains(row) ? [...this.list.children].indexOf(row) : null;
  }

  hold(place) {
    if (place !== null && place !== undefined) this.list.children[Math.min(place, this.tunes.length - 1)]?.querySelector(".set-handle").focus();
  }

  #draw() {
    put(this.list, this.tunes.map((tune, place) => el(`li.set-tune${tune.id === this.does.chosen ? ".chosen" : ""}`, {},
      el("button.quiet.set-handle", {
        "aria-label": `${tune.title}, ${place + 1} of ${this.tunes.length}; arrow keys move it`, title: "Drag, or use the arrow keys",
        onkeydown: (event) => this.#press(event, place), onpointerdown: (event) => this.#drag(event, place),
      }, icon("grip-vertical")),
      el("span.set-place.figures", {"aria-hidden": "true"}, place + 1),
      el("button.set-open", {onclick: () => this.#choose(tune), ondblclick: () => this.does.open(tune)},
        el("span.tune-row-title", {}, shownTitle(tune.title)),
        el("span.tune-row-what", {}, [tune.rhythm, tune.key && keyName(tune.key)].filter(Boolean).join(" · "))),
      el("button.quiet", {"aria-label": `Take ${tune.title} out of the set`, title: "Take out of the set", onclick: () => this.#takeOut(place)}, icon("x")))));
  }

  #choose(tune) {
    this.does.chosen = tune.id;
    for (const [place, row] of [...this.list.children].entries()) row.classList.toggle("chosen", this.tunes[place].id === tune.id);
    this.does.choose(tune);
  }

  #press(event, place) {
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (!by) return;
    event.preventDefault();
    this.#move(place, place + by);
  }

  #move(from, to) {
    if (to < 0 || to >= this.tunes.length || from === to) return;
    const [tune] = this.tunes.splice(from, 1);
    this.tunes.splice(to, 0, tune);
    this.#draw();
    this.hold(to);
    announce(`${tune.title} is number ${to + 1} now.`);
    this.#save();
  }

  /** Write the order, once nothing has moved for a moment. */
  #save() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.#send({tunes: this.tunes.map(({id}) => id)}), 200);
  }

  async #send(values) {
    try {
      await send(`/api/sets/${this.set.id}`, values);
      await this.does.changed();
    } catch (error) {
      toastError(error);
    }
  }

  #drag(event, place) {
    if (event.button) return;
    const handle = event.currentTarget;
    const rows = [...this.list.children];
    const tops = rows.map((row) => row.getBoundingClientRect().top);
    const height = rows[0].getBoundingClientRect().height;
    let to = place;
    handle.setPointerCapture(event.pointerId);
    this.list.classList.add("dragging");
    rows[place].classList.add("lifted");
    const move = (moved) => {
      const by = moved.clientY - event.clientY;
      to = Math.max(0, Math.min(rows.length - 1, Math.round((tops[place] + by - tops[0]) / height)));
      rows.forEach((row, at) => {
        const shift = at === place ? by : at > place && at <= to ? -height : at < place && at >= to ? height : 0;
        row.style.transform = shift ? `translateY(${shift}px)` : "";
      });
    };
    const end = (ended) => {
      handle.removeEventListener("pointermove", move);
      this.list.classList.remove("dragging");
      for (const row of rows) row.style.transform = "";
      rows[place].classList.remove("lifted");
      if (ended.type === "pointerup") this.#move(place, to);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end, {once: true});
    handle.addEventListener("pointercancel", end, {once: true});
  }

  #takeOut(place) {
    const before = [...this.tunes];
    const [tune] = this.tunes.splice(place, 1);
    this.#send({tunes: this.tunes.map(({id}) => id)});
    toast(`“${tune.title}” is out of the set.`, {undo: () => this.#send({tunes: before.map(({id}) => id)})});
  }

  async #rename() {
    const name = await askDialog({title: "Rename the set", label: "Name", value: this.set.name});
    if (name?.trim() && name.trim() !== this.set.name) await this.#send({name});
  }

  async #delete() {
    const {set} = this;
    if (!await confirmDialog({title: "Delete the set?", text: `“${set.name}” goes; its tunes stay in the book.`, yes: "Delete", danger: true})) return;
    try {
      await remove(`/api/sets/${set.id}`);
      await this.does.left();
      toast(`The set “${set.name}” is deleted.`, {undo: () => post(`/api/sets/${set.id}/restore`).then(() => this.does.left()).catch(toastError)});
    } catch (error) {
      toastError(error);
    }
  }
}
