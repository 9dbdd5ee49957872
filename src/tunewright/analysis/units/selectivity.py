"""Selectivity of units for labels: AUC and Spearman correlation, with permutation p-values corrected for all pairs.

The strength of a pair of unit and label is a rank statistic from -1 to 1 over the characters where the label is
defined. For yes/no labels it is 2 AUC - 1, where AUC is the area under the ROC curve: the probability that the unit is
higher at a character with the label than at one without; 0.5 is chance. For graded labels it is Spearman's correlation,
that is Pearson's of the ranks. Ties have their mean rank.

The null distribution comes from circular shifts of the labels against the units, by every number of characters: a shift
keeps whatever makes either of them slow, bursty or rare, and destroys only their relation. One Fourier transform of a
product gives the statistic of a pair at all shifts. Small shifts are left out, since the two are then nearly aligned.

Many pairs are tested, so the p-values are corrected. Each statistic is divided by its own standard deviation over the
shifts; at each shift the maximum over all units and labels is kept. The corrected p of a pair is the share of shifts at
which that maximum reaches the pair's own value (maxT of Westfall and Young, 1993, with circular shifts as the
permutations). It controls the family-wise error. With S shifts it is never below 1 / (S + 1).

Shapes: U units, K labels, N characters of all tunes one after another, n of them where a label is defined, S shifts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Share = Callable[[float], object]
"""Takes the share of the work that is done, 0 to 1."""

MARGIN = 1000
"""Shifts of fewer characters, in either direction, are left out; of less than a tenth of a short text."""
FEWEST = 10
"""Characters that a yes/no label needs on each side, with and without it, to be tested."""
FEWEST_TUNES = 3
"""Tunes that a yes/no label needs on each side."""
FEWEST_DEFINED = 1250
"""Characters where a label must be defined: these give the thousand shifts that a p of 0.001 needs."""


@dataclass(frozen=True)
class Sample:
    """Activations of units and values of labels at the same characters."""

    units: Floats
    """Shape=(U, N)."""
    labels: Floats
    """Shape=(K, N); nan where a label is not defined."""
    graded: Bools
    """Whether each label is graded, else yes/no, shape=(K,)."""
    tunes: NDArray[np.int32]
    """Number of each character's tune, ascending, shape=(N,)."""


@dataclass(frozen=True)
class SelectivityTests:
    """Strengths with their corrected p-values."""

    strengths: Floats
    """From -1 to 1, shape=(U, K); nan for pairs that were not tested."""
    p_corrected: NDArray[np.float64]
    """Shape=(U, K); nan for the same pairs."""
    shifts: int
    """Number of shifts of the null distribution, S."""


def usable_labels(sample: Sample, *, fewest_tunes: int = FEWEST_TUNES, fewest_defined: int = FEWEST_DEFINED) -> Bools:
    """Return which labels are frequent enough to be tested, shape=(K,)."""
    found = []
    for row, graded in zip(sample.labels, sample.graded, strict=True):
        known = ~np.isnan(row)
        enough = int(known.sum()) >= fewest_defined
        if graded:
            found.append(enough and row[known].min() < row[known].max())
        else:
            sides = [sample.tunes[row == value] for value in (0, 1)]
            found.append(enough and all(len(each) >= FEWEST and _count(each) >= fewest_tunes for each in sides))
    return np.array(found, bool)


def _count(tunes: NDArray[np.int32]) -> int:
    return int((np.diff(tunes) != 0).sum()) + 1


def strengths(sample: Sample, usable: Bools) -> Floats:
    """Return the strength of every pair of a unit and a usable label, shape=(U, K); nan for the other labels."""
    found = np.full((len(sample.units), len(sample.labels)), np.nan, np.float32)
    for group in _groups(sample, usable):
        found[:, group.numbers] = group.strengths()
    return found


def compare(sample: Sample, pairs: Bools, progress: Share = lambda _: None) -> SelectivityTests:
    """Test pairs of units and labels against the null distribution, corrected for all of them.

    Parameters
    ----------
    pairs
        True for the pairs to test, shape=(U, K); the others are nan in the result. Their labels must be usable (see
        `usable_labels`).
    """
    size = sample.units.shape[1]
    found = np.full(pairs.shape, np.nan, np.float32)
    scores = np.full(pairs.shape, np.nan, np.float32)
    largest = np.zeros(size, np.float32)
    tested, done = np.asarray(pairs.any(axis=0)), 0
    for group in _groups(sample, tested):
        group_strengths = group.strengths()
        highest = torch.zeros(group.trimmed)
        for place, number in enumerate(group.numbers):
            rows = np.flatnonzero(pairs[:, number])
            standard = group.standardised(place, rows)  # (rows, shifts)
            found[rows, number] = group_strengths[rows, place]
            scores[rows, number] = standard[:, 0].numpy()
            torch.maximum(highest, standard.amax(dim=0), out=highest)
            done += 1
            progress(done / int(tested.sum()))
        # Groups with other defined characters are aligned by the share of their length that is shifted.
        largest = np.maximum(largest, highest.numpy()[np.arange(size) * group.trimmed // size])
    null = np.sort(largest[_tested_shifts(size)])
    reached = len(null) - np.searchsorted(null, scores, side="left")
    p_corrected = np.where(np.isnan(scores), np.nan, (1 + reached) / (1 + len(null)))
    return SelectivityTests(found, p_corrected, len(null))


def strength_within(unit: Floats, label: Floats, strata: NDArray[np.integer[Any]], *, graded: bool) -> float:
    """Strength of one pair when only characters of the same stratum are compared.

    Parameters
    ----------
    unit, label, strata
        Shape=(N,). With the characters as strata, echoing the input gives no strength.

    Returns
    -------
    strength
        Yes/no: over all pairs of characters of one stratum that differ in the label. Graded: the correlation of ranks
        within strata. nan if nothing can be compared.
    """
    known = ~np.isnan(label)
    _, groups, sizes = np.unique(strata[known], return_inverse=True, return_counts=True)
    label = label[known]
    ranks = _ranks_within(unit[known], groups, sizes)
    if graded:
        others = _ranks_within(label, groups, sizes)
        length = float(np.sqrt(np.square(ranks).sum() * np.square(others).sum()))
        return float(ranks @ others) / length if length else float("nan")
    ones = np.bincount(groups, weights=label, minlength=len(sizes))
    differing = float((ones * (sizes - ones)).sum())
    return 2 * float(ranks[label == 1].sum()) / differing if differing else float("nan")


def _ranks_within(values: Floats, strata: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Mean ranks within each stratum, centred, shape=(n,)."""
    order = np.lexsort((values, strata))
    changes = (np.diff(values[order]) != 0) | (np.diff(strata[order]) != 0)
    ties = np.concatenate([[0], np.cumsum(changes)])[: len(order)]
    counts = np.bincount(ties)
    means = np.cumsum(counts) - (counts + 1) / 2
    ranks = np.empty(len(values))
    ranks[order] = means[ties]
    firsts = np.cumsum(sizes) - sizes
    centred: NDArray[np.float64] = ranks - (firsts + (sizes - 1) / 2)[strata]
    return centred


def mean_ranks(values: Floats) -> Floats:
    """Centred ranks of each row, divided by the length of the row; ties have their mean rank.

    Parameters
    ----------
    values
        Shape=(rows, n).
    """
    size = values.shape[1]
    order = np.argsort(values, axis=1)
    ranks = np.empty(values.shape, np.float32)
    middle = (size - 1) / 2
    np.put_along_axis(ranks, order, ((np.arange(size) - middle) / size).astype(np.float32)[None], axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    for row in np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1)):
        _, inverse, counts = np.unique(values[row], return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        ranks[row] = (((last - (counts + 1) / 2) - middle) / size)[inverse]
    return ranks


@dataclass(frozen=True)
class _Group:
    """Labels that are defined at the same characters."""

    numbers: NDArray[np.intp]
    ranks: Tensor
    """Centred ranks of the units, shape=(U, n)."""
    values: Tensor
    """Centred values (yes/no) or ranks (graded) of the labels, shape=(labels, n)."""
    lengths: Tensor
    """Divisors that turn the product of ranks and values into a strength, shape=(U, labels)."""
    spectrum: Tensor
    """Fourier transform of the ranks of the first `trimmed` characters."""
    trimmed: int
    """The largest length up to n with a fast Fourier transform."""

    def strengths(self) -> Floats:
        found: Floats = (self.ranks @ self.values.T / self.lengths).clamp(-1, 1).numpy()
        return found

    def standardised(self, place: int, rows: NDArray[np.intp] | slice = slice(None)) -> Tensor:
        """Absolute statistic of some units and one label at every shift, in standard deviations; shift 0 first."""
        label = torch.fft.rfft(self.values[place, : self.trimmed])
        shifted: Tensor = torch.fft.irfft(self.spectrum[rows] * label.conj(), n=self.trimmed).abs_()  # (rows, shifts)
        deviation = shifted.square().mean(dim=1, keepdim=True).sqrt_().clamp_(min=1e-12)
        shifted /= deviation
        return shifted


def _groups(sample: Sample, usable: Bools) -> Iterator[_Group]:
    known = ~np.isnan(sample.labels)
    together: dict[bytes, list[int]] = {}
    for number in np.flatnonzero(usable):
        together.setdefault(np.packbits(known[number]).tobytes(), []).append(int(number))
    for numbers in together.values():
        yield _group(sample, np.array(numbers), known[numbers[0]])


def _group(sample: Sample, numbers: NDArray[np.intp], known: Bools) -> _Group:
    units, labels, graded = sample.units[:, known], sample.labels[numbers][:, known], sample.graded[numbers]
    ranks = torch.from_numpy(mean_ranks(units))  # (U, n)
    values = labels - labels.mean(axis=1, keepdims=True)
    values[graded] = mean_ranks(labels[graded])
    size = units.shape[1]
    ones = labels.sum(axis=1)
    # AUC = 1/2 + sum of the ranks at the label / (ones * zeros), with centred ranks not yet divided by n.
    pairs = np.where(graded, 1, ones * (size - ones) / (2 * size))
    products = np.linalg.norm(ranks.numpy(), axis=1)[:, None] * np.linalg.norm(values, axis=1)
    lengths = np.where(graded, products, pairs)
    trimmed = _smooth(size)
    return _Group(
        numbers,
        ranks,
        torch.from_numpy(values),
        torch.from_numpy(np.maximum(lengths, 1e-12).astype(np.float32)),
        torch.fft.rfft(ranks[:, :trimmed]),
        trimmed,
    )


def _tested_shifts(size: int) -> Bools:
    """Whether each shift is in the null distribution."""
    margin = min(MARGIN, size // 10)
    shifts = np.arange(size)
    return (shifts > margin) & (shifts < size - margin)


def _smooth(size: int) -> int:
    """The largest number up to `size` without a prime factor above 5."""
    best = 1
    five = 1
    while five <= size:
        three = five
        while three <= size:
            best = max(best, three << ((size // three).bit_length() - 1))
            three *= 3
        five *= 5
    return best
