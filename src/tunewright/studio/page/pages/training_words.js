// Words for how a training stands, and for spans of time.
import {el} from "../dom.js";

const STATUSES = {
  starting: ["Getting ready", ""], running: ["Learning", "accent"], done: ["Finished", ""], stopped: ["Stopped", ""],
  failed: ["Failed", "bad"], interrupted: ["Interrupted", "bad"],
};

/** A small label for the status of a training. */
export function statusTag(status) {
  const [words, kind] = STATUSES[status] ?? [status, ""];
  return el(`span.tag${kind ? `.${kind}` : ""}`, {}, words);
}

/** A span of time as somebody would say it: "40 seconds", "12 minutes", "2 h 5 min". */
export function timeInWords(seconds) {
  if (seconds < 55) return counted(Math.max(5, 5 * Math.round(seconds / 5)), "second");
  if (seconds < 3570) return counted(Math.max(1, Math.round(seconds / 60)), "minute");
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "1 tune", "1,850 tunes". */
export function counted(number, word, plural = `${word}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? word : plural}`;
}
