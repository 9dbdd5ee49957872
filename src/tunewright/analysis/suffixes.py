"""What is the longest piece that a text shares with a body of texts?

The body is sorted once: `suffix_array` gives the places where a piece can begin in the order of what stands there, so
that any piece is found by bisection (U. Manber, G. Myers, "Suffix arrays: a new method for on-line string searches",
1993; sorted by doubling). The answer is exact: no shorter than any other common piece.

The body is a sequence of units of `stride` bytes each, compared byte by byte. The last `slack` bytes of a unit say how
it goes on to the next one, and need not agree in the last unit of a piece.

Shapes: N units of the body.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.integer[Any]]
"""Numbers of units; 32 bits each where they fit."""


@dataclass(frozen=True)
class SharedPiece:
    """A piece that a text shares with the body, in units; `length` 0 if there is none."""

    length: int = 0
    start: int = 0
    """Where it begins in the text."""
    place: int = 0
    """Where it begins in the body."""


def suffix_array(keys: NDArray[np.uint64], reach: int = 1) -> Places:
    """Return the places of the body in the order of what stands from each of them on, shape=(N,).

    Parameters
    ----------
    keys
        The first `reach` units at each place as one number whose order is theirs, zeros behind the end, shape=(N,).
    """
    places: Places = np.argsort(keys).astype(np.int32 if len(keys) <= np.iinfo(np.int32).max else np.int64)
    heads = _heads(keys[places])
    ranks = np.zeros(len(keys) + 1, places.dtype)  # the last one: of what lies behind the end, before all others
    ranks[places] = heads + 1
    while True:
        # only what still looks like a neighbour is sorted on, by what stands `reach` units further
        alike = heads[1:] == heads[:-1]
        tied = np.flatnonzero(np.append(alike, False) | np.append(False, alike))
        if not len(tied):
            return places
        group = places[tied]
        ahead = group.astype(np.int64) + reach
        # behind the end: the further, the shorter, and the shorter comes first
        further = ranks[np.minimum(ahead, len(keys))] + reach - np.maximum(ahead - len(keys), 0)
        finer = heads[tied].astype(np.uint64) * np.uint64(len(keys) + 1 + reach) + further.astype(np.uint64)
        order = np.argsort(finer)
        places[tied] = group[order]
        heads[tied] = tied[_heads(finer[order])]
        ranks[places[tied]] = heads[tied] + 1
        reach *= 2


def _heads(ordered: NDArray[np.uint64]) -> Places:
    """Return for each of `ordered` the index of the first one equal to it."""
    indices = np.arange(len(ordered), dtype=np.int32 if len(ordered) <= np.iinfo(np.int32).max else np.int64)
    indices[1:][ordered[1:] == ordered[:-1]] = 0
    return np.maximum.accumulate(indices)


class SortedBody:
    """A body of texts, ready to be searched.

    Parameters
    ----------
    data
        The bytes of all units, shape=(N * stride,).
    places
        Of `suffix_array`, shape=(N,).
    """

    def __init__(self, data: NDArray[np.uint8], places: Places, *, stride: int = 1, slack: int = 0) -> None:
        self._view = np.ascontiguousarray(data).data.cast("B")
        self._places, self._stride, self._slack = places, stride, slack

    def longest(self, text: bytes, allowed: Callable[[int], bool] | None = None) -> SharedPiece:
        """Return the longest piece of `text` that stands in the body; of equally long ones the first in `text`.

        Parameters
        ----------
        allowed
            Whether a piece may be taken from a place of the body; None takes all.
        """
        best = SharedPiece()
        for start in range(len(text) // self._stride):
            rest = text[start * self._stride :]
            wanted = self._one_more(rest, best)
            if not wanted:
                break
            at = self._bisect(wanted)
            if self._starts(at, wanted):
                best = self._longer(start, rest, at, best, allowed)
        return best

    def places_of(self, piece: bytes) -> Places:
        """Return every place of the body where the bytes of `piece` stand, in no useful order."""
        size = len(piece)
        end = bisect_right(
            self._places, piece, lo=(begin := self._bisect(piece)), key=lambda place: self._at(place, size)
        )
        return self._places[begin:end]

    def _longer(
        self, start: int, rest: bytes, at: int, best: SharedPiece, allowed: Callable[[int], bool] | None
    ) -> SharedPiece:
        """Return the longest allowed piece at `start`, if it is longer than `best`; the nearest two neighbours vie."""
        if self._starts(at + 1, self._one_more(rest, best)):
            at = self._bisect(rest)
        for index, step in ((at, 1), (at - 1, -1)):
            while self._starts(index, self._one_more(rest, best)):
                place = int(self._places[index])
                if allowed is None or allowed(place):
                    best = SharedPiece(self._common(place, rest), start, place)
                    break
                index += step
        return best

    def _one_more(self, rest: bytes, best: SharedPiece) -> bytes:
        """Return how `rest` begins, one unit longer than `best`; nothing if it is too short."""
        size = (best.length + 1) * self._stride
        return rest[: size - self._slack] if len(rest) >= size else b""

    def _bisect(self, wanted: bytes) -> int:
        size = len(wanted)
        return bisect_left(self._places, wanted, key=lambda place: self._at(place, size))

    def _at(self, place: Any, size: int) -> bytes:
        first = int(place) * self._stride
        return bytes(self._view[first : first + size])

    def _starts(self, index: int, wanted: bytes) -> bool:
        if not 0 <= index < len(self._places) or not wanted:
            return False
        first = int(self._places[index]) * self._stride
        return self._view[first : first + len(wanted)] == wanted

    def _common(self, place: int, rest: bytes) -> int:
        """Return how many units stand both at `place` and at the beginning of `rest`."""
        there = np.frombuffer(self._view[place * self._stride :][: len(rest)], np.uint8)
        here = np.frombuffer(rest[: len(there)], np.uint8)
        unlike = np.flatnonzero(here != there)
        return (int(unlike[0] if len(unlike) else len(here)) + self._slack) // self._stride
