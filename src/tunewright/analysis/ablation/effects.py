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
"""Largest p of a change that stands out among random units'."""
BAND = (0.05, 0.95)
"""What part of the random units' changes is told."""


@dataclass(frozen=True)
class Effect:
    """The change of one figure when some units are held, beside the changes when random units are."""

    of: str
    """A kind of character, `ALL`, or `BARS`."""
    change: Estimate
    """Nats per character, or share of bars; above 0 is worse. The interval is over tunes."""
    random_low: float
    """90% of the random units' changes lie between these two."""
    random_high: float
    random_sets: int
    as_large: int
    """Random sets whose change is as large or larger."""
    p: float
    """Share of the random sets and this one with a change as large as this one's."""
    p_corrected: float
    """The share of sets, this one included, with a change as large at any of the figures that were looked at together,
    each figure's changes measured by their spread among the random sets."""

    @property
    def stands_out(self) -> bool:
        """Whether random units hardly do as much, the number of figures taken into account."""
        return self.p_corrected <= STANDS_OUT


class Bootstrap:
    """Intervals for ratios of sums over tunes; every ratio sees the same resamples."""

    def __init__(self, tunes: int, seed: int) -> None:
        self._weights = np.array(list(resamples(tunes, RESAMPLES, np.random.default_rng(seed))))  # (R, M)

    def ratio(self, sums: Floats, counts: Floats) -> Estimate:
        """The sum of `sums` over the sum of `counts`, each shape=(M,)."""
        return self.difference(sums, counts, np.zeros(len(sums)), np.ones(len(sums)))

    def difference(self, sums: Floats, counts: Floats, others: Floats, other_counts: Floats) -> Estimate:
        """How far one ratio is above another."""
        value = sums.sum() / counts.sum() - others.sum() / other_counts.sum()
        with np.errstate(invalid="ignore", divide="ignore"):  # a resample may lack what is rare
            draws = (self._weights @ sums) / (self._weights @ counts)
            draws -= (self._weights @ others) / (self._weights @ other_counts)
        low, high = np.nanquantile(np.where(np.isfinite(draws), draws, np.nan), (0.025, 0.975))
        return Estimate(float(value), float(low), float(high))


def effects_beside(names: Sequence[str], changes: Sequence[Estimate], random: Floats) -> tuple[Effect, ...]:
    """Put changes of K figures beside those of N random sets, shape=(N, K), and correct for their number."""
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
