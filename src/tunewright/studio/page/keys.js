// Keys that do something anywhere on a page, and the list of them that `?` shows.
import {el} from "./dom.js";
import {openDialog} from "./components/dialog.js";
import {navigate} from "./router.js";

/** The lists of keys that are in force: what the page binds, and what it shows of them. */
const bound = new Set();

/**
 * Bind keys while a page is shown: `bindKeys([{key: "n", says: "A new tune", run() {...}}], signal)`.
 *
 * `key` is that of KeyboardEvent, in lower case. A key typed into a field, with Control, Alt or Meta, or in a dialog is
 * left alone; Space and Enter are left to the button or link that has the focus.
 */
export function bindKeys(keys, signal) {
  bound.add(keys);
  signal?.addEventListener("abort", () => bound.delete(keys));
}

/** What the arrow keys do once the focus is on a bar; the score itself listens for them. */
const IN_THE_SCORE = [{key: "← →", says: "In the score: another bar"}, {key: "Shift ← →", says: "In the score: more bars"}];

/** Begin to listen; called once. */
export function listenForKeys() {
  bindKeys([{key: "?", says: "Show these keys", run: showKeys}]);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const target = event.composedPath()[0];
    if (isTyping(target) || (" Enter".includes(event.key) && isPressable(target))) return;
    for (const keys of [...bound].reverse()) {
      const found = keys.find(({key}) => key === event.key.toLowerCase());
      if (!found) continue;
      event.preventDefault();
      found.run(event);
      return;
    }
  });
}

/** Show what the keys do on the page that is open. */
export function showKeys() {
  const rows = [...[...bound].reverse().flat(), ...IN_THE_SCORE].map(({key, says}) => el("div.key", {},
    el("dt", {}, el("kbd", {}, key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key)), el("dd", {}, says)));
  const licences = el("a", {href: "/page/third_party/LICENCES.txt", target: "_blank"}, "Licences");
  openDialog({title: "Keys", body: [el("dl.keys", {}, rows), el("p.about.small-text.faint", {}, licences, " of the score, the sound, the editor, the fonts and the icons.")], actions: [
    {label: "Take the tour", value: () => { navigate("/?tour=1"); }}, {label: "Close", value: null, primary: true}]});
}

function isTyping(target) {
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName)
    || (target.tagName === "INPUT" && !["checkbox", "radio", "button", "range"].includes(target.type));
}

function isPressable(target) {
  return Boolean(target.closest?.("button, a[href], summary, [role=button], [role=tab], input"));
}
