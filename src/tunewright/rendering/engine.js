// What Python asks of abcjs: to open a tune, to say what sounds when, and to engrave it. Durations are in whole notes,
// distances in CSS pixels; startChar and endChar count UTF-16 units of the text that was opened.
globalThis.tunewright = (function () {
  "use strict";

  var FONTS = "'Libertinus Serif', 'Liberation Serif', 'Times New Roman', Times, serif";
  var parsed = { text: null, tune: null }; // the tune last opened, so that playing it need not read it again

  // For each voice, the elements of each of its lines.
  function voicesOf(tune) {
    var voices = [];
    tune.lines.forEach(function (line) {
      var number = 0;
      (line.staff || []).forEach(function (staff) {
        staff.voices.forEach(function (elements) {
          (voices[number] = voices[number] || []).push(elements);
          number += 1;
        });
      });
    });
    return voices;
  }

  function countNotes(tune) {
    return voicesOf(tune).flat(2).filter(function (element) {
      return element.el_type === "note" && element.pitches;
    }).length;
  }

  // A text with changes of font in it comes as a list of phrases.
  function plain(text) {
    return Array.isArray(text) ? text.map(function (phrase) { return phrase.text; }).join("") : text || "";
  }

  function parse(abc) {
    if (parsed.text !== abc) parsed = { text: abc, tune: ABCJS.parseOnly(abc)[0] };
    return parsed.tune;
  }

  function open(abc) {
    var tune = parse(abc);
    var tempo = tune.metaText.tempo;
    var beats = tempo && tempo.duration && tempo.duration.length ? tempo.duration : [0.25];
    var meter = tune.getMeterFraction();
    return {
      title: plain(tune.metaText.title),
      rhythm: plain(tune.metaText.rhythm),
      meter: [meter.num, meter.den],
      wholeNotesPerMinute: tempo && tempo.bpm ? tempo.bpm * beats.reduce(function (a, b) { return a + b; }) : null,
      notes: countNotes(tune)
    };
  }

  // The first tempo is set from outside, so that later Q: fields of the tune are taken relative to it.
  function sequence(abc, wholeNotesPerMinute) {
    var tune = parse(abc);
    parsed = { text: null, tune: null }; // it is changed below, and of no further use
    voicesOf(tune).forEach(repairVoice);
    tune.metaText.tempo = { duration: [1], bpm: wholeNotesPerMinute };
    var tracks = tune.setUpAudio({}).tracks;
    return tracks.map(function (events) {
      var names = events.filter(function (event) { return event.cmd === "text" && event.type === "name"; });
      var notes = events.filter(function (event) { return event.cmd === "note"; });
      return {
        name: names.length ? names[0].text : "",
        notes: notes.map(function (note) {
          return {
            start: note.start, duration: note.duration, pitch: note.pitch, velocity: note.volume,
            program: note.instrument || 0, kind: note.style || note.endType || "",
            startChar: note.startChar, endChar: note.endChar
          };
        })
      };
    });
  }

  function useFonts(element) {
    if (element.names && "font-family" in element.names) element.names["font-family"] = FONTS;
    (element.children || []).forEach(useFonts);
  }

  function engrave(abc, staffWidth, fonts) {
    var drawing = document.createElement("div");
    var drawn = ABCJS.renderAbc(drawing, abc, {
      staffwidth: staffWidth, add_classes: true, expandToWidest: true, paddingtop: 5, paddingbottom: 15, format: fonts
    })[0];
    var tops = new Set(drawn.makeVoicesArray().flat().map(function (element) { return element.top; }));
    var svg = drawing.children[0];
    useFonts(svg);
    svg.children = svg.children.filter(function (child) { return child.tagName !== "style"; });
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    svg.removeAttribute("xmlns:xlink");
    return {
      title: plain(drawn.metaText.title), svg: svg.outerHTML, width: Number(svg.names.width), height: Number(svg.names.height),
      systems: Array.from(tops).sort(function (a, b) { return a - b; })
    };
  }

  return { open: open, sequence: sequence, engrave: engrave };
})();
