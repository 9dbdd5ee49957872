"""The tunes of `tunewright demo`: the best of many at each temperature, and one composed raw."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from tunewright.acceptor.grammar import Grammar
from tunewright.analysis.selection import Kept
from tunewright.cli.composing.composed_figures import Figures
from tunewright.cli.composing.request import CompositionRequest
from tunewright.errors import GrammarError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.composition import Composition
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.order import Order
from tunewright.sampling.playable import playable

TEMPERATURES = (0.5, 1.0, 2.0)
CANDIDATES = 20
"""Tunes at each temperature, of which one is shown."""
LONGEST_SECONDS = 12.0
"""Time for composing at one temperature; a slow machine composes fewer candidates, but at least `FEWEST`."""
FEWEST = 3
MAX_LENGTH = 1500


@dataclass(frozen=True)
class DemoTune:
    """A tune that is shown."""

    temperature: float
    kept: Kept
    request: CompositionRequest
    """How it was composed."""
    raw: Composition
    """What the network writes at the same temperature by plain sampling."""


@dataclass(frozen=True)
class DemoGrammar:
    """The acceptor that steers the demo's tunes."""

    grammar: Grammar | None
    problem: str = ""
    """Why there is none."""


def demo_grammar(model: Checkpoint) -> DemoGrammar:
    """The acceptor of playable tunes, if the characters of the network suffice for it."""
    try:
        return DemoGrammar(playable(model))
    except GrammarError as error:
        return DemoGrammar(None, error.message)


def demo_tunes(model: Checkpoint, name: str, seed: int, steering: DemoGrammar, figures: Figures) -> Iterator[DemoTune]:
    """Compose, and yield the best tune of each temperature by the rule of `compose --keep`.

    Parameters
    ----------
    model
        The network.
    name
        Its name in the files.
    seed
        Seed of the first candidate.
    steering
        See `demo_grammar`.
    figures
        Measure originality, which counts among the reasons for keeping a tune.
    """
    for temperature in TEMPERATURES:
        config = CompositionConfig(temperature=temperature, max_length=MAX_LENGTH, seed=seed)
        request = CompositionRequest(Order(model, config, steering.grammar), name, count=CANDIDATES, keep=1)
        (best,) = figures.best(_in_time(request), 1)
        alone = next(iter(replace(request, order=replace(request.order, grammar=None), count=1).compositions()))
        yield DemoTune(temperature, best, request, alone)


def _in_time(request: CompositionRequest) -> list[Composition]:
    """All tunes of the request, or as many as `LONGEST_SECONDS` allow."""
    began, found = time.monotonic(), []
    with closing(request.compositions()) as compositions:
        for composition in compositions:
            found.append(composition)
            if len(found) >= FEWEST and time.monotonic() - began > LONGEST_SECONDS:
                break
    return found
