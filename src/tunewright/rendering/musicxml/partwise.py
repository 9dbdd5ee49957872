"""MusicXML documents of tunes: version 4.0, partwise, a part for each voice.

Every part has the same measures: one that ends sooner goes on with rests. A layer longer than its bar is cut. All
lengths are multiples of one division, the largest that measures every note exactly.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import gcd
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from tunewright import __version__
from tunewright.errors import RenderError
from tunewright.notation.fields import plain_string
from tunewright.notation.keys import assumed_key
from tunewright.notation.lexer import FIELD_LINES, LineKind, read_lines
from tunewright.notation.meter import WHOLE, parse_meter, parse_tempo
from tunewright.notation.spec import FIELDS
from tunewright.notation.voice.items import Sound, TempoChange
from tunewright.notation.voices import Events, Voice
from tunewright.rendering.musicxml.attribute_elements import (
    TREBLE,
    add_clef,
    add_key,
    add_left_bar_line,
    add_right_bar_line,
    add_staff_lines,
    add_time,
    add_transposition,
    clef_of,
)
from tunewright.rendering.musicxml.note_elements import NoteWriter, Ties, ties_of
from tunewright.rendering.musicxml.note_values import note_values
from tunewright.rendering.musicxml.score_measures import ScoreMeasure, score_measures
from tunewright.rendering.musicxml.sign_elements import add_direction, add_tempo, add_text, tempo_words
from tunewright.rendering.musicxml.written_items import FieldChange, WrittenSound, WrittenTune
from tunewright.rendering.musicxml.written_tune import read_written
from tunewright.rendering.tempo import choose_tempo
from tunewright.rendering.texts.engraving_text import refuse_macros

LONGEST_WHOLE_NOTES = 20_000
"""A voice that is longer is refused."""

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
"""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VOICE_NAME = re.compile(r"\b(?:name|nm)=\"([^\"]*)\"")
_PIPES = re.compile(r"HP(?!\w)")
_TOLD = frozenset("ABDFGHNOPRWZ")
"""Fields that become miscellaneous fields, by their names in the standard."""


def musicxml_file(abc: str, provenance: Mapping[str, str] | None = None) -> bytes:
    """Return a tune as a MusicXML document, UTF-8.

    Parameters
    ----------
    abc
        One tune, as `tunewright.rendering.source.abc_text` gives it.
    provenance
        Where the tune comes from; each entry becomes a miscellaneous field.

    Raises
    ------
    RenderError
        If it holds no note, a voice longer than `LONGEST_WHOLE_NOTES`, or macros.
    """
    text = _NOT_XML.sub("\ufffd", abc)
    refuse_macros(text, list(read_lines(text)))
    tune = read_written(text)
    voices = [voice for voice in tune.events.voices if any(_sounds(voice))]
    if not any(sound.pitch is not None and sound.ticks for voice in voices for sound in _sounds(voice)):
        raise RenderError("the tune holds no note")
    length = max(sum(sound.ticks for sound in _sounds(voice)) for voice in voices) // WHOLE
    if length > LONGEST_WHOLE_NOTES:
        raise RenderError(f"the tune is {length} whole notes long; at most {LONGEST_WHOLE_NOTES} are allowed")
    fields = list(_header(text))
    root = Element("score-partwise", version="4.0")
    _add_heading(root, fields, provenance or {})
    _add_parts(root, text, tune, voices, fields)
    ElementTree.indent(root, " ")
    document: str = ElementTree.tostring(root, encoding="unicode")
    return f"{_HEAD}{document}\n".encode()


def _sounds(voice: Voice) -> Iterator[Sound]:
    return (item for item in voice.items if type(item) is Sound)


def _header(text: str) -> Iterator[tuple[str, str]]:
    """Return (letter, value) of every field in the header, in order, and of the words after the tune."""
    found: list[tuple[str, str]] = []
    for line in read_lines(text):
        letter, value = text[line.start : line.start + 1], text[line.start + 2 : line.stop].strip()
        if line.kind not in FIELD_LINES:
            continue
        if letter == "+" and found:
            letter, before = found.pop()
            value = f"{before} {value}"
        found.append((letter if line.kind is LineKind.HEADER_FIELD or letter == "W" else "", value))
    return ((letter, plain_string(value)) for letter, value in found if letter)


def _settings(voice: Voice, tune: WrittenTune, fields: Sequence[tuple[str, str]]) -> str:
    """Return the values of the ``V:`` fields of `voice`, as far as they stand before its first sound."""
    first = next(sound.start for sound in _sounds(voice))
    values = [value for letter, value in fields if letter == "V" and value.split()[:1] == [voice.name]]
    among_music = (change for change in tune.changes if change.letter == "V" and change.voice == voice.name)
    return " ".join([*values, *(plain_string(change.value) for change in among_music if change.start < first)])


def _add_heading(root: Element, fields: Sequence[tuple[str, str]], provenance: Mapping[str, str]) -> None:
    values: dict[str, list[str]] = {}
    for letter, value in fields:
        if value:
            values.setdefault(letter, []).append(value)
    if titles := values.get("T"):
        SubElement(SubElement(root, "work"), "work-title").text = titles[0]
    identification = SubElement(root, "identification")
    for composer in values.get("C", ()):
        SubElement(identification, "creator", type="composer").text = composer
    SubElement(SubElement(identification, "encoding"), "software").text = f"Tunewright {__version__}"
    if sources := values.get("S"):
        SubElement(identification, "source").text = sources[0]
    told = [(FIELDS[letter].name, value) for letter, found in values.items() if letter in _TOLD for value in found]
    told += [("subtitle", title) for title in (titles or [])[1:]]
    told += [(" ".join(str(name).split()), " ".join(str(value).split())) for name, value in provenance.items()]
    if told:
        miscellaneous = SubElement(identification, "miscellaneous")
        for name, value in told:
            SubElement(miscellaneous, "miscellaneous-field", name=name).text = _NOT_XML.sub("\ufffd", value)


def _add_parts(
    root: Element, text: str, tune: WrittenTune, voices: Sequence[Voice], fields: Sequence[tuple[str, str]]
) -> None:
    measures = [score_measures(voice, tune, len(text)) for voice in voices]
    longest = max(measures, key=len)
    tick_unit = _tick_unit(measures)
    timed = next((voice for voice in voices if any(type(item) is TempoChange for item in voice.items)), voices[0])
    parts = SubElement(root, "part-list")
    for number, (voice, own) in enumerate(zip(voices, measures, strict=True), 1):
        settings = _settings(voice, tune, fields)
        name = _VOICE_NAME.search(settings)
        listed = SubElement(parts, "score-part", id=f"P{number}")
        SubElement(listed, "part-name").text = name[1] if name else voice.name
        instrument = SubElement(listed, "score-instrument", id=f"P{number}-I1")
        SubElement(instrument, "instrument-name").text = "Piano"
        midi = SubElement(listed, "midi-instrument", id=f"P{number}-I1")
        SubElement(midi, "midi-channel").text = str(number % 9 or 9)
        SubElement(midi, "midi-program").text = "1"
        element = SubElement(root, "part", id=f"P{number}")
        writer = NoteWriter(_ties(own), tick_unit, tune.events.key)
        part = _Part(element, writer, tune.events, leads=number == 1, has_tempos=voice is timed)
        part.write(own, longest, settings)


def _ties(measures: Sequence[ScoreMeasure]) -> Ties:
    """Return the ties of a part; those of a layer reach as far as its bars follow one another."""
    runs = [[written for measure in measures for written in measure.sounds if written.sound.ticks]]
    for number in sorted({number for measure in measures for number in measure.layers}):
        runs.append([])
        for measure in measures:
            layer = measure.layers.get(number, [])
            runs[-1] += layer
            if sum(written.sound.ticks for written in layer) < measure.ticks:
                runs.append([])
    return ties_of(runs)


def _tick_unit(parts: Sequence[Sequence[ScoreMeasure]]) -> int:
    """Return the longest unit that measures a quarter note, every measure and every written note."""
    unit = WHOLE // 4
    for measure in (measure for measures in parts for measure in measures):
        unit = gcd(unit, measure.ticks)
        for written in chain(measure.sounds, *measure.layers.values()):
            for value in note_values(written.sound.ticks, written.tuplet):
                unit = gcd(unit, value.ticks)
    return unit


@dataclass(slots=True)
class _Part:
    element: Element
    writer: NoteWriter
    events: Events
    leads: bool
    """True for the first part, which has the tempo of the header and the parts."""
    has_tempos: bool
    """True for the part that has the changes of tempo."""
    transposition: int = 0

    def write(self, own: Sequence[ScoreMeasure], longest: Sequence[ScoreMeasure], settings: str) -> None:
        for place, model in enumerate(longest):
            number = f"{model.number}" if model.counted or not model.number else f"X{model.number}"
            element = SubElement(self.element, "measure", number=number)
            if not model.counted:
                element.set("implicit", "yes")
            measure = own[place] if place < len(own) else ScoreMeasure(model.number, model.ticks, -1)
            add_left_bar_line(element, measure.ending, repeat=measure.begins_repeat)
            if place == 0:
                self._begin(element, settings, own[0].sounds[:1])
            self._write_measure(element, measure)
            add_right_bar_line(element, measure.ended, measure.style, times=measure.times)

    def _begin(self, element: Element, settings: str, following: Sequence[WrittenSound]) -> None:
        header = self.events.fields
        key, meter, tempo = header.get("K", ""), header.get("M", ""), header.get("Q", "")
        attributes = SubElement(element, "attributes")
        SubElement(attributes, "divisions").text = str(WHOLE // 4 // self.writer.tick_unit)
        add_key(attributes, self.events.key, hidden=bool(_PIPES.match(key)))
        add_time(attributes, meter if parse_meter(meter) else "")
        add_clef(attributes, clef_of(settings) or clef_of(key) or TREBLE)
        add_staff_lines(attributes, f"{settings} {key}")
        self._transpose(attributes, following)
        if not self.leads:
            return
        add_tempo(element, self.events.tempo, tempo_words(tempo))
        if not self.events.tempo:
            held = self.events.meter
            bar = (held.beats, held.unit) if held.beats else (4, 4)
            SubElement(element, "sound", tempo=f"{choose_tempo(None, header.get('R', ''), bar):g}")

    def _write_measure(self, element: Element, measure: ScoreMeasure) -> None:
        changes = list(measure.changes)
        first = measure.sounds[0].sound.start if measure.sounds else -1
        at_start = [change for change in changes if change.letter == "M" or change.start < first]
        sounds = [written for written in measure.sounds if written.sound.ticks]
        self._change(element, at_start, sounds[:1], rests=measure.rests)
        self.writer.begin_measure(sounds)
        for written in sounds:
            here = [change for change in changes if change not in at_start and change.start < written.sound.start]
            changes = [change for change in changes if change not in here]
            self._change(element, here, [written])
            self._write_sound(element, written, whole_ticks=measure.ticks if measure.rests else 0)
        if not sounds and measure.ticks:
            self.writer.add_whole_rest(element, measure.ticks)
        for number, layer in sorted(measure.layers.items()):
            self._write_layer(element, layer, number + 1, measure.ticks)

    def _write_sound(self, element: Element, written: WrittenSound, *, whole_ticks: int) -> None:
        for text in written.texts:
            add_text(element, text)
        for decoration in written.decorations:
            add_direction(element, decoration)
        self.writer.add(element, written, whole_ticks=whole_ticks)
        for decoration in written.after:
            add_direction(element, decoration)

    def _write_layer(self, element: Element, sounds: Sequence[WrittenSound], number: int, ticks: int) -> None:
        if not sounds:
            return
        backup = SubElement(element, "backup")
        SubElement(backup, "duration").text = str(ticks // self.writer.tick_unit)
        base = self.writer
        writer = NoteWriter(base.ties, base.tick_unit, base.key, number, slur_numbers=base.slur_numbers)
        writer.begin_measure(sounds)
        for written in sounds:
            for text in written.texts:
                add_text(element, text)
            writer.add(element, written)
        missing = ticks - sum(written.sound.ticks for written in sounds)
        if missing > 0:
            SubElement(SubElement(element, "forward"), "duration").text = str(missing // self.writer.tick_unit)

    def _change(
        self, element: Element, changes: Sequence[FieldChange], following: Sequence[WrittenSound], *, rests: int = 0
    ) -> None:
        """Add what `changes` before the sound `following`, if there is one."""
        attributes = Element("attributes")
        last = {change.letter: change.value for change in changes}
        if key := assumed_key(last.get("K", "none")) if "K" in last else None:
            add_key(attributes, key, hidden=bool(_PIPES.match(last["K"])))
            self.writer.key = key
        if "M" in last and parse_meter(last["M"]):
            add_time(attributes, last["M"])
        settings = f"{last.get('K', '')} {last.get('V', '')}"
        if clef := clef_of(settings):
            add_clef(attributes, clef)
        add_staff_lines(attributes, settings)
        self._transpose(attributes, following)
        if rests > 1:
            SubElement(SubElement(attributes, "measure-style"), "multiple-rest").text = str(rests)
        if len(attributes):
            element.append(attributes)
        if "Q" in last and self.has_tempos:
            add_tempo(element, parse_tempo(last["Q"], self.events.unit), tempo_words(last["Q"]))
        if part := last.get("P", "") if self.leads else "":
            direction = SubElement(element, "direction", placement="above")
            SubElement(SubElement(direction, "direction-type"), "rehearsal").text = part

    def _transpose(self, attributes: Element, following: Sequence[WrittenSound]) -> None:
        for written in following:
            if written.transposition != self.transposition:
                self.transposition = written.transposition
                add_transposition(attributes, self.transposition)
