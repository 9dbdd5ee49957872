// One training as it goes: how far it is, its curves, a tune after each pass, and what can be done with it.
import {events, get, post, remove} from "../api.js";
import {Chart} from "../components/chart.js";
import {confirmDialog} from "../components/dialog.js";
import {icon} from "../components/icon.js";
import {failureState, loadingState} from "../components/state.js";
import {toast, toastError} from "../components/toast.js";
import {announce, debounce, el, put} from "../dom.js";
import {bindKeys} from "../keys.js";
import {navigate} from "../router.js";
import {Lesson} from "./training_lesson.js";
import {Samples} from "./training_samples.js";
import {counted, statusTag, timeInWords} from "./training_words.js";

const MOST_POINTS = 400;
const DRAW_MILLISECONDS = 200;

export async function showRun(root, name, signal) {
  put(root, loadingState("Opening the training"));
  try {
    const detail = await get(`/api/trainings/${encodeURIComponent(name)}`, {signal});
    const run = new TrainingRun(detail, signal, () => showRun(root, name, signal));
    put(root, run.element);
    bindKeys(run.keys, signal);
    signal.addEventListener("abort", () => run.close());
    run.listen();
  } catch (error) {
    if (error.name !== "AbortError") {
      put(root, failureState(error, {title: "This training could not be opened", retry: () => showRun(root, name, signal), heading: "h1"}),
        el("p.actions.centred", {}, el("a", {href: "/training"}, "All trainings")));
    }
  }
}

class TrainingRun {
  constructor(detail, signal, reload) {
    Object.assign(this, {detail, signal, reload});
    this.state = detail.state;
    this.path = `/api/trainings/${encodeURIComponent(this.state.name)}`;
    this.chart = new Chart({label: `Losses of ${this.state.title}`, x: "passes", y: "nats per character"});
    this.samples = new Samples(detail.samples);
    this.lesson = this.state.preset === "lesson" ? new Lesson() : null;
    this.status = el("span.run-status");
    this.said = el("p.soft.figures", {role: "status"});
    this.bar = el("progress.run-progress", {max: 1, value: 0, "aria-label": "Share that is learned"});
    this.figures = el("dl.run-figures.figures");
    this.buttons = el("div.actions");
    this.problem = el("div.notice.wrong", {role: "alert", hidden: true});
    this.draw = debounce(() => this.#draw(), DRAW_MILLISECONDS);
    this.element = this.#layout();
    this.#draw();
  }

  get keys() {
    return [
      {key: "s", says: "Stop the training", run: () => this.#live() && this.#stop()},
      {key: "n", says: "Compose with this network", run: () => this.state.network && navigate(this.#composeAddress())},
      ...this.samples.player.keys,
    ];
  }

  listen() {
    if (!this.#live()) return;
    this.stopListening = events(`${this.path}/events?after=${this.detail.events}`, {
      read: (data) => Object.assign(this.detail, data) && this.draw(),
      begun: ({epochs, units}) => this.#change({status: "running", epochs, units}),
      progress: (data) => this.#progress(data),
      epoch: (data) => this.#epoch(data),
      sample: (data) => { this.samples.add(data); this.draw(); },
      done: () => this.#ended("done", "The training is finished"),
      stopped: () => this.#ended("stopped", "The training is stopped, and all that was learned is saved"),
      failed: ({error}) => this.#ended("failed", error),
      lost: (error) => toastError(error),
    }, {signal: this.signal});
  }

  close() {
    this.stopListening?.();
    this.samples.close();
  }

  #layout() {
    return el("div.run", {},
      el("header.page-head", {}, el("div", {},
        el("p", {}, el("a", {href: "/training"}, "Training")), el("h1", {}, this.state.title, " ", this.status),
        el("p", {}, this.state.corpus ? `Learns from ${this.state.corpus}` : "")), this.buttons),
      this.problem,
      this.lesson?.element,
      el("div.training-columns", {},
        el("section.card.stack", {"aria-labelledby": "curves"}, el("h2", {id: "curves"}, "How it learns"), this.said, this.bar, this.chart.element, this.figures,
          el("details", {}, el("summary", {}, "What the curves mean"), el("p.soft", {}, "The network guesses each next character. The loss says how surprised it is by the one that comes: 0 would be certain, 4.5 is a blind guess among all characters. The curve of unseen tunes counts: where it turns up while the other goes down, the network begins to learn by heart."))),
        el("section.card.stack", {"aria-labelledby": "samples"}, el("h2", {id: "samples"}, "What it composes"), this.samples.element)));
  }

  #progress(data) {
    const {step, steps, loss} = data;
    this.detail.curve.push([step, loss]);
    if (this.detail.curve.length > MOST_POINTS) this.detail.curve = this.detail.curve.filter((_, at) => at % 2);
    this.#change({status: "running", step, steps, loss, seconds_left: data.seconds_left, rate: data.rate});
  }

  #epoch(data) {
    this.detail.losses = [...this.detail.losses.filter(({epoch}) => epoch !== data.epoch), data];
    const validation = Math.min(...this.detail.losses.map((each) => each.validation));
    this.#change({epoch: this.detail.losses.length, validation, network: `trained/${this.state.name}`});
    announce(`Pass ${data.epoch}: loss ${data.validation.toFixed(2)} on unseen tunes`);
  }

  #ended(status, words) {
    const failed = status === "failed";
    this.#change({status, seconds_left: 0, error: failed ? words : ""});
    toast(words, {kind: failed ? "failed" : "plain"});
  }

  #change(values) {
    Object.assign(this.state, values);
    this.draw();
  }

  #live() {
    return this.state.status === "running" || this.state.status === "starting";
  }

  #draw() {
    if (this.signal.aborted) return;
    const {status, step, steps, epoch, epochs, error} = this.state;
    put(this.status, statusTag(status));
    this.bar.value = steps ? step / steps : 0;
    this.bar.hidden = status === "failed" && !steps;
    put(this.said, this.#sentence());
    put(this.problem, error);
    this.problem.hidden = !error;
    const perEpoch = steps && epochs ? steps / epochs : 1;
    this.chart.update([
      {name: "unseen tunes", points: this.detail.losses.map((each) => [each.epoch, each.validation])},
      {name: "tunes it learns from", points: this.detail.losses.map((each) => [each.epoch, each.training])},
      {name: "each batch", points: this.detail.curve.map(([at, loss]) => [at / perEpoch, loss]), dashed: true, drawnOnly: true},
    ]);
    this.#drawFigures();
    this.#drawButtons();
    this.lesson?.update({...this.state, samples: this.samples.list.length, epoch});
  }

  #sentence() {
    const {status, seconds_left: left, epoch, epochs} = this.state;
    if (status === "starting") return "Getting ready: the tunes are read, and the machine is measured. This takes some seconds.";
    const passes = epochs ? `${epoch} of ${epochs} passes` : "";
    if (status === "running") return [passes, left ? `about ${timeInWords(left)} left` : "almost there"].filter(Boolean).join(", ");
    if (status === "done") return `Finished: ${counted(epoch, "pass", "passes")}.`;
    return `${passes || "Nothing learned yet"}. It can go on where it was saved.`;
  }

  #drawFigures() {
    const {validation, loss, units, rate} = this.state;
    const rows = [["Tunes", this.detail.tunes ? this.detail.tunes.toLocaleString("en") : null], ["Units", units || null],
      ["Loss now", loss?.toFixed(3)], ["Least on unseen tunes", validation?.toFixed(3)],
      ["Characters a second", rate ? Math.round(rate).toLocaleString("en") : null]];
    put(this.figures, rows.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(value)))));
  }

  #drawButtons() {
    const {status, network} = this.state;
    const kinds = `${status} ${network}`;
    if (kinds === this.drawn) return; // a button keeps the focus while figures change
    this.drawn = kinds;
    const focused = document.activeElement?.dataset?.name;
    const button = (name, picture, words, run, more = "") => el(`button.button${more}`, {onclick: run, data: {name}}, icon(picture), words);
    put(this.buttons,
      this.#live() ? button("stop", "circle-stop", "Stop", () => this.#stop()) : null,
      ["stopped", "failed", "interrupted"].includes(status) ? button("resume", "play", "Go on", () => this.#resume()) : null,
      network ? el("a.button.primary", {href: this.#composeAddress(), data: {name: "compose"}}, icon("pen-line"), "Compose with it") : null,
      network ? el("a.button", {href: `/neurons?network=${encodeURIComponent(network)}`, data: {name: "units"}}, icon("brain"), "Look into it") : null,
      this.#live() ? null : button("remove", "trash-2", "Remove", () => this.#remove(), ".danger"));
    if (focused) this.buttons.querySelector(`[data-name="${focused}"]`)?.focus();
  }

  #composeAddress() {
    return `/?network=${encodeURIComponent(this.state.network)}`;
  }

  async #stop() {
    try {
      await post(`${this.path}/stop`);
      toast("It stops after the tunes that it is reading now.");
    } catch (error) {
      toastError(error);
    }
  }

  async #resume() {
    try {
      await post(`${this.path}/resume`);
      this.close();
      await this.reload();
    } catch (error) {
      toastError(error);
    }
  }

  async #remove() {
    if (!await confirmDialog({title: `Remove “${this.state.title}”?`, text: "The network and all that it learned are removed for good.", yes: "Remove", danger: true})) return;
    try {
      await remove(this.path);
      toast("Removed");
      await navigate("/training");
    } catch (error) {
      toastError(error);
    }
  }
}
