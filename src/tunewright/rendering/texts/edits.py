"""Texts that were edited, with the place of every character in the original.

Conventions: offsets count characters from 0; abcjs counts UTF-16 units (a character beyond U+FFFF is two).
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """A range of a text and what stands in its place."""

    start: int
    end: int
    new: str


class EditedText:
    """A text after edits.

    Parameters
    ----------
    original
        The text before.
    edits
        In any order; of two that overlap, the one that begins first counts.
    """

    def __init__(self, original: str, edits: Iterable[Edit]) -> None:
        parts: list[str] = []
        places: list[int] = []
        done = 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            if start < done:
                continue
            parts += (original[done:start], new)
            places += range(done, start)
            places += [start] * len(new)
            done = end
        self.original = original
        self.text = "".join(parts) + original[done:]
        places += range(done, len(original) + 1)
        self._places = places
        self._units = _units(self.text)
        self._original_units = _units(original)

    def original_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original, in UTF-16 units, that the range ``start, end`` of `text` stands for."""
        if self.text == self.original:
            return start, end
        first = self._places[self._index(start)]
        last = max(first, self._places[max(self._index(end) - 1, 0)] + 1)
        return self._unit(first), self._unit(last)

    def _index(self, unit: int) -> int:
        if self._units is None:
            return min(unit, len(self.text))
        return min(bisect_left(self._units, unit), len(self.text))

    def _unit(self, index: int) -> int:
        index = min(index, len(self.original))
        return index if self._original_units is None else self._original_units[index]


def _units(text: str) -> list[int] | None:
    """Return the start of each character, and the end of the last, in UTF-16 units; None if they are its indices."""
    if text.isascii() or max(text) <= "\uffff":
        return None
    starts = [0]
    for character in text:
        starts.append(starts[-1] + 1 + (character > "\uffff"))
    return starts
