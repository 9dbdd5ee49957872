"""Form of a tune: which sections of how many bars, after which pick-up."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

from tunewright.acceptor.words import METERS
from tunewright.notation.melody import Bar, Melody
from tunewright.notation.meter import whole_notes

SHORTEST_SECTION = Fraction(3, 5)
"""Bars; what is shorter and stands alone between bar lines of sections is the pick-up of the next one."""
FEWEST_BARS, MOST_BARS = 4, 128
"""Of a tune whose form is worth knowing."""


@dataclass(frozen=True, order=True)
class Section:
    """A stretch between bar lines that part sections."""

    bars: int
    """Written ones, a second ending not counted, nor a pick-up."""
    repeated: bool
    endings: bool = False
    """True if it has a first and a second ending."""

    def __str__(self) -> str:
        """``8``, ``8:`` if repeated, ``8:2`` with two endings."""
        return f"{self.bars}{':' if self.repeated else ''}{'2' if self.endings else ''}"

    @classmethod
    def of(cls, text: str) -> "Section":
        """Read what `str` gives."""
        bars, repeated, endings = text.partition(":")
        return cls(int(bars), bool(repeated), bool(endings))


@dataclass(frozen=True, order=True)
class Form:
    """The form of tunes, and how many have it."""

    metre: str
    """Value of ``M:``, one of `words.METERS`."""
    rhythm: str
    """Value of ``R:`` in small letters; "" without one."""
    pick_up: Fraction
    """Whole notes before the first bar; 0 for none."""
    sections: tuple[Section, ...]
    tunes: int = 1

    @property
    def bars(self) -> int:
        """Of the whole tune, a repeated section counted once."""
        return sum(section.bars for section in self.sections)

    @property
    def repeats(self) -> tuple[bool, ...]:
        """Which of its sections are repeated."""
        return tuple(section.repeated for section in self.sections)


def as_json(forms: Iterable[Form]) -> list[list[str | int]]:
    """The forms in numbers and texts, such as ``["6/8", "jig", "1/8", "8: 8:", 214]``."""
    return [
        [form.metre, form.rhythm, str(form.pick_up), " ".join(map(str, form.sections)), form.tunes] for form in forms
    ]


def from_json(rows: Iterable[Sequence[Any]]) -> tuple[Form, ...]:
    """Read what `as_json` gives."""
    return tuple(
        Form(metre, rhythm, Fraction(pick_up), tuple(map(Section.of, sections.split())), int(tunes))
        for metre, rhythm, pick_up, sections, tunes in rows
    )


def form_of(melody: Melody) -> Form | None:
    """Return the form of a tune; None if its bars are not counted, or change their length, or are too few or many."""
    metre, bars = melody.fields.get("M", "").strip(), melody.bars
    expected = bars[0].expected_ticks if bars else None
    if not expected or any(bar.expected_ticks != expected for bar in bars):
        return None
    if metre not in (known.word for known in METERS):
        return None
    parts = _sections(bars, expected)
    sections = tuple(_section(part, expected) for part in parts)
    if not all(section.bars > 0 for section in sections):
        return None
    rhythm = melody.fields.get("R", "").strip().lower()
    form = Form(metre, rhythm, whole_notes(_lead(bars, expected)), sections)
    return form if FEWEST_BARS <= form.bars <= MOST_BARS else None


def degrees(melody: Melody, text: str) -> list[int]:
    """On which degree of the scale each section of the tune `text` ends: 1 to 7, or 8 with an accidental."""
    last: dict[int, str] = {}
    for note in melody.notes:
        last[melody.bars[note.bar].section] = text[note.start : note.end]
    tonic = ord(melody.fields.get("K", "C").strip()[:1].upper() or "C")
    return [_degree(spelling, tonic) for spelling in last.values()]


def _degree(spelling: str, tonic: int) -> int:
    found = re.search(r"([\^_=]*)([A-Ga-g])", spelling)
    if found is None or found[1]:
        return 8
    return (ord(found[2].upper()) - tonic) % 7 + 1


def tallied(forms: Iterable[Form]) -> list[Form]:
    """Each form once, with the number of tunes that have it; the commonest first."""
    found = [replace(form, tunes=count) for form, count in Counter(forms).items()]
    return sorted(found, key=lambda form: (-form.tunes, form))


def _sections(bars: Sequence[Bar], expected: int) -> list[list[Bar]]:
    """The bars of each section; a pick-up that stands alone belongs to the section after it."""
    parts: list[list[Bar]] = []
    for _, group in groupby(bars, key=lambda bar: bar.section):
        part = list(group)
        if parts and sum(bar.ticks for bar in parts[-1]) < SHORTEST_SECTION * expected:
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def _section(bars: Sequence[Bar], expected: int) -> Section:
    first_time = _first_time(bars)
    ticks = sum(bar.ticks for bar in first_time) - _lead(bars, expected)
    whole = round(Fraction(ticks, expected))  # halves to the even number
    repeated = any(bar.closes.startswith(":") for bar in bars)
    return Section(whole, repeated, any("2" in bar.ending for bar in bars))


def _lead(bars: Sequence[Bar], expected: int) -> int:
    """Ticks of the pick-up that they begin with; 0 without one."""
    return bars[0].ticks if bars[0].ticks < expected else 0


def _first_time(bars: Sequence[Bar]) -> list[Bar]:
    """The bars without those of a second ending, if there are others."""
    played, second = [], False
    for bar in bars:
        if bar.ending:
            second = not bar.ending.startswith("1")
        if not second:
            played.append(bar)
    return played or list(bars)
