// Dialogs: the browser's own <dialog>, so that the focus stays inside and Escape closes it.
import {el} from "../dom.js";
import {icon} from "./icon.js";
import {textField} from "./field.js";

let count = 0;

/**
 * Show a dialog, and resolve with the value of the action that was chosen; null if it was closed otherwise.
 *
 * Actions are `{label, value, primary, danger}`; a value may be a function, called when the action is chosen. `body`
 * is a node or a text.
 */
export function openDialog({title, body, actions = [{label: "Close", value: null}], wide = false}) {
  const id = `dialog-${count += 1}`;
  return new Promise((resolve) => {
    let chosen = null;
    const choose = (action) => {
      chosen = typeof action.value === "function" ? action.value() : action.value;
      node.close();
    };
    const buttons = actions.map((action) => el(`button.button${action.primary ? ".primary" : ""}${action.danger ? ".danger" : ""}`,
      {type: action.primary ? "submit" : "button", onclick: (event) => { event.preventDefault(); choose(action); }}, action.label));
    const node = el(`dialog.dialog${wide ? ".wide" : ""}`, {"aria-labelledby": id},
      el("form", {method: "dialog"},
        el("header", {}, el("h2", {id}, title),
          el("button.quiet", {type: "button", "aria-label": "Close", onclick: () => node.close()}, icon("x"))),
        el("div.dialog-body", {}, body),
        el("footer", {}, buttons)));
    node.addEventListener("close", () => {
      node.remove();
      resolve(chosen);
    });
    document.body.append(node);
    node.showModal();
  });
}

/** Ask yes or no; resolves with true or false. */
export async function confirmDialog({title, text, yes = "Yes", danger = false}) {
  return Boolean(await openDialog({title, body: el("p", {}, text), actions: [
    {label: "Cancel", value: false}, {label: yes, value: true, primary: true, danger}]}));
}

/** Ask for a text; resolves with it, or with null. */
export function askDialog({title, label, value = "", hint = null, yes = "Save"}) {
  const field = textField({label, value, hint});
  const answer = openDialog({title, body: field.element, actions: [
    {label: "Cancel", value: null}, {label: yes, value: () => field.value, primary: true}]});
  field.control.select();
  return answer;
}
