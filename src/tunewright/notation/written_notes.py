"""Notes as they are written: which pitch and length each has where it stands in its voice.

An accidental holds for its letter in all octaves to the end of the bar, as the standard has it; a note after a tie is
altered as the one before it, if it has the same name. Where neither plays a part, nothing but key and unit length
counts: what was found once is kept then for all tunes, since most notes of most tunes are such.
"""

import re
from functools import lru_cache

from tunewright.notation.events import Sound, Voice
from tunewright.notation.keys import Key
from tunewright.notation.lexer import NOTE, PLAIN_NOTE
from tunewright.notation.meter import parse_length, scaled
from tunewright.notation.spec import ACCIDENTALS, NATURAL_PITCHES

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
