"""Effect sizes of ablations: bootstrap intervals over tunes, and permutation p-values against random sets of units.

The corrected p is that of the maximum statistic over all figures of one ablation (Westfall and Young, 1993).

Shapes: M tunes; K kinds; R resamples; N random sets of units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.musicality.distributions import Estimate, resamples

Floats = NDArray[np.float64]

RESAMPLES = 400
"""Bootstrap resamples of the tunes behind each interval."""
STANDS_OUT = 0.05
"""Largest corrected p of a significant change."""
BAND = (0.05, 0.95)
"""Quantiles of the random sets' changes that are reported."""


@dataclass(frozen=True)
class Effect:
    """Change of one figure when units are clamped, and the changes when random sets of units are."""

    of: str
    """A kind of character, or `ALL` or `BARS` of `clamped_units`."""
    change: Estimate
    """In nats per character, or share of bars; above 0 is worse. The interval is over tunes."""
    random_low: float
    """5% quantile of the changes of the random sets."""
    random_high: float
    """95% quantile."""
    random_sets: int
    as_large: int
    """Random sets whose change is as large or larger."""
    p: float
    """Permutation p: share of the random sets and this one with a change as large or larger."""
    p_corrected: float
    """The same for the largest change over all figures that were tested together, each figure's changes divided by
    their standard deviation among the random sets (maxT of Westfall and Young, 1993)."""

    @property
    def stands_out(self) -> bool:
        """Whether the change is significant after correction for the number of figures."""
        return self.p_corrected <= STANDS_OUT


class Bootstrap:
    """Bootstrap intervals for ratios of sums over tunes; all ratios use the same resamples."""

    def __init__(self, tunes: int, seed: int) -> None:
        self._weights = np.array(list(resamples(tunes, RESAMPLES, np.random.default_rng(seed))))  # (R, M)

    def ratio(self, sums: Floats, counts: Floats) -> Estimate:
        """The sum of `sums` over the sum of `counts`, each shape=(M,)."""
        return self.difference(sums, counts, np.zeros(len(sums)), np.ones(len(sums)))

    def difference(self, sums: Floats, counts: Floats, others: Floats, other_counts: Floats) -> Estimate:
        """Difference of two ratios of sums."""
        value = sums.sum() / counts.sum() - others.sum() / other_counts.sum()
        with np.errstate(invalid="ignore", divide="ignore"):  # a resample may lack what is rare
            draws = (self._weights @ sums) / (self._weights @ counts)
            draws -= (self._weights @ others) / (self._weights @ other_counts)
        low, high = np.nanquantile(np.where(np.isfinite(draws), draws, np.nan), (0.025, 0.975))
        return Estimate(float(value), float(low), float(high))


def effects_beside(names: Sequence[str], changes: Sequence[Estimate], random: Floats) -> tuple[Effect, ...]:
    """Compare changes of K figures with those of N random sets, shape=(N, K), corrected for the number of figures."""
    values = np.array([change.value for change in changes])
    spreads = np.maximum(random.std(axis=0), 1e-12)
    largest = (random / spreads).max(axis=1)  # (N,)
    as_large = (random >= values).sum(axis=0)
    corrected = [(1 + int((largest >= value).sum())) / (1 + len(random)) for value in values / spreads]
    low, high = np.quantile(random, BAND, axis=0)
    ranked = (1 + as_large) / (1 + len(random))
    return tuple(
        Effect(
            name, change, float(low[k]), float(high[k]), len(random), int(as_large[k]), float(ranked[k]), corrected[k]
        )
        for k, (name, change) in enumerate(zip(names, changes, strict=True))
    )
