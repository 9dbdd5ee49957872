"""What does a voice have to play, in which order?

Conventions: lengths are ticks (see `tunewright.notation.meter`), pitches MIDI numbers (middle C, ABC ``C``, is 60),
offsets characters from 0. Repeats are not unfolded.

How do tuplets, broken rhythm and ties bind the sounds of a voice to one another?

Each function takes the voice as it stands when the sign comes, changes it, and returns what makes no sense. Broken
rhythm between sounds of different lengths changes neither; a tuplet within another is passed over.

Notes as they are written: which pitch and length each has where it stands in its voice.

An accidental holds for its letter in all octaves to the end of the bar, as the standard has it; a note after a tie is
altered as the one before it, if it has the same name. Where neither plays a part, nothing but key and unit length
counts: what was found once is kept then for all tunes, since most notes of most tunes are such.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from tunewright.notation.keys import Key
from tunewright.notation.lexer import NOTE, PLAIN_NOTE
from tunewright.notation.meter import Meter, Tuplet, parse_broken, parse_length, parse_tuplet, scaled
from tunewright.notation.spec import ACCIDENTALS, LONGEST_BROKEN, NATURAL_PITCHES


@dataclass(slots=True)
class Sound:
    """A note, a chord or a rest."""

    start: int
    end: int
    pitch: int | None
    """Of a chord, its highest note; None for a rest."""
    ticks: int
    name: str = ""
    """Letter and octave marks of a single note."""
    tied: bool = False
    """True if a tie follows."""
    bars: int = 1
    """How many bars a rest of whole bars fills."""
    held: bool = False
    """True if a fermata stands over it."""


@dataclass(slots=True)
class BarLine:
    """A bar line, the number of an ending, or both."""

    start: int
    end: int
    text: str
    """"" for the number of an ending that has no bar line of its own."""
    ending: str
    """``1``, ``2``, ``1,3``; "" if none begins here."""


@dataclass(slots=True)
class MeterChange:
    """A metre that holds from here on."""

    start: int
    meter: Meter


Item = Sound | BarLine | MeterChange


class Lyrics(NamedTuple):
    """A line of words."""

    start: int
    words: str
    notes: int
    """How many notes it is sung to."""


class Problem(NamedTuple):
    """Something that makes no sense."""

    code: str
    """A key of `tunewright.notation.findings.KINDS`."""
    start: int
    detail: str = ""
    """What came."""
    right: str = ""
    """What would be right, where that depends on what came."""


@dataclass(slots=True)
class Voice:
    """What one voice has to play, and what it is in the middle of while it is read."""

    name: str
    key: Key
    meter: Meter
    unit: int
    """Ticks of a note without length."""
    items: list[Item] = field(default_factory=list)
    accidentals: dict[str, int] = field(default_factory=dict)
    """Semitones by which a letter is altered to the end of the bar."""
    last: Sound | None = None
    last_pitches: tuple[int, ...] = ()
    tie: int | None = None
    """Offset of a tie whose second note is still to come."""
    broken: tuple[int, str] | None = None
    """Offset and marks of a broken rhythm whose second sound is still to come."""
    tuplet: Tuplet | None = None
    tuplet_start: int | None = None
    """Offset of the tuplet, until it was told that it is unfinished."""
    tuplet_left: int = 0
    """Sounds that the tuplet still lacks."""


@dataclass(frozen=True, slots=True)
class Events:
    """Everything that `tunewright.notation.reader.read_events` found in a tune."""

    voices: tuple[Voice, ...]
    """In the order in which they begin; never empty."""
    fields: Mapping[str, str]
    """First value of each header field, by letter."""
    key: Key
    meter: Meter
    """What the header says."""
    body: int
    """Offset of the first character after the header."""
    problems: tuple[Problem, ...]
    lyrics: tuple[Lyrics, ...]


Problems = tuple[Problem, ...]


def add_sound(voice: Voice, sound: Sound, pitches: tuple[int, ...]) -> Problems:
    """Let `sound`, of the length that is written, follow in `voice`; `pitches` are those of all its notes."""
    problems: Problems = ()
    if voice.tuplet_left and voice.tuplet:
        sound.ticks = scaled(sound.ticks, voice.tuplet.time, voice.tuplet.notes)
        voice.tuplet_left -= 1
    if voice.broken:
        problems += _end_broken(voice, sound)
    if voice.tie is not None:
        if not set(pitches) & set(voice.last_pitches):
            problems += (Problem("tie-without-note", voice.tie),)
        voice.tie = None
    voice.last, voice.last_pitches = sound, pitches
    voice.items.append(sound)
    return problems


def begin_broken(voice: Voice, start: int, marks: str) -> Problems:
    """Remember signs of broken rhythm until the sound after them comes."""
    if voice.last is None or len(marks) > LONGEST_BROKEN:
        return (Problem("broken-rhythm-without-note", start, marks),)
    voice.broken = (start, marks)
    return ()


def _end_broken(voice: Voice, sound: Sound) -> Problems:
    start, marks = voice.broken or (0, ">")
    voice.broken = None
    if voice.last is None or voice.last.ticks != sound.ticks:
        return (Problem("broken-rhythm-unequal", start, marks),)
    before, after = parse_broken(marks)
    voice.last.ticks = scaled(sound.ticks, *before)
    sound.ticks = scaled(sound.ticks, *after)
    return ()


def begin_tie(voice: Voice, start: int) -> Problems:
    """Tie the last sound to the one to come."""
    if voice.last is None or voice.last.pitch is None:
        return (Problem("tie-without-note", start),)
    voice.tie, voice.last.tied = start, True
    return ()


def begin_tuplet(voice: Voice, start: int, text: str) -> Problems:
    """Begin the tuplet that `text` writes, such as ``(3``."""
    tuplet = parse_tuplet(text, compound=voice.meter.compound)
    if tuplet is None:
        return (Problem("tuplet-unknown", start, text),)
    if voice.tuplet_left:
        return (Problem("tuplet-unfinished", start),)
    voice.tuplet, voice.tuplet_start, voice.tuplet_left = tuplet, start, tuplet.reach
    return ()


def end_bar(voice: Voice) -> Problems:
    """A bar line has come."""
    if not voice.tuplet_left or voice.tuplet_start is None:
        return ()
    start, voice.tuplet_start = voice.tuplet_start, None
    return (Problem("tuplet-unfinished", start),)


def end_voice(voice: Voice) -> Problems:
    """The tune has ended."""
    problems = end_bar(voice)
    if voice.tie is not None:
        problems += (Problem("tie-without-note", voice.tie),)
    if voice.broken:
        problems += (Problem("broken-rhythm-without-note", *voice.broken),)
    return problems


_LETTERS = "CDEFGAB"
_PITCHES = {
    **{letter: 60 + pitch for letter, pitch in NATURAL_PITCHES.items()},
    **{letter.lower(): 72 + pitch for letter, pitch in NATURAL_PITCHES.items()},
}
_MOST_KEPT = 4096

Spelled = tuple[int, int, str]
"""Pitch, ticks, and name (letter and octave marks)."""


def spelled(note: re.Match[str], voice: Voice) -> Spelled:
    """Return what `note`, an element of a line of music, is in `voice`, whose accidentals it may change."""
    sign, letter, marks, length = note.group("accidental", "letter", "octave", "note_length")
    pitch = _PITCHES[letter]
    if marks:
        pitch += 12 * (marks.count("'") - marks.count(","))
    upper = letter.upper()
    if sign:
        voice.accidentals[upper] = ACCIDENTALS.get(sign, 0)
    if upper in voice.accidentals:
        pitch += voice.accidentals[upper]
    elif voice.tie is not None and voice.last and voice.last.pitch is not None and voice.last.name == letter + marks:
        pitch = voice.last.pitch
    else:
        pitch += voice.key.signature[_LETTERS.index(upper)]
    return pitch, ticks_of(length, voice.unit), letter + marks


@lru_cache(maxsize=_MOST_KEPT)
def ticks_of(length: str, unit: int) -> int:
    """Return how long ``3/2`` and the like are, where the unit length is `unit`."""
    return scaled(unit, *parse_length(length))


def plain_notes(text: str, run: re.Match[str], voice: Voice) -> list[Sound]:
    """Return the notes of a ``run`` (see `lexer.MUSIC_AND_RUNS`), where no accidental and no tie comes before it."""
    kept = _kept(voice.key, voice.unit)
    notes = PLAIN_NOTE.findall(run[0])
    place = run.end() - sum(map(len, notes))
    sounds = []
    for note in notes:
        found = kept.get(note)
        if found is None:
            match = NOTE.match(text, place, place + len(note))
            assert match  # noqa: S101 - a plain note is a note
            found = (*spelled(match, voice), len(match[0]))
            if len(kept) < _MOST_KEPT:
                kept[note] = found
        pitch, ticks, name, size = found
        sounds.append(Sound(place, place + size, pitch, ticks, name))
        place += len(note)
    return sounds


@lru_cache(maxsize=256)
def _kept(_key: Key, _unit: int) -> dict[str, tuple[int, int, str, int]]:
    """Plain notes with how many characters they have, by what is written, blanks and slurs behind included."""
    return {}
