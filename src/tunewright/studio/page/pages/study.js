// One study: the answer to each question, the curves of its settings, its runs, its figures and its paper.
import {get, post} from "../api.js";
import {Chart} from "../components/chart.js";
import {icon} from "../components/icon.js";
import {failureState, loadingState} from "../components/state.js";
import {toastError} from "../components/toast.js";
import {announce, el, put} from "../dom.js";

const CURVES = 4;
const AGAIN_MILLISECONDS = 1500;

export async function showStudy(root, name, signal) {
  put(root, loadingState("Reading the study"));
  try {
    const study = await get(`/api/studies/${encodeURIComponent(name)}`, {signal});
    put(root, head(study), study.settings.length ? body(study, name, signal) : el("p.notice", {}, "No run has finished yet; results appear here as they come."), unfinished(study));
  } catch (error) {
    if (error.name === "AbortError") return;
    put(root, failureState(error, {title: "This study could not be read", retry: () => showStudy(root, name, signal), heading: "h1"}),
      el("p.actions.centred", {}, el("a", {href: "/studies"}, "All studies")));
  }
}

function head({summary}) {
  const {title, runs, finished, failed} = summary;
  return el("header.page-head", {}, el("div", {}, el("p", {}, el("a", {href: "/studies"}, "Studies")), el("h1", {}, title),
    el("p.figures", {}, `${finished} of ${runs} runs finished${failed ? `, ${failed} failed` : ""}`)));
}

function body(study, name, signal) {
  return el("div.stack", {},
    study.questions.map((question) => questionCard(question, study, name)),
    el("section.card.stack", {"aria-labelledby": "settings"}, el("h2", {id: "settings"}, "Settings"), settingsTable(study), curves(study)),
    extraFigures(study, name),
    runsCard(study),
    new PaperCard(study.paper, name, signal).element);
}

function questionCard({title, lowest, sentences, figure}, study, name) {
  const best = study.settings.find((setting) => setting.name === lowest);
  return el("section.card.stack", {}, el("h2", {}, title),
    best ? el("p.study-answer", {}, "Lowest loss: ", el("strong", {}, best.name), `, ${lossInWords(best)} nats per character`) : null,
    sentences.length ? el("ul.study-sentences", {}, sentences.map((sentence) => el("li", {}, sentence))) : el("p.soft", {}, "Nothing to compare yet."),
    study.method ? el("details", {}, el("summary", {}, "How they are compared"), el("p.soft", {}, study.method)) : null,
    figure ? picture(name, figure, title) : null);
}

function picture(name, figure, title) {
  const place = el("div.study-figure");
  const image = el("img", {
    src: `/api/studies/${encodeURIComponent(name)}/figures/${encodeURIComponent(figure)}`, alt: `Figure: ${title}. The numbers stand in the tables of this page.`, loading: "lazy",
    onerror: () => put(place, el("p.soft", {}, "This figure could not be drawn: pip install 'tunewright[figures]' brings what it needs.")),
  });
  return put(place, image);
}

function settingsTable({settings}) {
  const columns = ["Setting", "Runs", "Parameters", "Loss, nats per character", "Best pass"];
  return table(columns, settings.map((each) => [each.name, each.runs, each.parameters.toLocaleString("en"), lossInWords(each), each.best_epoch.toFixed(1)]));
}

function curves({settings}) {
  const best = [...settings].sort((one, other) => one.loss - other.loss).slice(0, CURVES);
  const chart = new Chart({label: "Loss on unseen tunes after each pass, mean over seeds", x: "passes", y: "nats per character"});
  chart.update(best.map(({name, curve}) => ({name, points: curve})));
  return el("div.stack", {}, el("h3", {}, settings.length > CURVES ? `How the best ${CURVES} learn` : "How they learn"), chart.element);
}

function extraFigures({figures, questions}, name) {
  const shown = questions.map(({figure}) => figure);
  const rest = Object.entries(figures).filter(([figure]) => !shown.includes(figure));
  return rest.map(([figure, title]) => el("section.card.stack", {}, el("h2", {}, title), picture(name, figure, title)));
}

function runsCard({runs}) {
  const rows = runs.map((run) => [run.name, run.setting, run.seed, run.epochs, run.loss.toFixed(3), `${run.seconds.toFixed(0)} s`]);
  return el("section.card", {"aria-labelledby": "runs"}, el("details", {}, el("summary", {}, el("h2", {id: "runs"}, `All ${runs.length} finished runs`)),
    table(["Run", "Setting", "Seed", "Passes", "Loss", "Time"], rows)));
}

function unfinished({failed, missing}) {
  if (!failed.length && !missing.length) return null;
  return el("section.card.stack.study-unfinished", {}, el("h2", {}, "Not finished"),
    failed.length ? el("ul.study-sentences", {}, failed.map(({name, error}) => el("li", {}, el("strong", {}, name), `: ${error}`))) : null,
    missing.length ? el("p.soft", {}, `Still to come: ${missing.join(", ")}`) : null);
}

function table(columns, rows) {
  return el("div.study-table", {tabindex: 0, role: "region", "aria-label": columns[0]}, el("table", {},
    el("thead", {}, el("tr", {}, columns.map((column) => el("th", {scope: "col"}, column)))),
    el("tbody", {}, rows.map(([first, ...values]) => el("tr", {}, el("th", {scope: "row"}, String(first)), values.map((value) => el("td", {}, String(value))))))));
}

function lossInWords({loss, half_width: half}) {
  return half === null ? loss.toFixed(3) : `${loss.toFixed(3)} ± ${half.toFixed(3)}`;
}

/** The paper: what there is of it, and writing it. */
class PaperCard {
  constructor(paper, name, signal) {
    this.path = `/api/studies/${encodeURIComponent(name)}/paper`;
    this.signal = signal;
    this.box = el("div.stack", {role: "status"});
    this.element = el("section.card.stack", {"aria-labelledby": "paper"}, el("h2", {id: "paper"}, "The paper"), this.box);
    this.#show(paper);
  }

  #show(paper) {
    const {status, step, error, forms, left_out: leftOut} = paper;
    const write = el("button.button", {onclick: () => this.#write(), disabled: status === "writing"}, icon("file-text"), forms.length ? "Write it anew" : "Write the paper");
    put(this.box,
      status === "writing" ? el("p.soft", {}, `It is being written${step ? `: ${step}` : ""}…`) : null,
      status === "none" ? el("p.soft", {}, "Text, tables, figures, tunes and units, all from the results of this study. To write it takes some minutes.") : null,
      error ? el("div.notice.wrong", {role: "alert"}, error) : null,
      leftOut.length ? el("details", {}, el("summary", {}, "What was left out"), el("ul.study-sentences", {}, leftOut.map((each) => el("li", {}, each)))) : null,
      el("div.actions", {}, forms.map((form) => el("a.button.primary", {href: `${this.path}?format=${form}`, download: ""}, icon("download"), form.toUpperCase())), write));
    if (status === "writing") setTimeout(() => this.#look(), AGAIN_MILLISECONDS);
    else if (this.waited) announce(status === "done" ? "The paper is written" : "The paper could not be written");
  }

  async #look() {
    if (this.signal.aborted) return;
    try {
      this.waited = true;
      this.#show(await get(`${this.path}/state`, {signal: this.signal}));
    } catch (error) {
      toastError(error);
    }
  }

  async #write() {
    try {
      this.#show(await post(this.path));
    } catch (error) {
      toastError(error);
    }
  }
}
