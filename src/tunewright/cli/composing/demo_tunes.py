"""The tunes of `tunewright demo`: the best of many at each temperature, and one that is written raw."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from tunewright.acceptor.grammar import Grammar
from tunewright.analysis.selection import Kept
from tunewright.cli.composing.compose import Wanted
from tunewright.cli.composing.composed_figures import Figures
from tunewright.errors import GrammarError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.compose import Composition
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.order import Order
from tunewright.sampling.playable import playable

TEMPERATURES = (0.5, 1.0, 2.0)
CANDIDATES = 20
"""Tunes at each temperature, of which one is shown."""
LONGEST_SECONDS = 12.0
"""For composing at one temperature; on a slow machine there are fewer candidates, `FEWEST` at least."""
FEWEST = 3
MAX_LENGTH = 1500


@dataclass(frozen=True)
class DemoTune:
    """A tune that is shown."""

    temperature: float
    kept: Kept
    wanted: Wanted
    """How it was composed."""
    raw: Composition
    """What the network writes at the same temperature when it is left alone."""


@dataclass(frozen=True)
class Held:
    """What keeps the tunes whole."""

    grammar: Grammar | None
    problem: str = ""
    """Why there is none."""


def held(model: Checkpoint) -> Held:
    """What the characters of the network allow."""
    try:
        return Held(playable(model))
    except GrammarError as error:
        return Held(None, error.message)


def demo_tunes(model: Checkpoint, name: str, seed: int, whole: Held, figures: Figures) -> Iterator[DemoTune]:
    """Compose, and yield the best tune of each temperature by the rule of `compose --keep`.

    Parameters
    ----------
    model
        The network.
    name
        What it is called in the files.
    seed
        Of the first candidate.
    whole
        See `held`.
    figures
        Measure originality, which counts among the reasons for keeping a tune.
    """
    for temperature in TEMPERATURES:
        config = CompositionConfig(temperature=temperature, max_length=MAX_LENGTH, seed=seed)
        wanted = Wanted(Order(model, config, whole.grammar), name, count=CANDIDATES, keep=1)
        (best,) = figures.best(_in_time(wanted), 1)
        alone = next(iter(replace(wanted, order=replace(wanted.order, grammar=None), count=1).compositions()))
        yield DemoTune(temperature, best, wanted, alone)


def _in_time(wanted: Wanted) -> list[Composition]:
    """As many tunes as are wanted, or as there is time for."""
    began, found = time.monotonic(), []
    with closing(wanted.compositions()) as compositions:
        for composition in compositions:
            found.append(composition)
            if len(found) >= FEWEST and time.monotonic() - began > LONGEST_SECONDS:
                break
    return found
