"""Which batches does an epoch have?

They depend on the options and on the generator, which is made anew from the seed and the number of the epoch, so that a
training goes on within one without having kept anything of it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from tunewright.corpus.batches import Batch, WholeTunes, count_streams, count_windows, streams, windows
from tunewright.corpus.shards import count_characters
from tunewright.corpus.vocabulary import Ids
from tunewright.training.config import TrainingConfig


def batches_of(
    tunes: Sequence[Ids], config: TrainingConfig, generator: np.random.Generator
) -> tuple[int, Iterator[Batch]]:
    """How many batches an epoch of `tunes` has, and the batches."""
    size = {"length": config.length, "lanes": config.lanes}
    match config.feed:
        case "windows":
            return count_windows(count_characters(tunes), **size), windows(tunes, **size, generator=generator)
        case "streams":
            batches = streams(tunes, **size, reset=config.reset, generator=generator)
            return count_streams(count_characters(tunes), **size), batches
        case "tunes":
            whole = WholeTunes(tunes, **size, generator=generator)
            return len(whole), iter(whole)


def generator_of(config: TrainingConfig, epoch: int) -> np.random.Generator:
    """What decides the order of an epoch, which counts from 0."""
    return np.random.default_rng([config.seed, epoch])
