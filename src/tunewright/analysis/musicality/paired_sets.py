"""One feature in two sets of tunes, a corpus and composed ones: overlap and distance, bootstrap draws, and the ceiling.

Shapes: K categories, all that either set has.
"""

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.musicality.distributions import (
    Floats,
    Measure,
    Observations,
    binned,
    jensen_shannon,
    overlap_area,
    resamples,
    splits,
    wasserstein,
)
from tunewright.analysis.musicality.tune_features import FEATURES, Feature, Profile

RESAMPLES = 400
"""Bootstrap resamples behind each interval."""

SPLITS = 100
"""Random splits of the corpus behind each ceiling."""

_REFERENCE, FIRST, SECOND, _CEILING = range(4)
"""Purposes of random numbers; each has its own stream."""


@dataclass(frozen=True)
class TuneSet:
    """The features of some tunes."""

    profiles: tuple[Profile, ...]
    """Of the tunes that have a note."""
    without_notes: int
    """Number of tunes without a note; they have no features."""


@dataclass(frozen=True)
class PairedSets:
    """One feature in two sets of tunes, over the categories that either has."""

    feature: Feature
    categories: list[Any]
    """In ascending order."""
    bin: NDArray[np.intp]
    """Index of the bin of each category, shape=(K,)."""
    reference: Observations
    composed: Observations

    @classmethod
    def of(cls, number: int, reference: TuneSet, composed: TuneSet) -> "PairedSets":
        sides = [
            [found for tune in side.profiles if (found := tune[number])] for side in (reference, composed)
        ]  # tunes without the feature are left out
        categories = sorted({category for side in sides for tune in side for category in tune})
        index = {category: place for place, category in enumerate(categories)}
        feature = FEATURES[number]
        bins = (
            [bisect_right(feature.edges, category) - 1 for category in categories]
            if feature.edges
            else range(len(index))
        )
        return cls(feature, categories, np.array(bins, np.intp), *(_observations(side, index) for side in sides))

    @property
    def empty(self) -> bool:
        return not (self.reference.tunes and self.composed.tunes)

    def value(self) -> tuple[float, float]:
        """Overlap and distance."""
        return self.measure()(self.reference.mean(), self.composed.mean())

    def measure(self) -> Measure:
        numbers = np.array(self.categories, np.float64) if self.feature.edges else None

        def overlap_and_distance(first: Floats, second: Floats) -> tuple[float, float]:
            overlap = overlap_area(binned(self.bin, first), binned(self.bin, second))
            return overlap, jensen_shannon(first, second) if numbers is None else wasserstein(first, second, numbers)

        return overlap_and_distance

    def draws(self, seed: int, side: int) -> Floats:
        """Overlaps and distances of resamples of both sets, shape=(2, RESAMPLES)."""
        first, second = (
            map(observations.mean, resamples(observations.tunes, RESAMPLES, _stream(seed, purpose)))
            for observations, purpose in ((self.reference, _REFERENCE), (self.composed, side))
        )
        return np.array(list(map(self.measure(), first, second))).T

    def ceiling(self, seed: int) -> Floats | None:
        """Overlaps and distances of tunes held out of the corpus, shape=(2, SPLITS); None if it has a single tune."""
        number = held_out(self.reference.tunes, self.composed.tunes)
        if not number:
            return None
        mean = self.reference.mean
        pairs = splits(self.reference.tunes, number, SPLITS, _stream(seed, _CEILING))
        return np.array(list(starmap(self.measure(), ((mean(kept), mean(out)) for kept, out in pairs)))).T


def held_out(reference_tunes: int, composed_tunes: int) -> int:
    """Number of corpus tunes to hold out as a ceiling: as many as composed ones, but half of the corpus at most."""
    return min(composed_tunes, reference_tunes // 2)


def _stream(seed: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng([seed, purpose])


def _observations(tunes: Sequence[Any], index: dict[Hashable, int]) -> Observations:
    entries = [(number, index[what], share) for number, tune in enumerate(tunes) for what, share in tune.items()]
    tune, category, share = zip(*entries, strict=True) if entries else ((), (), ())
    return Observations(
        np.array(tune, np.intp), np.array(category, np.intp), np.array(share, np.float64), len(tunes), len(index)
    )
