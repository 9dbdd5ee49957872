"""Distances between distributions of a feature (overlap area, Jensen-Shannon, Wasserstein), with bootstrap intervals.

For one feature, each tune has one distribution over categories; the distribution of a set of tunes is their mean, so
that every tune counts alike. Weights say how often each tune counts: a bootstrap resample of the tunes is another
vector of weights.

Shapes: K categories, N tunes of a set.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
"""Confidence level of every interval here."""


@dataclass(frozen=True)
class Observations:
    """The distributions of N tunes over K categories, as a sparse matrix."""

    tune: NDArray[np.intp]
    """From 0 to N - 1, shape=(entries,)."""
    category: NDArray[np.intp]
    """From 0 to K - 1, shape=(entries,)."""
    share: Floats
    """Share of the tune's observations, shape=(entries,); sums to 1 for each tune."""
    tunes: int
    categories: int

    def mean(self, weights: Floats | None = None) -> Floats:
        """The distribution of the set, shape=(K,), where tune n counts ``weights[n]`` times (once without weights)."""
        if weights is None:
            weights = np.ones(self.tunes)
        sums = np.bincount(self.category, weights[self.tune] * self.share, minlength=self.categories)
        mean: Floats = sums / weights.sum()
        return mean


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval."""

    value: float
    low: float
    """Lower end of its 95% interval."""
    high: float


def binned(bins: NDArray[np.intp], shares: Floats, count: int = 0) -> Floats:
    """Shares of categories, shape=(K,), as shares of bins, of which there are at least `count`; K may be 0."""
    return np.bincount(bins, shares, minlength=count).astype(np.float64)


def overlap_area(first: Floats, second: Floats) -> float:
    """The overlap area of two distributions over the same K bins, shape=(K,): 1 if they are equal, 0 if disjoint.

    As in L.-C. Yang and A. Lerch, "On the evaluation of generative models in music", Neural Computing and Applications
    32 (2020), 4773-4784. They compare kernel densities of distances between tunes; here the distributions of the
    feature itself are compared.
    """
    return min(1.0, float(np.minimum(first, second).sum()))


def jensen_shannon(first: Floats, second: Floats) -> float:
    """The Jensen-Shannon divergence of two distributions, shape=(K,), in bits: 0 if they are equal, 1 if disjoint.

    J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37 (1991).
    """
    middle = (first + second) / 2
    return max(0.0, (_relative_entropy(first, middle) + _relative_entropy(second, middle)) / 2)


def _relative_entropy(part: Floats, whole: Floats) -> float:
    held = part > 0
    return float((part[held] * np.log2(part[held] / whole[held])).sum())


def wasserstein(first: Floats, second: Floats, values: Floats) -> float:
    """The first Wasserstein distance (earth mover's distance) of two distributions, in the unit of `values`.

    Parameters
    ----------
    first, second
        Shares, shape=(K,).
    values
        The value of each category, ascending, shape=(K,).
    """
    return float(np.abs((first - second).cumsum()[:-1]) @ np.diff(values))


def resamples(tunes: int, times: int, generator: np.random.Generator) -> Iterator[Floats]:
    """Yield `times` bootstrap resamples as weights, shape=(tunes,): how often each tune was drawn."""
    for _ in range(times):
        yield np.bincount(generator.integers(tunes, size=tunes), minlength=tunes).astype(np.float64)


def splits(tunes: int, held_out: int, times: int, generator: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
    """Yield `times` random splits as pairs of weights, shape=(tunes,): of the tunes kept, and of `held_out` others."""
    for _ in range(times):
        out = np.zeros(tunes)
        out[generator.permutation(tunes)[:held_out]] = 1
        yield 1 - out, out


def bootstrapped(value: float, draws: Floats, least: float = 0.0, most: float = np.inf) -> Estimate:
    """`value` with an interval as wide as that of its bootstrap `draws`, shape=(times,).

    A resample repeats tunes, which lowers an overlap and raises a distance, more so with more categories. The draws are
    therefore first shifted so that their mean is the value. The interval is clipped to `least` and `most`.
    """
    low, high = np.quantile(draws - draws.mean() + value, _tails())
    # a shifted interval may exclude a value at the edge of its range
    return Estimate(value, max(least, min(float(low), value)), min(most, max(float(high), value)))


def spread(draws: Floats) -> Estimate:
    """The mean of `draws`, shape=(times,), and the interval that holds 95% of them."""
    low, high = np.quantile(draws, _tails())
    return Estimate(float(draws.mean()), float(low), float(high))


def _tails() -> tuple[float, float]:
    return (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2


Measure = Callable[[Floats, Floats], tuple[float, float]]
"""Maps two distributions, shape=(K,), to their overlap and their distance."""
