"""How alike are two melodies, whatever key and note lengths they are written in?

A melody becomes a sequence of moves, one from each note to the next: the interval in semitones and the ratio of the two
lengths. Neither changes when a tune is transposed or written in other note values. To turn one move into another costs
nothing if they are equal, 1 if only the ratios differ, 2 if the intervals do; to leave one out or put one in costs 2.

- similarity: 1 - distance / (2 * moves of the longer melody), from 0 to 1, where the distance is the least cost of
  turning the one into the other (the edit distance of R. Wagner and M. Fischer, 1974, as M. Mongeau and D. Sankoff,
  "Comparison of musical sequences", 1990, brought it to melodies; on moves instead of notes it needs no common key, as
  K. Lemström and E. Ukkonen, "Including interval encoding into edit distance based music comparison", 2000, show).
- passage: how many moves of the first melody one passage of the second explains. The passage is the best local
  alignment (T. Smith and M. Waterman, 1981): a move scores 1 if equal, -1/2 if only the ratio differs, -2 if the
  interval does, -3/2 if it is left out or put in.

Shapes: N moves of the melody that is asked about, C candidates, M moves of the longest candidate.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tunewright.notation.melody import Melody

Moves = NDArray[np.uint16]
"""Interval and ratio of lengths as one number each: equal numbers are equal moves."""

WIDEST_INTERVAL = 36
"""Semitones; a wider one counts as this one."""

_RATIO_BITS = 5
_RATIO_MASK = (1 << _RATIO_BITS) - 1
_GREATEST_RATIO = 15  # in thirds of a doubling
_NO_MOVE = np.uint16((1 << 16) - 1)
# for a move left out or put in; for each unit of what it costs to turn one into another; for an equal move: of melodies
# as wholes, and of passages, whose scores are negative here, so that the least is the best of both
_COSTS = np.array([[2, 3], [1, 3], [0, -2]])[:, :, np.newaxis, np.newaxis]


def moves_of(melody: Melody) -> Moves:
    """Return the moves of `melody`, shape=(notes - 1,)."""
    if len(melody.notes) < 2:
        return np.empty(0, np.uint16)
    pitches = np.array([note.pitch for note in melody.notes])
    lengths = np.array([_logarithm(note.length.numerator, note.length.denominator) for note in melody.notes])
    intervals = np.clip(np.diff(pitches), -WIDEST_INTERVAL, WIDEST_INTERVAL) + WIDEST_INTERVAL
    # thirds of a doubling keep apart all ratios that are usual: 1, 4/3, 3/2, 2, 3, 4, 6, 8 and their inverses
    ratios = np.clip(np.rint(3 * np.diff(lengths)), -_GREATEST_RATIO, _GREATEST_RATIO) + _GREATEST_RATIO
    moves: Moves = (intervals.astype(np.uint16) << _RATIO_BITS) | ratios.astype(np.uint16)
    return moves


@lru_cache(maxsize=1024)
def _logarithm(numerator: int, denominator: int) -> float:
    return math.log2(numerator / denominator) if numerator > 0 else 0.0


def intervals_of(moves: Moves) -> Moves:
    """Return the interval of each of `moves`, as a number from 0."""
    return np.right_shift(moves, _RATIO_BITS, dtype=np.uint16)


@dataclass(frozen=True)
class Comparison:
    """A melody beside each of C others."""

    similarities: NDArray[np.float64]
    """Shape=(C,), 0 to 1; 0 where either has no moves."""
    explained: NDArray[np.float64]
    """Moves of the melody that the best passage explains, shape=(C,)."""
    ends: NDArray[np.int64]
    """How many moves of the melody and of the other stand before the end of that passage, shape=(C, 2)."""


@dataclass(frozen=True)
class Passage:
    """Moves ``first .. last - 1`` of one melody answer to moves ``other_first .. other_last - 1`` of another."""

    first: int
    last: int
    other_first: int
    other_last: int


def compare(moves: Moves, candidates: Sequence[Moves]) -> Comparison:
    """Align `moves` with each of `candidates`, as a whole and in passages."""
    others, lengths = _side_by_side(candidates)
    count = len(moves)
    kind = np.int16 if 2 * (count + len(others)) < np.iinfo(np.int16).max else np.int32
    left_out, per_cost, if_equal = (row.astype(kind) for row in _COSTS)  # (2, 1, 1) each: whole, passages
    before, last = (np.zeros((2, count + 1, len(candidates)), kind) for _ in range(2))
    best, reached = (np.zeros((count + 1, len(candidates)), kind) for _ in range(2))
    distances = np.zeros(len(candidates), kind)
    for diagonal, (first, end, costs) in enumerate(_diagonals(moves, others), start=1):
        now = np.zeros_like(last)
        inner = now[:, first:end]
        np.minimum(last[:, first - 1 : end - 1], last[:, first:end], out=inner)
        inner += left_out
        turned = costs * per_cost
        turned += if_equal
        turned += before[:, first - 1 : end - 1]
        np.minimum(inner, turned, out=inner)
        now[0, 0 : diagonal + 1 : diagonal] = 2 * diagonal  # the edges: all of one melody left out
        local = inner[1]
        np.minimum(local, 0, out=local)  # a passage may begin anywhere
        better = local < best[first:end]
        np.copyto(best[first:end], local, where=better)
        np.copyto(reached[first:end], kind(diagonal), where=better)
        ended = lengths == diagonal - count
        distances[ended] = now[0, count, ended]
        before, last = last, now
    longest = np.maximum(lengths, count)
    rows = best.argmin(axis=0)
    columns = np.arange(len(candidates))
    return Comparison(
        np.where((lengths > 0) & (count > 0), 1 - distances / np.maximum(2.0 * longest, 1), 0.0),
        best[rows, columns] / -2.0 + 0.0,
        np.stack([rows, np.maximum(reached[rows, columns] - rows, 0)], axis=1),
    )


def locate_passage(moves: Moves, other: Moves, explained: float, end: Sequence[int]) -> Passage:
    """Return where the best passage stands, given what `compare` says of it; all zeros if there is none."""
    last, other_last = (int(place) for place in end)
    size = 1
    while explained:
        # the same alignment, read from its end, ends where it begins
        backwards = compare(
            moves[max(0, last - size) : last][::-1], [other[max(0, other_last - size) : other_last][::-1]]
        )
        if backwards.explained[0] == explained:
            first, other_first = backwards.ends[0].tolist()
            return Passage(last - first, last, other_last - other_first, other_last)
        size *= 2
    return Passage(0, 0, 0, 0)


def _diagonals(moves: Moves, others: Moves) -> Iterator[tuple[int, int, NDArray[np.int8]]]:
    """Walk over the pairs of moves by diagonals, each of which depends on the two before it only.

    Yields
    ------
    first, end, costs
        On diagonal d, from 1: for each n in ``first .. end - 1``, what it costs, 0 to 2, to turn move number n - 1 into
        move number d - n - 1 of each of `others`, shape=(end - first, C).
    """
    size = len(others)
    backwards = np.ascontiguousarray(others[::-1])
    column = moves[:, np.newaxis]
    for diagonal in range(1, len(moves) + size + 1):
        first = max(1, diagonal - size)
        end = max(first, min(len(moves) + 1, diagonal))
        unlike = column[first - 1 : end - 1] ^ backwards[size - diagonal + first : size - diagonal + end]
        yield first, end, (unlike != 0).view(np.int8) + (unlike > _RATIO_MASK).view(np.int8)


def _side_by_side(candidates: Sequence[Moves]) -> tuple[Moves, NDArray[np.int64]]:
    """Return the candidates as columns of one array, shape=(M, C), and their lengths, shape=(C,)."""
    lengths = np.array([len(candidate) for candidate in candidates], np.int64)
    columns = np.full((int(lengths.max(initial=0)), len(candidates)), _NO_MOVE, np.uint16)
    for number, candidate in enumerate(candidates):
        columns[: len(candidate), number] = candidate
    return columns, lengths
