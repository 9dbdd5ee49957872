"""What is written in a tune: sounds with all signs at them, and fields among the music.

Conventions: as in `tunewright.notation.voices`; octaves are those of MusicXML, in which middle C begins the fourth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tunewright.notation.meter import Tuplet
from tunewright.notation.voice.items import Sound
from tunewright.notation.voices import Events
from tunewright.rendering.musicxml.sung_words import Syllable

TO_CODA = "to coda"
"""The decoration ``coda`` where it leads to the second sign."""

LEADING_TO_CODA = ("dacoda", TO_CODA)
"""Decorations from which the coda follows, once a da capo or dal segno has been followed."""


class SpelledPitch(NamedTuple):
    """A note as it is written; options of clef and octave have moved it, ``transpose=`` has not."""

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
    transposition: int = 0
    """Semitones from the written pitches to those that sound."""
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


@dataclass(frozen=True, slots=True)
class WrittenTune:
    """A tune with all that is written in it."""

    events: Events
    sounds: Mapping[int, WrittenSound]
    """By the offset of the sound."""
    changes: tuple[FieldChange, ...]
    """Of keys, metres, parts, tempos and voices."""


def sounding_pitches(sound: Sound) -> tuple[int, ...]:
    """Return the pitches of a note or a chord in the order of the text; none for a rest."""
    return sound.pitches or ((sound.pitch,) if sound.pitch is not None else ())
