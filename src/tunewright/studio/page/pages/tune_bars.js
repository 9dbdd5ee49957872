// Bars in words, and what is to be said of them.
import {openDialog} from "../components/dialog.js";
import {el} from "../dom.js";
import {capital} from "./editor.js";

/** Show bars in words, with what the checker found in them. */
export function explain({bars, first, last, findings}) {
  const chosen = bars.filter(({number}) => number >= first && number <= last);
  const rows = chosen.map((bar) => {
    const found = findings.filter(({start, bar: number}) => number === bar.number && start >= bar.start && start <= bar.end);
    return el("li", {}, el("strong", {}, bar.number ? `Bar ${bar.number}` : "Pick-up"), el("span.tag", {}, `part ${bar.part || "A"}`),
      el("p", {}, bar.words ? `${capital(bar.words)}.` : "No notes."),
      found.map((finding) => el("p.notice.wrong.small-text", {}, `${capital(finding.what)}. Right would be: ${finding.right}.`)));
  });
  return openDialog({title: first === last ? "This bar in words" : "These bars in words", body: el("ol.bars-in-words", {}, rows),
    actions: [{label: "Close", value: null, primary: true}]});
}

/** "Bar 3", "Bars 3 to 5", "The pick-up". */
export function barsNamed(first, last) {
  if (first === last) return first ? `Bar ${first}` : "The pick-up";
  return `${first ? `Bars ${first}` : "The pick-up"} to ${last}`;
}
