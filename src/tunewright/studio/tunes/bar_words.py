"""Bars of a tune in words, as somebody who does not see the score hears them: "quarter D, F sharp, dotted quarter A".

A note's value is said where it changes. Notes of the octave of middle C have no word for it; those above are high and
very high, those below low and very low, as in the small and capital letters of ABC.

Characters are counted in UTF-16 units, as JavaScript does, in the text that was given.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from tunewright.notation.lexer import NOTE, Sign, Token, tokens
from tunewright.notation.melody import Bar, bars_of
from tunewright.notation.meter import whole_notes
from tunewright.notation.reader import read_events
from tunewright.notation.spec import ACCIDENTALS, DECORATION_SIGNS, NATURAL_PITCHES
from tunewright.notation.voice.items import Sound
from tunewright.notation.voices import Events, Voice
from tunewright.rendering.source import completed
from tunewright.studio.tunes.playing import original_units, unit_starts

VALUES = {
    Fraction(2): "double whole", Fraction(1): "whole", Fraction(1, 2): "half", Fraction(1, 4): "quarter",
    Fraction(1, 8): "eighth", Fraction(1, 16): "sixteenth", Fraction(1, 32): "thirty-second",
    Fraction(1, 64): "sixty-fourth",
}  # fmt: skip
"""Names of note values."""

_SCALES = (
    (Fraction(1), ""),
    (Fraction(3, 2), "dotted "),
    (Fraction(7, 4), "double dotted "),
    (Fraction(2, 3), "triplet "),
)
_ALTERATIONS = {0: "", 1: " sharp", -1: " flat", 2: " double sharp", -2: " double flat"}
_OCTAVES = {2: "very low ", 3: "low ", 4: "", 5: "high ", 6: "very high "}
_KEPT = (Sign.CHORD_SYMBOL, Sign.DECORATION, Sign.ANNOTATION)


@dataclass(frozen=True)
class BarInWords:
    """One bar between two bar lines."""

    number: int
    """As musicians count: 0 is a pick-up; two halves that a repeat sign divides have one number."""
    start: int
    end: int
    words: str
    part: str
    """A letter for each section of the tune, from A."""


def bars_in_words(text: str) -> tuple[BarInWords, ...]:
    """Return the bars of the tune's melody; none of a text without music."""
    complete = completed(text)
    events = read_events(complete.text)
    voice = next((voice for voice in events.voices if any(_is_note(item) for item in voice.items)), events.voices[0])
    where, units = original_units(complete, text), unit_starts(complete.text)
    bars = bars_of(voice, events, len(complete.text))
    reading = _Reading(complete.text, events, voice)
    pick_up = len(bars) > 1 and bars[0].number == 0 and bars[1].section  # belongs to the section after it
    return tuple(
        BarInWords(
            bar.number,
            where[units[bar.start]],
            where[units[bar.end]],
            reading.words(bar),
            part_name(max(0, bar.section - pick_up)),
        )
        for bar in bars
    )


def part_name(section: int) -> str:
    """Return A to Z for sections 0 to 25, then AA, AB ..."""
    return (part_name(section // 26 - 1) if section >= 26 else "") + chr(ord("A") + section % 26)


@lru_cache(maxsize=256)
def value_in_words(length: Fraction) -> str:
    """Return the name of a note value, in whole notes, such as "dotted quarter"."""
    for scale, word in _SCALES:
        if length / scale in VALUES:
            return word + VALUES[length / scale]
    return f"{length.numerator} {length.denominator}th"


def _is_note(item: object) -> bool:
    return isinstance(item, Sound) and item.pitch is not None


class _Reading:
    """A voice that is read aloud, bar by bar."""

    def __init__(self, text: str, events: Events, voice: Voice) -> None:
        self.text = text
        self.signature = dict(zip(NATURAL_PITCHES, events.key.signature, strict=True))
        self.sounds = [item for item in voice.items if isinstance(item, Sound)]
        self.starts = [sound.start for sound in self.sounds]
        self.tokens = tokens(text)

    def words(self, bar: Bar) -> str:
        """The bar in words."""
        said = [f"ending {bar.ending}"] if bar.ending else []
        if bar.opens.endswith(":"):
            said.append("repeat begins")
        place, value = bar.start, ""
        for sound in self.sounds[bisect_left(self.starts, bar.start) : bisect_left(self.starts, bar.end)]:
            now = "" if sound.bars > 1 else value_in_words(whole_notes(sound.ticks))
            said.append(self._sound(sound, place, now if now != value else ""))
            place, value = sound.end, now
        if bar.closes.startswith(":"):
            said.append("repeat ends")
        return ", ".join(said)

    def _sound(self, sound: Sound, after: int, value: str) -> str:
        if sound.bars > 1:
            return f"rest of {sound.bars} bars"
        name = "rest" if sound.pitch is None else self._names(sound)
        note = " ".join(filter(None, (value, name, "tied" if sound.tied else "")))
        return ", ".join([*self._signs(after, sound.start), note])

    def _names(self, sound: Sound) -> str:
        if sound.name:
            letter = sound.name[0].upper()
            natural = (
                NATURAL_PITCHES[letter]
                + 60
                + 12 * (sound.name[0].islower() + sound.name.count("'") - sound.name.count(","))
            )
            return _name(sound.name, (sound.pitch or 0) - natural)
        names = [
            _name(note["letter"] + note["octave"], self._alteration(note))
            for note in NOTE.finditer(self.text, sound.start, sound.end)
        ]
        return f"chord of {' and '.join(names)}"

    def _alteration(self, note: re.Match[str]) -> int:
        sign = note["accidental"]
        return ACCIDENTALS.get(sign, 0) if sign else self.signature[note["letter"].upper()]

    def _signs(self, start: int, end: int) -> Iterator[str]:
        """What stands before a sound: chord symbols, annotations, decorations, grace notes."""
        graces: list[str] | None = None
        for token in self._tokens(start, end):
            content = self.text[token.start : token.end]
            if token.kind is Sign.GRACE_OPEN:
                graces = []
            elif token.kind is Sign.GRACE_CLOSE and graces:
                yield f"grace {' '.join(graces)}"
                graces = None
            elif graces is not None and token.kind is Sign.NOTE:
                graces.append(content.upper() + _ALTERATIONS.get(self.signature[content.upper()], ""))
            elif token.kind is Sign.CHORD_SYMBOL:
                yield f"chord {content[1:-1].strip()}"
            elif token.kind is Sign.ANNOTATION:
                yield content[2:-1].strip()
            elif token.kind is Sign.DECORATION:
                yield DECORATION_SIGNS.get(content, content.strip("!+"))

    def _tokens(self, start: int, end: int) -> Sequence[Token]:
        if start == end:
            return ()
        first = bisect_left(self.tokens, start, key=lambda token: token.start)
        return self.tokens[first : bisect_left(self.tokens, end, key=lambda token: token.start)]


def _name(note: str, alteration: int) -> str:
    octave = 4 + note[0].islower() + note.count("'") - note.count(",")
    return _OCTAVES.get(octave, f"octave {octave} ") + note[0].upper() + _ALTERATIONS.get(alteration, "")
