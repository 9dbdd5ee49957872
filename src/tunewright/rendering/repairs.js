// Changes to a parsed voice before it is played, where abcjs parses a tune correctly but would play it wrongly (they do
// not affect the engraving). A voice is the list of its lines, a line the list of its elements.
globalThis.repairVoice = (function () {
  "use strict";

  var REPEAT_START = { bar_left_repeat: true, bar_dbl_repeat: true };
  var REPEAT_END = { bar_right_repeat: true, bar_dbl_repeat: true };
  var SECTION_END = { bar_thin_thin: true, bar_thin_thick: true, bar_thick_thin: true };

  function isNote(element) { return element.el_type === "note"; }

  // A tie that leads to another pitch was meant as a slur. abcjs would keep it open and leave out the next note of
  // the first pitch that starts a tie.
  function dropFalseTies(notes) {
    notes.forEach(function (note, place) {
      var next = notes[place + 1];
      (note.pitches || []).forEach(function (pitch) {
        var arrives = next && (next.pitches || []).some(function (other) { return other.pitch === pitch.pitch; });
        if (!arrives) delete pitch.startTie;
      });
    });
  }

  // abcjs assumes that all notes of a tuplet are as long as its first, and multiplies startTriplet by that length to
  // get the length of the tuplet; startTriplet gets the number that makes this correct.
  function measureTuplets(notes) {
    notes.forEach(function (note, place) {
      if (!note.startTriplet || !note.duration) return;
      var rest = notes.slice(place);
      var last = rest.findIndex(function (other) { return other.endTriplet; });
      var total = rest.slice(0, last + 1).reduce(function (sum, other) { return sum + other.duration; }, 0);
      if (last > 0) note.startTriplet = note.tripletR = total / note.duration;
    });
  }

  // Empty endings: abcjs would look for their first note and fail.
  function dropEmptyEndings(voice) {
    var lastNote = voice.length - 1;
    while (lastNote >= 0 && !isNote(voice[lastNote])) lastNote -= 1;
    voice.slice(lastNote + 1).forEach(function (element) { delete element.startEnding; });
  }

  // Whether a bar line ends an ending after which no other follows at once.
  function closesLastEnding(voice, bar) {
    var next = voice[voice.indexOf(bar) + 1];
    if (bar.startEnding || (next && next.el_type === "bar" && next.startEnding)) return false;
    return !next || REPEAT_END[bar.type] || SECTION_END[bar.type];
  }

  // A ":|" or a first ending without its "|:" goes back to the last double bar or repeat sign, as the ABC standard has
  // it; abcjs would go back further, or forget the repeat. What closes the last ending repeats nothing and begins a
  // section; abcjs would leave out what follows.
  function openRepeats(voice) {
    var boundary = null; // where a section began that has no "|:"
    var open = false; // whether the current section has a beginning
    var ending = 0; // the number of the current ending, or 0

    function openAtBoundary() {
      if (!open && boundary) boundary.type = REPEAT_END[boundary.type] ? "bar_dbl_repeat" : "bar_left_repeat";
      open = true;
    }

    voice.filter(function (element) { return element.el_type === "bar"; }).forEach(function (bar) {
      var starts = REPEAT_START[bar.type];
      if (ending > 1 && closesLastEnding(voice, bar)) {
        bar.type = "bar_left_repeat";
        open = false;
        ending = 0;
        boundary = bar;
      }
      if (SECTION_END[bar.type] && !open) boundary = bar;
      if (REPEAT_END[bar.type]) {
        openAtBoundary();
        open = false;
        ending = 0;
        boundary = bar;
      }
      if (bar.startEnding) {
        ending = parseInt(bar.startEnding, 10) || 0;
        if (ending > 1) open = true;
        else openAtBoundary();
      }
      if (starts) {
        open = true;
        ending = 0;
        boundary = bar;
      }
    });
  }

  // Where a bar line stands at the beginning of a line and not at the end of the line before, abcjs would take the last
  // note of that line into the repeat that begins there.
  function moveLeadingBars(lines) {
    function isNoteOrBar(element) { return isNote(element) || element.el_type === "bar"; }
    lines.slice(1).forEach(function (line, place) {
      var before = lines[place];
      var last = before.filter(isNoteOrBar).pop();
      var first = line.findIndex(isNoteOrBar);
      if (last && isNote(last) && first >= 0 && !isNote(line[first])) before.push(line.splice(first, 1)[0]);
    });
  }

  return function repairVoice(lines) {
    moveLeadingBars(lines);
    var voice = lines.flat();
    var notes = voice.filter(isNote);
    dropFalseTies(notes);
    measureTuplets(notes);
    dropEmptyEndings(voice);
    openRepeats(voice);
  };
})();
