"""Bars of wrong length in composed tunes, counted.

A bar is wrong if `tunewright.notation.check` calls it too long or too short; abc2midi judges in the same way. Bars of
tunes without a metre have no expected length and do not count.

Shapes: M tunes.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tunewright.notation.melody import bars_of
from tunewright.notation.reader import read_events
from tunewright.notation.repeats import play


def bar_errors(texts: Iterable[str]) -> NDArray[np.float64]:
    """Return wrong bars and all bars of each tune, shape=(M, 2)."""
    return np.array([_bar_errors(text) for text in texts], np.float64).reshape(-1, 2)


def _bar_errors(text: str) -> tuple[int, int]:
    events = read_events(text)
    wrong = bars = 0
    for voice in events.voices:
        wrong += len(play(voice, events.meter, alone=len(events.voices) == 1)[0])
        bars += sum(bar.expected is not None for bar in bars_of(voice, events, len(text)))
    return wrong, bars
