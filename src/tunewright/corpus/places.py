"""Where in the text does each batch of an epoch lie?

A `Place` is what `batches` cuts a batch out of the text by: a few numbers, so that a text that lies on a GPU need not
leave it. Both ways of feeding are explained there.

Shapes: T time steps, B lanes, N characters of the text, which is a ring.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.vocabulary import Ids


@dataclass(frozen=True)
class Place:
    """Where one batch lies."""

    starts: NDArray[np.int64]
    """First character of each lane, 0 up to, not including, N, shape=(B,)."""
    length: int
    """T; a lane is the T + 1 characters from its start, past the end of the text those at its beginning."""
    keep: NDArray[np.float32]
    """1 for lanes that go on with the state of the batch before, 0 for lanes that start from zero, shape=(B,)."""


def shuffled_text(tunes: Sequence[Ids], generator: np.random.Generator) -> Ids:
    """The tunes one after the other in random order, shape=(N,)."""
    return np.concatenate([tunes[number] for number in generator.permutation(len(tunes))])


def window_places(characters: int, *, length: int, lanes: int, generator: np.random.Generator) -> Iterator[Place]:
    """Places of random slices that cover a text of `characters` once; arguments as `batches.windows` has them."""
    slices = max(1, characters // length)
    starts = generator.integers(length) + length * generator.permutation(slices)
    for first in range(0, slices, lanes):
        chosen = starts[first : first + lanes] % characters
        yield Place(chosen, length, np.zeros(len(chosen), np.float32))


def stream_places(
    characters: int, *, length: int, lanes: int, reset: float, generator: np.random.Generator
) -> Iterator[Place]:
    """Places of parallel lanes along a text of `characters`; arguments as `batches.streams` has them."""
    lane_length = -(-characters // lanes)
    starts = generator.integers(characters) + lane_length * np.arange(lanes)
    for first in range(0, lane_length, length):
        keep = generator.random(lanes) >= reset if first else np.zeros(lanes)
        yield Place((starts + first) % characters, min(length, lane_length - first), keep.astype(np.float32))
