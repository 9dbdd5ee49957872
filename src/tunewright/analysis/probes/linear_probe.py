"""Linear probes: linear discriminant analysis for classes, ridge regression for numbers.

Linear discriminant analysis assumes one covariance for all classes. Both probes are computed in closed form from means
and one covariance matrix: the same rows give the same probe. The damping (ridge) is chosen by cross-validation between
groups of rows, so that rows of one tune are never on both sides.

Shapes: n rows, U numbers in each, C columns of what is read (classes, or one), F folds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Numbers = NDArray[np.integer[Any]]

FOLDS = 4
DAMPINGS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Ridge added to the diagonal of the covariance; the numbers are standardised to variance 1."""


@dataclass(frozen=True)
class LinearProbe:
    """A linear map from numbers to a score for each class, or to the number that is read."""

    mean: Doubles
    """Of each number, shape=(U,)."""
    scale: Doubles
    """Standard deviation of each number, 1 where it never changes, shape=(U,)."""
    weights: Doubles
    """Shape=(U, C)."""
    bias: Doubles
    """Shape=(C,)."""
    damping: float

    def scores(self, values: Floats) -> Doubles:
        """Scores of the classes, or the number that is read, shape=(n, C), from `values`, shape=(n, U)."""
        weights = self.weights / self.scale[:, None]
        found: Doubles = values @ weights.astype(np.float32) + (self.bias - self.mean @ weights)
        return found

    def classes(self, values: Floats) -> NDArray[np.intp]:
        """The most likely class of each row, shape=(n,)."""
        return np.asarray(np.argmax(self.scores(values), axis=1))


@dataclass(frozen=True)
class _Part:
    """Sufficient statistics of some rows."""

    rows: float
    sums: Doubles
    """Of each number, shape=(U,)."""
    products: Doubles
    """Products of pairs of numbers, summed over rows, shape=(U, U)."""

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(self.rows + other.rows, self.sums + other.sums, self.products + other.products)

    def __sub__(self, other: "_Part") -> "_Part":
        return _Part(self.rows - other.rows, self.sums - other.sums, self.products - other.products)


@dataclass(frozen=True)
class ProbeRows:
    """Training rows of a probe."""

    values: Floats
    """Shape=(n, U)."""
    groups: Numbers
    """Number of the group, such as the tune, of each row, shape=(n,); at least two groups."""

    def classifier(self, classes: Numbers, count: int) -> LinearProbe:
        """Train a classifier of classes 0 to `count` - 1, given for each row, shape=(n,)."""
        hot = np.zeros((len(classes), count), np.float32)
        hot[np.arange(len(classes)), classes] = 1
        return self._best(hot, _discriminant, lambda scores, rows: float((scores.argmax(1) != classes[rows]).sum()))

    def regression(self, targets: NDArray[np.floating[Any]]) -> LinearProbe:
        """Train a regression to a number, given for each row, shape=(n,)."""
        column = targets.astype(np.float32)[:, None]
        return self._best(column, _ridge, lambda scores, rows: float(np.square(scores - column[rows]).sum()))

    def _best(self, targets: Floats, solve: "Solve", errors: "Errors") -> LinearProbe:
        """The probe whose damping makes the fewest errors in cross-validation."""
        parts = [self._standard[rows].T @ targets[rows] for rows in self._folds]  # (U, C) each
        sums = [targets[rows].sum(axis=0, dtype=np.float64) for rows in self._folds]  # (C,) each
        products: Doubles = np.asarray(np.sum(parts, axis=0, dtype=np.float64))
        total: Doubles = np.asarray(np.sum(sums, axis=0))
        wrong = np.zeros(len(DAMPINGS))
        for fold, rows in enumerate(self._folds):
            rest = self._whole - self._parts[fold]
            for place, damping in enumerate(DAMPINGS):
                weights, bias = solve(rest, products - parts[fold], total - sums[fold], damping)
                wrong[place] += errors(self._standard[rows] @ weights.astype(np.float32) + bias, rows)
        best = DAMPINGS[int(np.argmin(wrong))]
        weights, bias = solve(self._whole, products, total, best)
        return LinearProbe(self._mean, self._scale, weights, bias, best)

    @cached_property
    def _mean(self) -> Doubles:
        return np.asarray(self.values.mean(axis=0, dtype=np.float64))

    @cached_property
    def _scale(self) -> Doubles:
        spread = self.values.std(axis=0, dtype=np.float64)
        return np.where(spread > 1e-9, spread, 1.0)

    @cached_property
    def _standard(self) -> Floats:
        """The standardised numbers: mean 0, variance 1, shape=(n, U)."""
        return np.asarray((self.values - self._mean) / self._scale, np.float32)

    @cached_property
    def _folds(self) -> list[NDArray[np.intp]]:
        """Rows of each fold; every group is in one fold."""
        _, numbers = np.unique(self.groups, return_inverse=True)
        return [rows for fold in range(FOLDS) if len(rows := np.flatnonzero(numbers % FOLDS == fold))]

    @cached_property
    def _parts(self) -> list[_Part]:
        return [
            _Part(len(rows), kept.sum(axis=0, dtype=np.float64), (kept.T @ kept).astype(np.float64))
            for rows in self._folds
            for kept in [self._standard[rows]]
        ]

    @cached_property
    def _whole(self) -> _Part:
        return sum(self._parts[1:], self._parts[0])


Solve = Callable[[_Part, Doubles, Doubles, float], tuple[Doubles, Doubles]]
"""Maps statistics, products with the targets, sums of the targets and the damping to weights and bias."""
Errors = Callable[[Doubles, NDArray[np.intp]], float]
"""Sums the errors of the scores of some rows."""


def _ridge(part: _Part, products: Doubles, sums: Doubles, damping: float) -> tuple[Doubles, Doubles]:
    mean, target = part.sums / part.rows, sums / part.rows
    covariance = part.products / part.rows - np.outer(mean, mean)
    shared = products / part.rows - np.outer(mean, target)
    weights = np.linalg.solve(covariance + damping * np.eye(len(mean)), shared)
    bias: Doubles = target - mean @ weights
    return np.asarray(weights, np.float64), bias


def _discriminant(part: _Part, products: Doubles, sums: Doubles, damping: float) -> tuple[Doubles, Doubles]:
    means = products / np.maximum(sums, 1)  # (U, C)
    within = (part.products - (means * sums) @ means.T) / part.rows
    weights = np.linalg.solve(within + damping * np.eye(len(within)), means)
    # A class without rows in a fold must never be predicted there.
    frequency = np.log(np.maximum(sums, 1e-9) / part.rows)
    bias: Doubles = frequency - (means * weights).sum(axis=0) / 2
    return np.asarray(weights, np.float64), bias
