"""Batches of an epoch: random windows, parallel streams, or whole tunes side by side.

`windows` cuts the text into random slices, each read with the state at zero: the assignment's way. `streams` shuffles
the tunes, lays them out in B parallel streams and walks along them, so that the state can be carried through a tune
(truncated backpropagation through time). `WholeTunes` begins B tunes of about the same length together and reads them
to their ends.

Windows and streams take the text as a ring, so that every epoch has the same number of batches. `streams` read every
character once (a few twice, to fill the last batch), `windows` all but less than one window, `WholeTunes` every one
once. The order depends only on the generator that is passed in.

A batch holds places in the text, so that a text in the memory of a GPU can be cut there.

Shapes: T time steps, B batch size, N characters of the text. A row of a batch is also called its lane.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.large.shards import joined, lengths_of
from tunewright.corpus.large.shuffling import Shuffled
from tunewright.corpus.vocabulary import Ids

POOL = 20
"""Number of groups of tunes that are sorted by length together."""
LEAST_PART = 4
"""The last part of a tune is joined to the one before if it is shorter than T by more than this factor."""
END_ID = 1


@dataclass(frozen=True)
class Batch:
    """The text of one training step."""

    text: Ids
    """The text of the epoch, shape=(N,)."""
    starts: NDArray[np.int64]
    """Place in it where each lane begins, shape=(B,)."""
    length: int
    """T."""
    keep: NDArray[np.float32]
    """1 for lanes that continue with the state of the batch before, 0 for lanes that start from zero, shape=(B,)."""

    ends: NDArray[np.int64] | None = None
    """Number of characters that each lane predicts, from its first, shape=(B,); None if T in all of them."""

    @property
    def ids(self) -> Ids:
        """Inputs and targets, cut out of the text at each call, shape=(T + 1, B).

        The network reads all rows but the last and predicts all but the first. After the end of a whole tune the rows
        are filled with END; see `predicted`.
        """
        reach = np.arange(self.length + 1)[:, None]
        ids = self.text.take(reach + self.starts, mode="wrap")
        return ids if self.ends is None else np.where(reach > self.ends, np.asarray(END_ID, ids.dtype), ids)

    @property
    def predicted(self) -> NDArray[np.bool_] | None:
        """True for targets that count, shape=(T, B); None if all do."""
        return None if self.ends is None else np.arange(self.length)[:, None] < self.ends

    @property
    def characters(self) -> int:
        """Number of predicted characters."""
        return self.length * len(self.starts) if self.ends is None else int(self.ends.sum())

    def some(self, lanes: slice) -> "Batch":
        """Return a batch of some of its lanes."""
        ends = None if self.ends is None else self.ends[lanes]
        return replace(self, starts=self.starts[lanes], keep=self.keep[lanes], ends=ends)


def count_windows(characters: int, *, sequence_length: int, batch_size: int) -> int:
    """Return the number of batches in an epoch of `windows`."""
    return -(-_slices(characters, sequence_length) // batch_size)


def windows(
    tunes: Sequence[Ids], *, sequence_length: int, batch_size: int, generator: np.random.Generator
) -> Iterator[Batch]:
    """Yield random slices of the text that cover it once, in random order.

    Parameters
    ----------
    tunes
        Framed tunes as ids.
    sequence_length
        T, number of characters that a slice predicts.
    batch_size
        B, number of slices in a batch; the last one may have fewer.
    generator
        Draws the first place and the order of the slices.
    """
    text = joined(tunes)
    slices = _slices(len(text), sequence_length)
    offset, order = generator.integers(sequence_length), Shuffled(slices, generator)
    for first in range(0, slices, batch_size):
        chosen = offset + sequence_length * order[first : first + batch_size]
        yield Batch(text, chosen, sequence_length, np.zeros(len(chosen), np.float32))


def count_streams(characters: int, *, sequence_length: int, batch_size: int) -> int:
    """Return the number of batches in an epoch of `streams`."""
    return -(-_lane_length(characters, batch_size) // sequence_length)


def streams(
    tunes: Sequence[Ids],
    *,
    sequence_length: int,
    batch_size: int,
    state_reset_probability: float,
    generator: np.random.Generator,
) -> Iterator[Batch]:
    """Yield shuffled tunes in parallel lanes, in order along each lane.

    Parameters
    ----------
    tunes
        Framed tunes as ids.
    sequence_length
        T, number of characters that a batch predicts in each lane; the last one may have fewer.
    batch_size
        B.
    state_reset_probability
        Probability that a lane starts a batch from the zero state, so that the network also learns to begin anywhere.
    generator
        Draws the order of the tunes and the resets.
    """
    text = joined(tunes, generator.permutation(len(tunes)))
    lane_length = _lane_length(len(text), batch_size)
    starts = generator.integers(len(text)) + lane_length * np.arange(batch_size)
    for first in range(0, lane_length, sequence_length):
        keep = generator.random(batch_size) >= state_reset_probability if first else np.zeros(batch_size)
        yield Batch(text, starts + first, min(sequence_length, lane_length - first), keep.astype(np.float32))


class WholeTunes:
    """Batches of whole tunes, side by side with others of about the same length.

    A lane is left out once its tune has ended. The first batch of each group of tunes has a length of its own, so that
    batches begin at other places of a tune in every epoch; lanes are longest first.

    Parameters
    ----------
    tunes
        Framed tunes as ids.
    sequence_length
        T, number of characters that a batch predicts in each lane; the first batch of a group has between T / 2 and
        T, and the last one may have fewer, or some more.
    batch_size
        B, number of tunes that begin together.
    generator
        Draws the groups, their order, and where they are cut.
    """

    def __init__(
        self, tunes: Sequence[Ids], *, sequence_length: int, batch_size: int, generator: np.random.Generator
    ) -> None:
        self._text, sizes, self._length = joined(tunes), lengths_of(tunes), sequence_length
        self._starts, self._predicted = np.cumsum(sizes) - sizes, sizes - 1
        order = generator.permutation(len(sizes))
        groups: list[NDArray[np.int64]] = []
        for first in range(0, len(order), POOL * batch_size):
            pool = order[first : first + POOL * batch_size]
            pool = pool[np.argsort(-sizes[pool], kind="stable")]
            groups += [pool[begin : begin + batch_size] for begin in range(0, len(pool), batch_size)]
        self._groups = [groups[number] for number in generator.permutation(len(groups))]
        self._firsts = generator.integers((sequence_length + 1) // 2, sequence_length + 1, size=len(groups))

    def __len__(self) -> int:
        return sum(len(self._cuts(group, first)) - 1 for group, first in zip(self._groups, self._firsts, strict=True))

    def __iter__(self) -> Iterator[Batch]:
        for group, first in zip(self._groups, self._firsts, strict=True):
            predicted = self._predicted[group]
            for begin, end in pairwise(self._cuts(group, first)):
                active = int((predicted > begin).sum())
                keep = np.full(active, begin > 0, np.float32)
                ends = np.minimum(predicted[:active] - begin, end - begin)
                yield Batch(self._text, self._starts[group[:active]] + begin, end - begin, keep, ends)

    def _cuts(self, group: NDArray[np.int64], first: int) -> list[int]:
        """Return where the batches of a group begin in its tunes, and where the last one ends."""
        longest = int(self._predicted[group[0]])
        cuts = [0, *range(int(first), longest, self._length), longest]
        if len(cuts) > 2 and LEAST_PART * (cuts[-1] - cuts[-2]) < self._length:
            del cuts[-2]
        return cuts


def _slices(characters: int, sequence_length: int) -> int:
    return max(1, characters // sequence_length)


def _lane_length(characters: int, batch_size: int) -> int:
    return -(-characters // batch_size)
