"""Snippets of tunes where a unit is highest and where it is lowest."""

from dataclasses import dataclass

import numpy as np

from tunewright.analysis.units.samples import Side
from tunewright.analysis.units.selectivity import Floats
from tunewright.notation.fields import header_fields

BEFORE, AFTER = 40, 12
"""Characters shown before the extreme one, and after it."""
SHOWN = 5
"""Snippets of each kind."""


@dataclass(frozen=True)
class Snippet:
    """One character at which a unit is extreme, with its context."""

    tune: str
    """Title."""
    text: str
    at: int
    """``text[at]`` is the extreme character, just read."""
    value: float


def extremes(side: Side, values: Floats) -> tuple[tuple[Snippet, ...], tuple[Snippet, ...]]:
    """Return the places where a unit is highest and where it is lowest, at most one of each per tune.

    Parameters
    ----------
    values
        Activation of the unit at every character of `side`, shape=(N,).
    """
    return _highest(side, values, 1), _highest(side, -values, -1)


def _highest(side: Side, values: Floats, sign: int) -> tuple[Snippet, ...]:
    peaks = np.maximum.reduceat(values, side.starts[:-1])  # one for each tune
    snippets = []
    for number in np.argsort(-peaks, kind="stable")[:SHOWN]:
        text, start = side.texts[number], int(side.starts[number])
        place = int(np.argmax(values[start : start + len(text)]))
        begin = max(0, place - BEFORE)
        title = next((value for letter, value in header_fields(side.tunes[number].text) if letter == "T"), "untitled")
        shown = text[begin : place + 1 + AFTER]
        snippets.append(Snippet(title, shown, place - begin, sign * float(values[start + place])))
    return tuple(snippets)
