// The form of a new training: what to learn from (chosen or dropped), how, and what was read and refused.
import {get, post, remove, upload} from "../api.js";
import {confirmDialog} from "../components/dialog.js";
import {numberField, textField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {toastError} from "../components/toast.js";
import {announce, el, put} from "../dom.js";
import {navigate} from "../router.js";
import {counted} from "./training_words.js";

const KINDS = ".abc,.abh,.txt,.csv,.tsv,.json,.jsonl,.ndjson,.zip,.gz";

export class NewTraining {
  constructor(corpora, presets, signal) {
    Object.assign(this, {corpora, presets, signal});
    this.corpus = corpora.find(({installed}) => installed)?.name ?? null;
    this.preset = "small";
    this.choices = el("div.choice-cards", {role: "radiogroup", "aria-labelledby": "corpus-label"});
    this.told = el("div.corpus-told", {role: "status"});
    this.recipes = el("div.choice-cards.narrow", {role: "radiogroup", "aria-labelledby": "preset-label"});
    this.problem = el("div.notice.wrong", {role: "alert", hidden: true});
    this.name = textField({label: "Name", placeholder: "Made from the two", maxlength: 200});
    this.epochs = numberField({label: "Passes", min: 1, max: 200, placeholder: "as usual", hint: "How often it reads all tunes."});
    this.minutes = numberField({label: "Time limit, minutes", min: 1, max: 10000, placeholder: "none"});
    this.seed = numberField({label: "Seed", min: 0, max: 2 ** 53 - 1, value: 0});
    this.go = el("button.button.primary", {type: "submit"}, icon("play"), "Train");
    this.element = this.#layout();
    this.#drawCorpora();
    this.#drawPresets();
    this.#tell();
  }

  set disabled(given) {
    this.unable = given;
    this.go.disabled = given || !this.corpus;
  }

  #layout() {
    const input = el("input.unseen", {type: "file", multiple: true, accept: KINDS, id: "corpus-files", "aria-label": "Files to learn from", onchange: () => this.#bringIn(input.files)});
    const drop = el("label.drop", {for: "corpus-files"}, icon("file-up"),
      el("span", {}, el("strong", {}, "Drop your own tunes here"), " or choose files: ABC, text, CSV, JSON, zip"));
    for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      this.#bringIn(event.dataTransfer.files);
    });
    return el("section.card", {"aria-labelledby": "new-training"}, el("h2", {id: "new-training"}, "A network of your own"),
      el("form.stack", {novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#train(); }},
        el("h3.label", {id: "corpus-label"}, "What to learn from"), this.choices, el("div.drop-place", {}, input, drop), this.told,
        el("h3.label", {id: "preset-label"}, "How"), this.recipes,
        el("details", {}, el("summary", {}, "More"), el("div.training-more", {}, [this.name, this.epochs, this.minutes, this.seed].map(({element}) => element))),
        this.problem, el("div.actions", {}, this.go)));
  }

  #drawCorpora() {
    put(this.choices, this.corpora.map((corpus) => {
      const words = corpus.installed ? (corpus.tunes ? counted(corpus.tunes, "tune") : "A book that comes along") : "Not installed";
      const input = el("input", {type: "radio", name: "corpus", value: corpus.name, disabled: !corpus.installed, onchange: () => this.#choose(corpus.name)});
      input.checked = corpus.name === this.corpus;
      return el("div.choice-card", {}, el("label", {}, input, el("span.choice-body", {}, el("strong", {}, corpus.title), el("span.soft", {}, words))),
        corpus.mine ? el("button.quiet.small", {type: "button", title: "Remove", "aria-label": `Remove ${corpus.title}`, onclick: () => this.#remove(corpus)}, icon("trash-2", {size: 16})) : null);
    }));
  }

  #drawPresets() {
    put(this.recipes, this.presets.map(({name, title, words, units, epochs}) => {
      const input = el("input", {type: "radio", name: "preset", value: name, onchange: () => { this.preset = name; }});
      input.checked = name === this.preset;
      return el("div.choice-card", {}, el("label", {}, input, el("span.choice-body", {}, el("strong", {}, title), el("span.soft", {}, words),
        el("span.faint.small-text.figures", {}, `${units} units, ${counted(epochs, "pass", "passes")}`))));
    }));
  }

  async #choose(name) {
    this.corpus = name;
    this.disabled = this.unable;
    this.#tell();
    const known = this.#chosen();
    if (known.tunes || known.mine) return;
    try { // to read a book takes a moment; it can be trained on meanwhile
      this.#replace(await get(`/api/corpora/${encodeURIComponent(name)}`, {signal: this.signal}));
    } catch (error) {
      if (error.name !== "AbortError") put(this.told, el("p", {}, error.message));
    }
  }

  #chosen() {
    return this.corpora.find(({name}) => name === this.corpus) ?? null;
  }

  #replace(corpus) {
    const at = this.corpora.findIndex(({name}) => name === corpus.name);
    if (at < 0) this.corpora.push(corpus);
    else this.corpora[at] = corpus;
    this.#drawCorpora();
    this.#tell();
  }

  /** What was read of the chosen corpus, and what was refused. */
  #tell() {
    const corpus = this.#chosen();
    if (!corpus) return put(this.told, el("p.soft", {}, "No book is installed; drop tunes of your own, or take the lesson."));
    if (!corpus.tunes) return put(this.told);
    const said = [`${counted(corpus.tunes, "tune")} were read, ${counted(corpus.characters, "character")}`];
    if (corpus.duplicates) said.push(`${corpus.duplicates.toLocaleString("en")} came twice`);
    if (corpus.refused) said.push(`${counted(corpus.refused, "piece")} refused`);
    return put(this.told, el("p.soft", {}, `${said.join("; ")}.`),
      corpus.refused ? el("details", {}, el("summary", {}, "What was refused, and why"), el("ul.refused", {}, corpus.refused_first.map(({file, line, reason}) =>
        el("li", {}, el("span.mono", {}, `${file}, line ${line}`), ` ${reason}`)), corpus.refused > corpus.refused_first.length
        ? el("li.faint", {}, `and ${corpus.refused - corpus.refused_first.length} more`) : null)) : null,
      corpus.titles.length ? el("details", {}, el("summary", {}, "Some of its tunes"), el("p.soft", {}, corpus.titles.slice(0, 24).join(" · "))) : null);
  }

  async #bringIn(files) {
    if (!files.length) return;
    put(this.told, el("p.soft", {}, "Reading…"));
    try {
      const corpus = await upload("/api/corpora", {files: [...files]}, {signal: this.signal});
      this.corpus = corpus.name;
      this.#replace(corpus);
      this.disabled = this.unable;
      announce(`${corpus.tunes} tunes were read, ${corpus.refused} pieces refused`);
    } catch (error) {
      if (error.name !== "AbortError") put(this.told, el("div.notice.wrong", {role: "alert"}, error.message));
    }
  }

  async #remove(corpus) {
    if (!await confirmDialog({title: `Remove “${corpus.title}”?`, text: "The files are removed from the studio; networks that learned from them stay.", yes: "Remove", danger: true})) return;
    try {
      await remove(`/api/corpora/${encodeURIComponent(corpus.name)}`);
    } catch (error) {
      toastError(error);
      return;
    }
    this.corpora = this.corpora.filter(({name}) => name !== corpus.name);
    if (this.corpus === corpus.name) this.corpus = this.corpora.find(({installed}) => installed)?.name ?? null;
    this.disabled = this.unable;
    this.#drawCorpora();
    this.#tell();
  }

  async #train() {
    this.problem.hidden = true;
    this.go.disabled = true;
    try {
      const {name} = await post("/api/trainings", {
        corpus: this.corpus, preset: this.preset, title: this.name.value, epochs: this.epochs.value ?? 0,
        minutes: this.minutes.value ?? 0, seed: this.seed.value ?? 0,
      });
      await navigate(`/training?run=${encodeURIComponent(name)}`);
    } catch (error) {
      this.disabled = this.unable;
      put(this.problem, error.message);
      this.problem.hidden = false;
    }
  }
}
