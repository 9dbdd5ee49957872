"""Notes of a tune bar by bar, as integers that can be counted and compared.

Times are whole numbers of ticks, `TICKS` to a whole note: all note lengths down to a 128th, and tuplets of 3, 5, 6, 7
and 9 of them, are exact; finer lengths are rounded down. Pitches are MIDI numbers. Repeats are not played out: a bar
counts as often as it is written.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from tunewright.notation.melody import Bar, read_melody

TICKS = 40320
"""Ticks of a whole note (8!)."""

BarNote = tuple[int, int, int]
"""Ticks from the start of the bar, length in ticks, pitch."""


@dataclass(frozen=True)
class BarMusic:
    """One bar of a positive length."""

    notes: tuple[BarNote, ...]
    """The notes that begin in it."""
    full: bool | None
    """Whether it has the metre's length; None without metre."""
    missing: int
    """Ticks that a pick-up is shorter than a bar; 0 for other bars."""
    section: int
    """Counts from 0, as in `tunewright.notation.melody`."""

    @property
    def rhythm(self) -> tuple[tuple[int, int], ...]:
        """Onset and length of each note."""
        return tuple((offset, length) for offset, length, _ in self.notes)


@dataclass(frozen=True)
class TuneMusic:
    """A tune with at least one note."""

    bars: tuple[BarMusic, ...]
    pitches: tuple[int, ...]
    """Of all notes, in order."""
    lengths: tuple[int, ...]
    """In ticks, one for each pitch."""
    tonic: int | None
    """Pitch class of the key, 0 to 11 (C is 0); None for a tune without key."""


def read_music(text: str) -> TuneMusic | None:
    """The music of the tune `text`; None if it has no note."""
    melody = read_melody(text)
    if not melody.notes:
        return None
    starts = [ticks(start) for start in accumulate((bar.length for bar in melody.bars), initial=Fraction(0))]
    contents: list[list[BarNote]] = [[] for _ in melody.bars]
    for note in melody.notes:
        contents[note.bar].append((ticks(note.onset) - starts[note.bar], ticks(note.length), note.pitch))
    sections = [-1, *(bar.section for bar in melody.bars)]
    bars = tuple(
        _bar_music(bar, tuple(notes), opens_section=bar.section != before)
        for bar, notes, before in zip(melody.bars, contents, sections, strict=False)
        if bar.length > 0
    )
    pitches, lengths = zip(*((note.pitch, ticks(note.length)) for note in melody.notes), strict=True)
    return TuneMusic(bars, pitches, lengths, melody.key.tonic)


def ticks(time: Fraction) -> int:
    """Whole notes in ticks, rounded down."""
    return time.numerator * TICKS // time.denominator


def _bar_music(bar: Bar, notes: tuple[BarNote, ...], *, opens_section: bool) -> BarMusic:
    expected = bar.expected
    is_pick_up = opens_section and expected is not None and bar.length < expected
    return BarMusic(
        notes,
        full=None if expected is None else bar.length == expected,
        missing=ticks(expected - bar.length) if is_pick_up and expected is not None else 0,
        section=bar.section,
    )
