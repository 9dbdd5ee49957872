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
"""Columns up to which one cumulative minimum is faster than several shifted ones."""


@dataclass(frozen=True)
class Scoring:
    """Costs of the steps of an alignment, in the units of the table."""

    equal: int
    """Diagonal step between two equal moves."""
    unlike: int
    """Added to a diagonal step for each unit of the cost of the substitution."""
    left_out: int
    """Step down: a move of the query is deleted."""
    level: int
    """Change of the level from one column to the next: minus the cost of an insertion."""
    deepest: int
    """Most that a value can be below its level, for each move of the shorter melody."""
    anywhere: bool
    """Whether the alignment is local: it may begin anywhere, so that values never rise above the level."""
    checked: tuple[int, ...]
    """The `_SHIFTS` after which a row is tested for being finished."""


WHOLES = Scoring(equal=-4, unlike=1, left_out=0, level=0, deepest=4, anywhere=False, checked=(32, 64, 128))
"""Global alignment; the cost of deleting all moves above a cell is subtracted as well."""

PASSAGES = Scoring(equal=-5, unlike=3, left_out=3, level=-3, deepest=2, anywhere=True, checked=(8, 32, 128))
"""Local alignment (Smith-Waterman); values are negative scores, doubled so that they are integers."""


class AlignmentTable:
    """A table that keeps only its last row.

    Parameters
    ----------
    lengths
        Moves of each candidate, shape=(C,), at least one candidate.
    count
        Moves of the query.
    """

    def __init__(self, scoring: Scoring, lengths: NDArray[np.int64], count: int) -> None:
        self.scoring, self.starts = scoring, np.cumsum(lengths + 1) - lengths - 1
        self.levels = self._levels(scoring.deepest * np.minimum(lengths, count), int(lengths.sum()) + len(lengths))
        # two rows, each read to fill the other, with padding before them that is never the minimum
        pad = max(_SHIFTS)
        rows = [np.full(pad + len(self.levels), np.iinfo(self.levels.dtype).max, self.levels.dtype) for _ in range(2)]
        self._here, self._there = (
            {shift: row[pad - shift : len(row) - shift] for shift in (0, *_SHIFTS)} for row in rows
        )
        self._here[0][:] = self.levels
        self.best = self.levels.copy()
        """The least value so far of each column, shape=(L,)."""

    @property
    def row(self) -> Row:
        """The last row, shape=(L,)."""
        return self._here[0]

    def scores(self, costs: NDArray[np.int8]) -> Row:
        """Return the values of diagonal steps, given the costs of substitutions."""
        scores = costs.astype(self.levels.dtype)
        scores *= self.scoring.unlike
        scores += self.scoring.equal
        scores[:, self.starts] = 0
        return scores

    def add_row(self, scores: Row) -> None:
        """Fill the next row, given the values of diagonal steps, shape=(L,)."""
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
        """Replace the row by its running minimum from the left."""
        if len(self.levels) > _SHORT:
            for shift in _SHIFTS:
                np.minimum(self._here[0], self._here[shift], out=self._there[0])
                self._here, self._there = self._there, self._here
                # the first value has none to its left, so argmax 0 means that no value rises
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
    tables: Sequence[AlignmentTable],
    moves: NDArray[np.uint16],
    costs_of: Callable[[NDArray[np.uint16]], NDArray[np.int8]],
) -> Iterator[None]:
    """Fill `tables`, and yield after each row.

    Parameters
    ----------
    moves
        Of the query, shape=(N,).
    costs_of
        Gives the cost of substituting each of K moves by the move of each column, shape=(K, L).
    """
    for first in range(0, len(moves), _ROWS_AT_ONCE):
        distinct, which = np.unique(moves[first : first + _ROWS_AT_ONCE], return_inverse=True)
        costs = costs_of(distinct)
        scores = [table.scores(costs) for table in tables]
        for number in which.tolist():
            for table, its_scores in zip(tables, scores, strict=True):
                table.add_row(its_scores[number])
            yield
