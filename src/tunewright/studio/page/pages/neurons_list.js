// The findings about units: by what they are about, searched by words or by the number of a unit.
import {selectField, textField} from "../components/field.js";
import {el, put} from "../dom.js";

const GROUPS = [["bars", "Bars and beats"], ["form", "Phrases and form"], ["notes", "Notes"], ["header", "The header"], ["signs", "Signs and lines"], ["all", "Everything"]];
const VERBS = {on: "is on", off: "is off", rises: "rises with", falls: "falls with"};

/** A finding in words: "is off at the end of a bar". */
export function saidOf({direction, phrase}) {
  return `${VERBS[direction]} ${phrase}`;
}

/** A list to choose from: `new FindingsPanel(choose)`, with `.element`; `show(findings)` fills it. */
export class FindingsPanel {
  constructor(choose) {
    this.onChoose = choose;
    this.onPick = () => {};
    this.findings = [];
    this.shown = [];
    this.group = selectField({label: "What it follows", options: GROUPS, value: "bars", onchange: () => this.#draw()});
    this.search = textField({label: "Search", type: "search", placeholder: "end of a bar, 42 ..."});
    this.search.control.addEventListener("input", () => this.#draw());
    this.list = el("ul.unit-list", {"aria-label": "Findings"});
    this.count = el("p.faint.small-text", {role: "status"});
    this.element = el("div.unit-choice", {}, this.group.element, this.search.element, this.count, this.list);
  }

  /** The finding to begin with: where learning made the greatest difference. */
  get first() {
    return this.findings.reduce((best, each) => learned(each) > learned(best) ? each : best, this.findings[0]);
  }

  show(findings, tunes) {
    this.findings = findings;
    this.tunes = tunes;
    if (!findings.some(({group}) => group === this.group.value)) this.group.value = "all";
    this.#draw();
  }

  /** Choose a finding and show all that is known of its unit. */
  choose(finding) {
    this.chosen = finding;
    if (finding && !this.search.value.trim() && !this.shown.includes(finding)) {
      this.group.value = finding.group;
      this.#draw();
    }
    for (const button of this.list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.key === keyOf(finding)));
    if (!finding) return;
    const {layer, unit} = finding;
    const others = this.findings.filter((each) => each !== finding && each.layer === layer && each.unit === unit);
    this.onChoose({layer, unit, findings: [finding, ...others.sort((one, other) => one.place - other.place)]});
  }

  /** Bring the chosen finding into view, within the list alone. */
  reveal() {
    const chosen = this.list.querySelector("[aria-pressed=true]");
    if (chosen) this.list.scrollTop = chosen.offsetTop - this.list.offsetTop - this.list.clientHeight / 2;
  }

  step(by) {
    const at = this.shown.indexOf(this.chosen);
    const next = this.shown[at + by];
    if (!next) return;
    this.choose(next);
    this.reveal();
  }

  #draw() {
    const words = this.search.value.trim().toLowerCase();
    const group = this.group.value;
    const inGroup = this.findings.filter((each) => words ? matches(each, words) : group === "all" || each.group === group);
    // One unit for each thing unless somebody searches: the one that follows it best.
    const seen = new Set();
    this.shown = words ? inGroup : inGroup.filter(({label}) => !seen.has(label) && seen.add(label));
    put(this.count, this.shown.length ? `${this.shown.length} ${this.shown.length === 1 ? "finding" : "findings"}, confirmed on ${this.tunes} other tunes` : "Nothing like this was confirmed.");
    put(this.list, this.shown.map((each) => el("li", {}, el("button", {
      "aria-pressed": String(each === this.chosen), data: {key: keyOf(each)}, title: each.sentence,
      onclick: () => { this.choose(each); this.onPick(); },
    }, el("span.unit-phrase", {}, `${VERBS[each.direction].replace(/^is /, "")} ${each.phrase}`), el("span.unit-number.figures", {}, `${each.unit}`),
    el("span.unit-strength", {"aria-hidden": "true"}, el("span", {style: {width: `${Math.round(100 * each.strength)}%`}}))))));
  }
}

/** By how much a unit does better than the best one of a network that has learned nothing, 0 to 1. */
function learned({statistic, strength, untrained}) {
  if (untrained === null) return 0;
  return strength - (statistic === "auc" ? Math.max(0, 2 * untrained - 1) : Math.abs(untrained));
}

function matches({unit, phrase, label}, words) {
  return /^\d+$/.test(words) ? unit === Number(words) : `${phrase} ${label}`.toLowerCase().includes(words);
}

function keyOf(finding) {
  return finding ? `${finding.layer}:${finding.unit}:${finding.label}` : "";
}
