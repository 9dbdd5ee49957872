"""What a voice consists of: sounds, bar lines, and changes of metre, tempo, part and direction.

Conventions: lengths are ticks (see `tunewright.notation.meter`), pitches MIDI numbers (middle C, ABC ``C``, is 60),
offsets characters from 0.
"""

from dataclasses import dataclass
from typing import NamedTuple

from tunewright.notation.keys import Key
from tunewright.notation.meter import Meter, Tempo


@dataclass(slots=True)
class Sound:
    """A note, a chord or a rest."""

    start: int
    end: int
    pitch: int | None
    """MIDI number; of a chord, its highest note; None for a rest."""
    ticks: int
    name: str = ""
    """Letter and octave marks of a single note."""
    tied: bool = False
    """True if a tie follows."""
    bars: int = 1
    """Number of bars that a rest of whole bars fills."""
    held: bool = False
    """True if it has a fermata."""
    pitches: tuple[int, ...] = ()
    """Pitches of a chord, as they stand; empty for a single note."""
    ties: tuple[int, ...] = ()
    """Those of its pitches that a tie leads on."""
    adorned: bool = False
    """True if grace notes or a decoration stand before it."""


@dataclass(slots=True)
class BarLine:
    """A bar line, the number of an ending, or both."""

    start: int
    end: int
    text: str
    """Empty for an ending without a bar line of its own."""
    ending: str
    """``1``, ``2``, ``1,3``; empty if no ending begins here."""


@dataclass(slots=True)
class MeterChange:
    """A new metre from here on."""

    start: int
    meter: Meter


@dataclass(slots=True)
class KeyChange:
    """A new key from here on."""

    start: int
    key: Key


@dataclass(slots=True)
class TempoChange:
    """A new tempo from here on."""

    start: int
    tempo: Tempo


@dataclass(slots=True)
class PartStart:
    """The start of a part, which the ``P:`` field of the header may call."""

    start: int
    label: str
    """Its letter, as the field writes it."""


@dataclass(slots=True)
class Direction:
    """A sign that leads the player, such as ``!D.C.!``."""

    start: int
    name: str
    """Its name in `tunewright.notation.spec.DIRECTIONS`."""


Item = Sound | BarLine | MeterChange | KeyChange | TempoChange | PartStart | Direction


class Overlay(NamedTuple):
    """One bar of a further layer of a voice (``&``)."""

    at: int
    """Index of the item of the voice with which it begins."""
    layer: int
    """From 1."""
    sounds: tuple[Sound, ...]
    start: int
    """``text[start:end]`` is what stands between its sign or bar line and the next one."""
    end: int
    moved: bool
    """True if it does not stand in the bar to which it belongs."""
