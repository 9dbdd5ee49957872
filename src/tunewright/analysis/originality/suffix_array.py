"""Suffix array over a body of texts, and the longest substring that a text shares with it.

The suffix array sorts the positions of the body by the text that follows each, so that any substring is found by
bisection (U. Manber and G. Myers, "Suffix arrays: a new method for on-line string searches", 1993; built by prefix
doubling). The answer is exact: no common substring is longer.

The body is a sequence of units of `stride` bytes each, compared byte by byte. The last `slack` bytes of a unit say how
it continues to the next one, and need not match in the last unit of a piece.

Shapes: N units of the body.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_KEY_BYTES = 8
_STARTS_AT_ONCE = 4096
_MARKS = 1024

Places = NDArray[np.integer[Any]]
"""Indices of units; 32 bits each if they fit."""


@dataclass(frozen=True)
class SharedPiece:
    """A substring that a text shares with the body, in units; `length` is 0 if there is none."""

    length: int = 0
    start: int = 0
    """Its start in the text."""
    place: int = 0
    """Its start in the body."""


def suffix_array(keys: NDArray[np.uint64], reach: int = 1) -> Places:
    """Return the suffix array: the places of the body, sorted by what follows each, shape=(N,).

    Parameters
    ----------
    keys
        The first `reach` units at each place as one number that sorts like them, zeros after the end, shape=(N,).
    """
    places: Places = np.argsort(keys).astype(np.int32 if len(keys) <= np.iinfo(np.int32).max else np.int64)
    heads = _heads(keys[places])
    ranks = np.zeros(len(keys) + 1, places.dtype)  # the last one: of the empty suffix, before all others
    ranks[places] = heads + 1
    while True:
        # only places still equal to a neighbour are sorted, by the ranks `reach` units further (prefix doubling)
        alike = heads[1:] == heads[:-1]
        tied = np.flatnonzero(np.append(alike, False) | np.append(False, alike))
        if not len(tied):
            return places
        group = places[tied]
        ahead = group.astype(np.int64) + reach
        # after the end: a suffix that ends earlier is shorter, and shorter ones come first
        further = ranks[np.minimum(ahead, len(keys))] + reach - np.maximum(ahead - len(keys), 0)
        finer = heads[tied].astype(np.uint64) * np.uint64(len(keys) + 1 + reach) + further.astype(np.uint64)
        order = np.argsort(finer)
        places[tied] = group[order]
        heads[tied] = tied[_heads(finer[order])]
        ranks[places[tied]] = heads[tied] + 1
        reach *= 2


def _heads(ordered: NDArray[np.uint64]) -> Places:
    """Return for each of `ordered` the index of the first value equal to it."""
    indices = np.arange(len(ordered), dtype=np.int32 if len(ordered) <= np.iinfo(np.int32).max else np.int64)
    indices[1:][ordered[1:] == ordered[:-1]] = 0
    return np.maximum.accumulate(indices)


def _keys_at(data: NDArray[np.uint8], offsets: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    """Return the bytes from each of `offsets` on as one number that sorts like them, zeros after the end."""
    taken = offsets[..., np.newaxis] + np.arange(_KEY_BYTES)
    held = data[np.minimum(taken, len(data) - 1)] * (taken < len(data))
    keys: NDArray[np.uint64] = held.view(">u8")[..., 0].astype(np.uint64)
    return keys


class SortedBody:
    """A body of texts with its suffix array.

    Parameters
    ----------
    data
        The bytes of all units, shape=(N * stride,).
    places
        The result of `suffix_array`, shape=(N,).
    """

    def __init__(self, data: NDArray[np.uint8], places: Places, *, stride: int = 1, slack: int = 0) -> None:
        self._data, self._places = np.ascontiguousarray(data), np.asarray(places)
        self._view = self._data.data.cast("B")
        self._stride, self._slack = stride, slack

    def longest(self, text: bytes, allowed: Callable[[int], bool] | None = None) -> SharedPiece:
        """Return the longest substring of `text` that is in the body; of equally long ones the first in `text`.

        Parameters
        ----------
        allowed
            Whether a substring may begin at a place of the body; None allows all.
        """
        best = SharedPiece()
        for start, within in enumerate(self._ranges(text)):
            rest = text[start * self._stride :]
            size = (best.length + 1) * self._stride
            if len(rest) < size:
                break
            if self._holds(rest[: size - self._slack], within, allowed):
                best = self._longest_at(start, rest, within, allowed)
        return best

    def places_of(self, piece: bytes) -> Places:
        """Return every place of the body where `piece` begins, in no particular order."""
        size = len(piece)
        first, last = (
            side(self._places, piece, key=lambda place: self._at(place, size)) for side in (bisect_left, bisect_right)
        )
        return self._places[first:last]

    def _ranges(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Yield for each unit of `text` the range of the suffix array that begins with the same key."""
        size = _STARTS_AT_ONCE * self._stride
        for begin in range(0, len(text), size):
            part = np.frombuffer(text[begin : begin + size + _KEY_BYTES], np.uint8)
            keys = _keys_at(part, np.arange(0, min(len(part), size), self._stride))
            yield from zip(*self._bisect_keys(keys).tolist(), strict=True)

    def _bisect_keys(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the range of the suffix array that begins with each of K keys, shape=(2, K).

        All keys are bisected at the same time, which is faster than one after another.
        """
        marks, their_keys = self._marks
        mark = np.stack([np.searchsorted(their_keys, keys, side) for side in ("left", "right")])
        low, high = np.append(0, marks + 1)[mark], np.append(marks, len(self._places))[mark]
        for _ in range(int((high - low).max(initial=0)).bit_length()):
            middle = (low + high) // 2
            places = self._places[np.minimum(middle, len(self._places) - 1)].astype(np.int64)
            there = _keys_at(self._data, places * self._stride)
            further = (low < high) & np.stack([there[0] < keys, there[1] <= keys])
            low, high = np.where(further, middle + 1, low), np.where(further, high, middle)
        return low

    @cached_property
    def _marks(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Evenly spaced indices of the suffix array and their keys, where bisection starts."""
        marks = np.unique(np.linspace(0, len(self._places), _MARKS, endpoint=False, dtype=np.int64))
        marks = marks[marks < len(self._places)]
        return marks, _keys_at(self._data, self._places[marks].astype(np.int64) * self._stride)

    def _holds(self, piece: bytes, within: tuple[int, int], allowed: Callable[[int], bool] | None) -> bool:
        """Whether `piece` begins at any place that is allowed."""
        index = self._bisect(piece, within)
        while self._starts(index, piece):
            if allowed is None or allowed(int(self._places[index])):
                return True
            index += 1
        return False

    def _longest_at(
        self, start: int, rest: bytes, within: tuple[int, int], allowed: Callable[[int], bool] | None
    ) -> SharedPiece:
        """Return the longest allowed prefix of `rest`, the better of the nearest neighbours on either side."""
        best = SharedPiece()
        at = self._bisect(rest, within)
        for index, step in ((at, 1), (at - 1, -1)):
            while 0 <= index < len(self._places):
                place = int(self._places[index])
                if allowed is None or allowed(place):
                    length = self._common(place, rest)
                    best = SharedPiece(length, start, place) if length > best.length else best
                    break
                index += step
        return best

    def _bisect(self, wanted: bytes, within: tuple[int, int]) -> int:
        """Return the index of `wanted` in the suffix array; `within` narrows the search if it has a whole key."""
        size = len(wanted)
        first, last = within if size >= _KEY_BYTES else (0, len(self._places))
        return bisect_left(self._places, wanted, first, last, key=lambda place: self._at(place, size))

    def _at(self, place: Any, size: int) -> bytes:
        first = int(place) * self._stride
        return bytes(self._view[first : first + size])

    def _starts(self, index: int, wanted: bytes) -> bool:
        if not 0 <= index < len(self._places) or not wanted:
            return False
        first = int(self._places[index]) * self._stride
        return self._view[first : first + len(wanted)] == wanted

    def _common(self, place: int, rest: bytes) -> int:
        """Return the number of units that `place` and `rest` have in common."""
        there = np.frombuffer(self._view[place * self._stride :][: len(rest)], np.uint8)
        here = np.frombuffer(rest[: len(there)], np.uint8)
        unlike = np.flatnonzero(here != there)
        return (int(unlike[0] if len(unlike) else len(here)) + self._slack) // self._stride
