"""Note values of lengths: the type, dots and tuplet ratio that a note or rest is written with.

Conventions: lengths are ticks (see `tunewright.notation.meter`). A length that no single note has becomes several,
which are to be tied.
"""

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tunewright.notation.meter import WHOLE, Tuplet

TYPES = (
    "maxima", "long", "breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th", "256th", "512th",
    "1024th",
)  # fmt: skip
"""Names in MusicXML, from eight whole notes on; each is half of the one before."""

_LONGEST = Fraction(8)
_SHORTEST = Fraction(1, 1024)
_MOST_DOTS = 2
_MOST_UNEQUAL = 64  # largest odd denominator that becomes a tuplet


class NoteValue(NamedTuple):
    """One written note or rest."""

    type: str
    """One of `TYPES`; empty for a length that cannot be written."""
    dots: int
    actual: int
    """``actual`` notes of this type take the time of ``normal``; both 1 outside tuplets."""
    normal: int
    ticks: int
    """How long it sounds."""


@lru_cache(maxsize=4096)
def note_values(ticks: int, tuplet: Tuplet | None = None) -> tuple[NoteValue, ...]:
    """Return the notes, longest first, that are together `ticks` long; their ticks add up exactly."""
    notes, time = (tuplet.notes, tuplet.time) if tuplet else (1, 1)
    written = _rounded(Fraction(ticks * notes, time * WHOLE), Fraction(notes, time * WHOLE))
    odd = written.denominator
    while odd % 2 == 0:
        odd //= 2
    if odd > 1:
        power = 1 << (odd.bit_length() - 1)
        notes, time, written = notes * odd, time * power, written * odd / power
    if odd > _MOST_UNEQUAL or written % _SHORTEST:
        return (NoteValue("", 0, 1, 1, ticks),)
    shared = Fraction(notes, time)
    values: list[NoteValue] = []
    left = ticks
    while written:
        name, dots, length = _longest_within(written)
        written -= length
        taken = int(length * WHOLE / shared) if written else left
        left -= taken
        values.append(NoteValue(name, dots, notes, time, taken))
    return tuple(values)


def plain_value(length: Fraction) -> tuple[str, int] | None:
    """Return type and dots of a note of `length` whole notes; None if it takes more than one note."""
    if length <= 0 or length % _SHORTEST:
        return None
    name, dots, longest = _longest_within(length)
    return (name, dots) if longest == length else None


def _rounded(length: Fraction, allowed: Fraction) -> Fraction:
    """Return the multiple of the shortest note at most `allowed` from `length`, whose ticks were rounded; else it."""
    nearest = round(length / _SHORTEST) * _SHORTEST
    return nearest if nearest and abs(nearest - length) <= allowed else length


def _longest_within(length: Fraction) -> tuple[str, int, Fraction]:
    """Return type, dots and length of the longest note of at most `length`."""
    base, place = _LONGEST, 0
    while base > length:
        base /= 2
        place += 1
    dots, whole = 0, base
    while dots < _MOST_DOTS and place + dots + 1 < len(TYPES) and whole + base / 2 ** (dots + 1) <= length:
        dots += 1
        whole += base / 2**dots
    return TYPES[place], dots, whole
