"""Kneser-Ney n-gram model of characters, the baseline for a network's loss.

Two models are measured beside every network, under the same protocols (see `tunewright.training.evaluate`): the
unigram, and one with up to `CONTEXT` characters of context.

Smoothing is modified Kneser-Ney, interpolated (S. Chen, J. Goodman, "An empirical study of smoothing techniques for
language modeling", Computer Speech and Language 13, 1999): a discount is taken off each count and given to the shorter
context, which counts the number of different contexts of a character, not its occurrences. Witten-Bell smoothing is
worse at every length on the tunes that we measured (see docs/evaluation.md).

A context reaches back to the start of its tune or window and no further.

Letters: N characters of text, S symbols of the vocabulary, k characters of context.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.large.shards import count_characters
from tunewright.corpus.vocabulary import Ids
from tunewright.training.evaluate import BuiltEvaluationSet, Loss, Measurable, cold_window_of, full_tune_of

CONTEXT = 10
"""Characters of context. Longer ones gain less than 0.003 nats per character on the tunes that we measured."""

MOST_CHARACTERS = 2_000_000
"""Most characters that are counted, in tunes spread evenly over a larger corpus, to limit memory."""

RARE_DISCOUNTS = (0.0, 0.5, 1.0, 1.5)
"""Discounts where the counts do not suffice to estimate them (the fallback of KenLM)."""

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Baseline:
    """Losses of one n-gram model."""

    full_tune: Loss
    cold_window: Loss


@dataclass(frozen=True)
class Baselines:
    """Losses of the n-gram models on the tunes that a network is measured on."""

    unigram: Baseline
    ngram: Baseline
    context: int
    """Characters of context of `ngram`."""
    counted_characters: int
    """Number of characters that were counted."""

    def as_json(self) -> dict[str, Any]:
        """Return the record of a training, and of ``tunewright evaluate --json``."""
        losses = {
            name: {"full_tune": found.full_tune.as_json(), "cold_window": found.cold_window.as_json()}
            for name, found in (("unigram", self.unigram), ("ngram", self.ngram))
        }
        return {**losses, "context": self.context, "counted_characters": self.counted_characters}


def baselines(tunes: Sequence[Ids], symbols: int, data: Measurable) -> Baselines:
    """Count `tunes` and measure on `data`.

    Parameters
    ----------
    tunes
        Framed training tunes as ids, to count.
    symbols
        S, the size of the vocabulary.
    data
        The tunes to measure on, in the same ids; of a built corpus, a sample.
    """
    measured = data.spread() if isinstance(data, BuiltEvaluationSet) else data
    counted = spread(tunes, MOST_CHARACTERS)

    def reached(context: int) -> Baseline:
        predict = NgramModel(counted, symbols, context).nats_per_sequence
        return Baseline(full_tune_of(predict, measured), cold_window_of(predict, measured))

    return Baselines(reached(0), reached(CONTEXT), CONTEXT, sum(map(len, counted)))


def spread(tunes: Sequence[Ids], most: int) -> list[Ids]:
    """Return all `tunes`, or every second, third ... of them, with about `most` characters at most."""
    step = -(-count_characters(tunes) // most)
    return [tunes[number] for number in range(0, len(tunes), max(1, step))]


class NgramModel:
    """An interpolated n-gram model of characters.

    Parameters
    ----------
    tunes
        Framed tunes to count, as ids. The first character of each is given, never predicted.
    symbols
        S, the size of the vocabulary.
    context
        Characters of context, 0 or more.
    """

    def __init__(self, tunes: Sequence[Ids], symbols: int, context: int = CONTEXT) -> None:
        self._symbols = symbols
        text, place = _joined(tunes)
        self._orders: list[_Order] = []
        lower: _Grams | None = None
        for grams in _grams_of(text, place, symbols, context):
            if lower is not None:
                self._orders.append(_Order.of(lower, lower.surroundings(grams), symbols))
            lower = grams
        if lower is not None:
            self._orders.append(_Order.of(lower, lower.occurrences(), symbols))

    def nats_per_sequence(self, sequences: Sequence[Ids]) -> Floats:
        """Return the negative log-probability of each sequence after its first character, shape=(len(sequences),)."""
        text, place = _joined(sequences)
        # Every symbol but START may come next.
        chance = np.full(len(text), 1 / max(1, self._symbols - 1))
        context = np.zeros(len(text), np.int64)
        for order in self._orders:
            at = np.flatnonzero(context >= 0)
            gram = _find(order.grams, context[at] * self._symbols + text[at])
            group = _find(order.contexts, context[at])
            share = np.where(gram >= 0, order.shares[gram], 0.0)
            chance[at] = np.where(group >= 0, share + order.left[group] * chance[at], chance[at])
            context = _next_context(at, gram, place)
        nats = np.where(place > 0, -np.log(chance), 0.0)
        return np.add.reduceat(nats, np.flatnonzero(place == 0)) if len(text) else np.zeros(0)


@dataclass(frozen=True)
class _Grams:
    """The different strings of k + 1 characters (grams) in a text, numbered in the order of their keys.

    A key is the number of the first k characters (among the strings of that length) times S, plus the last character.
    """

    keys: Numbers
    """Sorted."""
    at: Numbers
    """Places in the text where a gram ends."""
    number: Numbers
    """Number of the gram that ends there, in the order of `at`."""
    first: Numbers
    """For each gram, the index in `at` of one of its ends."""
    place: Numbers
    """Number of characters between the start of the tune and each of `at`."""
    length: int
    """k."""

    def occurrences(self) -> Numbers:
        """Return the number of occurrences of each gram in which its last character is predicted."""
        return np.bincount(self.number[self.place > 0], minlength=len(self.keys))

    def surroundings(self, longer: "_Grams") -> Numbers:
        """Return the number of different contexts of each gram; each start of a tune counts as a new one."""
        ends = longer.at[longer.first]
        different = np.bincount(self.number[np.searchsorted(self.at, ends)], minlength=len(self.keys))
        opening = self.number[(self.place == self.length) & (self.place > 0)]
        return different + np.bincount(opening, minlength=len(self.keys))


@dataclass(frozen=True)
class _Order:
    """The probabilities for contexts of one length."""

    grams: Numbers
    """Keys of the grams that occur, sorted."""
    shares: Floats
    """Discounted probability of each gram's last character."""
    contexts: Numbers
    """Numbers of the contexts that occur, sorted."""
    left: Floats
    """Probability that each context leaves to the shorter context (its back-off weight)."""

    @classmethod
    def of(cls, grams: _Grams, counts: Numbers, symbols: int) -> "_Order":
        contexts, first = np.unique(grams.keys // symbols, return_index=True)
        kept = counts - discounts(counts)[np.minimum(counts, 3)]
        totals = np.add.reduceat(counts, first)
        # A context that occurs only at the start of a text says nothing.
        left = 1 - np.add.reduceat(kept, first) / np.maximum(totals, 1)
        shares = kept / np.maximum(totals, 1)[np.searchsorted(contexts, grams.keys // symbols)]
        return cls(grams.keys, shares, contexts, left)


def discounts(counts: Numbers) -> Floats:
    """Return the discounts of counts 0, 1, 2, and 3 or more (Chen and Goodman 1999, equation 17).

    `RARE_DISCOUNTS` replace them where the counts do not suffice to estimate them, or a discount would not be positive,
    so that nothing would be left for unseen grams.
    """
    once, twice, thrice, four_times = (int((counts == number).sum()) for number in (1, 2, 3, 4))
    if not (once and twice and thrice):
        return np.array(RARE_DISCOUNTS)
    share = once / (once + 2 * twice)
    found = np.array(
        [1 - 2 * share * twice / once, 2 - 3 * share * thrice / twice, 3 - 4 * share * four_times / thrice]
    )
    return np.array([0.0, *found]) if (found > 0).all() else np.array(RARE_DISCOUNTS)


def _joined(sequences: Sequence[Ids]) -> tuple[Numbers, Numbers]:
    """Return all sequences joined, and the place of each character in its sequence; both shape=(N,)."""
    if not sequences:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    lengths = np.array([len(sequence) for sequence in sequences])
    text = np.concatenate(sequences).astype(np.int64)
    return text, np.arange(len(text)) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _grams_of(text: Numbers, place: Numbers, symbols: int, context: int) -> Iterator[_Grams]:
    """Yield the grams of 1, 2 ... `context` + 1 characters within a tune."""
    number = np.zeros(len(text), np.int64)
    for length in range(context + 1):
        at = np.flatnonzero(number >= 0)
        if not len(at):
            return
        keys, first, found = np.unique(number[at] * symbols + text[at], return_index=True, return_inverse=True)
        yield _Grams(keys, at, found, first, place[at], length)
        number = _next_context(at, found, place)


def _next_context(at: Numbers, number: Numbers, place: Numbers) -> Numbers:
    """Return for each character the number of the gram that ends just before it in its tune; -1 if there is none."""
    context = np.full(len(place) + 1, -1, np.int64)
    context[at + 1] = number
    return np.where(place > 0, context[:-1], -1)


def _find(keys: Numbers, wanted: Numbers) -> Numbers:
    """Return the index of each of `wanted` in the sorted `keys`, -1 if it is missing."""
    index = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[index] == wanted, index, -1)
