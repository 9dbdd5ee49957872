// What a page shows when there is nothing to show, while it loads, and when something failed.
import {el} from "../dom.js";
import {icon} from "./icon.js";

/** Nothing is here: say what belongs here and how to begin. `actions` are buttons or links. */
export function emptyState({title, text, picture = "music", actions = [], heading = "h1"}) {
  return el("div.state", {}, el("div.state-picture", {}, icon(picture)), el(heading, {}, title), el("p", {}, text),
    actions.length ? el("div.actions", {}, actions) : null);
}

/** Something is on its way. */
export function loadingState(text = "One moment") {
  return el("div.state.loading", {role: "status"}, el("div.spinner", {"aria-hidden": "true"}), el("p", {}, text));
}

/** Something failed: the error's own sentence, what to install where an extra is missing, and how to try again. */
export function failureState(error, {title = "That did not work", retry = null, heading = "h2"} = {}) {
  return el("div.state.failed", {role: "alert"},
    el("div.state-picture", {}, icon("triangle-alert")),
    el(heading, {}, title),
    el("p", {}, error.message),
    error.install ? el("p", {}, "Install what it needs, then start the studio again:", el("code.install", {}, error.install)) : null,
    retry ? el("div.actions", {}, el("button.button", {onclick: retry}, "Try again")) : null);
}
