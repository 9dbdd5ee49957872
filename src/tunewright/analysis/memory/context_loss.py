"""Loss of a network that is given only the last k characters.

Windows begin every 64 characters of a tune, with the state zero, and are up to 256 characters long: the loss after the
k-th character of a window is that of a network with k characters of context. The excess is this loss less the loss at
the same place with all the context since the start of the tune, so that only the context differs. Places in one tune
are not independent, so the standard error is that of the mean over tunes.

Losses are in nats per character.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.character_losses import character_losses
from tunewright.analysis.memory.gradient_decay import CHUNK
from tunewright.corpus.vocabulary import Ids
from tunewright.model.network import CharNetwork

MOST = 256
"""Most characters of context."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class ContextLoss:
    """Loss with a given range of context."""

    fewest: int
    """Least number of characters of context."""
    most: int
    """Greatest number, a power of two."""
    excess: float
    """Mean loss less the loss with all the context since the tune's start."""
    standard_error: float | None
    """Of the excess, over tunes; None with a single tune."""
    characters: int
    """Places that were compared."""


@dataclass(frozen=True)
class ContextLosses:
    """Losses against the number of characters of context."""

    full: float
    """Loss with all context since the tune's start, over all characters."""
    by_context: tuple[ContextLoss, ...]
    """1, 2, 3 to 4, 5 to 8 characters ..., as far as tunes are long enough."""

    def enough(self, excess: float = 0.01) -> int | None:
        """Fewest characters of context from which on the excess stays below `excess`; None if even the most are too
        few, or if no tune is long enough."""
        if not self.by_context:
            return None
        for each in reversed(self.by_context):
            if each.excess >= excess:
                return 2 * each.most if each is not self.by_context[-1] else None
        return 1


def context_losses(network: CharNetwork, texts: Sequence[Ids]) -> ContextLosses:
    """Measure the loss against the number of characters of context.

    Parameters
    ----------
    network
        In evaluation mode.
    texts
        Framed tunes as ids of its vocabulary, at least one of two characters or more.
    """
    full = character_losses(network, texts)
    places = [(number, start) for number, text in enumerate(texts) for start in range(CHUNK, len(text) - 1, CHUNK)]
    cold = character_losses(network, [texts[number][start : start + MOST + 1] for number, start in places])
    sums = np.zeros((len(texts), MOST))
    counts = np.zeros((len(texts), MOST), int)
    for (number, start), losses in zip(places, cold, strict=True):
        sums[number, : len(losses)] += losses - full[number][start : start + len(losses)]
        counts[number, : len(losses)] += 1
    return ContextLosses(float(np.concatenate(full).mean(dtype=float)), tuple(_by_context(sums, counts)))


def _by_context(sums: Doubles, counts: NDArray[np.int_]) -> Iterator[ContextLoss]:
    """Excess by context, from sums by tune and number of characters, shape=(tunes, MOST)."""
    for power in range(MOST.bit_length()):
        fewest, most = 2**power // 2 + 1, 2**power
        among = slice(fewest - 1, most)
        sizes = counts[:, among].sum(axis=1)
        having = sizes > 0
        if not having.any():
            return
        total, size = sums[having, among].sum(axis=1), sizes[having]
        mean = total.sum() / size.sum()
        tunes = len(size)
        residuals = total - mean * size  # delta method for a ratio of two sums over tunes
        error = np.sqrt(np.square(residuals).sum() * tunes / (tunes - 1)) / size.sum() if tunes > 1 else None
        yield ContextLoss(fewest, most, float(mean), None if error is None else float(error), int(size.sum()))
