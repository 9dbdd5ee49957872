"""How well does counting alone predict tunes? The scale that a network's loss stands on.

An n-gram model says how likely a character is after the few before it, from how often it stood there in the tunes that
were counted. Two of them are measured beside every network, under the same protocols (see `evaluate.py`): the unigram,
which looks at no character before, and one that looks at up to `CONTEXT` of them.

Smoothing is modified Kneser-Ney, interpolated (S. Chen, J. Goodman, "An empirical study of smoothing techniques for
language modeling", Computer Speech and Language 13, 1999): from each count something is taken off and given to the
shorter context, which counts not how often but in how many surroundings a character stood. Witten-Bell smoothing does
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
"""Characters of context. Longer ones gain less than 0.003 nats per character where we measured."""

MOST_CHARACTERS = 2_000_000
"""Of a larger corpus about so many characters are counted, in tunes spread evenly over it, and memory stays small."""

RARE_DISCOUNTS = (0.0, 0.5, 1.0, 1.5)
"""Discounts where a text does not allow to estimate them (those that KenLM falls back to)."""

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Baseline:
    """What one n-gram model reaches."""

    full_tune: Loss
    cold_window: Loss


@dataclass(frozen=True)
class Baselines:
    """What counting reaches on tunes that a network is measured on."""

    unigram: Baseline
    ngram: Baseline
    context: int
    """Characters of context of `ngram`."""
    counted_characters: int
    """Characters of the tunes that were counted."""

    def as_json(self) -> dict[str, Any]:
        """For the record of a training, and for ``tunewright evaluate --json``."""
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
        Framed tunes to count, as ids: those that the network learned from.
    symbols
        S, the size of the vocabulary.
    data
        The tunes to measure on, in the same ids; of a built corpus, some that are spread over it.
    """
    measured = data.spread() if isinstance(data, BuiltEvaluationSet) else data
    counted = spread(tunes, MOST_CHARACTERS)

    def reached(context: int) -> Baseline:
        predict = NgramModel(counted, symbols, context).nats_per_sequence
        return Baseline(full_tune_of(predict, measured), cold_window_of(predict, measured))

    return Baselines(reached(0), reached(CONTEXT), CONTEXT, sum(map(len, counted)))


def spread(tunes: Sequence[Ids], most: int) -> list[Ids]:
    """All `tunes`, or every second, third ... of them, so that they have about `most` characters at most."""
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
        """Negative log-probability of each sequence after its first character, shape=(len(sequences),)."""
        text, place = _joined(sequences)
        # Every symbol may come next but the one that opens a tune.
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
    """Every different string of k + 1 characters in a text, numbered in the order of its key.

    A key is the number of the first k characters (among the strings of that length) times S, plus the last character.
    """

    keys: Numbers
    """Sorted."""
    at: Numbers
    """Where in the text such a string ends."""
    number: Numbers
    """Which string ends there, in the order of `at`."""
    first: Numbers
    """For each string, one of the places in `at` where it ends, as an index into `at`."""
    place: Numbers
    """Characters between the start of the tune and each of `at`."""
    length: int
    """k."""

    def occurrences(self) -> Numbers:
        """How often each string stands in the text, its last character predicted."""
        return np.bincount(self.number[self.place > 0], minlength=len(self.keys))

    def surroundings(self, longer: "_Grams") -> Numbers:
        """Before how many different characters each string stands; a tune's start is a new one every time."""
        ends = longer.at[longer.first]
        different = np.bincount(self.number[np.searchsorted(self.at, ends)], minlength=len(self.keys))
        opening = self.number[(self.place == self.length) & (self.place > 0)]
        return different + np.bincount(opening, minlength=len(self.keys))


@dataclass(frozen=True)
class _Order:
    """The model's answers for contexts of one length."""

    grams: Numbers
    """Keys of the strings that were seen, sorted."""
    shares: Floats
    """Probability that each string's last character has by itself."""
    contexts: Numbers
    """Numbers of the contexts that were seen, sorted."""
    left: Floats
    """Probability that each context leaves to the shorter one."""

    @classmethod
    def of(cls, grams: _Grams, counts: Numbers, symbols: int) -> "_Order":
        contexts, first = np.unique(grams.keys // symbols, return_index=True)
        kept = counts - discounts(counts)[np.minimum(counts, 3)]
        totals = np.add.reduceat(counts, first)
        # A context of which only the start of a text is known says nothing.
        left = 1 - np.add.reduceat(kept, first) / np.maximum(totals, 1)
        shares = kept / np.maximum(totals, 1)[np.searchsorted(contexts, grams.keys // symbols)]
        return cls(grams.keys, shares, contexts, left)


def discounts(counts: Numbers) -> Floats:
    """What is taken off a count of 0, 1, 2, and 3 or more (Chen and Goodman 1999, equation 17).

    Where the counts of a text do not allow to estimate it, or would have nothing taken off, so that nothing is left for
    what was never seen, `RARE_DISCOUNTS` stand in.
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
    """All sequences in a row, and for each character how many of its sequence are before it; both shape=(N,)."""
    if not sequences:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    lengths = np.array([len(sequence) for sequence in sequences])
    text = np.concatenate(sequences).astype(np.int64)
    return text, np.arange(len(text)) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _grams_of(text: Numbers, place: Numbers, symbols: int, context: int) -> Iterator[_Grams]:
    """The strings of 1, 2 ... `context` + 1 characters that stand within one tune."""
    number = np.zeros(len(text), np.int64)
    for length in range(context + 1):
        at = np.flatnonzero(number >= 0)
        if not len(at):
            return
        keys, first, found = np.unique(number[at] * symbols + text[at], return_index=True, return_inverse=True)
        yield _Grams(keys, at, found, first, place[at], length)
        number = _next_context(at, found, place)


def _next_context(at: Numbers, number: Numbers, place: Numbers) -> Numbers:
    """For each character, the number of the string that ends just before it in its tune; -1 where there is none."""
    context = np.full(len(place) + 1, -1, np.int64)
    context[at + 1] = number
    return np.where(place > 0, context[:-1], -1)


def _find(keys: Numbers, wanted: Numbers) -> Numbers:
    """Index of each of `wanted` in the sorted `keys`, -1 where it is missing."""
    index = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[index] == wanted, index, -1)
