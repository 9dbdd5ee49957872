"""Parser of all that is written in a tune: the events of `tunewright.notation.reader`, and the signs at each sound.

The signs are those that do not change when a note sounds and how long: spelling, grace notes, decorations, slurs,
chord symbols, annotations, tuplets as they are written, words. What stands behind the last sound of a bar, such as
``!D.C.!``, belongs to that sound. Where two coda signs stand, the first is `TO_CODA`.

Conventions: as in `tunewright.notation.voices`.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from tunewright.notation.fields import plain_string
from tunewright.notation.lexer import MUSIC, Line
from tunewright.notation.reader import EventReader
from tunewright.notation.spec import DECORATION_SIGNS, NATURAL_PITCHES
from tunewright.notation.voice.items import Direction, Sound
from tunewright.notation.voices import Voice, spelled
from tunewright.rendering.musicxml.sung_words import syllable_count, syllables
from tunewright.rendering.musicxml.written_items import (
    TO_CODA,
    FieldChange,
    SpelledPitch,
    WrittenSound,
    WrittenTune,
    sounding_pitches,
)

_CHANGES = "KMPQV"


def read_written(text: str) -> WrittenTune:
    """Read the tune `text`, which may be any text."""
    return _WrittenReader(text).read_all()


class _Verse(NamedTuple):
    """A line of words."""

    number: int
    notes: list[WrittenSound]
    """Since the line of words before."""
    last_line: int
    """Index of the first note of the last line of music."""


@dataclass(slots=True)
class _Open:
    """What is open in a voice, or in one of its layers."""

    last: WrittenSound | None = None
    last_note: WrittenSound | None = None
    slurs: list[WrittenSound] = field(default_factory=list)
    """The first notes of those that have begun."""
    tuplet_start: int = -1


class _WrittenReader(EventReader):
    def __init__(self, text: str) -> None:
        super().__init__(text, {})
        self.sounds: dict[int, WrittenSound] = {}
        self.changes: list[FieldChange] = []
        self.sung: list[WrittenSound] = []  # notes since the last line of words
        self.sung_before = 0  # how many of them stand in lines before this one
        self.verses: list[_Verse] = []
        self.notes: list[re.Match[str]] = []  # of the sound that is being read
        self.open_in_voices: dict[str, _Open] = {}
        self.open_in_layer = _Open()
        self.begins = 0  # slurs that wait for their first note
        self.apart = True
        self.bar_starts: list[int] = []
        self.graces: list[tuple[SpelledPitch, ...]] = []
        self.slashed = self.grace_chord = False
        self.decorations: list[str] = []
        self.texts: list[str] = []

    def read_all(self) -> WrittenTune:
        events = self.read()
        self._leave_behind(self._open())
        for verse, lyrics in zip(self.verses, events.lyrics, strict=True):
            self._sing(verse, plain_string(lyrics.words))
        for voice in events.voices:
            self._lead_to_coda(voice)
        return WrittenTune(events, self.sounds, tuple(self.changes))

    def _open(self) -> _Open:
        if self.voice is not self._base():
            return self.open_in_layer
        return self.open_in_voices.setdefault(self.voice.name, _Open())

    def _transposition(self) -> int:
        return self._base().shifts.get("transpose", 0)

    def _sing(self, verse: _Verse, words: str) -> None:
        """Give each syllable to its note; words that fit below the last line of music belong to that line alone."""
        notes = verse.notes
        if syllable_count(words) <= len(notes) - verse.last_line:
            notes = notes[verse.last_line :]
        sung = syllables(words, [bisect_right(self.bar_starts, note.sound.start) for note in notes])
        for note, syllable in zip(notes, sung, strict=False):
            if syllable:
                note.syllables[verse.number] = syllable

    def _lead_to_coda(self, voice: Voice) -> None:
        """Make the first of two coda signs one that leads to the second."""
        if sum(type(item) is Direction and item.name == "coda" for item in voice.items) < 2:
            return
        for written in (self.sounds[item.start] for item in voice.items if type(item) is Sound):
            if "dacoda" in (*written.decorations, *written.after):
                return
            if "coda" in written.decorations:
                written.decorations = _leading_to_coda(written.decorations)
                return
            if "coda" in written.after:
                written.after = _leading_to_coda(written.after)
                return

    # fields among the music

    def _field(self, letter: str, value: str, start: int) -> None:
        super()._field(letter, value, start)
        if letter == "V":
            self.apart, self.sung, self.sung_before = True, [], 0
        if letter in _CHANGES:
            self.changes.append(FieldChange(start, self._base().name, letter, value))
        elif letter == "w":
            again = not self.sung and self.verses
            last = self.verses[-1] if again else _Verse(0, self.sung, self.sung_before)
            self.verses.append(last._replace(number=last.number + 1))
            self.sung, self.sung_before = [], 0

    # sounds

    def _music(self, line: Line, pattern: re.Pattern[str]) -> None:
        self.sung_before = len(self.sung)
        super()._music(line, pattern)

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
        alone = Voice(
            "", voice.key, voice.meter, voice.unit, shift=voice.shift, reach=voice.reach,
            accidentals=dict(voice.accidentals),
        )  # fmt: skip
        pitch = _spelling(match, spelled(match, alone)[0] - self._transposition())
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
        state, transposition = self._open(), self._transposition()
        tuplet = self.voice.tuplet if self.voice.tuplet_left else None
        notes, self.notes = self.notes, []
        written = WrittenSound(
            sound,
            tuple(
                _spelling(match, pitch - transposition)
                for match, pitch in zip(notes, sounding_pitches(sound), strict=False)
            ),
            transposition,
            joined=not self.apart,
            graces=tuple(self.graces),
            slashed=self.slashed,
            decorations=tuple(self.decorations),
            texts=tuple(self.texts),
            tuplet=tuplet,
            tuplet_start=state.tuplet_start if tuplet else -1,
        )
        super()._sound(sound, pitches)
        self.sounds[sound.start] = state.last = written
        if sound.pitch is not None:
            state.last_note = written
            self.sung.append(written)
            state.slurs += [written] * self.begins
            self.begins = 0
        self.apart = self.slashed = False
        self.graces, self.decorations, self.texts = [], [], []

    def _tuplet(self, match: re.Match[str]) -> None:
        idle = not self.voice.tuplet_left
        super()._tuplet(match)
        if idle:
            self._open().tuplet_start = match.start()

    # signs at sounds

    def _space(self, _: re.Match[str]) -> None:
        self.apart = self.apart or (self.chord is None and not self.grace)

    def _decoration(self, match: re.Match[str]) -> None:
        super()._decoration(match)
        if self.grace or (match[0] == "." and self.text[match.end() : match.end() + 1] in "(-|"):
            return
        sign = self.fields.user_signs.get(match[0], match[0])
        if sign[:1] == '"':
            self.texts.append(plain_string(sign.strip('"')))
        else:
            self.decorations.append((DECORATION_SIGNS.get(sign, "") if len(sign) < 2 else sign[1:-1]).lower())

    def _chord_symbol(self, match: re.Match[str]) -> None:
        if not self.grace:
            self.texts.append(plain_string(match[0][1:-1]))

    _annotation = _chord_symbol

    def _slur_open(self, match: re.Match[str]) -> None:
        self.begins += not self.grace and self.text[match.end() : match.end() + 1] != "&"

    def _slur_close(self, match: re.Match[str]) -> None:
        state = self._open()
        if not self.grace and state.slurs and state.last_note and self.text[match.start() - 1] != "&":
            first = state.slurs.pop()
            if first is not state.last_note:
                first.slurs.append(state.last_note.sound.start)

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
        state = self._open()
        super()._bar(match)
        self.bar_starts.append(match.end())
        self._leave_behind(state)
        self.apart = True

    def _overlay(self, match: re.Match[str]) -> None:
        state = self._open()
        super()._overlay(match)
        self._leave_behind(state)
        self.apart, self.open_in_layer = True, _Open()

    def _leave_behind(self, state: _Open) -> None:
        """Give signs before a bar line to the sound before them."""
        self.notes = []
        if state.last:
            state.last.after += tuple(self.decorations)
            self.decorations = []


def _spelling(match: re.Match[str], pitch: int) -> SpelledPitch:
    """Return the written form of a note that is `pitch` without transposition."""
    letter = match["letter"].upper()
    octave, above = divmod(pitch - NATURAL_PITCHES[letter] + 6, 12)
    return SpelledPitch(letter, octave - 1, above - 6, match["accidental"] or "")


def _leading_to_coda(decorations: tuple[str, ...]) -> tuple[str, ...]:
    place = decorations.index("coda")
    return (*decorations[:place], TO_CODA, *decorations[place + 1 :])
