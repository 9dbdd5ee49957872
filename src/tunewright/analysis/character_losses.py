"""Loss of a network at each character of some tunes, and its sums over kinds of characters.

A tune is read from the zero state, the boundary that opens it first; the network predicts its characters and its end.
Losses are negative log-probabilities in nats.

Shapes: N characters of all tunes, their ends included; M tunes; K kinds of characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.analysis.character_kinds import KINDS, character_kinds
from tunewright.analysis.units.samples import Side
from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Ids, Vocabulary
from tunewright.model.network import CharNetwork, State
from tunewright.model.threads import side_by_side

Floats = NDArray[np.float64]

CHUNK = 128
"""Time steps per call."""
LANES = 32
"""Sequences in a batch."""


@dataclass(frozen=True)
class TunesByKind:
    """Tunes to predict, with the kind of each character."""

    tunes: tuple[Ids, ...]
    """With their boundaries."""
    bins: NDArray[np.intp]
    """Index of the tune times K, plus index of the kind, of each character, shape=(N,)."""

    @classmethod
    def of(cls, side: Side, vocabulary: Vocabulary, characters: int, seed: int = 0) -> "TunesByKind":
        """Draw random tunes of `side` with at most `characters` in all, but one tune at least."""
        order = np.random.default_rng(seed).permutation(len(side.texts))
        sizes = np.array([len(text) + 1 for text in side.texts])[order]
        chosen = np.sort(order[: max(1, int((np.cumsum(sizes) <= characters).sum()))])
        ids = tuple(vocabulary.encode(START + side.texts[number] + END) for number in chosen)
        kinds = (_known_kinds(side.tunes[number].text, vocabulary) for number in chosen)
        bins = np.concatenate([place * len(KINDS) + found for place, found in enumerate(kinds)])
        return cls(ids, bins)

    @property
    def counts(self) -> Floats:
        """Characters of each kind in each tune, shape=(M, K)."""
        return self.sums(np.ones(len(self.bins)))

    def sums(self, values: NDArray[np.floating]) -> Floats:
        """Sum values of characters, shape=(N,), over the kinds of each tune, shape=(M, K)."""
        size = len(self.tunes) * len(KINDS)
        sums = np.bincount(self.bins, values, minlength=size).astype(np.float64)
        return sums.reshape(len(self.tunes), len(KINDS))


def _known_kinds(text: str, vocabulary: Vocabulary) -> NDArray[np.intp]:
    """Kinds of the characters that are in the vocabulary, and of the end."""
    known = [character in vocabulary.symbols for character in text]
    return character_kinds(text)[[*known, True]].astype(np.intp)


def character_losses(network: CharNetwork, tunes: Sequence[Ids], *, threads: int = 0) -> list[NDArray[np.float32]]:
    """Negative log-probability of each character but the first of each of `tunes`, shape=(characters - 1,) each.

    Parameters
    ----------
    network
        In evaluation mode.
    tunes
        Any sequences, at least one of two characters or more; the state is zero before each.
    threads
        Number of threads, each of which reads some of the sequences; 0 takes one for each core.
    """
    order = sorted(range(len(tunes)), key=lambda number: -len(tunes[number]))
    batches = [order[first : first + LANES] for first in range(0, len(order), LANES)]

    def read(numbers: Sequence[int]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return _losses_of_lanes(network, [tunes[number] for number in numbers])

    found: dict[int, NDArray[np.float32]] = {}
    for numbers, losses in zip(batches, side_by_side(read, batches, threads), strict=True):
        found |= {number: losses[: len(tunes[number]) - 1, lane] for lane, number in enumerate(numbers)}
    return [found[number] for number in range(len(tunes))]


def _losses_of_lanes(network: CharNetwork, lanes: Sequence[Ids]) -> NDArray[np.float32]:
    """Losses of a batch, longest first, shape=(characters of the longest - 1, lanes); undefined after a lane's end."""
    lengths = np.array([len(ids) for ids in lanes])
    padded = np.zeros((lengths[0], len(lanes)), dtype=np.int64)
    for lane, ids in enumerate(lanes):
        padded[: len(ids), lane] = ids
    characters = torch.from_numpy(padded)
    losses = np.empty((lengths[0] - 1, len(lanes)), np.float32)
    state: State | None = None
    for start in range(0, len(losses), CHUNK):
        active = int((lengths > start + 1).sum())
        targets = characters[start + 1 : start + 1 + CHUNK, :active]
        state = state and tuple(part[:, :active].contiguous() for part in state)
        nats, state = network.losses(characters[start : start + len(targets), :active], targets, state)
        losses[start : start + len(targets), :active] = nats.numpy()
    return losses
