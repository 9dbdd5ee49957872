"""Diverging colour scale of all heatmaps: blue at -1, white at 0, orange at 1.

Shades are even steps of Oklab (Ottosson, 2020), and people who confuse red and green can tell them apart. Dark ink has
a contrast of 4.5 or more with every shade (WCAG 2.1, AA), so letters and notes need no other colour. A print without
colour loses the sign; therefore each cell has a bar as well: at its top where the value is above 0, at its bottom where
it is below, and longer the farther it is from 0.
"""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunewright.errors import OptionError

INK, PAPER = "#111111", "#ffffff"
LOWEST, HIGHEST = "#4d8ad6", "#ef8220"
"""Ends of the scale; its middle is PAPER."""
STEPS = 100
"""Shades on either side of 0."""

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def colour(position: float) -> str:
    """Return the colour of a position on the scale, -1 to 1, as ``#rrggbb``; positions are clipped."""
    return scale()[round(STEPS * min(max(position, -1.0), 1.0)) + STEPS]


@cache
def scale() -> tuple[str, ...]:
    """All shades, from -1 to 1 in steps of 1 / STEPS."""
    low, middle, high = map(_oklab, (LOWEST, PAPER, HIGHEST))
    share = np.linspace(0, 1, STEPS + 1)[:, None]
    falling = middle + share[:0:-1] * (low - middle)  # from -1 up to just below 0
    return tuple(map(_hexadecimal, np.concatenate([falling, middle + share * (high - middle)])))


def positions(values: ArrayLike, low: float = -1.0, high: float = 1.0) -> NDArray[np.float64]:
    """Positions on the scale, -1 to 1, of values; `low` maps to -1 and `high` to 1, and values are clipped to them.

    Raises
    ------
    OptionError
        If a value is not finite, or `low` is not below `high`.
    """
    found = np.asarray(values, dtype=np.float64)
    if not np.isfinite(found).all():
        raise OptionError("a value to be shown as a colour is not a finite number")
    if not low < high:
        raise OptionError(f"a scale from {low:g} to {high:g} is empty; the first must be below the second")
    return np.clip((found - (low + high) / 2) / ((high - low) / 2), -1, 1)


def luminance(shade: str) -> float:
    """Relative luminance of ``#rrggbb`` as WCAG 2.1 defines it, 0 to 1."""
    return float(_linear(shade) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.1 defines it, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _linear(shade: str) -> NDArray[np.float64]:
    """Linear red, green and blue, 0 to 1, shape=(3,)."""
    parts = np.array([int(shade[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _oklab(shade: str) -> NDArray[np.float64]:
    return _TO_OKLAB @ np.cbrt(_TO_CONES @ _linear(shade))


def _hexadecimal(oklab: NDArray[np.float64]) -> str:
    linear = np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_OKLAB, oklab) ** 3).clip(0, 1)
    parts = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
