// The page Studies: the studies that are here, and one of them with its answers, curves, runs, figures and paper.
import {get} from "../api.js";
import {emptyState, failureState, loadingState} from "../components/state.js";
import {el, put} from "../dom.js";
import {showStudy} from "./study.js";

export const title = "Studies";

export async function show(root, {params, signal}) {
  const study = params.get("study");
  if (study) await showStudy(root, study, signal);
  else await showAll(root, signal);
}

async function showAll(root, signal) {
  put(root, loadingState("Looking for studies"));
  try {
    const {studies, folders} = await get("/api/studies", {signal});
    if (studies.length) put(root, head(), el("ul.study-list", {}, studies.map(row)));
    else put(root, nothing(folders));
  } catch (error) {
    if (error.name !== "AbortError") put(root, failureState(error, {title: "The studies could not be read", retry: () => showAll(root, signal), heading: "h1"}));
  }
}

function head() {
  return el("header.page-head", {}, el("div", {}, el("h1", {}, title),
    el("p", {}, "A study trains many networks that differ in one thing, and says what the difference is worth.")));
}

function nothing(folders) {
  const state = emptyState({
    title: "No study yet", picture: "chart-line",
    text: "A study trains many networks that differ in one thing, several seeds of each, and says what the difference is worth. It is begun at the command line; here its results are shown while they come.",
  });
  state.append(el("code.install", {}, "tunewright study run cells.toml --out runs/cells"), el("p.small-text", {}, "Looked for in ", folders.join(" and ")));
  return state;
}

function row({name, title: called, runs, finished, failed, questions, problem}) {
  const words = problem || [`${finished} of ${runs} runs finished`, failed ? `${failed} failed` : ""].filter(Boolean).join(", ");
  return el("li", {}, el("a.card.study-row", {href: `/studies?study=${encodeURIComponent(name)}`},
    el("h2", {}, called), el(`p.figures${problem ? ".bad" : ".soft"}`, {}, words),
    questions.length ? el("p.soft", {}, questions.join(" · ")) : null));
}
