// The lesson: four steps beside a training that goes, each ticked off when it has happened.
import {icon} from "../components/icon.js";
import {announce, el, put} from "../dom.js";

export class Lesson {
  constructor() {
    this.list = el("ol.lesson-steps");
    this.at = -1;
    this.element = el("section.card.lesson", {"aria-labelledby": "lesson-steps"}, el("h2", {id: "lesson-steps"}, "The lesson"), this.list);
  }

  /** Show how far the lesson is: `{status, step, epoch, samples, network}`. */
  update({status, step, epoch, samples, network}) {
    const ended = !["starting", "running"].includes(status);
    const steps = [
      {title: "Train", done: step > 0, text: "The network reads tunes character by character, and guesses what comes next. It starts knowing nothing: not even that a line begins with a letter and a colon."},
      {title: "Watch", done: epoch > 0, text: "The curve below falls as its guesses get better: first it learns the alphabet of a tune, then bars, then keys. A pass is over when it has read all tunes once."},
      {title: "Hear", done: samples > 1 || (samples > 0 && ended), text: "After each pass it composes a tune. Play the first and the newest: what has it learned in between?"},
      {title: "Open a unit", done: false, text: "Look into it: some of its units have found out by themselves where a bar ends, or how far a phrase is.",
        more: network ? el("a", {href: `/neurons?network=${encodeURIComponent(network)}`}, "Open its units") : null},
    ];
    const at = steps.findIndex(({done}) => !done);
    if (at === this.at && Boolean(network) === this.open) return;
    if (at > this.at && this.at >= 0) announce(`Next step: ${steps[at].title}`);
    this.at = at;
    this.open = Boolean(network);
    put(this.list, steps.map(({title, text, done, more}, place) => el(`li.lesson-step${done ? ".done" : ""}`, place === at ? {"aria-current": "step"} : {},
      el("span.lesson-mark", {"aria-hidden": "true"}, done ? icon("check", {size: 16}) : String(place + 1)),
      el("div", {}, el("h3", {}, title, done ? el("span.unseen", {}, " (done)") : null), el("p.soft", {}, text), more))));
  }
}
