"""Musicality: how similar composed tunes are to a corpus, feature by feature.

For every feature of `tune_features.FEATURES`: the overlap area of its two distributions (0 disjoint, 1 equal) and their
distance (categorical: Jensen-Shannon divergence in bits; numeric and share: first Wasserstein distance in the feature's
unit), each with a bootstrap interval over tunes. The ceiling beside them is the same figure for as many tunes of the
corpus itself, held out at random, against the rest of it. No set of that size can be expected to do better.

Figures depend on the sizes of the sets: finite samples of one distribution overlap by less than 1, and smaller samples
by less. Compare sets of the same size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tunewright.analysis.musicality.distributions import Estimate, Observations, binned, bootstrapped, spread
from tunewright.analysis.musicality.paired_sets import FIRST, SECOND, PairedSets, TuneSet, held_out
from tunewright.analysis.musicality.tune_features import FEATURES, profile
from tunewright.corpus.readers import Tunes, tunes_of
from tunewright.corpus.tune import HasText, text_of

BINS_KEPT = 16
"""Categories whose shares are given one by one; the others are summed up."""


@dataclass(frozen=True)
class Bin:
    """One category, or one range of values."""

    label: str
    reference: float
    """Share in the corpus."""
    composed: float
    """Share in the composed tunes."""


@dataclass(frozen=True)
class FeatureComparison:
    """Comparison of one feature."""

    name: str
    about: str
    kind: str
    unit: str
    distance_unit: str
    reference_tunes: int
    """Tunes of the corpus that have the feature."""
    composed_tunes: int
    reference_mean: float | None
    """Mean over those tunes, in `unit`; None if the feature is categorical or no tune has it."""
    composed_mean: float | None
    overlap: Estimate | None
    """0 (disjoint) to 1 (equal); None if one of the sets has no tune with the feature."""
    overlap_ceiling: Estimate | None
    """Of tunes held out of the corpus; the interval holds 95% of the random splits. None with fewer than 2 tunes."""
    distance: Estimate | None
    """In `distance_unit`; 0 if the distributions are equal."""
    distance_ceiling: Estimate | None
    bins: tuple[Bin, ...]
    """Categorical: the most frequent of the corpus, then one for all others. Numeric: all bins of the table."""

    @property
    def as_near_as_held_out(self) -> bool:
        """Whether the overlap is at least the 2.5% quantile of that of the random splits of the corpus."""
        return bool(self.overlap and self.overlap_ceiling and self.overlap.value >= self.overlap_ceiling.low)


@dataclass(frozen=True)
class Musicality:
    """Comparison of composed tunes with a corpus."""

    reference_tunes: int
    """Tunes of the corpus that have a note."""
    reference_without_notes: int
    composed_tunes: int
    composed_without_notes: int
    seed: int
    features: tuple[FeatureComparison, ...]

    @property
    def held_out(self) -> int:
        """Number of corpus tunes that each ceiling holds out, if all tunes have the feature."""
        return held_out(self.reference_tunes, self.composed_tunes)

    @property
    def mean_overlap(self) -> float | None:
        """Over the features that both sets have; None if there is none."""
        return _mean_value([feature.overlap for feature in self.features])

    @property
    def mean_overlap_ceiling(self) -> float | None:
        """Over the features that both sets have; None if there is none."""
        return _mean_value([feature.overlap_ceiling for feature in self.features])

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def compare(reference: Sequence[str], composed: Sequence[str], *, seed: int = 0) -> Musicality:
    """Compare composed tunes with a corpus.

    Parameters
    ----------
    reference
        Tunes of the corpus, as ABC.
    composed
        Composed tunes, as ABC.
    seed
        Of the resamples behind intervals and ceilings.
    """
    return compare_sets(measure_tunes(reference), measure_tunes(composed), seed=seed)


def musicality(tunes: Iterable[HasText | str], corpus: Tunes, *, seed: int = 0) -> Musicality:
    """How near composed tunes are to a corpus as music.

    Parameters
    ----------
    tunes
        Tunes, compositions or texts.
    corpus
        Tunes, or the file, folder or name of a corpus.
    seed
        Decides the resamples behind intervals and ceilings, and nothing else.
    """
    return compare([tune.text for tune in tunes_of(corpus)], list(map(text_of, tunes)), seed=seed)


def measure_tunes(tunes: Sequence[str]) -> TuneSet:
    """The features of `tunes`, for `compare_sets` and `gain`, so that a corpus is measured once."""
    profiles = tuple(found for tune in tunes if (found := profile(tune)) is not None)
    return TuneSet(profiles, len(tunes) - len(profiles))


def compare_sets(reference: TuneSet, composed: TuneSet, *, seed: int = 0) -> Musicality:
    """As `compare`, with tunes that are already measured."""
    return Musicality(
        reference_tunes=len(reference.profiles),
        reference_without_notes=reference.without_notes,
        composed_tunes=len(composed.profiles),
        composed_without_notes=composed.without_notes,
        seed=seed,
        features=tuple(
            _compare_feature(PairedSets.of(number, reference, composed), seed) for number in range(len(FEATURES))
        ),
    )


def gain(reference: TuneSet, first: TuneSet, second: TuneSet, *, seed: int = 0) -> tuple[Estimate | None, ...]:
    """Difference of the overlaps of `second` and of `first` with `reference`.

    Returns
    -------
    gains
        One for each feature, None where a set has no tune with it. Where the interval is above 0, `second` is nearer
        with one-sided confidence .975. Both use the same resamples of the corpus.
    """
    gains: list[Estimate | None] = []
    for number in range(len(FEATURES)):
        one, other = PairedSets.of(number, reference, first), PairedSets.of(number, reference, second)
        if one.empty or other.empty:
            gains.append(None)
            continue
        value = other.value()[0] - one.value()[0]
        draws = other.draws(seed, SECOND)[0] - one.draws(seed, FIRST)[0]
        gains.append(bootstrapped(value, draws, -1, 1))
    return tuple(gains)


def _compare_feature(pair: PairedSets, seed: int) -> FeatureComparison:
    feature = pair.feature
    overlap = distance = overlap_ceiling = distance_ceiling = None
    if not pair.empty:
        (one, other), (overlaps, distances) = pair.value(), pair.draws(seed, FIRST)
        overlap, distance = bootstrapped(one, overlaps, 0, 1), bootstrapped(other, distances)
        if (ceiling := pair.ceiling(seed)) is not None:
            overlap_ceiling, distance_ceiling = map(spread, ceiling)
    return FeatureComparison(
        name=feature.name,
        about=feature.about,
        kind=feature.kind,
        unit=feature.unit,
        distance_unit="bits" if feature.kind == "categorical" else feature.unit,
        reference_tunes=pair.reference.tunes,
        composed_tunes=pair.composed.tunes,
        reference_mean=_mean(pair, pair.reference),
        composed_mean=_mean(pair, pair.composed),
        overlap=overlap,
        overlap_ceiling=overlap_ceiling,
        distance=distance,
        distance_ceiling=distance_ceiling,
        bins=_bins(pair),
    )


def _mean_value(estimates: Sequence[Estimate | None]) -> float | None:
    values = [estimate.value for estimate in estimates if estimate]
    return sum(values) / len(values) if values else None


def _mean(pair: PairedSets, side: Observations) -> float | None:
    if not pair.feature.edges or not side.tunes:
        return None
    return float(side.mean() @ np.array(pair.categories, np.float64))


def _bins(pair: PairedSets) -> tuple[Bin, ...]:
    shares = [side.mean() if side.tunes else np.zeros(side.categories) for side in (pair.reference, pair.composed)]
    feature = pair.feature
    if feature.edges:
        counts = [binned(pair.bin, share, len(feature.edges)) for share in shares]
        return tuple(
            Bin(f"{edge:g}", float(one), float(other)) for edge, one, other in zip(feature.edges, *counts, strict=True)
        )
    frequent = np.argsort(-shares[0], kind="stable")[: min(BINS_KEPT, int(np.count_nonzero(shares[0])))]
    places = sorted(frequent) if feature.ordered else frequent
    bins = [Bin(feature.label(pair.categories[place]), *(float(side[place]) for side in shares)) for place in places]
    rest = [float(np.delete(side, frequent).sum()) for side in shares]
    return (*bins, Bin("others", *rest))
