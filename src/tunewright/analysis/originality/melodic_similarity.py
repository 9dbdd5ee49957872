"""Melodic similarity that ignores key and note values: edit distance, and local alignment of passages.

A melody becomes a sequence of moves, one from each note to the next: the interval in semitones and the ratio of the two
lengths. Neither changes when a tune is transposed or written in other note values. A substitution costs 0 if two moves
are equal, 1 if only the ratios differ, 2 if the intervals differ; an insertion or deletion costs 2.

- similarity: 1 - distance / (2 * moves of the longer melody), from 0 to 1, where the distance is the edit distance (R.
  Wagner and M. Fischer, 1974; applied to melodies by M. Mongeau and D. Sankoff, "Comparison of musical sequences",
  1990; on intervals instead of notes it needs no common key, as K. Lemström and E. Ukkonen, "Including interval
  encoding into edit distance based music comparison", 2000, show).
- passage: how many moves of the first melody one passage of the second explains. The passage is the best local
  alignment (T. Smith and M. Waterman, 1981): a move scores 1 if equal, -1/2 if only the ratio differs, -2 if the
  interval differs, -3/2 if it is inserted or deleted.

Both are computed by dynamic programming (see `alignment`). Shapes: C candidates.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.originality.alignment import PASSAGES, WHOLES, AlignmentTable, fill
from tunewright.notation.melody import Melody
from tunewright.notation.meter import WHOLE

Moves = NDArray[np.uint16]
"""Interval and ratio of lengths as one number each: equal numbers are equal moves."""

WIDEST_INTERVAL = 36
"""Semitones; wider intervals count as this one."""

_RATIO_BITS = 5
_RATIO_MASK = (1 << _RATIO_BITS) - 1
_GREATEST_RATIO = 15  # in thirds of a doubling
_NO_MOVE = np.zeros(1, np.uint16)


def moves_of(melody: Melody) -> Moves:
    """Return the moves of `melody`, shape=(notes - 1,)."""
    if len(melody.notes) < 2:
        return np.empty(0, np.uint16)
    pitches = np.array([note.pitch for note in melody.notes])
    lengths = np.array([_logarithm(note.ticks) for note in melody.notes])
    intervals = _within(pitches[1:] - pitches[:-1], WIDEST_INTERVAL)
    # thirds of a doubling distinguish all usual ratios: 1, 4/3, 3/2, 2, 3, 4, 6, 8 and their inverses
    ratios = _within(np.rint(3 * (lengths[1:] - lengths[:-1])), _GREATEST_RATIO)
    moves: Moves = np.left_shift(intervals, _RATIO_BITS, dtype=np.uint16) | ratios
    return moves


def _within(values: NDArray[Any], greatest: int) -> NDArray[np.uint16]:
    """Return `values`, clipped to `greatest` and its negative, as numbers from 0."""
    cut: NDArray[np.uint16] = (np.minimum(np.maximum(values, -greatest), greatest) + greatest).astype(np.uint16)
    return cut


@lru_cache(maxsize=1024)
def _logarithm(ticks: int) -> float:
    return math.log2(ticks / WHOLE) if ticks > 0 else 0.0


def intervals_of(moves: Moves) -> Moves:
    """Return the interval of each of `moves`, as a number from 0."""
    return np.right_shift(moves, _RATIO_BITS, dtype=np.uint16)


@dataclass(frozen=True)
class MelodicComparison:
    """A melody compared with each of C others."""

    similarities: NDArray[np.float64]
    """Shape=(C,), 0 to 1; 0 where either has no moves."""
    explained: NDArray[np.float64]
    """Moves of the melody that the best passage of each explains, shape=(C,)."""


@dataclass(frozen=True)
class Passage:
    """Moves ``first .. last - 1`` of one melody, aligned with moves ``other_first .. other_last - 1`` of another."""

    first: int
    last: int
    other_first: int
    other_last: int


def compare(moves: Moves, candidates: Sequence[Moves]) -> MelodicComparison:
    """Align `moves` with each of `candidates`, globally and locally."""
    count = len(moves)
    lengths = np.array([len(candidate) for candidate in candidates], np.int64)  # (C,)
    if not count or not len(lengths):
        return MelodicComparison(np.zeros(len(lengths)), np.zeros(len(lengths)))
    wholes, passages = AlignmentTable(WHOLES, lengths, count), AlignmentTable(PASSAGES, lengths, count)
    for _ in fill((wholes, passages), moves, _costs_to(candidates)):
        pass
    ends = wholes.starts + lengths
    distances = 2 * (count + lengths) - (wholes.levels[ends].astype(np.int64) - wholes.row[ends])
    explained = np.maximum.reduceat(passages.levels.astype(np.int64) - passages.best, passages.starts) / 2
    longest = np.maximum(lengths, count)
    return MelodicComparison(np.where(lengths > 0, 1 - distances / (2.0 * longest), 0.0), explained)


def locate_passage(moves: Moves, other: Moves, explained: float) -> Passage:
    """Return the place of the best passage, given its score from `compare`; all zeros if there is none."""
    if not explained:
        return Passage(0, 0, 0, 0)
    last, other_last = _end_of_passage(moves, other, explained) or (0, 0)
    size = 1
    while True:
        # aligned backwards from its end, the passage ends where it begins
        before, other_before = moves[max(0, last - size) : last], other[max(0, other_last - size) : other_last]
        if found := _end_of_passage(before[::-1], other_before[::-1], explained):
            return Passage(last - found[0], last, other_last - found[1], other_last)
        size *= 2


def _end_of_passage(moves: Moves, other: Moves, explained: float) -> tuple[int, int] | None:
    """Return the numbers of moves before the first end of a passage with this score; None if there is none."""
    table = AlignmentTable(PASSAGES, np.array([len(other)]), len(moves))
    ends = (table.levels - 2 * explained).astype(table.levels.dtype)
    for row, _ in enumerate(fill((table,), moves, _costs_to([other])), start=1):
        found = (table.row == ends).argmax()
        if found:  # index 0 is before the first move, where no passage ends
            return row, int(found)
    return None


def _costs_to(candidates: Sequence[Moves]) -> Callable[[Moves], NDArray[np.int8]]:
    """Return a function from moves to the costs, 0 to 2, of substituting them by those of the table's columns."""
    others = np.concatenate([part for candidate in candidates for part in (_NO_MOVE, candidate)])

    def costs(moves: Moves) -> NDArray[np.int8]:
        unlike = moves[:, np.newaxis] ^ others
        differs: NDArray[np.int8] = (unlike != 0).view(np.int8) + (unlike > _RATIO_MASK).view(np.int8)
        return differs

    return costs
