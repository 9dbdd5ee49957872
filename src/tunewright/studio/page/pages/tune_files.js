// What is made of a tune: files in every format, and the tune in another key.
import {download, get, post} from "../api.js";
import {fileName, readHead} from "../abc.js";
import {openDialog} from "../components/dialog.js";
import {selectField} from "../components/field.js";
import {icon} from "../components/icon.js";
import {loadingState} from "../components/state.js";
import {toast, toastError} from "../components/toast.js";
import {el, put} from "../dom.js";

const FORMATS = {
  pdf: ["PDF", "to print", "printer"],
  svg: ["SVG", "the score as a drawing", "file-music"],
  png: ["PNG", "the score as a picture", "file-music"],
  abc: ["ABC", "the text, for other programs", "file-text"],
  musicxml: ["MusicXML", "for MuseScore and other editors", "file-music"],
  midi: ["MIDI", "for other programs that play", "piano"],
  wav: ["WAV", "the sound", "volume-2"],
  opus: ["Opus", "the sound, small", "volume-2"],
  html: ["Web page", "score and sound in one file", "file-text"],
};
const TONICS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/** Offer a tune as files of every format that this studio can make. */
export async function downloadDialog(page) {
  const place = el("div.formats", {}, loadingState("One moment"));
  const answer = openDialog({title: "Download", body: place});
  try {
    const {formats} = await get("/api/formats");
    put(place, formats.map(({name, suffix, install}) => {
      const [label, use, picture] = FORMATS[name] || [name, "", "file-text"];
      return el("button.format", {type: "button", disabled: Boolean(install), title: install ? `Needs: ${install}` : null, onclick: (event) => save(event.currentTarget, page, name, suffix)},
        icon(picture), el("strong", {}, label), el("span", {}, install ? `needs ${install}` : use));
    }));
    if (page.selection) put(place, [...place.children], practiceFile(page));
  } catch (error) {
    toastError(error);
  }
  return answer;
}

async function save(button, page, format, suffix) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await download("/api/render", {text: page.text, format, provenance: plainProvenance(page.tune.provenance)}, fileName(readHead(page.text).title, "tune") + suffix);
  } catch (error) {
    toastError(error);
  }
  button.disabled = false;
  button.removeAttribute("aria-busy");
}

function practiceFile(page) {
  const {first, last} = page.selection;
  const {options, rate, tune} = page.player.practice;
  const {countIn, metronome, swing, repeats, instrument} = options;
  return el("button.format", {type: "button", onclick: () => download("/api/midi", {
    text: page.text, first_bar: first, last_bar: last, count_in: countIn, metronome, swing, repeats,
    ...(instrument === "" ? {} : {instrument: Number(instrument)}), ...(tune ? {tempo: tune.beats_per_minute * rate} : {}),
  }, `${fileName(readHead(page.text).title, "tune")}-practice.mid`).catch(toastError)}, icon("metronome"), el("strong", {}, "MIDI of these bars"), el("span", {}, "as the player plays them"));
}

/** Ask for a key, or how far to move, and change the tune. */
export async function transposeDialog(page) {
  const now = readHead(page.text).key.match(/^[A-G][#b]?/)?.[0] || "C";
  const steps = [["-12", "An octave down"], ["12", "An octave up"], ["-1", "A semitone down"], ["1", "A semitone up"], ["-2", "Two semitones down"], ["2", "Two semitones up"]];
  const wishes = [...TONICS.map((tonic) => [tonic, tonic === now ? `${tonic} (as it is)` : `To ${tonic}`]), ...steps];
  const field = selectField({label: "Move the tune", options: wishes, value: TONICS.includes(now) ? now : "C",
    hint: "The mode stays: E minor becomes A minor. To another key it goes the shorter way."});
  const wish = await openDialog({title: "Transpose", body: field.element, actions: [
    {label: "Cancel", value: null},
    {label: "Transpose", value: () => (TONICS.includes(field.value) ? {key: field.value} : {semitones: Number(field.value)}), primary: true}]});
  if (!wish) return;
  try {
    const {text} = await post("/api/transpose", {text: page.text, ...wish});
    if (text === page.text) toast("It is in that key already.");
    else page.replace(text, wish.key ? `Now in ${readHead(text).key}` : "Transposed");
  } catch (error) {
    toastError(error);
  }
}

function plainProvenance(provenance) {
  const found = {...(provenance || {}), ...(provenance?.options || {})};
  const plain = Object.entries(found).filter(([, value]) => ["string", "number"].includes(typeof value) && String(value).length <= 200);
  return Object.fromEntries(plain.slice(0, 40).map(([name, value]) => [name, String(value)]));
}
