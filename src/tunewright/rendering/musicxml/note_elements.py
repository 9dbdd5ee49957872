"""Elements of MusicXML for notes, chords and rests, with ties, slurs, tuplets, accidentals and words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from tunewright.notation.keys import Key
from tunewright.notation.meter import WHOLE
from tunewright.notation.spec import NATURAL_PITCHES
from tunewright.notation.voice.items import Sound
from tunewright.rendering.musicxml.note_beams import Valued, beams
from tunewright.rendering.musicxml.note_values import NoteValue, note_values, plain_value
from tunewright.rendering.musicxml.sign_elements import add_decorations
from tunewright.rendering.musicxml.written_items import SpelledPitch, WrittenSound, sounding_pitches

_LETTERS = "".join(NATURAL_PITCHES)
_ACCIDENTALS = {
    -3: "triple-flat", -2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp", 3: "triple-sharp",
}  # fmt: skip
_OCTAVES = range(10)
_MOST_SLURS = 16
"""Slurs that MusicXML can tell apart at once."""


@dataclass(frozen=True, slots=True)
class Ties:
    """The pitches of each sound of a part that are tied, by the offset of the sound."""

    begun: dict[int, frozenset[int]]
    ended: dict[int, frozenset[int]]


def ties_of(layers: Iterable[Sequence[WrittenSound]]) -> Ties:
    """Return the ties of sounds that follow one another in one of the `layers`; a tie to another pitch is none."""
    begun, ended = {}, {}
    for written, following in (pair for sounds in layers for pair in pairwise(sounds)):
        if written.sound.tied and following.sound.ticks and written.sound.ticks:
            shared = frozenset(sounding_pitches(following.sound)).intersection(_led_on(written.sound))
            begun[written.sound.start], ended[following.sound.start] = (
                frozenset(height(pitch) for pitch in sound.pitches if height(pitch) + sound.transposition in shared)
                for sound in (written, following)
            )
    return Ties(begun, ended)


def _led_on(sound: Sound) -> tuple[int, ...]:
    """Return the pitches of a tied sound from which the tie goes."""
    return sound.ties or sounding_pitches(sound)


def height(pitch: SpelledPitch) -> int:
    """Return the MIDI number of `pitch`."""
    return 12 * (pitch.octave + 1) + NATURAL_PITCHES[pitch.letter] + pitch.alteration


@dataclass(slots=True)
class NoteWriter:
    """Writes the notes of one layer of a part, and knows what is open in it."""

    ties: Ties
    tick_unit: int
    """Ticks of one division."""
    key: Key
    voice: int = 1
    """Number of the layer within the part."""
    altered: dict[tuple[str, int], int] = field(default_factory=dict)
    """Alterations to the end of the measure, by letter and octave."""
    slur_numbers: dict[int, list[int]] = field(default_factory=dict)
    """Numbers of the open slurs, by the offset of the sound where they end; all layers of a part share them."""
    tuplets: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Start or stop of a tuplet at a sound of this measure, and the type of note that the tuplet counts."""
    beamed: dict[int, list[str]] = field(default_factory=dict)

    def begin_measure(self, sounds: Sequence[WrittenSound]) -> None:
        """Look at the `sounds` of a measure before they are added."""
        valued = [(written, note_values(written.sound.ticks, written.tuplet)) for written in sounds]
        self.altered.clear()
        self.beamed = beams(valued)
        self.tuplets = _tuplets(valued)

    def add(self, measure: Element, written: WrittenSound, *, whole_ticks: int = 0) -> None:
        """Add a sound; a rest that fills its measure is `whole_ticks` long, other sounds have 0 there."""
        sound = written.sound
        for place, chord in enumerate(written.graces):
            self._add_grace(measure, written, chord, alone=len(written.graces) == 1, first=place == 0)
        if whole_ticks:
            self.add_whole_rest(measure, whole_ticks, hidden=written.rest in ("x", "X"))
            return
        values = note_values(sound.ticks, written.tuplet)
        for place, value in enumerate(values):
            first, last = place == 0, place == len(values) - 1
            for index in range(max(1, len(written.pitches))):
                note = SubElement(measure, "note", {"print-object": "no"} if written.rest in ("x", "X") else {})
                if index:
                    SubElement(note, "chord")
                self._fill(note, written, index, value, first=first, last=last)

    def add_whole_rest(self, measure: Element, ticks: int, *, hidden: bool = False) -> None:
        """Add a rest of `ticks` that fills the measure."""
        note = SubElement(measure, "note", {"print-object": "no"} if hidden else {})
        SubElement(note, "rest", measure="yes")
        SubElement(note, "duration").text = str(ticks // self.tick_unit)
        SubElement(note, "voice").text = str(self.voice)

    def _fill(
        self, note: Element, written: WrittenSound, index: int, value: NoteValue, *, first: bool, last: bool
    ) -> None:
        pitch = written.pitches[index] if written.pitches else None
        tied = self._tied(written, pitch, first=first, last=last)
        if pitch is None:
            SubElement(note, "rest")
        else:
            _add_pitch(note, pitch)
        SubElement(note, "duration").text = str(value.ticks // self.tick_unit)
        for kind in tied:
            SubElement(note, "tie", type=kind)
        SubElement(note, "voice").text = str(self.voice)
        _add_type(note, value)
        if pitch is not None and first:
            self._add_accidental(note, pitch, tied="stop" in tied)
        self._add_time_modification(note, written, value)
        if index == 0 and first and last:
            for number, part in enumerate(self.beamed.get(written.sound.start, ()), 1):
                SubElement(note, "beam", number=str(number)).text = part
        notations = Element("notations")
        for kind in tied:
            SubElement(notations, "tied", type=kind)
        if index == 0:
            self._add_notations(notations, written, first=first, last=last)
        if len(notations):
            note.append(notations)
        if index == 0 and first:
            _add_lyrics(note, written)

    def _tied(self, written: WrittenSound, pitch: SpelledPitch | None, *, first: bool, last: bool) -> list[str]:
        """Return which ends of ties are at one of the notes of a sound."""
        if pitch is None:
            return []
        start, number = written.sound.start, height(pitch)
        ended = not first or number in self.ties.ended.get(start, ())
        begun = not last or number in self.ties.begun.get(start, ())
        return ["stop"] * ended + ["start"] * begun

    def _add_time_modification(self, note: Element, written: WrittenSound, value: NoteValue) -> None:
        if value.actual == value.normal:
            return
        modification = SubElement(note, "time-modification")
        SubElement(modification, "actual-notes").text = str(value.actual)
        SubElement(modification, "normal-notes").text = str(value.normal)
        counted = self.tuplets.get(written.tuplet_start, ("", ""))[1]
        if counted and counted != value.type:
            SubElement(modification, "normal-type").text = counted

    def _add_notations(self, notations: Element, written: WrittenSound, *, first: bool, last: bool) -> None:
        start = written.sound.start
        closed = self.slur_numbers.get(start, []) if last else []
        if first:
            for end in written.slurs:
                taken = {number for numbers in self.slur_numbers.values() for number in numbers}
                free = next((number for number in range(1, _MOST_SLURS + 1) if number not in taken), None)
                if free:
                    self.slur_numbers.setdefault(end, []).append(free)
                    SubElement(notations, "slur", type="start", number=str(free))
        for number in closed:
            SubElement(notations, "slur", type="stop", number=str(number))
        if last:
            self.slur_numbers.pop(start, None)
        bound = self.tuplets.get(start, ("", ""))[0]
        if (bound == "start" and first) or (bound == "stop" and last):
            SubElement(notations, "tuplet", type=bound, number="1")
        if first:
            add_decorations(notations, written.decorations)

    def _add_accidental(self, note: Element, pitch: SpelledPitch, *, tied: bool) -> None:
        place = (pitch.letter, pitch.octave)
        current = self.altered.get(place, self.key.signature[_LETTERS.index(pitch.letter)])
        if pitch.sign or (pitch.alteration != current and not tied):
            name = _ACCIDENTALS.get(pitch.alteration)
            if name:
                SubElement(note, "accidental").text = name
            self.altered[place] = pitch.alteration

    def _add_grace(
        self, measure: Element, written: WrittenSound, chord: Sequence[SpelledPitch], *, alone: bool, first: bool
    ) -> None:
        for place, pitch in enumerate(chord):
            note = SubElement(measure, "note")
            SubElement(note, "grace", {"slash": "yes"} if first and (alone or written.slashed) else {})
            if place:
                SubElement(note, "chord")
            _add_pitch(note, pitch)
            SubElement(note, "voice").text = str(self.voice)
            SubElement(note, "type").text = "eighth" if alone else "16th"
            self._add_accidental(note, pitch, tied=False)


def _add_pitch(note: Element, pitch: SpelledPitch) -> None:
    element = SubElement(note, "pitch")
    SubElement(element, "step").text = pitch.letter
    if pitch.alteration:
        SubElement(element, "alter").text = str(pitch.alteration)
    SubElement(element, "octave").text = str(min(max(pitch.octave, _OCTAVES[0]), _OCTAVES[-1]))


def _add_type(note: Element, value: NoteValue) -> None:
    if value.type:
        SubElement(note, "type").text = value.type
        for _ in range(value.dots):
            SubElement(note, "dot")


def _add_lyrics(note: Element, written: WrittenSound) -> None:
    kinds = {(True, True): "single", (True, False): "begin", (False, False): "middle", (False, True): "end"}
    for number, syllable in sorted(written.syllables.items()):
        lyric = SubElement(note, "lyric", number=str(number))
        SubElement(lyric, "syllabic").text = kinds[syllable.begins, syllable.ends]
        SubElement(lyric, "text").text = syllable.text
        if syllable.held:
            SubElement(lyric, "extend")


def _tuplets(sounds: Sequence[Valued]) -> dict[int, tuple[str, str]]:
    groups: dict[int, list[WrittenSound]] = {}
    for written, _ in sounds:
        if written.tuplet:
            groups.setdefault(written.tuplet_start, []).append(written)
    found = {}
    for start, group in groups.items():
        tuplet = group[0].tuplet
        total = Fraction(sum(written.sound.ticks for written in group), WHOLE)
        counted = plain_value(total / tuplet.time) if tuplet else None
        name = counted[0] if counted and not counted[1] else ""
        found[start] = ("", name)
        if len(group) > 1:
            found[group[0].sound.start] = ("start", name)
            found[group[-1].sound.start] = ("stop", name)
    return found
