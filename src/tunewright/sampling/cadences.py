"""Does each section end on the degree that it should, and the tune?

For each section the degree of its last note is drawn from those on which sections of the corpus end; for the last one,
from those on which tunes end. Where a section ends otherwise, its last bar is written anew, and then its last two,
until they do or all tries are over: rejection sampling, so that what leads to the last note is as likely, given that
note, as the network has it. A note that was merely forced would not be prepared; that is left for the last few tries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import State
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.sheet import Mark, Sheet

BARS_BACK = (1, 1, 2, 2, 2, 2)
"""How many bars of a section are written anew in each try."""
FREE_TRIES = 4
"""After so many the acceptor leads to the tonic, if that is the degree, so that few tunes end astray."""
DEGREE_STREAM = 2
"""Tells the numbers that draw degrees from others of the same seed."""


@dataclass(frozen=True)
class Degrees:
    """How many sections, and tunes, of a corpus end on each degree."""

    of_sections: tuple[int, ...]
    """From the first degree to the seventh, and with an accidental; those of sections that are not a tune's last."""
    of_tunes: tuple[int, ...]

    def draw(self, seed: int, sections: int) -> list[int]:
        """The degree on which each section of the tune with this seed is to end."""
        generator = np.random.default_rng((seed, DEGREE_STREAM))
        counts = [self.of_sections] * (sections - 1) + [self.of_tunes]
        return [1 + int(np.searchsorted(np.cumsum(each), generator.random() * sum(each), "right")) for each in counts]


def cadences_of(model: Checkpoint, acceptor: Grammar | None, seed: int) -> "Cadences | None":
    """What watches over the tune with this seed; None if it is free, or it is not known how the corpus ends."""
    counts = model.style.get("cadences")
    if acceptor is None or not counts or not all(map(sum, counts.values())):
        return None
    return Cadences(acceptor, Degrees(tuple(counts["sections"]), tuple(counts["tunes"])), seed)


@dataclass(frozen=True, eq=False)
class _BarLine:
    """A place to go back to."""

    bar: int
    """The bar before it."""
    mark: Mark
    state: Any
    """Of the network, where the sheet does not hold it."""


class Cadences:
    """Watches over the ends of the sections of one tune.

    Parameters
    ----------
    acceptor
        What the tune is held to.
    degrees
        Of its corpus.
    seed
        The tune's.
    """

    def __init__(self, acceptor: Grammar, degrees: Degrees, seed: int) -> None:
        self._acceptor, self._degrees, self._seed = acceptor, degrees, seed
        self._lines: list[_BarLine] = []
        self._closed = self._tried = 0

    def settled(self, sheet: Sheet) -> int:
        """Place of the last symbol that is not written anew any more."""
        return self._lines[0].mark.position if self._lines else sheet.position

    def judge(self, sheet: Sheet, state: Callable[[], Any] = lambda: None) -> tuple[bool, Any]:
        """Let a piece stand that was just written, or bring the sheet back to a former bar line.

        Parameters
        ----------
        sheet
            The tune.
        state
            Gives what must be kept beside the sheet to go back to where it is now.

        Returns
        -------
        back, state
            Whether the sheet is elsewhere now, and what `state` gave there.
        """
        reading = State(sheet.registers.tolist())
        closed, count = self._acceptor.sections_of(reading)
        if not count or self._closed >= count:
            return False, None
        bar = self._acceptor.bar_of(reading)
        if closed == self._closed and not sheet.ended:
            self._lines = [*self._lines, _BarLine(bar, sheet.mark(), state())]
            self._lines = [line for line in self._lines if line.bar >= bar - max(BARS_BACK)]
            return False, None
        wanted = self._degrees.draw(self._seed, count)[self._closed]
        goals: list[_BarLine] = []
        if self._tried < len(BARS_BACK) and self._acceptor.degree_of(reading) != wanted:
            goals = [line for line in self._lines if line.bar <= bar - BARS_BACK[self._tried]]
        if not goals:
            self._lines, self._closed, self._tried = [], closed + sheet.ended, 0
            return False, None
        line, self._tried = goals[-1], self._tried + 1
        self._lines = self._lines[: self._lines.index(line) + 1]
        sheet.discarded += sheet.position - line.mark.position
        sheet.go_back(line.mark)
        if wanted == 1 and self._tried > FREE_TRIES:
            reading = State(line.mark.registers.tolist())
            self._acceptor.end_on_tonic(reading)
            sheet.registers[:] = reading.numbers()
        sheet.draw_anew(len(sheet.draws))
        return True, line.state
