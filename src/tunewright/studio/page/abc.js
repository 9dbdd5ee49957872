// What the header of a tune says, in words: title, rhythm, metre, key.

const MODES = {
  "": "major", maj: "major", ion: "major", m: "minor", min: "minor", aeo: "minor", dor: "dorian", phr: "phrygian", lyd: "lydian",
  mix: "mixolydian", loc: "locrian",
};

/** Fields of a tune's header: `{title, rhythm, meter, unitLength, key}`, each empty where it is missing. */
export function readHead(text) {
  const field = (letter) => text.match(new RegExp(`^${letter}:[ \\t]*(.*)$`, "m"))?.[1].trim() || "";
  return {title: shownTitle(field("T")), rhythm: field("R"), meter: field("M"), unitLength: field("L"), key: field("K")};
}

/** A key in words: `Edor` is "E dorian". */
export function keyName(key) {
  const found = key.match(/^([A-G])([#b]?)\s*([A-Za-z]*)/);
  if (!found) return key;
  const mode = MODES[found[3].toLowerCase().slice(0, 3)] ?? (found[3] === "M" ? "major" : null);
  const tonic = found[1] + {"#": "♯", b: "♭", "": ""}[found[2]];
  return mode ? `${tonic} ${mode}` : `${tonic} ${found[3]}`;
}

/** A metre in words: `C|` is "2/2". */
export function meterName(meter) {
  return {C: "4/4", "C|": "2/2"}[meter] || meter;
}

/** What stands beside a title: rhythm, key, metre. */
export function tagsOf(text) {
  const {rhythm, key, meter} = readHead(text);
  return [rhythm, key && keyName(key), meter && meterName(meter)].filter(Boolean);
}

/** A title as part of a file's name: its letters and digits, of any script, with hyphens. */
export function fileName(title, otherwise) {
  const plain = title.normalize("NFC").toLowerCase().replaceAll(/['’]/g, "").replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-");
  return plain.replaceAll(/^-+|-+$/g, "").slice(0, 60) || otherwise;
}

// Collections file "The Lost Hour" as "Lost Hour, The", set a dash in two hyphens, and some of them shout.
function shownTitle(title) {
  const calm = title === title.toUpperCase() ? title.toLowerCase().replace(/(^|[\s("-])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase()) : title;
  return calm.replace(/^(.*), (The|A|An)$/, "$2 $1").replace(/\s+--\s+/g, " – ").replace(/\.$/, "");
}
