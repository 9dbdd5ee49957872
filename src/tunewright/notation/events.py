"""What does a voice have to play, in which order?

Conventions: lengths are ticks (see `tunewright.notation.meter`), pitches MIDI numbers (middle C, ABC ``C``, is 60),
offsets characters from 0. Repeats are not unfolded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tunewright.notation.keys import Key
from tunewright.notation.meter import Meter, Tuplet


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
