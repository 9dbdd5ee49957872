// The page Training: the lesson, a new training, and all trainings; one of them live, where the address names it.
import {get, post} from "../api.js";
import {confirmDialog} from "../components/dialog.js";
import {icon} from "../components/icon.js";
import {failureState, loadingState} from "../components/state.js";
import {toastError} from "../components/toast.js";
import {el, put} from "../dom.js";
import {navigate} from "../router.js";
import {NewTraining} from "./training_new.js";
import {showRun} from "./training_run.js";
import {statusTag, timeInWords} from "./training_words.js";

export const title = "Training";

const AGAIN_MILLISECONDS = 2000;

export async function show(root, {params, signal}) {
  const run = params.get("run");
  if (run) await showRun(root, run, signal);
  else await showAll(root, signal);
}

async function showAll(root, signal) {
  put(root, loadingState("Looking for trainings"));
  let all;
  let corpora;
  try {
    [all, corpora] = await Promise.all([get("/api/trainings", {signal}), get("/api/corpora", {signal})]);
  } catch (error) {
    if (error.name !== "AbortError") put(root, head(), failureState(error, {retry: () => showAll(root, signal)}));
    return;
  }
  const list = el("ul.training-list");
  const form = new NewTraining(corpora.corpora, all.presets, signal);
  form.disabled = Boolean(all.install);
  put(root, head(),
    all.install ? installNotice(all.install) : null,
    el("div.training-columns", {},
      el("div.stack", {}, lesson(all), form.element),
      el("section.card.training-all", {"aria-labelledby": "all-trainings"}, el("h2", {id: "all-trainings"}, "Your networks"), list)));
  const draw = (trainings) => put(list, trainings.length ? trainings.map(row) : el("li.soft", {}, "None yet. The lesson makes the first."));
  draw(all.trainings);
  keepUp(draw, all.trainings, signal);
}

function head() {
  return el("header.page-head", {}, el("div", {}, el("h1", {}, title),
    el("p", {}, "Let a network learn from tunes: a book that is here, or your own. It learns on this machine, also when this page is closed.")));
}

function installNotice(command) {
  return el("div.notice.warning.stack", {role: "status"},
    el("p", {}, "Training needs a package that is not installed. Install it, then start the studio again:"), el("code.install", {}, command));
}

function lesson({trainings, install}) {
  const former = trainings.find(({preset}) => preset === "lesson");
  const begin = el("button.button.primary", {onclick: () => start(begin), disabled: Boolean(install)}, icon("graduation-cap"), former ? "Take it again" : "Begin the lesson");
  return el("section.card.lesson-card", {"aria-labelledby": "lesson-title"},
    el("h2", {id: "lesson-title"}, "A lesson of ten minutes"),
    el("p.soft", {}, "Train a small network, watch it learn, hear it after each pass, and look into one of its units. Nothing can go wrong."),
    el("div.actions", {}, begin, former ? el("a.button", {href: address(former.name)}, "Open the last one") : null));
}

async function start(button) {
  button.disabled = true;
  try {
    const {name} = await post("/api/lesson");
    await navigate(address(name));
  } catch (error) {
    button.disabled = false;
    if (error.status === 409 && await confirmDialog({title: "A training is running", text: "One network learns at a time. Show the one that is learning now?", yes: "Show it"})) {
      const {trainings} = await get("/api/trainings");
      const running = trainings.find(({status}) => status === "running" || status === "starting");
      if (running) await navigate(address(running.name));
    } else if (error.status !== 409) toastError(error);
  }
}

function row(training) {
  const left = training.status === "running" && training.seconds_left ? ` · ${timeInWords(training.seconds_left)} left` : "";
  const done = training.epochs ? `${training.epoch} of ${training.epochs} passes` : "";
  return el("li", {}, el("a.training-row", {href: address(training.name)},
    el("span.training-row-title", {}, training.title),
    statusTag(training.status),
    el("span.training-row-what", {}, [training.corpus, done + left].filter(Boolean).join(" · "))));
}

/** Draw the list again while something is learning. */
function keepUp(draw, trainings, signal) {
  if (signal.aborted || !trainings.some(({status}) => status === "running" || status === "starting")) return;
  setTimeout(async () => {
    if (signal.aborted) return;
    try {
      const {trainings: now} = await get("/api/trainings", {signal});
      draw(now);
      keepUp(draw, now, signal);
    } catch {
      // The page is left, or the studio is closed: what is shown stays.
    }
  }, AGAIN_MILLISECONDS);
}

export function address(name) {
  return `/training?run=${encodeURIComponent(name)}`;
}
