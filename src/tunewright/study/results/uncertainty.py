"""Student's t intervals and p-values for means over a few seeds, and Holm's correction for several comparisons.

Intervals have confidence .95: the mean of n independent values of a normal distribution lies within
``quantile(n - 1) * deviation / sqrt(n)`` of their average. One value has no interval.

Student's distribution is computed for whole degrees of freedom by its finite series (M. Abramowitz, I. Stegun,
"Handbook of Mathematical Functions", 1964, equations 26.7.3 and 26.7.4), so that no other package is needed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE = 0.95
"""Confidence level of all intervals."""


@dataclass(frozen=True)
class SeedMean:
    """A mean with its interval."""

    value: float
    half_width: float | None
    """Half the width of the interval, which is centred at `value`; None for a single value."""
    count: int
    """Number of values."""

    @classmethod
    def of(cls, values: Sequence[float]) -> "SeedMean":
        """The mean of `values`, one or more finite numbers."""
        count, mean = len(values), math.fsum(values) / len(values)
        if count == 1:
            return cls(mean, None, 1)
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1))
        return cls(mean, quantile(count - 1) * deviation / math.sqrt(count), count)

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return None if self.half_width is None else self.value - self.half_width

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return None if self.half_width is None else self.value + self.half_width

    def in_words(self, places: int = 3, *, signed: bool = False) -> str:
        """For instance ``1.650 ± 0.012``; with `signed`, ``+`` before a value that is not negative."""
        value = f"{self.value:{'+' if signed else ''},.{places}f}"
        return value if self.half_width is None else f"{value} ± {self.half_width:,.{places}f}"


def p_value(values: Sequence[float]) -> float | None:
    """Two-sided p-value of a one-sample t test that the true mean is 0; None for fewer than two values."""
    if len(values) < 2:
        return None
    estimate = SeedMean.of(values)
    if not estimate.half_width:  # all equal
        return 1.0 if estimate.value == 0 else 0.0
    return two_sided_tail(quantile(len(values) - 1) * abs(estimate.value) / estimate.half_width, len(values) - 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for their number, in their order, by Holm's step-down method.

    The probability that any of them falls below a level although there is no effect is then at most that level
    (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


@lru_cache
def quantile(freedom: int) -> float:
    """The distance from 0 within which Student's t lies with probability `CONFIDENCE`; `freedom` is 1 or more."""
    low, high = 0.0, 1.0
    while 1 - two_sided_tail(high, freedom) < CONFIDENCE:
        high *= 2
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if 1 - two_sided_tail(middle, freedom) < CONFIDENCE else (low, middle)
    return high


def two_sided_tail(distance: float, freedom: int) -> float:
    """The probability that Student's t is `distance` (0 or more) or farther from 0; `freedom` is 1 or more."""
    angle = math.atan2(distance, math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    # Even degrees: 1 + 1/2 cos^2 + 1*3/(2*4) cos^4 ...; odd ones: cos + 2/3 cos^3 + 2*4/(3*5) cos^5 ...
    term = cosine if odd else 1.0
    total = 0.0
    for power in range(odd, freedom - 1, 2):
        total += term
        term *= cosine * cosine * (power + 1) / (power + 2)
    within = 2 / math.pi * (angle + sine * total) if odd else sine * total
    return min(1.0, max(0.0, 1 - within))
