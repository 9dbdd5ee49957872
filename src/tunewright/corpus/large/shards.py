"""Ids of tunes that are larger than memory, read from memory-mapped files.

The files hold one tune after the other: one byte for each id, or two, little-endian. A file is mapped for each use and
released at once: the pages of a mapped file count as memory of the process as long as it is mapped. Memory: 12 bytes
for each tune, and 16 more while the tunes are read in another order.

Shapes: N tunes, C characters of all of them, framed.
"""

import hashlib
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, cast, overload

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.vocabulary import Ids
from tunewright.errors import CorpusError

_READ_AHEAD = 1024
"""Number of tunes that are read at once in an iteration over all."""


@dataclass(frozen=True)
class ShardFile:
    """A file of a built corpus."""

    path: Path
    size: int
    """In bytes."""
    sha256: str

    def check_size(self) -> None:
        """Raise CorpusError if it is missing or of another size."""
        try:
            size = self.path.stat().st_size
        except OSError as error:
            raise CorpusError(f"cannot be read: {error.strerror or error}", path=self.path) from error
        if size != self.size:
            raise CorpusError(f"has {size:,} bytes instead of {self.size:,}; build the corpus again", path=self.path)

    def check_content(self) -> None:
        """Raise CorpusError if it does not have its checksum."""
        try:
            with self.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise CorpusError(f"cannot be read: {error.strerror or error}", path=self.path) from error
        if digest != self.sha256:
            raise CorpusError(
                "is damaged: its checksum is not that of the index; build the corpus again", path=self.path
            )

    def map(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Map it into memory; the mapping ends with the last array that uses it."""
        with self.path.open("rb") as file:
            return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype)


@dataclass(frozen=True)
class Shards:
    """Ids in several files, as if they were one array, shape=(C,)."""

    files: tuple[ShardFile, ...]
    dtype: np.dtype[np.integer[Any]]
    symbols: int
    """Ids are less than this."""

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Start of each file, and end of the last, shape=(files + 1,)."""
        return np.array(list(accumulate((file.size // self.dtype.itemsize for file in self.files), initial=0)))

    def gather(self, places: NDArray[np.int64]) -> Ids:
        """Return the ids at `places`, 0 <= place < C, in the shape of `places`."""
        found = np.empty(places.shape, self.dtype)
        for number, here in self._by_file(places):
            found[here] = self.files[number].map(self.dtype)[places[here] - self.edges[number]]
        return self._checked(found)

    def slices(self, starts: NDArray[np.int64], lengths: NDArray[np.integer[Any]]) -> list[Ids]:
        """Return for each start the next `lengths` ids; no slice may cross from one file to the next."""
        found: list[Ids] = [np.empty(0, self.dtype)] * len(starts)
        for number, here in self._by_file(starts):
            ids = self.files[number].map(self.dtype)
            for index in np.flatnonzero(here):
                start = starts[index] - self.edges[number]
                found[index] = self._checked(ids[start : start + lengths[index]].copy())
        return found

    def _by_file(self, places: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        if len(self.files) == 1:
            yield 0, np.ones(places.shape, np.bool_)
            return
        numbers = np.searchsorted(self.edges, places, side="right") - 1
        for number in np.flatnonzero(np.bincount(numbers.ravel(), minlength=1)):
            yield int(number), numbers == number

    def _checked(self, ids: Ids) -> Ids:
        if ids.size and ids.max() >= self.symbols:
            names = ", ".join(str(file.path) for file in self.files)
            raise CorpusError("are damaged: an id is out of range; build the corpus again", path=names)
        return ids


class MappedTunes(Sequence[Ids]):
    """Framed tunes as ids, read from disk when they are used.

    Parameters
    ----------
    shards
        Their ids, one tune after the other.
    lengths
        Number of ids of each, shape=(N,).
    """

    def __init__(self, shards: Shards, lengths: NDArray[np.uint32]) -> None:
        self.shards, self.lengths = shards, lengths
        self._starts = np.cumsum(lengths, dtype=np.int64) - lengths

    @property
    def characters(self) -> int:
        """Number of characters of all tunes, boundaries included."""
        return int(self.shards.edges[-1])

    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, number: int) -> Ids: ...
    @overload
    def __getitem__(self, number: slice) -> list[Ids]: ...
    def __getitem__(self, number: int | slice) -> Ids | list[Ids]:
        """Return one tune, or several."""
        if isinstance(number, slice):
            return self.shards.slices(self._starts[number], self.lengths[number])
        start, length = self._starts[[number]], self.lengths[[number]]
        return self.shards.slices(start, length)[0]

    def __iter__(self) -> Iterator[Ids]:
        for first in range(0, len(self), _READ_AHEAD):
            yield from self[first : first + _READ_AHEAD]

    def joined(self, order: NDArray[np.int64] | None = None) -> "MappedText":
        """Return the text of all tunes, one after the other, in `order` if it is given."""
        return MappedText(self.shards, self._starts, self.lengths, order)


class MappedText:
    """The text of tunes in any order, read from disk when it is used; acts as an array of ids, shape=(C,)."""

    def __init__(
        self,
        shards: Shards,
        starts: NDArray[np.int64],
        lengths: NDArray[np.uint32],
        order: NDArray[np.int64] | None,
    ) -> None:
        self._shards = shards
        if order is not None:
            # characters before each tune in this order, and its distance from its place in the files
            self._before = np.cumsum(lengths[order], dtype=np.int64) - lengths[order]
            self._moved = starts[order] - self._before
        self._in_order = order is None

    def __len__(self) -> int:
        return int(self._shards.edges[-1])

    def take(self, places: NDArray[np.int64], *, mode: Literal["wrap"]) -> Ids:  # noqa: ARG002
        """Return the ids at `places` of the text, taken as a ring, as numpy's `take` does."""
        places = places % len(self)
        if not self._in_order:
            # neighbours in a lane lie in the same tune: transposed, the search is local
            tunes = np.searchsorted(self._before, places.T, side="right").T - 1
            places = places + self._moved[tunes]
        return self._shards.gather(places)


def joined(tunes: Sequence[Ids], order: NDArray[np.int64] | None = None) -> Ids:
    """Return the text of `tunes`, one after the other or in `order`, shape=(C,).

    For `MappedTunes` it is a `MappedText`, which has the methods of an array that batches use.
    """
    if isinstance(tunes, MappedTunes):
        return cast(Ids, tunes.joined(order))
    return np.concatenate(tunes if order is None else [tunes[number] for number in order])


def count_characters(tunes: Sequence[Ids]) -> int:
    """Return C."""
    return tunes.characters if isinstance(tunes, MappedTunes) else sum(len(ids) for ids in tunes)


def lengths_of(tunes: Sequence[Ids]) -> NDArray[np.int64]:
    """Return the number of characters of each tune, shape=(N,)."""
    return np.array(tunes.lengths if isinstance(tunes, MappedTunes) else [len(ids) for ids in tunes], dtype=np.int64)
