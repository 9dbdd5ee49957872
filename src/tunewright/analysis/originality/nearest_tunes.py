"""Inverted index from n-grams of intervals to tunes, which proposes the corpus tunes that may be near a melody.

Each run of `GRAM` intervals (n-gram) points to the tunes that have it, in whatever rhythm, and is weighted by its
inverse document frequency (S. Downie and M. Nelson, "Evaluation of a simple and effective music information retrieval
method", 2000). Candidates are the tunes with the most weight in common; half of them are taken by this weight in
proportion to their own, so that short tunes are found too. `melodic_similarity` compares the candidates in full.

Shapes: T tunes, G n-grams, 2^b buckets, P pairs of bucket and tune.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.originality.melodic_similarity import WIDEST_INTERVAL, Moves, intervals_of

GRAM = 5
"""Intervals in an n-gram."""

MOST_PAIRS = 300_000
"""Pairs of n-gram and tune that one query reads, the rarest n-grams first; only large corpora reach this bound."""

_FEWEST_BUCKETS_LOG2 = 16


@dataclass(frozen=True)
class GramIndex:
    """Inverted index from n-grams of intervals to tunes. A hash collision in a bucket costs time, not correctness."""

    bucket_starts: NDArray[np.int64]
    """Start of each bucket in `tunes`, shape=(2^b + 1,)."""
    tunes: NDArray[np.int32]
    """Tune numbers, each once in a bucket, shape=(P,)."""
    own_weights: NDArray[np.float32]
    """Summed weight of all buckets of a tune, shape=(T,)."""

    @classmethod
    def build(cls, moves: Moves, starts: NDArray[np.int64]) -> "GramIndex":
        """Index the melodies ``moves[starts[t]:starts[t + 1]]``, for all T tunes."""
        count = len(starts) - 1
        bits = max(_FEWEST_BUCKETS_LOG2, len(moves).bit_length() - 2)
        places = np.repeat(np.arange(count, dtype=np.uint64), np.diff(starts))  # (moves,) tune of each move
        if len(moves) < GRAM:
            pairs = np.empty(0, np.uint64)
        else:
            whole = places[: -GRAM + 1] == places[GRAM - 1 :]
            pairs = _distinct((_buckets(moves, bits)[whole] << np.uint64(32)) | places[: -GRAM + 1][whole])
        bucket_starts = np.searchsorted(pairs, np.arange(2**bits + 1, dtype=np.uint64) << np.uint64(32))
        tunes = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)
        weights = np.repeat(_weights(np.diff(bucket_starts), count), np.diff(bucket_starts))
        own = np.bincount(tunes, weights=weights, minlength=count).astype(np.float32)
        return cls(bucket_starts.astype(np.int64), tunes, own)

    def candidates(self, moves: Moves, count: int, left_out: Sequence[int] = ()) -> NDArray[np.int64]:
        """Return the numbers of up to `count` tunes, in ascending order, without those `left_out`.

        If the corpus has no more than `count` tunes, all are returned; otherwise only tunes that share an n-gram.
        """
        if len(self.own_weights) <= count:
            return np.setdiff1d(np.arange(len(self.own_weights)), np.asarray(left_out, np.int64))
        weights = self._weights_in_common(moves)
        weights[list(left_out)] = 0
        half = -(-count // 2)
        chosen = _greatest(weights, half)
        weights[chosen[weights[chosen] > 0]] *= -1  # excluded from the second half
        relative = np.maximum(weights, 0) / np.sqrt(np.maximum(self.own_weights, 1))
        more = _greatest(relative, count - half)
        return np.unique(np.concatenate([chosen[weights[chosen] < 0], more[relative[more] > 0]]))

    def _weights_in_common(self, moves: Moves) -> NDArray[np.float64]:
        bits = (len(self.bucket_starts) - 1).bit_length() - 1
        buckets = np.unique(_buckets(moves, bits)) if len(moves) >= GRAM else np.empty(0, np.uint64)
        first, last = (self.bucket_starts[buckets + np.uint64(ahead)] for ahead in (0, 1))
        rarest_first = np.argsort(last - first, kind="stable")
        few_enough = rarest_first[np.cumsum((last - first)[rarest_first]) <= MOST_PAIRS]
        first, last = first[few_enough], last[few_enough]
        if not (last > first).any():
            return np.zeros(len(self.own_weights))
        holders = np.concatenate([self.tunes[begin:end] for begin, end in zip(first, last, strict=True)])
        weights = np.repeat(_weights(last - first, len(self.own_weights)), last - first)
        return np.bincount(holders, weights=weights, minlength=len(self.own_weights)).astype(np.float64)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """The arrays of the index by name."""
        return {"bucket_starts": self.bucket_starts, "gram_tunes": self.tunes, "own_weights": self.own_weights}


def _buckets(moves: Moves, bits: int) -> NDArray[np.uint64]:
    """Return the bucket of each n-gram, shape=(G,)."""
    intervals = intervals_of(moves).astype(np.uint64)
    count = len(moves) - GRAM + 1
    runs = np.zeros(count, np.uint64)
    for ahead in range(GRAM):
        runs = runs * np.uint64(2 * WIDEST_INTERVAL + 1) + intervals[ahead : ahead + count]
    return (runs * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)  # Fibonacci hashing (Knuth, vol. 3, 6.4)


def _weights(holders: NDArray[np.int64], tunes: int) -> NDArray[np.float64]:
    """Return the inverse document frequency of buckets with so many tunes."""
    return np.log((tunes + 1) / np.maximum(holders, 1))


def _distinct(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values.sort()
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def _greatest(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Return the indices of the `count` greatest of `values`, or of all if there are no more."""
    if count >= len(values):
        return np.arange(len(values))
    return np.argpartition(-values, count)[:count]
