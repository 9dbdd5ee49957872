// The editor of a tune's text: CodeMirror in a shadow root (its styles are then no inline styles of the page).
import {
  Compartment, Decoration, EditorState, EditorView, HighlightStyle, StateEffect, StateField, StreamLanguage, defaultKeymap,
  drawSelection, highlightActiveLine, history, historyKeymap, indentWithTab, keymap, lineNumbers, redo, setDiagnostics,
  syntaxHighlighting, tags, undo, undoDepth, redoDepth,
} from "../third_party/codemirror.js";
import {el} from "../dom.js";

const setMarks = StateEffect.define();
const STYLES = {sounding: Decoration.mark({class: "cm-sounding"}), chosen: Decoration.mark({class: "cm-chosen"})};

/** Ranges of characters with a style, which move with the text that is edited. */
const marks = StateField.define({
  create: () => ({sounding: Decoration.none, chosen: Decoration.none}),
  update(value, transaction) {
    let found = transaction.docChanged ? {sounding: value.sounding.map(transaction.changes), chosen: value.chosen.map(transaction.changes)} : value;
    for (const effect of transaction.effects) if (effect.is(setMarks)) found = {...found, ...effect.value};
    return found;
  },
  provide: (field) => [EditorView.decorations.from(field, ({chosen}) => chosen), EditorView.decorations.from(field, ({sounding}) => sounding)],
});

/** Names of tokens are those of CodeMirror's legacy modes. */
const abc = StreamLanguage.define({
  name: "abc",
  startState: () => ({body: false}),
  token(stream, state) {
    if (stream.sol()) {
      if (stream.match(/^%.*/)) return "comment";
      const field = stream.match(/^([A-Za-z+]):(?![|:])/, false);
      if (field) {
        stream.match(/^[A-Za-z+]:/);
        if (field[1] === "K") state.body = true;
        state.value = true;
        return "keyword";
      }
      state.value = false;
    }
    if (state.value) {
      stream.skipToEnd();
      return "string";
    }
    if (!state.body) {
      stream.skipToEnd();
      return null;
    }
    if (stream.match(/^%.*/)) return "comment";
    if (stream.match(/^\[[A-Za-z]:[^\]]*\]/)) return "keyword";
    if (stream.match(/^"[^"]*"?/)) return "string";
    if (stream.match(/^!(?! )[^!|]*!/) || stream.match(/^[~.HLMOPSTuv](?=[\^_=]*[A-Ga-g(\[{])/)) return "meta";
    if (stream.match(/^\{\/?[^}]*\}?/)) return "meta";
    if (stream.match(/^(?::+\|?|\|)[|\]:[]*\d*|^\[\d/)) return "operator";
    if (stream.match(/^[\^_=]+/)) return "atom";
    if (stream.match(/^[A-Ga-gzxZX][',]*/)) return null;
    if (stream.match(/^[\d/]+/)) return "number";
    stream.next();
    return null;
  },
});

const highlighting = HighlightStyle.define([
  {tag: tags.keyword, color: "var(--accent)", fontWeight: "600"},
  {tag: tags.string, color: "var(--ink)"},
  {tag: tags.comment, color: "var(--ink-faint)", fontStyle: "italic"},
  {tag: tags.operator, color: "var(--ink-faint)"},
  {tag: tags.meta, color: "var(--curve-2)"},
  {tag: tags.atom, color: "var(--curve-3)", fontWeight: "600"},
  {tag: tags.number, color: "var(--ink-soft)"},
]);

const theme = EditorView.theme({
  "&": {height: "100%", fontSize: "14px", color: "var(--ink)", backgroundColor: "transparent"},
  "&.cm-focused": {outline: "none"},
  ".cm-scroller": {fontFamily: "var(--mono)", lineHeight: "1.65"},
  ".cm-content": {caretColor: "var(--ink)", padding: "12px 0"},
  ".cm-cursor": {borderLeftColor: "var(--ink)", borderLeftWidth: "2px"},
  ".cm-gutters": {backgroundColor: "transparent", color: "var(--ink-faint)", border: "none", paddingLeft: "6px"},
  ".cm-activeLine, .cm-activeLineGutter": {backgroundColor: "transparent"},
  "&.cm-focused .cm-activeLine": {backgroundColor: "color-mix(in srgb, var(--hover) 55%, transparent)"},
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {backgroundColor: "var(--accent-band) !important"},
  ".cm-sounding": {backgroundColor: "var(--cursor-band)", borderRadius: "3px"},
  ".cm-chosen": {backgroundColor: "var(--accent-band)"},
  ".cm-lintRange-error": {backgroundImage: "none", textDecoration: "underline wavy var(--danger) 1.5px", textUnderlineOffset: "4px"},
  ".cm-lintRange-info": {backgroundImage: "none", textDecoration: "underline dotted var(--warning) 2px", textUnderlineOffset: "4px"},
  ".cm-lintPoint::after": {display: "none"},
  ".cm-tooltip": {backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "8px",
    boxShadow: "var(--shadow-high)", fontFamily: "var(--sans)", fontSize: "13px", maxWidth: "min(340px, 86vw)", overflow: "hidden"},
  ".cm-diagnostic": {padding: "8px 12px", borderLeftWidth: "3px", whiteSpace: "pre-line"},
  ".cm-diagnostic-error": {borderLeftColor: "var(--danger)"},
  ".cm-diagnostic-info": {borderLeftColor: "var(--warning)"},
  ".cm-diagnosticAction": {backgroundColor: "var(--accent)", color: "var(--on-accent)", borderRadius: "6px", padding: "4px 10px", margin: "0 0 0 10px", font: "inherit", cursor: "pointer"},
});

/**
 * An editor: `new Editor({text, onEdit(text), onMove(place)})`, with `.element`.
 *
 * `onEdit` is called for every change of the text; `onMove` when the caret moves without one. Places count characters
 * as JavaScript does.
 */
export class Editor {
  constructor({text = "", label = "Text of the tune, in ABC", onEdit = () => {}, onMove = () => {}}) {
    this.onEdit = onEdit;
    this.onMove = onMove;
    this.element = el("div.editor");
    const root = this.element.attachShadow({mode: "open"});
    this.editable = new Compartment();
    this.view = new EditorView({
      parent: root, root,
      state: EditorState.create({doc: text, extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), abc, marks, theme,
        syntaxHighlighting(highlighting), EditorView.lineWrapping, this.editable.of([]),
        EditorState.lineSeparator.of("\n"),
        EditorView.contentAttributes.of({"aria-label": label, spellcheck: "false", autocapitalize: "off", autocorrect: "off"}),
        keymap.of([{key: "Escape", run: (view) => { view.contentDOM.blur(); return true; }}, ...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of((update) => this.#updated(update)),
      ]}),
    });
  }

  get text() { return this.view.state.doc.toString(); }

  get canUndo() { return undoDepth(this.view.state) > 0; }

  get canRedo() { return redoDepth(this.view.state) > 0; }

  undo() { return undo(this.view); }

  redo() { return redo(this.view); }

  /** Replace the whole text, in one step that can be undone: only what differs is changed. */
  replace(text) {
    const before = this.text;
    if (text === before) return;
    let start = 0;
    while (start < before.length && start < text.length && before[start] === text[start]) start += 1;
    let end = 0;
    while (end < before.length - start && end < text.length - start && before[before.length - 1 - end] === text[text.length - 1 - end]) end += 1;
    this.change(start, before.length - end, text.slice(start, text.length - end));
  }

  /** Replace a range, as the user would. */
  change(start, end, text) {
    this.view.dispatch({changes: {from: start, to: end, insert: text}, userEvent: "input.replace", scrollIntoView: true});
  }

  /** Put the caret at a place, or select a range, and show it. */
  select(start, end = start, {focus = true} = {}) {
    const limit = this.view.state.doc.length;
    this.quiet = true;
    this.view.dispatch({selection: {anchor: Math.min(start, limit), head: Math.min(end, limit)}, effects: EditorView.scrollIntoView(Math.min(start, limit), {y: "center"})});
    this.quiet = false;
    if (focus) this.view.focus();
  }

  /** Underline what the checker found; `repair(finding)` is called at a click on the repair. */
  showFindings(findings, repair) {
    const limit = this.view.state.doc.length;
    const diagnostics = findings.map((finding) => ({
      from: Math.min(finding.start, limit), to: Math.min(finding.end, limit),
      severity: finding.severity === "error" ? "error" : "info",
      message: `${capital(finding.what)}.\nRight would be: ${finding.right}.`,
      actions: finding.repair ? [{name: "Repair", apply: () => repair(finding)}] : [],
    }));
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Mark what sounds. */
  markSounding(ranges) { this.#mark("sounding", ranges); }

  /** Mark the bars that are selected in the score; null marks none. */
  markChosen(range) { this.#mark("chosen", range ? [range] : []); }

  #mark(name, ranges) {
    const limit = this.view.state.doc.length;
    const found = ranges.filter(([start, end]) => start < end && end <= limit).map(([start, end]) => STYLES[name].range(start, end));
    this.view.dispatch({effects: setMarks.of({[name]: Decoration.set(found, true)})});
  }

  #updated(update) {
    if (update.docChanged) this.onEdit(this.text);
    else if (update.selectionSet && !this.quiet) this.onMove(update.state.selection.main.head);
  }
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
