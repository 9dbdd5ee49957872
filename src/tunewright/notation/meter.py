"""Metres and lengths: the values of ``M:`` and ``L:``, of notes, tuplets and broken rhythm.

Conventions: lengths are in ticks, `WHOLE` of which make a whole note, so that the lengths in real tunes are whole
numbers; other lengths are rounded down, and none is longer than `LONGEST`. Relative lengths, such as the ``3/2`` of
``A3/2``, are pairs of numerator and denominator.
"""

import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tunewright.notation.spec import LONGEST_BROKEN, METER_SIGNS, TUPLET_TIMES, TUPLETS

WHOLE = 2**10 * 3**3 * 5 * 7 * 11 * 13
"""Ticks in a whole note."""

LONGEST = 1 << 16
"""Whole notes; numbers in lengths are cut off here, so that no text can make arithmetic slow."""

MOST_NOTES_PER_MINUTE = 10_000
"""Whole notes in a minute; a faster tempo is none."""

_SUM = re.compile(r"\(?[ \t]*(\d{1,4}(?:[ \t]*\+[ \t]*\d{1,4})*)[ \t]*\)?[ \t]*/[ \t]*(\d{1,4})")
_UNIT = re.compile(r"(\d{1,4})(?:/(\d{1,4}))?")
_SLASH = re.compile(r"/(\d*)")
_QUOTED = re.compile(r'"[^"]*"')
_OLD_TEMPO = re.compile(r"(?:C(\d{1,3})?[ \t]*=[ \t]*)?(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)
_NEW_TEMPO = re.compile(r"((?:\d{1,4}/\d{1,4}[ \t]*){1,8})=[ \t]*(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)


class Dialect(Enum):
    """Whose reading of ABC, where programs differ."""

    STANDARD = "ABC 2.1"
    ABC2MIDI = "abc2midi"


@dataclass(frozen=True, slots=True)
class Meter:
    """The metre that an ``M:`` field names."""

    bar: int | None
    """Ticks in a bar; None where bars may have any length."""
    unit: int = 4
    """Denominator: 8 for 6/8."""
    compound: bool = False
    """True where three units make a beat, as in 6/8; tuplets of five, seven and nine then take the time of three."""

    @property
    def length(self) -> Fraction | None:
        """Whole notes in a bar."""
        return None if self.bar is None else whole_notes(self.bar)

    @property
    def beats(self) -> int:
        """How many units a bar has: 6 in 6/8; 0 where bars may have any length."""
        return 0 if self.bar is None else self.bar * self.unit // WHOLE

    def tuplets_take_three(self, dialect: Dialect) -> bool:
        """Whether tuplets of five, seven and nine take the time of three notes here, not of two.

        In the standard they do in compound metres. In abc2midi they do wherever three divides the number of beats, in
        3/4, 3/8 and 3/2 too; and there the metre of the header counts, to the end of the tune.
        """
        if dialect is Dialect.STANDARD:
            return self.compound
        return self.beats > 0 and self.beats % 3 == 0


FREE = Meter(None)
"""``M:none``, or no metre at all."""

_FRACTIONS: dict[int, Fraction] = {}


def whole_notes(ticks: int) -> Fraction:
    """Return `ticks` in whole notes."""
    found = _FRACTIONS.get(ticks)
    if found is None:
        if len(_FRACTIONS) > 1 << 16:
            _FRACTIONS.clear()
        found = _FRACTIONS[ticks] = Fraction(ticks, WHOLE)
    return found


@lru_cache(maxsize=1024)
def parse_meter(value: str) -> Meter | None:
    """Return the metre that the value of an ``M:`` field names; None if the standard does not know it.

    ``C`` and ``C|``, fractions, sums such as ``2+3/8``, ``(2+3)/8`` and ``4/2+2/2``; ``none`` or nothing is `FREE`.
    """
    value = value.strip()
    if value.lower() in ("", "none"):
        return FREE
    parts = [_SUM.fullmatch(part) for part in _summands(METER_SIGNS.get(value, value))]
    beats = [(sum(map(int, part[1].split("+"))), int(part[2])) for part in parts if part]
    if len(beats) < len(parts) or any(not count or not unit for count, unit in beats):
        return None
    bar = sum(count * WHOLE // unit for count, unit in beats)
    return Meter(bar, beats[0][1], compound="+" not in value and beats[0][0] in range(6, 99, 3))


def _summands(value: str) -> list[str]:
    """Split ``4/2+2/2`` at the sign that adds fractions; ``2+3/8`` is one fraction."""
    return re.split(r"(?<=/\d)[ \t]*\+|(?<=/\d\d)[ \t]*\+", value)


def parse_unit_length(value: str) -> int | None:
    """Return the ticks of the value of an ``L:`` field; None if it is not a length."""
    match = _UNIT.fullmatch(value.strip())
    if match is None:
        return None
    count, parts = int(match[1]), int(match[2] or 1)
    return count * WHOLE // parts if count and parts else None


def default_unit_length(meter: Meter) -> int:
    """Return the ticks of a note without number where there is no ``L:``: 1/16 in metres below 3/4, else 1/8."""
    return WHOLE // 16 if meter.bar is not None and meter.bar * 4 < WHOLE * 3 else WHOLE // 8


@lru_cache(maxsize=4096)
def parse_length(text: str) -> tuple[int, int]:
    """Return numerator and denominator of ``3``, ``/``, ``//``, ``3/2``, ``/4``; ("" is 1/1)."""
    count = _number(re.match(r"\d*", text)[0])  # type: ignore[index]
    parts = 1
    for digits in _SLASH.findall(text):
        parts = min(parts * (_number(digits) if digits.strip("0") else 2), LONGEST)
    return count, parts


def scaled(ticks: int, count: int, parts: int) -> int:
    """Return `ticks` times `count` / `parts`, at most `LONGEST` whole notes."""
    return min(ticks * count // parts, LONGEST * WHOLE)


def _number(digits: str) -> int:
    return min(int(digits[:6]), LONGEST) if digits else 1


@dataclass(frozen=True, slots=True)
class Tuplet:
    """``(p:q:r``: `notes` notes in the time of `time`, for the next `reach` ones."""

    notes: int
    time: int
    reach: int


@lru_cache(maxsize=1024)
def parse_tuplet(text: str, *, compound: bool) -> Tuplet | None:
    """Return the tuplet ``(3``, ``(3:2`` or ``(3:2:4``; None if it is not a tuplet."""
    numbers = [int(part[:3]) if part else 0 for part in text[1:].split(":")]
    notes, time, reach = [*numbers, 0, 0][:3]
    if not time and notes in TUPLETS:
        time = TUPLET_TIMES.get(notes) or (3 if compound else 2)
    return Tuplet(notes, time, reach or notes) if notes and time else None


@lru_cache(maxsize=64)
def parse_broken(marks: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the factors of ``>``, ``>>``, ``<`` ... for the length of the note before and of the note after."""
    parts = 1 << min(len(marks), LONGEST_BROKEN)
    longer, shorter = (2 * parts - 1, parts), (1, parts)
    return (longer, shorter) if marks[0] == ">" else (shorter, longer)


class Tempo(NamedTuple):
    """The tempo that a ``Q:`` field names."""

    beat: int
    """Ticks of the notes that are counted."""
    per_minute: float

    @property
    def quarters_per_minute(self) -> float:
        """Quarter notes in a minute."""
        return self.per_minute * self.beat * 4 / WHOLE


@lru_cache(maxsize=1024)
def parse_tempo(value: str, unit: int) -> Tempo | None:
    """Return the tempo that the value of a ``Q:`` field names; None if it names none in numbers.

    ``1/4=120``, ``1/4 3/8=40`` (notes that make one beat together), and the older ``120``, ``C=120`` and ``C3=40``,
    which count unit lengths of `unit` ticks; texts in quotes are left out.
    """
    value = _QUOTED.sub(" ", value).strip()
    if match := _OLD_TEMPO.fullmatch(value):
        beat, number = unit * int(match[1] or 1), match[2]
    elif match := _NEW_TEMPO.fullmatch(value):
        beats = [parse_unit_length(part) or 0 for part in match[1].split()]
        beat, number = sum(beats) if all(beats) else 0, match[2]
    else:
        return None
    per_minute = float(number)
    return Tempo(beat, per_minute) if beat and 0 < per_minute * beat <= MOST_NOTES_PER_MINUTE * WHOLE else None
