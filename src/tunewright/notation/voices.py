"""Events of the voices of a tune, and how tuplets, broken rhythm, ties and accidentals act on them.

`Events` is the result of `tunewright.notation.reader.read_events`; `Voice` is one voice, finished or still being read.
The functions are the steps of the reader: each takes the voice as it stands, changes it, and returns the problems.

An accidental holds for its letter in all octaves to the end of the bar, as in the standard; a note after a tie has the
pitch of the note before it if both have the same name. Broken rhythm between sounds of different lengths changes
neither; a tuplet within another is ignored.

Conventions: lengths are ticks (see `tunewright.notation.meter`), pitches MIDI numbers (middle C, ABC ``C``, is 60),
offsets characters from 0. Repeats are not unfolded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from tunewright.notation.keys import Key
from tunewright.notation.lexer import NOTE, PLAIN_NOTE
from tunewright.notation.meter import Meter, Tempo, Tuplet, parse_broken, parse_length, parse_tuplet, scaled
from tunewright.notation.spec import ACCIDENTALS, LONGEST_BROKEN, NATURAL_PITCHES, UNICODE_ACCIDENTALS
from tunewright.notation.voice.items import Item, Overlay, Sound


class Lyrics(NamedTuple):
    """A line of lyrics."""

    start: int
    words: str
    notes: int
    """Number of notes that it is sung to."""


class Problem(NamedTuple):
    """Something in a tune that has no meaning where it stands."""

    code: str
    """Key of `tunewright.notation.findings.KINDS`."""
    start: int
    detail: str = ""
    """The text that was found."""
    right: str = ""
    """What would be right, where that depends on `detail`."""


AccidentalReach = Literal["not", "octave", "pitch"]
"""How far an accidental reaches in its bar (``%%propagate-accidentals``): nowhere, in its octave, in all octaves."""


@dataclass(slots=True)
class Voice:
    """The events of one voice, and the state of reading it."""

    name: str
    key: Key
    meter: Meter
    unit: int
    """Ticks of a note without length."""
    items: list[Item] = field(default_factory=list)
    shifts: dict[str, int] = field(default_factory=dict)
    """Semitones by which options of ``K:`` and ``V:`` move the sound, by option."""
    shift: int = 0
    """Their sum."""
    reach: AccidentalReach = "pitch"
    accidentals: dict[str, int] = field(default_factory=dict)
    """Semitones by which a letter (where they reach one octave only, a note) is altered to the end of the bar."""
    written: dict[str, int] = field(default_factory=dict)
    """Semitones by which each note is altered by an accidental of its own octave in this bar."""
    carried: list[tuple[int, int]] = field(default_factory=list)
    """Offset and alteration of the notes whose accidental stands in another octave."""
    overlays: list[Overlay] = field(default_factory=list)
    layer_texts: list[tuple[int, int]] = field(default_factory=list)
    """Ranges of the text whose sounds belong to other bars."""
    last: Sound | None = None
    last_pitches: tuple[int, ...] = ()
    tie: int | None = None
    """Offset of a tie that waits for its second note."""
    broken: tuple[int, str] | None = None
    """Offset and marks of a broken rhythm that waits for its second sound."""
    tuplet: Tuplet | None = None
    tuplet_start: int | None = None
    """Offset of the tuplet; None once it is reported as unfinished."""
    tuplet_left: int = 0
    """Number of sounds that the tuplet still needs."""


@dataclass(frozen=True, slots=True)
class Events:
    """The music of a tune, as `tunewright.notation.reader.read_events` returns it."""

    voices: tuple[Voice, ...]
    """In the order in which they begin; never empty."""
    fields: Mapping[str, str]
    """First value of each header field, by letter."""
    key: Key
    meter: Meter
    """Of the header, like `key`."""
    body: int
    """Offset of the first character after the header."""
    problems: tuple[Problem, ...]
    lyrics: tuple[Lyrics, ...]
    unit: int = 0
    """Ticks of a note without length, as the header says."""
    tempo: Tempo | None = None
    """Of the header."""


Problems = tuple[Problem, ...]

_LETTERS = "CDEFGAB"
_PITCHES = {
    **{letter: 60 + pitch for letter, pitch in NATURAL_PITCHES.items()},
    **{letter.lower(): 72 + pitch for letter, pitch in NATURAL_PITCHES.items()},
}
_MOST_KEPT = 4096

Spelled = tuple[int, int, str]
"""Pitch, ticks, and name (letter and octave marks)."""


def add_sound(voice: Voice, sound: Sound, pitches: tuple[int, ...]) -> Problems:
    """Add `sound`, with its written length, to `voice`; `pitches` are those of all its notes."""
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
    """Begin the broken rhythm `marks`, such as ``>``, which waits for the next sound."""
    if voice.last is None or len(marks) > LONGEST_BROKEN:
        return (Problem("broken-rhythm-without-note", start, marks),)
    voice.broken = (start, marks)
    return ()


def begin_tie(voice: Voice, start: int) -> Problems:
    """Tie the last sound to the next one."""
    if voice.last is None or voice.last.pitch is None:
        return (Problem("tie-without-note", start),)
    voice.tie, voice.last.tied, voice.last.ties = start, True, voice.last_pitches
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
    """End the bar: a tuplet must not go on."""
    if not voice.tuplet_left or voice.tuplet_start is None:
        return ()
    start, voice.tuplet_start = voice.tuplet_start, None
    return (Problem("tuplet-unfinished", start),)


def end_voice(voice: Voice) -> Problems:
    """End the voice: no tuplet, tie or broken rhythm must wait."""
    problems = end_bar(voice)
    if voice.tie is not None:
        problems += (Problem("tie-without-note", voice.tie),)
    if voice.broken:
        problems += (Problem("broken-rhythm-without-note", *voice.broken),)
    return problems


def spelled(note: re.Match[str], voice: Voice) -> Spelled:
    """Return pitch, ticks and name of `note`, an element of a line of music; may change the accidentals of `voice`."""
    sign, letter, marks, length = note.group("accidental", "letter", "octave", "note_length")
    pitch = _PITCHES[letter]
    if marks:
        pitch += 12 * (marks.count("'") - marks.count(","))
    upper = letter.upper()
    altered = _alteration(note, voice, sign) if sign or voice.accidentals else None
    if altered is not None:
        pitch += altered + voice.shift
    elif voice.tie is not None and voice.last and voice.last.pitch is not None and voice.last.name == letter + marks:
        pitch = voice.last.pitch
    else:
        pitch += voice.key.signature[_LETTERS.index(upper)] + voice.shift
    return pitch, ticks_of(length, voice.unit), letter + marks


def _alteration(note: re.Match[str], voice: Voice, sign: str) -> int | None:
    """Return the semitones by which an accidental of the bar alters `note`, None if none does; notes `sign` down."""
    name = note["letter"] + note["octave"]
    reaching = name[0].upper() if voice.reach == "pitch" else name
    if sign:
        alteration = ACCIDENTALS.get(UNICODE_ACCIDENTALS.get(sign, sign), 0)
        voice.written[name] = alteration
        if voice.reach == "not":
            return alteration
        voice.accidentals[reaching] = alteration
    found = voice.accidentals.get(reaching)
    if found is not None and voice.written.get(name) != found:
        voice.carried.append((note.start(), found))
        voice.written[name] = found
    return found


@lru_cache(maxsize=_MOST_KEPT)
def ticks_of(length: str, unit: int) -> int:
    """Return the ticks of a length such as ``3/2`` where the unit length is `unit`."""
    return scaled(unit, *parse_length(length))


def plain_notes(text: str, run: re.Match[str], voice: Voice) -> list[Sound]:
    """Return the notes of a ``run`` (see `tunewright.notation.lexer.MUSIC_AND_RUNS`) without accidental or tie before.

    Only key and unit length count then, so each note is kept once it is computed: most notes of most tunes are such.
    """
    kept = _kept(voice.key, voice.unit, voice.shift)
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


def _end_broken(voice: Voice, sound: Sound) -> Problems:
    start, marks = voice.broken or (0, ">")
    voice.broken = None
    if voice.last is None or voice.last.ticks != sound.ticks:
        return (Problem("broken-rhythm-unequal", start, marks),)
    before, after = parse_broken(marks)
    voice.last.ticks = scaled(sound.ticks, *before)
    sound.ticks = scaled(sound.ticks, *after)
    return ()


@lru_cache(maxsize=256)
def _kept(_key: Key, _unit: int, _shift: int) -> dict[str, tuple[int, int, str, int]]:
    """Plain notes and their numbers of characters, by their text, blanks and slurs behind it included."""
    return {}
