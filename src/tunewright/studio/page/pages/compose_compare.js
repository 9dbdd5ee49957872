// What changed from one take to another: the options, and both tunes side by side with the bars that differ marked.
import {readHead, tagsOf} from "../abc.js";
import {Score} from "../components/score.js";
import {openDialog} from "../components/dialog.js";
import {el} from "../dom.js";
import {changesBetween} from "./compose_options.js";

/** Show two takes side by side. */
export function compareTakes(before, after) {
  const changes = changesBetween(before.options, after.options);
  if (before.seed !== after.seed) changes.push({name: "Seed", from: String(before.seed), to: String(after.seed)});
  const [left, right] = [before, after].map((take) => side(take));
  const table = el("table.changes", {}, el("caption.unseen", {}, "Options that changed"),
    el("thead", {}, el("tr", {}, ["Option", "Before", "After"].map((name) => el("th", {scope: "col"}, name)))),
    el("tbody", {}, changes.map(({name, from, to}) => el("tr", {}, el("th", {scope: "row"}, name), el("td", {}, from), el("td", {}, to)))));
  const said = el("p.soft.small-text");
  const tell = () => {
    const [one, other] = [barTexts(before.text, left.score), barTexts(after.text, right.score)];
    if (!one.length || !other.length) return;
    const different = differing(right.score, other, one);
    const same = other.length - different.length;
    // Where nothing is left as it was, shading all of it would say nothing.
    left.score.markBars(same ? differing(left.score, one, other) : []);
    right.score.markBars(same ? different : []);
    if (!same) said.textContent = "No bar stayed as it was.";
    else said.textContent = different.length ? `${same} of ${other.length} bars are the same; the others are shaded.` : "Every bar is the same.";
  };
  for (const {score} of [left, right]) score.element.addEventListener("engraved", tell);
  return openDialog({
    title: "What changed", wide: true,
    body: el("div.compare", {}, table, said, el("div.compare-sides", {}, left.element, right.element)),
    actions: [{label: "Show the first", value: before.id}, {label: "Show the second", value: after.id, primary: true}],
  });
}

function side(take) {
  const score = new Score({text: take.text, interactive: false, titles: false, zoom: 0.72});
  return {score, element: el("section", {}, el("h3", {}, readHead(take.text).title || "Untitled"), el("p.faint.small-text", {}, tagsOf(take.text).join(" · ")), score.element)};
}

function barTexts(text, score) {
  return score.bars.map(({start, end}) => text.slice(start, end).replaceAll(/[\s|:\][]/g, ""));
}

function differing(score, own, others) {
  return score.bars.filter((bar, at) => own[at] !== others[at]).map(({number}) => number);
}
