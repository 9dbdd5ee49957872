"""In which pieces does a network see the corpus during one epoch?

`windows` cuts the text into random slices, each read with the state at zero: the assignment's way. `streams` shuffles
the tunes, lays them out in parallel lanes and walks along them, so that the state can be carried through a tune.

Both take the text as a ring, so that every epoch has the same number of batches. `streams` read every character once (a
few twice, to fill the last batch), `windows` all but less than one window. The order depends on the generator passed in
and on nothing else.

A batch says where it lies in the text, so that a text that lies on a GPU can be cut there.

Shapes: T time steps, B lanes, N characters of the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.shards import joined
from tunewright.corpus.shuffling import Shuffled
from tunewright.corpus.vocabulary import Ids


@dataclass(frozen=True)
class Batch:
    """One step's worth of text."""

    text: Ids
    """The text of the epoch, shape=(N,)."""
    starts: NDArray[np.int64]
    """Where in it each lane begins, shape=(B,)."""
    length: int
    """T."""
    keep: NDArray[np.float32]
    """1 for lanes that go on with the state of the batch before, 0 for lanes that start from zero, shape=(B,)."""

    @property
    def ids(self) -> Ids:
        """Inputs and targets, cut out whenever they are asked for, shape=(T + 1, B).

        The network reads all rows but the last and predicts all but the first.
        """
        return self.text.take(np.arange(self.length + 1)[:, None] + self.starts, mode="wrap")


def count_windows(characters: int, *, length: int, lanes: int) -> int:
    """Batches in an epoch of `windows`."""
    return -(-_slices(characters, length) // lanes)


def windows(tunes: Sequence[Ids], *, length: int, lanes: int, generator: np.random.Generator) -> Iterator[Batch]:
    """Random slices of the text that cover it once, in random order.

    Parameters
    ----------
    tunes
        Framed tunes as ids.
    length
        T, characters that a slice predicts.
    lanes
        B, slices in a batch; the last one may have fewer.
    generator
        Decides where the slices begin and in which order they come.
    """
    text = joined(tunes)
    slices = _slices(len(text), length)
    offset, order = generator.integers(length), Shuffled(slices, generator)
    for first in range(0, slices, lanes):
        chosen = offset + length * order[first : first + lanes]
        yield Batch(text, chosen, length, np.zeros(len(chosen), np.float32))


def count_streams(characters: int, *, length: int, lanes: int) -> int:
    """Batches in an epoch of `streams`."""
    return -(-_lane_length(characters, lanes) // length)


def streams(
    tunes: Sequence[Ids], *, length: int, lanes: int, reset: float, generator: np.random.Generator
) -> Iterator[Batch]:
    """Shuffled tunes in parallel lanes, in order along each lane.

    Parameters
    ----------
    tunes
        Framed tunes as ids.
    length
        T, characters that one batch predicts in each lane; the last one may have fewer.
    lanes
        B.
    reset
        Probability that a lane starts a batch from the zero state, so that the network also learns to begin anywhere.
    generator
        Decides the order of the tunes and the resets.
    """
    text = joined(tunes, generator.permutation(len(tunes)))
    lane_length = _lane_length(len(text), lanes)
    starts = generator.integers(len(text)) + lane_length * np.arange(lanes)
    for first in range(0, lane_length, length):
        keep = generator.random(lanes) >= reset if first else np.zeros(lanes)
        yield Batch(text, starts + first, min(length, lane_length - first), keep.astype(np.float32))


def _slices(characters: int, length: int) -> int:
    return max(1, characters // length)


def _lane_length(characters: int, lanes: int) -> int:
    return -(-characters // lanes)
