"""Units of other networks, untrained or of another seed, that follow the same labels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from tunewright.analysis.units.labels import LABELS
from tunewright.analysis.units.samples import Sides
from tunewright.analysis.units.selectivity import strengths, usable_labels
from tunewright.analysis.units.unit_study import FEWEST_HELD_OUT
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import CharNetwork, load_network, weights_of

UNTRAINED_SEED = 0


def untrained_like(model: Checkpoint, seed: int = UNTRAINED_SEED) -> Checkpoint:
    """An untrained network of the same shape and vocabulary."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = CharNetwork.of(model.config, model.vocabulary, model.own)
    return replace(model, weights=weights_of(network), metrics={}, training={}, path=None)


@dataclass(frozen=True)
class Counterpart:
    """The unit of another network that follows a label best."""

    label: str
    unit: int
    layer: int
    value: float
    """On the tunes used to choose: AUC of 0.5 or more, or absolute r."""
    held_out_value: float | None


def counterparts(model: Checkpoint, sides: Sides, quantity: str = "h") -> Iterator[Counterpart]:
    """Yield, for each label, the unit of another network that follows it best."""
    network, width = load_network(model), model.config.units
    choosing = sides.choosing.read(network, model.vocabulary, quantity)
    usable = usable_labels(choosing)
    chosen = strengths(choosing, usable)
    confirming = sides.confirming.read(network, model.vocabulary, quantity)
    again = strengths(confirming, usable & usable_labels(confirming, fewest_tunes=1, fewest_defined=FEWEST_HELD_OUT))
    for number in np.flatnonzero(usable):
        about = LABELS[number]
        unit = int(np.argmax(np.abs(chosen[:, number])))
        sign = 1 if chosen[unit, number] >= 0 else -1
        yield Counterpart(
            about.name,
            unit % width,
            unit // width,
            _unsigned(sign * chosen[unit, number], about.kind) or 0.0,
            _unsigned(sign * again[unit, number], about.kind),
        )


def _unsigned(strength: np.floating[Any], kind: str) -> float | None:
    if np.isnan(strength):
        return None
    return round(float(strength if kind == "graded" else (1 + strength) / 2), 6)
