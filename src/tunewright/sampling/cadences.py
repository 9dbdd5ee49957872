"""Rejection sampling of section endings: each section ends on a scale degree drawn from the corpus.

For each section the degree of its last note is drawn from the degrees on which sections of the corpus end; for the last
section, from those on which tunes end. Where a section ends on another degree, its last bar is written again, then its
last two, until the degree is right or all tries are used. So the notes before the last one are distributed as the
network has them, given that last note. A forced last note would come unprepared; only the last few tries force it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import State
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.generation_state import GenerationState, Mark

BARS_BACK = (1, 1, 2, 2, 2, 2)
"""Number of bars at the end of a section that each try writes again."""
FREE_TRIES = 4
"""After this number of tries the acceptor forces the tonic, if that is the degree."""
DEGREE_STREAM = 2
"""Second part of the seed: keeps the draws of degrees apart from other draws of the same seed."""


@dataclass(frozen=True)
class Degrees:
    """Number of sections, and of tunes, of a corpus that end on each degree."""

    of_sections: tuple[int, ...]
    """Counts for degrees 1 to 7, and for notes with an accidental; of sections that are not the last of their tune."""
    of_tunes: tuple[int, ...]
    """The same for the ends of tunes."""

    def draw(self, seed: int, sections: int) -> list[int]:
        """Return the degree on which each section of the tune with this seed is to end, 1 to 8."""
        generator = np.random.default_rng((seed, DEGREE_STREAM))
        counts = [self.of_sections] * (sections - 1) + [self.of_tunes]
        return [1 + int(np.searchsorted(np.cumsum(each), generator.random() * sum(each), "right")) for each in counts]


def cadences_of(model: Checkpoint, acceptor: Grammar | None, seed: int) -> "Cadences | None":
    """Return the judge of the tune with this seed; None without acceptor, or if `model` has no counts of endings."""
    counts = model.style.get("cadences")
    if acceptor is None or not counts or not all(map(sum, counts.values())):
        return None
    return Cadences(acceptor, Degrees(tuple(counts["sections"]), tuple(counts["tunes"])), seed)


@dataclass(frozen=True, eq=False)
class _BarLine:
    """A place to go back to."""

    bar: int
    """Number of the bar before it."""
    mark: Mark
    state: Any
    """Of the network, where `mark` does not hold it."""


class Cadences:
    """Judges the ends of the sections of one tune.

    Parameters
    ----------
    acceptor
        The acceptor that steers the tune.
    degrees
        Counts of the corpus.
    seed
        Of the tune.
    """

    def __init__(self, acceptor: Grammar, degrees: Degrees, seed: int) -> None:
        self._acceptor, self._degrees, self._seed = acceptor, degrees, seed
        self._lines: list[_BarLine] = []
        self._closed = self._tried = 0

    def settled(self, generation: GenerationState) -> int:
        """Return the position up to which no symbol changes any more."""
        return self._lines[0].mark.position if self._lines else generation.position

    def judge(self, generation: GenerationState, state: Callable[[], Any] = lambda: None) -> tuple[bool, Any]:
        """Accept the piece that was just written, or go back to an earlier bar line.

        Parameters
        ----------
        generation
            The tune.
        state
            Returns what must be kept, beside the mark, to come back to this point.

        Returns
        -------
        back, state
            Whether the tune went back, and what `state` returned at that bar line.
        """
        reading = State(generation.acceptor_state.tolist())
        closed, count = self._acceptor.sections_of(reading)
        if not count or self._closed >= count:
            return False, None
        bar = self._acceptor.bar_of(reading)
        if closed == self._closed and not generation.ended:
            self._lines = [*self._lines, _BarLine(bar, generation.mark(), state())]
            self._lines = [line for line in self._lines if line.bar >= bar - max(BARS_BACK)]
            return False, None
        wanted = self._degrees.draw(self._seed, count)[self._closed]
        goals: list[_BarLine] = []
        if self._tried < len(BARS_BACK) and self._acceptor.degree_of(reading) != wanted:
            goals = [line for line in self._lines if line.bar <= bar - BARS_BACK[self._tried]]
        if not goals:
            self._lines, self._closed, self._tried = [], closed + generation.ended, 0
            return False, None
        line, self._tried = goals[-1], self._tried + 1
        self._lines = self._lines[: self._lines.index(line) + 1]
        generation.discarded += generation.position - line.mark.position
        generation.go_back(line.mark)
        if wanted == 1 and self._tried > FREE_TRIES:
            reading = State(line.mark.acceptor_state.tolist())
            self._acceptor.end_on_tonic(reading)
            generation.acceptor_state[:] = reading.numbers()
        generation.draw_anew(len(generation.draws))
        return True, line.state
