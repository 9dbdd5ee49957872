"""How much does a network lose that knows only the last k characters?

Windows begin every 64 characters of a tune, with the state zero, and read on for up to 256: the loss after the k-th
character of a window is that of a network which was given k characters. From it the loss at the same place with
everything since the start of the tune is taken away, so that only the context differs. Neighbouring places are of one
tune, so the standard error is that of the mean over tunes.

Losses are in nats per character.

Shapes: T characters, B lanes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from tunewright.analysis.gradient_decay import CHUNK
from tunewright.corpus.vocabulary import Ids
from tunewright.model.network import CharNetwork, State

MOST = 256
"""Characters of context that are given at most."""
LANES = 256
"""Sequences read side by side."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class ContextLoss:
    """The loss with so much context."""

    fewest: int
    """Characters given, from so many ..."""
    most: int
    """... to so many, a power of two."""
    excess: float
    """Mean loss above that with all the context since the tune's start."""
    standard_error: float | None
    """Of the excess, over tunes; None of a single tune."""
    characters: int
    """Places that were compared."""


@dataclass(frozen=True)
class ContextLosses:
    """Losses against the context given."""

    full: float
    """Loss with all context since the tune's start, over all characters."""
    by_context: tuple[ContextLoss, ...]
    """1, 2, 3 to 4, 5 to 8 characters ..., as far as tunes are long enough."""

    def enough(self, excess: float = 0.01) -> int | None:
        """Characters of context from which on less than `excess` is lost; None if not even the most are enough, or if
        no tune is long enough to say so."""
        if not self.by_context:
            return None
        for each in reversed(self.by_context):
            if each.excess >= excess:
                return 2 * each.most if each is not self.by_context[-1] else None
        return 1


def context_losses(network: CharNetwork, texts: Sequence[Ids]) -> ContextLosses:
    """Measure the loss against the context given.

    Parameters
    ----------
    network
        In evaluation mode.
    texts
        Framed tunes as ids of its vocabulary, one of two characters or more among them.
    """
    full = _losses(network, list(texts))
    places = [(number, start) for number, text in enumerate(texts) for start in range(CHUNK, len(text) - 1, CHUNK)]
    cold = _losses(network, [texts[number][start : start + MOST + 1] for number, start in places])
    sums = np.zeros((len(texts), MOST))
    counts = np.zeros((len(texts), MOST), int)
    for (number, start), losses in zip(places, cold, strict=True):
        sums[number, : len(losses)] += losses - full[number][start : start + len(losses)]
        counts[number, : len(losses)] += 1
    return ContextLosses(float(np.concatenate(full).mean()), tuple(_by_context(sums, counts)))


def _by_context(sums: Doubles, counts: NDArray[np.int_]) -> Iterator[ContextLoss]:
    """From the excess at each place summed by tune and context, shape=(tunes, MOST)."""
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
        residuals = total - mean * size  # of the ratio of two sums over tunes (the delta method)
        error = np.sqrt(np.square(residuals).sum() * tunes / (tunes - 1)) / size.sum() if tunes > 1 else None
        yield ContextLoss(fewest, most, float(mean), None if error is None else float(error), int(size.sum()))


@torch.inference_mode()
def _losses(network: CharNetwork, sequences: list[Ids]) -> list[Doubles]:
    """The loss at each character of each sequence but its first, state zero before it."""
    found: list[Doubles] = [np.zeros(0)] * len(sequences)
    order = sorted(range(len(sequences)), key=lambda number: -len(sequences[number]))
    for first in range(0, len(order), LANES):
        numbers = order[first : first + LANES]
        lanes = [sequences[number] for number in numbers]
        losses = np.concatenate(list(_of_lanes(network, lanes)))
        for lane, number in enumerate(numbers):
            found[number] = losses[: len(lanes[lane]) - 1, lane]
    return found


def _of_lanes(network: CharNetwork, lanes: list[Ids]) -> Iterator[Doubles]:
    """Losses of lanes, longest first, a chunk at a time, shape=(time, B); nan where a lane has ended."""
    lengths = np.array([len(lane) for lane in lanes])
    padded = np.zeros((lengths[0], len(lanes)), np.int64)
    for number, lane in enumerate(lanes):
        padded[: len(lane), number] = lane
    ids = torch.from_numpy(padded)
    state: State = network.zero_state(len(lanes))
    for start in range(0, len(padded) - 1, CHUNK):
        active = int((lengths > start + 1).sum())
        targets = ids[start + 1 : start + CHUNK + 1, :active]
        state = tuple(part[:, :active].contiguous() for part in state)
        logits, state = network(ids[start : start + len(targets), :active], state)
        losses = functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
        chunk = np.full((len(targets), len(lanes)), np.nan)
        chunk[:, :active] = losses.view_as(targets).numpy()
        yield chunk
