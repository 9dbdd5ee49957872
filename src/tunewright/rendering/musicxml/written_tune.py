"""Parser of all that is written in a tune: the events of `tunewright.notation.reader`, and the signs at each sound.

The signs are those that do not change when a note sounds and how long: spelling, grace notes, decorations, slurs,
chord symbols, annotations, tuplets as they are written, words. What stands behind the last sound of a bar, such as
``!D.C.!``, belongs to that sound.

Conventions: as in `tunewright.notation.voices`; octaves are those of MusicXML, in which middle C begins the fourth.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tunewright.notation.lexer import MUSIC
from tunewright.notation.meter import Tuplet
from tunewright.notation.reader import EventReader
from tunewright.notation.spec import DECORATION_SIGNS, NATURAL_PITCHES
from tunewright.notation.voices import Events, Sound, Voice, spelled
from tunewright.rendering.musicxml.sung_words import Syllable, syllables

_USER_SIGN = re.compile(r"^(?:.*\[)?U:[ \t]*(\S)[ \t]*=[ \t]*[!+]([^!+\n]+)[!+]", re.MULTILINE)
_CHANGES = "KMPQ"


class SpelledPitch(NamedTuple):
    """A note as it is written."""

    letter: str
    octave: int
    alteration: int
    """Semitones by which it is raised, whether a sign says so here or not."""
    sign: str
    """``^``, ``_``, ``=`` ...; empty without an accidental of its own."""


@dataclass(slots=True)
class WrittenSound:
    """A note, a chord or a rest with what is written at it."""

    sound: Sound
    pitches: tuple[SpelledPitch, ...]
    """Of a chord in the order of the text; none for a rest."""
    rest: str = ""
    """``z``, ``x``, ``Z`` or ``X``."""
    joined: bool = False
    """True if neither a blank nor a bar line divides it from the sound before."""
    graces: tuple[tuple[SpelledPitch, ...], ...] = ()
    """Grace notes, or chords, before it."""
    slashed: bool = False
    """True for an acciaccatura, ``{/``."""
    decorations: tuple[str, ...] = ()
    """Names in small letters, such as ``roll``."""
    texts: tuple[str, ...] = ()
    """Chord symbols and annotations, without quotation marks."""
    after: tuple[str, ...] = ()
    """Decorations between it and the next bar line."""
    tuplet: Tuplet | None = None
    tuplet_start: int = -1
    """Offset of its tuplet."""
    slurs: list[int] = field(default_factory=list)
    """Offsets of the sounds at which a slur from here ends."""
    syllables: dict[int, Syllable] = field(default_factory=dict)
    """What is sung to it, by the number of the verse, from 1."""


class FieldChange(NamedTuple):
    """A field among the music."""

    start: int
    voice: str
    letter: str
    value: str


class Layer(NamedTuple):
    """A further layer of a bar, after ``&``."""

    voice: str
    items: list[Sound]


@dataclass(frozen=True, slots=True)
class WrittenTune:
    """A tune with all that is written in it."""

    events: Events
    sounds: Mapping[int, WrittenSound]
    """By the offset of the sound."""
    changes: tuple[FieldChange, ...]
    layers: tuple[Layer, ...]


def read_written(text: str) -> WrittenTune:
    """Read the tune `text`, which may be any text."""
    return _WrittenReader(text).read_all()


class _WrittenReader(EventReader):
    def __init__(self, text: str) -> None:
        super().__init__(text, {})
        self.signs = {**DECORATION_SIGNS, **dict(_USER_SIGN.findall(text))}
        self.sounds: dict[int, WrittenSound] = {}
        self.changes: list[FieldChange] = []
        self.layers: list[tuple[str, Voice]] = []
        self.sung: list[WrittenSound] = []  # notes since the last line of words
        self.verses: list[tuple[int, list[WrittenSound]]] = []  # number of the verse, and its notes
        self.notes: list[re.Match[str]] = []  # of the sound that is being read
        self.tuplet_starts: dict[int, int] = {}  # by the voice's id
        self.lasts: dict[int, WrittenSound] = {}  # likewise
        self.last_notes: dict[int, WrittenSound] = {}  # likewise, without rests
        self.slurs: dict[int, list[WrittenSound]] = {}  # begun; likewise
        self.begins = 0  # slurs that wait for their first note
        self.apart = True
        self.bar_starts: list[int] = []
        self.graces: list[tuple[SpelledPitch, ...]] = []
        self.slashed = self.grace_chord = False
        self.decorations: list[str] = []
        self.texts: list[str] = []

    def read_all(self) -> WrittenTune:
        events = self.read()
        self._leave_behind()
        for (number, notes), lyrics in zip(self.verses, events.lyrics, strict=True):
            sung = syllables(lyrics.words, [self._bar_at(note.sound.start) for note in notes])
            for note, syllable in zip(notes, sung, strict=False):
                if syllable:
                    note.syllables[number] = syllable
        layers = tuple(
            Layer(name, [item for item in voice.items if type(item) is Sound]) for name, voice in self.layers
        )
        return WrittenTune(events, self.sounds, tuple(self.changes), layers)

    def _bar_at(self, offset: int) -> int:
        return bisect_right(self.bar_starts, offset)

    # fields among the music

    def _field(self, letter: str, value: str, start: int) -> None:
        super()._field(letter, value, start)
        if letter in _CHANGES:
            self.changes.append(FieldChange(start, self.voice.name, letter, value))
        elif letter == "w":
            again = not self.sung and self.verses
            number, notes = self.verses[-1] if again else (0, self.sung)
            self.verses.append((number + 1, notes))
            self.sung = []

    def _turn_to(self, name: str) -> None:
        super()._turn_to(name)
        self.apart, self.sung = True, []

    # sounds

    def _run(self, match: re.Match[str]) -> None:
        for part in MUSIC.finditer(self.text, *match.span()):
            handler = self.handlers.get(part.lastgroup)
            if handler is not None:
                handler(part)

    def _note(self, match: re.Match[str]) -> None:
        if not self.grace:
            self.notes.append(match)
            super()._note(match)
            return
        voice = self.voice
        alone = Voice("", voice.key, voice.meter, voice.unit, accidentals=dict(voice.accidentals))
        pitch = _spelling(match, spelled(match, alone)[0])
        if self.grace_chord and self.graces:
            self.graces[-1] += (pitch,)
        elif self.grace_chord is False or not self.graces:
            self.graces.append((pitch,))

    def _rest(self, match: re.Match[str]) -> None:
        super()._rest(match)
        if not self.grace and self.chord is None:
            self.sounds[match.start()].rest = match["rest_sign"]

    def _bars_rest(self, match: re.Match[str]) -> None:
        super()._bars_rest(match)
        self.sounds[match.start()].rest = match["bars_rest_sign"]

    def _sound(self, sound: Sound, pitches: tuple[int, ...] = ()) -> None:
        voice = self.voice
        tuplet = voice.tuplet if voice.tuplet_left else None
        notes, self.notes = self.notes, []
        heights = pitches or ((sound.pitch,) if sound.pitch is not None else ())
        written = WrittenSound(
            sound,
            tuple(_spelling(match, pitch) for match, pitch in zip(notes, heights, strict=False)),
            joined=not self.apart,
            graces=tuple(self.graces),
            slashed=self.slashed,
            decorations=tuple(self.decorations),
            texts=tuple(self.texts),
            tuplet=tuplet,
            tuplet_start=self.tuplet_starts.get(id(voice), -1) if tuplet else -1,
        )
        super()._sound(sound, pitches)
        self.sounds[sound.start] = self.lasts[id(voice)] = written
        if sound.pitch is not None:
            self.last_notes[id(voice)] = written
            self.sung.append(written)
            self.slurs.setdefault(id(voice), []).extend([written] * self.begins)
            self.begins = 0
        self.apart = self.slashed = False
        self.graces, self.decorations, self.texts = [], [], []

    def _tuplet(self, match: re.Match[str]) -> None:
        idle = not self.voice.tuplet_left
        super()._tuplet(match)
        if idle:
            self.tuplet_starts[id(self.voice)] = match.start()

    # signs at sounds

    def _space(self, _: re.Match[str]) -> None:
        self.apart = self.apart or (self.chord is None and not self.grace)

    def _decoration(self, match: re.Match[str]) -> None:
        super()._decoration(match)
        if not self.grace and not (match[0] == "." and self.text[match.end() : match.end() + 1] in "(-|"):
            name = match[0][1:-1] if len(match[0]) > 1 else self.signs.get(match[0], "")
            self.decorations.append(name.lower())

    def _chord_symbol(self, match: re.Match[str]) -> None:
        if not self.grace:
            self.texts.append(match[0][1:-1])

    _annotation = _chord_symbol

    def _slur_open(self, _: re.Match[str]) -> None:
        self.begins += not self.grace

    def _slur_close(self, _: re.Match[str]) -> None:
        begun, last = self.slurs.get(id(self.voice)), self.last_notes.get(id(self.voice))
        if not self.grace and begun and last:
            first = begun.pop()
            if first is not last:
                first.slurs.append(last.sound.start)

    def _grace_open(self, match: re.Match[str]) -> None:
        super()._grace_open(match)
        self.slashed = match[0] == "{/"

    def _chord_open(self, match: re.Match[str]) -> None:
        if self.grace:
            self.grace_chord = True
            self.graces.append(())
        super()._chord_open(match)

    def _chord_close(self, match: re.Match[str]) -> None:
        super()._chord_close(match)
        self.grace_chord = False

    # bar lines

    def _bar(self, match: re.Match[str]) -> None:
        super()._bar(match)
        self.bar_starts.append(match.end())
        self._leave_behind()
        self.apart = True

    def _overlay(self, match: re.Match[str]) -> None:
        super()._overlay(match)
        self.apart = True
        self.layers.append((self.base.name if self.base else "", self.voice))

    def _leave_behind(self) -> None:
        """Give signs before a bar line to the sound before them."""
        self.notes = []
        if last := self.lasts.get(id(self.voice)):
            last.after += tuple(self.decorations)
            self.decorations = []


def _spelling(match: re.Match[str], pitch: int) -> SpelledPitch:
    """Return the written form of the note that sounds as `pitch`."""
    letter, marks = match.group("letter", "octave")
    natural = 60 + NATURAL_PITCHES[letter.upper()] + 12 * (letter.islower() + marks.count("'") - marks.count(","))
    return SpelledPitch(letter.upper(), natural // 12 - 1, pitch - natural, match["accidental"] or "")
