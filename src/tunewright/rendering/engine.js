// Functions that Python calls, with abcjs: open a tune, compute what sounds when, and engrave it. Durations are in whole
// notes, distances in CSS pixels; startChar and endChar count UTF-16 units of the text that was opened.
globalThis.tunewright = (function () {
  "use strict";

  var FONTS = "'Libertinus Serif', 'Liberation Serif', 'Times New Roman', Times, serif";
  var STEP = 3.875; // from one step of a staff to the next
  var parsed = { text: null, tune: null }; // the tune last opened, so that it is not parsed again to be played

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
    parsed = { text: null, tune: null }; // the tune is changed below and must not be used again
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

  // The kind and the rectangle of a text that is drawn with a note.
  function textBox(drawn) {
    var box = drawn.getBBox();
    return { kind: drawn.names["data-name"], left: box.x, top: box.y, width: box.width, height: box.height };
  }

  // The place of an element of a voice, with the characters that it stands for. Heights of children count in steps of
  // the staff from the line below its lowest; the staff lies between 2 and 10.
  function elementBox(element, line, voice, number) {
    function height(step) { return voice.staff.absoluteY - step * STEP; }
    var drawn = element.children.filter(function (child) { return child.type === "symbol" || child.type === "bar"; });
    var graces = drawn.filter(function (child) { return child.scalex < 1; });
    var heads = drawn.filter(function (child) {
      return child.scalex >= 1 && !/^scripts/.test(child.name) && isFinite(child.x) && isFinite(child.top);
    });
    function all(name, children) { return children.map(function (child) { return child[name]; }); }
    var texts = (element.elemset || []).filter(Boolean).flatMap(function (group) {
      return group.children.filter(function (child) {
        return child.tagName === "text" && /^(chord|annotation)$/.test(child.names["data-name"]);
      });
    });
    return {
      kind: element.type, start: element.abcelem.startChar, end: element.abcelem.endChar, line: line, voice: number,
      left: Math.min.apply(null, all("x", heads).concat(element.x)), right: element.x + element.w,
      top: height(Math.max.apply(null, all("top", heads).concat(10))),
      bottom: height(Math.min.apply(null, all("bottom", heads).concat(2))),
      grace_left: graces.length ? Math.min.apply(null, all("x", graces)) : null,
      texts: texts.map(textBox)
    };
  }

  function elementsOf(drawn) {
    return drawn.engraver.staffgroups.flatMap(function (group, line) {
      return group.voices.flatMap(function (voice, number) {
        return voice.children.filter(function (element) {
          return /^(note|rest|bar)$/.test(element.type) && !voice.duplicate && element.abcelem.endChar > element.abcelem.startChar;
        }).map(function (element) { return elementBox(element, line, voice, number); });
      });
    });
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
      systems: Array.from(tops).sort(function (a, b) { return a - b; }), elements: elementsOf(drawn)
    };
  }

  return { open: open, sequence: sequence, engrave: engrave };
})();
