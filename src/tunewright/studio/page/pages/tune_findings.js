// What the checker found, as a list: what is wrong, what would be right beside it, and a repair at one click.
import {icon} from "../components/icon.js";
import {el, put} from "../dom.js";
import {capital} from "./editor.js";

const MOST_SHOWN = 30;

/** `new FindingsList({repair(finding), goTo(finding)})`, with `.element` and `.show(findings)`. */
export class FindingsList {
  constructor({repair, goTo}) {
    this.repair = repair;
    this.goTo = goTo;
    this.element = el("section.findings", {"aria-label": "Mistakes"});
  }

  show(findings) {
    this.element.classList.toggle("clean", !findings.length);
    if (!findings.length) {
      put(this.element, el("p.findings-none", {}, icon("circle-check", {size: 18}), "No mistakes found."));
      return;
    }
    const sorted = [...findings].sort((one, other) => (one.severity === other.severity ? one.start - other.start : one.severity === "error" ? -1 : 1));
    put(this.element, el("ul", {}, sorted.slice(0, MOST_SHOWN).map((finding) => this.#row(finding))),
      findings.length > MOST_SHOWN ? el("p.faint.small-text", {}, `And ${findings.length - MOST_SHOWN} more.`) : null);
  }

  #row(finding) {
    const place = finding.bar === null ? `Line ${finding.line}` : finding.bar ? `Bar ${finding.bar}` : "Pick-up";
    return el(`li.finding.${finding.severity}`, {},
      icon(finding.severity === "error" ? "circle-alert" : "info", {size: 18, label: finding.severity === "error" ? "Mistake" : "Note"}),
      el("div", {},
        el("p", {}, el("button.link.finding-place", {onclick: () => this.goTo(finding)}, place), ` ${capital(finding.what)}.`),
        el("p.finding-right", {}, "Right: ", finding.right, ".")),
      finding.repair ? el("button.button.small", {onclick: () => this.repair(finding), "aria-label": `Repair: ${finding.what}`}, icon("wrench", {size: 16}), "Repair") : null);
  }
}
