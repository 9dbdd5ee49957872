// Notes to find a tune by: typed as letters or ABC, or played on a small piano, and played back.
import {icon} from "../components/icon.js";
import {textField} from "../components/field.js";
import {debounce, el, put} from "../dom.js";

/** Keys of the piano, from the G below middle C to the B two octaves above. */
const LOWEST = 55;
const HIGHEST = 83;
const LETTERS = ["C", "^C", "D", "_E", "E", "F", "^F", "G", "_A", "A", "_B", "B"];
const NAMES = ["C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B"];
const SHOWN = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
const SHARP = {"E♭": "D♯", "A♭": "G♯", "B♭": "A♯"};
const SIGNS_OF_SHARPS = /[#♯^]|sharp|K:\s*[GDAEB](?!b|m)/i;
const NOTE_SECONDS = 0.28;
const FEWEST_NOTES = 3;

let count = 0;

/** `new NotesPanel({value, change(notes)})`: `.button` opens it, `.element` is the panel. */
export class NotesPanel {
  #changed;

  constructor({value, change}) {
    this.change = change;
    this.pitches = [];
    this.id = `notes-${count += 1}`;
    this.field = textField({label: "Notes", value, placeholder: "G A B c d, or D F# A, or K:D DFA d2", maxlength: 1000,
      hint: "In any key, with a wrong note or two. Lengths and bar lines do not matter."});
    this.#changed = debounce(() => this.#ask(), 220);
    this.field.control.addEventListener("input", this.#changed);
    this.read = el("p.notes-read.small-text.soft", {role: "status"});
    this.playButton = el("button.button.small", {disabled: true, onclick: () => this.play()}, icon("play"), "Play");
    this.button = el("button.button.notes-button", {title: "Find by notes (F)", "aria-expanded": "false", "aria-controls": this.id, onclick: () => this.toggle()},
      icon("piano"), "By notes");
    this.element = el("div.notes-panel", {id: this.id, hidden: true},
      this.field.element, this.#piano(),
      el("div.notes-does", {}, this.playButton,
        el("button.button.small", {onclick: () => this.#shorten()}, icon("undo-2"), "Take back"),
        el("button.button.small", {onclick: () => { this.clear(); change(""); }}, icon("x"), "Clear"), this.read));
    if (value) this.#open(true);
  }

  /** Open or close it. */
  toggle(open = this.element.hidden) {
    this.#open(open);
    if (open) {
      // On a phone the keyboard would hide the piano.
      if (!matchMedia("(pointer: coarse)").matches) this.field.control.focus({preventScroll: true});
    } else if (this.field.value) {
      this.clear();
      this.change("");
    }
  }

  #open(open) {
    this.element.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    this.button.setAttribute("aria-pressed", String(open));
  }

  clear() {
    this.field.value = "";
    this.heard([], 0);
    this.error(null);
  }

  error(text) {
    if (text) this.heard([], 0);
    this.field.error(text);
  }

  /** Show what the studio took the notes for; `unread` tunes could not be searched yet. */
  heard(pitches, unread, instead = "") {
    this.pitches = pitches || [];
    this.playButton.disabled = !this.pitches.length;
    const sharps = SIGNS_OF_SHARPS.test(this.field.value);
    const nameOf = (pitch) => sharps ? SHARP[SHOWN[pitch % 12]] || SHOWN[pitch % 12] : SHOWN[pitch % 12];
    const notes = this.pitches.slice(0, 24).map(nameOf).join(" ");
    const more = unread ? ` The notes of ${unread.toLocaleString("en")} tunes are still being read.` : "";
    put(this.read, instead || (notes ? `Read as ${notes}.${more}` : ""));
    if (this.pitches.length) this.field.error(null);
  }

  /** Play what was read. */
  play() {
    this.pitches.forEach((pitch, place) => sound(pitch, place * NOTE_SECONDS));
  }

  #piano() {
    const keys = [];
    for (let pitch = LOWEST; pitch <= HIGHEST; pitch += 1) {
      const black = SHOWN[pitch % 12].length > 1;
      keys.push(el(`button.piano-key${black ? ".black" : ""}`, {
        type: "button", "aria-label": `${NAMES[pitch % 12]}, octave ${Math.floor(pitch / 12) - 1}`, tabindex: pitch === 62 ? "0" : "-1",
        data: pitch % 12 ? {} : {name: `C${Math.floor(pitch / 12) - 1}`}, onclick: () => this.#add(pitch),
      }));
    }
    return el("div.piano", {role: "group", "aria-label": "Piano; arrow keys move, Space plays and adds the note", onkeydown: (event) => this.#step(event, keys)}, keys);
  }

  #step(event, keys) {
    const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    const at = keys.indexOf(document.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    const next = keys[Math.max(0, Math.min(keys.length - 1, at + by))];
    for (const key of keys) key.tabIndex = key === next ? 0 : -1;
    next.focus();
  }

  #add(pitch) {
    sound(pitch);
    const octave = Math.floor(pitch / 12) - 5;
    const letter = LETTERS[pitch % 12];
    const written = octave > 0 ? letter.toLowerCase() + "'".repeat(octave - 1) : letter + ",".repeat(-octave);
    const before = this.field.value.trim();
    this.field.value = before ? `${before} ${written}` : `K:C ${written}`;
    this.#changed();
  }

  #shorten() {
    const parts = this.field.value.trim().split(/\s+/);
    parts.pop();
    this.field.value = parts.join(" ") === "K:C" ? "" : parts.join(" ");
    this.#changed();
  }

  #ask() {
    const typed = this.field.value.trim();
    this.field.error(null);
    if (!typed || noteCount(typed) >= FEWEST_NOTES) return this.change(typed);
    return this.heard([], 0, "Three notes at least.");
  }
}

/** How many letters can be notes. */
function noteCount(typed) {
  return (typed.replace(/K:\s*\S+/, "").replaceAll(/sharp|flat/gi, "").match(/[A-Ga-g]/g) || []).length;
}

let context = null;

/** A short plain tone; nothing has to be loaded for it. */
function sound(pitch, after = 0) {
  context ??= new AudioContext();
  context.resume();
  const start = context.currentTime + 0.02 + after;
  const tone = new OscillatorNode(context, {type: "triangle", frequency: 440 * 2 ** ((pitch - 69) / 12)});
  const volume = new GainNode(context, {gain: 0});
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.25, start + 0.012);
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + 0.55);
}
