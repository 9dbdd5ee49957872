// Short messages that come and go, with a way to undo what was done.
import {announce, el} from "../dom.js";

/**
 * Show a message: `toast("Removed", {undo: () => restore()})`.
 *
 * It leaves after some seconds, later where it can be undone, and never while the pointer or the focus is on it.
 */
export function toast(text, {undo = null, action = null, kind = "plain", seconds = null} = {}) {
  const doing = action || (undo ? {label: "Undo", run: undo} : null);
  const node = el(`div.toast.${kind}`, {}, el("span", {}, text));
  const leave = () => {
    clearTimeout(timer);
    node.remove();
  };
  let timer = 0;
  const wait = () => { timer = setTimeout(leave, 1000 * (seconds ?? (doing || kind === "failed" ? 10 : 4))); };
  if (doing) node.append(el("button.link", {onclick: () => { leave(); doing.run(); }}, doing.label));
  for (const name of ["pointerenter", "focusin"]) node.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) node.addEventListener(name, wait);
  place().append(node);
  announce(text + (doing ? ` ${doing.label} is possible.` : ""));
  wait();
  return leave;
}

/** Show what went wrong, in the error's own words. */
export function toastError(error) {
  if (error.name !== "AbortError") toast(error.message, {kind: "failed"});
}

function place() {
  let node = document.querySelector(".toasts");
  if (!node) {
    node = el("div.toasts", {role: "region", "aria-label": "Messages"});
    document.body.append(node);
  }
  return node;
}
