// Where a line of music is broken so that it fits: at bar lines, into parts that hold about as many notes each.

/** What stands in a line of music: texts, decorations, grace notes, fields and chords are passed over as wholes. */
const TOKEN = /"[^"]*"|![^!]*!|\{[^}]*\}|(?<field>\[[A-Za-z]:[^\]]*\])|(?<chord>\[[^\]|]*\])|(?<bar>:*\|[\]:|]*|::)(?<ending>[\d[]?)|(?<note>[A-Ga-gzx])|./gs;

/** A bar has room for at least so many notes, however few it has. */
const LEAST_WEIGHT = 2;

/**
 * Places in a line after which it is broken, so that about `capacity` notes stand in each part; none where it fits.
 *
 * A sign that opens an ending stays with its bar line.
 */
export function lineBreaks(line, capacity) {
  const bars = barsOf(line);
  const whole = bars.reduce((sum, {weight}) => sum + weight, 0);
  const parts = Math.min(bars.length, Math.ceil(whole / capacity));
  if (parts < 2) return [];
  const places = [];
  let before = 0;
  for (const {end, weight, breakable} of bars.slice(0, -1)) {
    before += weight;
    if (breakable) places.push({end, before});
  }
  const chosen = new Set();
  for (let part = 1; part < parts && places.length; part += 1) {
    const even = (part * whole) / parts;
    chosen.add(places.reduce((best, place) => Math.abs(place.before - even) < Math.abs(best.before - even) ? place : best).end);
  }
  return [...chosen];
}

function barsOf(line) {
  const bars = [];
  let weight = 0;
  let first = true;
  const close = (end, breakable) => {
    bars.push({end, weight: first ? weight : Math.max(weight, LEAST_WEIGHT), breakable: breakable && weight > 0});
    first = false;
    weight = 0;
  };
  for (const {groups, index, 0: text} of line.matchAll(TOKEN)) {
    if (groups.note || groups.chord) weight += 1;
    else if (groups.bar && (weight || bars.length)) close(index + text.length - groups.ending.length, !groups.ending);
  }
  if (weight) close(line.length, false);
  // A pick-up is no bar of its own: it goes with the bar after it.
  if (bars.length > 1 && bars[0].weight < bars[1].weight / 2) bars[0].breakable = false;
  return bars;
}

/** Whether the lines of a tune can be broken one by one: it has one voice, and no words below its notes. */
export function isBreakable(text) {
  return !/^(?:V:|w:)|\[V:/m.test(text);
}
