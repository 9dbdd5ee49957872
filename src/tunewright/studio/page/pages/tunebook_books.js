// Books: files brought into the tunebook, by choosing or dropping them, and books made of its tunes.
import {fileName} from "../abc.js";
import {get, post, remove, saveFile, upload} from "../api.js";
import {openDialog} from "../components/dialog.js";
import {choiceField, textField} from "../components/field.js";
import {toast, toastError} from "../components/toast.js";
import {announce, el, put} from "../dom.js";

const READ = ".abc,.abh,.txt,.csv,.tsv,.json,.jsonl,.ndjson,.gz,.zip";
const FORMS = {
  pdf: ["PDF", "To print: contents with page numbers, then the scores. At most 500 tunes."],
  html: ["A page that plays", "One file that opens in any browser, with scores and sound, also without a network. At most 60 tunes."],
  abc: ["ABC", "One text file that every ABC program reads."],
  zip: ["Archive", "The book as ABC, and ABC and MIDI of each tune. At most 500 tunes."],
};

/** Let the user choose files. */
export function pickBooks(run) {
  const input = el("input", {type: "file", multiple: true, accept: READ});
  input.addEventListener("change", () => input.files.length && run([...input.files]));
  input.click();
}

/** Take files that are dropped anywhere on a page. */
export function dropBooks(root, run, signal) {
  const veil = el("div.drop-veil", {hidden: true}, el("p", {}, "Drop the files here to bring their tunes into the book"));
  root.append(veil);
  let depth = 0;
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  const on = (name, does) => addEventListener(name, (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    does(event);
    veil.hidden = depth < 1;
  }, {signal});
  on("dragenter", () => { depth += 1; });
  on("dragleave", () => { depth -= 1; });
  on("dragover", () => {});
  on("drop", (event) => {
    depth = 0;
    if (event.dataTransfer.files.length) run([...event.dataTransfer.files]);
  });
}

/** Send files; tells what came of them, and resolves with whether the book has changed. */
export async function bringIn(files, {busy, changed, signal}) {
  const names = files.length === 1 ? files[0].name : `${files.length} files`;
  busy(`Reading ${names}. You can go on meanwhile.`);
  announce(`Reading ${names}`);
  let report;
  try {
    report = await upload("/api/books", {files}, {signal});
  } catch (error) {
    toastError(error);
    return false;
  }
  const added = `${report.added.toLocaleString("en")} ${report.added === 1 ? "tune" : "tunes"} added from ${report.name}`;
  const there = report.duplicates ? `, ${report.duplicates.toLocaleString("en")} were there already` : "";
  toast(`${added}${there}.`, {undo: report.added ? async () => {
    await remove(`/api/books/${report.book}`).catch(toastError);
    await changed();
    toast("They are out of the book again.", {action: {label: "Bring them back", run: () => post(`/api/books/${report.book}/restore`).then(changed).catch(toastError)}});
  } : null});
  if (report.failed) showFailures(report);
  return report.added > 0 || report.duplicates > 0;
}

function showFailures({failures, failed, added}) {
  const rows = failures.map(({file, line, reason}) => el("tr", {}, el("td", {}, file), el("td.figures", {}, line), el("td", {}, reason)));
  openDialog({
    title: added ? "Not all of it could be read" : "Nothing could be read", wide: true,
    body: el("div.stack", {},
      el("p.soft", {}, `${failed.toLocaleString("en")} ${failed === 1 ? "place was" : "places were"} left out${added ? "; everything else is in the book" : ""}.`),
      el("div.failures", {tabindex: "0", role: "region", "aria-label": "What was left out"},
        el("table", {}, el("thead", {}, el("tr", {}, ["File", "Line", "What is wrong"].map((name) => el("th", {scope: "col"}, name)))), el("tbody", {}, rows))),
      failed > failures.length ? el("p.faint.small-text", {}, `The first ${failures.length} are shown.`) : null),
    actions: [{label: "Close", value: null, primary: true}],
  });
}

/** Ask for the form of a book, make it and save it. */
export async function exportDialog({title, count, what, signal}) {
  const hint = el("p.soft");
  const name = textField({label: "Title", value: title, maxlength: 100});
  const say = (form) => put(hint, FORMS[form][1]);
  const form = choiceField({label: "As", options: Object.entries(FORMS).map(([value, [label]]) => [value, label]), value: "pdf", onchange: say});
  say("pdf");
  const chosen = await openDialog({
    title: "Make a book", body: el("div.stack", {}, el("p", {}, `Of the ${count.toLocaleString("en")} ${count === 1 ? "tune" : "tunes"} that you see listed, in this order.`), name.element, form.element, hint),
    actions: [{label: "Cancel", value: null}, {label: "Make it", value: () => form.value, primary: true}],
  });
  if (!chosen) return;
  const done = toast("The book is being made.", {seconds: 600});
  try {
    const query = new URLSearchParams({format: chosen, title: name.value, ...Object.fromEntries(Object.entries(what).filter(([, value]) => value))});
    const blob = await get(`/api/book?${query}`, {signal});
    saveFile(blob, `${fileName(name.value, "tunebook")}.${chosen}`);
    announce("The book is made.");
  } catch (error) {
    toastError(error);
  } finally {
    done();
  }
}
