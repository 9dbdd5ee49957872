"""Dynamic-programming tables that align one melody with many others at once, filled row by row.

A table has a row for each move of the query, the melody that is compared. The columns of all candidates lie side by
side in one array, each candidate after a column for its beginning, so that a row takes a few operations on long arrays.
Lower values are better.

An insertion, one step to the right, costs nothing here: the cost of all insertions to the left of a column is
subtracted from its values. So a row never rises from left to right, and it is finished by a running minimum. Levels are
the values where nothing is aligned. Between two candidates the levels step down by more than any alignment can gain, so
that no candidate affects the next.

Shapes: N moves of the query, C candidates, L columns (the moves of all candidates, and C).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.signedinteger[Any]]

_ROWS_AT_ONCE = 256
_SHIFTS = (1, 2, 4, 8, 16, 32, 64, 128)
_SHORT = 512
"""Columns up to which one slow operation takes less time than several fast ones."""


@dataclass(frozen=True)
class Scoring:
    """What is added to a value on its way to another cell."""

    equal: int
    """Down and to the right, where two moves are equal."""
    unlike: int
    """The same, besides, for each unit of what it costs to turn one into the other."""
    left_out: int
    """Down: a move of the melody that is asked about is left out."""
    level: int
    """To the right, to the level: less what a move costs that is put in."""
    deepest: int
    """How far a value can be below its level, for each move of the shorter melody."""
    anywhere: bool
    """Whether an alignment may begin anywhere, which keeps its values from rising above the level."""
    checked: tuple[int, ...]
    """After which of `_SHIFTS` a row is looked at, to see if it is finished."""


WHOLES = Scoring(equal=-4, unlike=1, left_out=0, level=0, deepest=4, anywhere=False, checked=(32, 64, 128))
"""Of melodies as wholes; what the moves above a cell cost to be left out is taken off too."""

PASSAGES = Scoring(equal=-5, unlike=3, left_out=3, level=-3, deepest=2, anywhere=True, checked=(8, 32, 128))
"""Of passages; values are scores, negative and twice as large, so that they are whole numbers."""


class Table:
    """A table of which the row filled last is kept.

    Parameters
    ----------
    lengths
        Moves of each candidate, shape=(C,), at least one candidate.
    count
        Moves of the melody that is asked about.
    """

    def __init__(self, scoring: Scoring, lengths: NDArray[np.int64], count: int) -> None:
        self.scoring, self.starts = scoring, np.cumsum(lengths + 1) - lengths - 1
        self.levels = self._levels(scoring.deepest * np.minimum(lengths, count), int(lengths.sum()) + len(lengths))
        # two rows, of which each is read to fill the other; before them stands what is never the least
        pad = max(_SHIFTS)
        rows = [np.full(pad + len(self.levels), np.iinfo(self.levels.dtype).max, self.levels.dtype) for _ in range(2)]
        self._here, self._there = (
            {shift: row[pad - shift : len(row) - shift] for shift in (0, *_SHIFTS)} for row in rows
        )
        self._here[0][:] = self.levels
        self.best = self.levels.copy()
        """The least values that each column has had, shape=(L,)."""

    @property
    def row(self) -> Row:
        """Shape=(L,)."""
        return self._here[0]

    def scores(self, costs: NDArray[np.int8]) -> Row:
        """Return what is added down and to the right, given what it costs to turn a move into another."""
        scores = costs.astype(self.levels.dtype)
        scores *= self.scoring.unlike
        scores += self.scoring.equal
        scores[:, self.starts] = 0
        return scores

    def add_row(self, scores: Row) -> None:
        """Fill the next row, given what is added down and to the right, shape=(L,)."""
        above, below = self._here[0], self._there[0]
        np.add(self._here[1], scores, out=below)
        if self.scoring.left_out:
            above += self.scoring.left_out
        np.minimum(below, above, out=below)
        if self.scoring.anywhere:
            np.minimum(below, self.levels, out=below)
        self._here, self._there = self._there, self._here
        self._let_fall()
        if self.scoring.anywhere:
            np.minimum(self.best, self._here[0], out=self.best)

    def _let_fall(self) -> None:
        """Let each value be no greater than any to its left."""
        if len(self.levels) > _SHORT:
            for shift in _SHIFTS:
                np.minimum(self._here[0], self._here[shift], out=self._there[0])
                self._here, self._there = self._there, self._here
                # the first value has none to its left, so that a place of 0 means that no value rises
                if shift in self.scoring.checked and not (self._here[0] > self._here[1]).argmax():
                    return
        np.minimum.accumulate(self._here[0], out=self._here[0])

    def _levels(self, depths: NDArray[np.int64], columns: int) -> Row:
        steps = np.full(columns, self.scoring.level, np.int64)
        steps[0] = 0
        steps[self.starts[1:]] -= depths[:-1] + 1
        levels = np.cumsum(steps)
        limits, margin = np.iinfo(np.int16), 16
        if depths.max() - levels.min() + 2 * margin < limits.max - limits.min:
            return (levels + limits.max - margin).astype(np.int16)
        return levels.astype(np.int32)


def fill(
    tables: Sequence[Table], moves: NDArray[np.uint16], costs_of: Callable[[NDArray[np.uint16]], NDArray[np.int8]]
) -> Iterator[None]:
    """Fill `tables`, and yield after each row.

    Parameters
    ----------
    moves
        Of the melody that is asked about, shape=(N,).
    costs_of
        Says what it costs to turn each of K moves into the move of each column, shape=(K, L).
    """
    for first in range(0, len(moves), _ROWS_AT_ONCE):
        distinct, which = np.unique(moves[first : first + _ROWS_AT_ONCE], return_inverse=True)
        costs = costs_of(distinct)
        scores = [table.scores(costs) for table in tables]
        for number in which.tolist():
            for table, its_scores in zip(tables, scores, strict=True):
                table.add_row(its_scores[number])
            yield
