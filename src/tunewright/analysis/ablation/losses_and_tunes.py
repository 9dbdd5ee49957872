"""Losses and composed tunes of a network with some units clamped at their mean outputs.

Shapes: L layers; H units of a layer; M tunes; K kinds of characters.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import stream_activations
from tunewright.analysis.character_losses import TunesByKind, character_losses
from tunewright.analysis.musicality.bar_errors import bar_errors
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import Unit, clamp_units
from tunewright.model.network import load_network
from tunewright.model.threads import most_threads, side_by_side
from tunewright.notation.reader import read_events
from tunewright.sampling.compiled import compiling
from tunewright.sampling.compose import MANY, compose_many
from tunewright.sampling.config import CompositionConfig

Floats = NDArray[np.float64]
Units = tuple[Unit, ...]
Share = Callable[[float], object]
"""Takes the share of the work that is done, 0 to 1."""

MOST_THREADS = 8
HEADERS = 6
"""Different beginnings of composed tunes: few, because every network reads each of them again."""


class ClampedNetwork:
    """A network whose units can be clamped at their mean outputs on the tunes of `reading`."""

    def __init__(self, model: Checkpoint, reading: TunesByKind) -> None:
        self.model, self.reading = model, reading
        texts = [ids[1:-1] for ids in reading.tunes]
        sums = np.zeros((model.config.layers, model.config.units))
        for found in stream_activations(load_network(model), texts):
            sums += found["h"].sum(axis=1, dtype=np.float64)  # (L, H)
        self._means = np.clip(sums / max(1, sum(map(len, texts))), -1, 1)

    def values(self, units: Units) -> tuple[float, ...]:
        """Means of `units`."""
        return tuple(float(self._means[unit]) for unit in units)

    def at_means(self, units: Units) -> Checkpoint:
        """The network with `units` clamped."""
        return clamp_units(self.model, dict(zip(units, self.values(units), strict=True)))

    def losses(self, sets: Sequence[Units], progress: Share) -> dict[Units, Floats]:
        """Summed loss of each kind of character in each tune, in nats, shape=(M, K), by the units that were clamped."""

        def measured(units: Units) -> Floats:
            return self.reading.sums(
                np.concatenate(character_losses(load_network(self.at_means(units)), self.reading.tunes, threads=1))
            )

        return _side_by_side(measured, sets, progress)

    def bars(
        self, sets: Sequence[Units], tunes: int, config: CompositionConfig, progress: Share
    ) -> dict[Units, Floats]:
        """Wrong bars and all bars of each of `tunes` raw composed tunes, shape=(tunes, 2), by the units clamped.

        The tunes begin with headers of tunes that were read, the same for every network.
        """
        if tunes >= MANY:
            compiling.finish()
        headers = headers_of(self.model, self.reading)

        def measured(units: Units) -> Floats:
            return bar_errors(composed_texts(self.at_means(units), headers, tunes, config))

        return _side_by_side(measured, sets, progress)


def headers_of(model: Checkpoint, reading: TunesByKind) -> list[str]:
    """Headers of `HEADERS` tunes, spread evenly over all."""
    step = -(-len(reading.tunes) // HEADERS)
    texts = [model.vocabulary.decode(ids[1:-1].tolist()) for ids in reading.tunes[::step]]
    return [text[: read_events(text).body] for text in texts]


def composed_texts(model: Checkpoint, headers: Sequence[str], tunes: int, config: CompositionConfig) -> Iterator[str]:
    """Yield `tunes` raw tunes, each begun with one of `headers`; every network uses the same seeds."""
    headers = headers[:tunes]
    for number, header in enumerate(headers):
        order = replace(config, seed=config.seed + number * tunes)
        count = len(range(number, tunes, len(headers)))
        yield from (tune.text for tune in compose_many(model, count, order, prime=header, raw=True))


def _side_by_side(work: Callable[[Units], Floats], sets: Sequence[Units], progress: Share) -> dict[Units, Floats]:
    """Results of `work` for each of `sets`, computed in parallel."""
    wanted = list(dict.fromkeys(sets))
    found = {}
    results = side_by_side(work, wanted, min(most_threads(), MOST_THREADS))
    for done, (units, result) in enumerate(zip(wanted, results, strict=True), 1):
        found[units] = result
        progress(done / len(wanted))
    return found
