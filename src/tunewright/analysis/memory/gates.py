"""Statistics of the gates of LSTM and GRU units: how often they are shut or open, and their time constants.

A gate counts as shut below 0.1 and as open above 0.9. One gate of each kind of cell decides how much of the unit's
content is kept: the forget gate of an LSTM, the update gate of a GRU (in torch's convention, where 1 keeps everything).
Of what was stored n characters ago the product of its last n values is left. The time constant is the number of
characters in which this product falls to 1/e (37%), in the geometric mean.

An RNN has no gates: all its units are overwritten at each character.

Shapes: U units of all layers.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import QUANTITIES, stream_activations
from tunewright.corpus.vocabulary import Ids
from tunewright.model.config import Cell, require_equations
from tunewright.model.network import CharNetwork

SHUT, OPEN = 0.1, 0.9
LONGEST = 10_000.0
"""Upper bound of time constants, in characters."""

GATES: dict[Cell, tuple[str, ...]] = {
    cell: tuple(name for name in names if name not in ("h", "c", "candidate")) for cell, names in QUANTITIES.items()
}
"""The gates of each kind of cell."""

KEEPS: dict[Cell, str] = {"lstm": "forget", "gru": "update"}
"""The gate that decides how much is kept."""


@dataclass(frozen=True)
class Gate:
    """Statistics of one gate over all units and characters."""

    name: str
    mean: float
    shut: float
    """Share of the time that it is below 0.1."""
    open: float
    """Share of the time that it is above 0.9."""
    unit_means: tuple[float, ...]
    """Of each unit, shape=(U,)."""
    unit_shut: tuple[float, ...]
    unit_open: tuple[float, ...]
    time_constants: tuple[float, ...]
    """Of each unit in characters, for the gate that decides how much is kept; empty for the others."""


def gate_use(network: CharNetwork, texts: Iterable[Ids]) -> tuple[Gate, ...]:
    """Measure each gate while `network` reads texts, given as ids without their boundaries; () for an RNN."""
    cell = network.config.cell
    require_equations(cell, "studying gates")
    names = GATES[cell]
    if not names:
        return ()
    sums = {name: np.zeros((4, network.config.layers, network.config.units)) for name in names}
    count = 0
    for found in stream_activations(network, texts, names):
        for name, total in sums.items():
            values = found[name]  # (L, T, H)
            total += [(values < SHUT).sum(1), (values > OPEN).sum(1), values.sum(1, dtype=float), _logs(values)]
        count += found[names[0]].shape[1]
    return tuple(_gate(name, total.reshape(4, -1) / max(count, 1), KEEPS[cell]) for name, total in sums.items())


def _logs(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sum over time of the logarithms, shape=(L, H)."""
    return np.asarray(np.log(np.maximum(values, np.float32(1e-30))).sum(axis=1, dtype=np.float64))


def _gate(name: str, means: NDArray[np.float64], keeps: str) -> Gate:
    """A `Gate` from means over time: shut, open, value, logarithm, shape=(4, U)."""
    shut, is_open, level, logs = means
    lasting = np.minimum(-1 / np.minimum(logs, -1 / LONGEST), LONGEST) if name == keeps else np.zeros(0)
    overall = [round(float(each.mean()), 6) for each in (level, shut, is_open)]
    by_unit = [tuple(float(f"{value:.5g}") for value in each) for each in (level, shut, is_open, lasting)]
    return Gate(name, overall[0], overall[1], overall[2], by_unit[0], by_unit[1], by_unit[2], by_unit[3])
