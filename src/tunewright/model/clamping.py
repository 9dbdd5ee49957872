"""Clamping of units: a network in which some units always have a given output (ablation by a constant).

The result is another network. A unit's output is read in three places: by its own layer at the next character, by the
layer above, and by the read-out. A constant output adds a constant there, which is moved to the bias, and the columns
that read the unit become zero. That is exact for every kind of cell (the GRU's candidate reads the unit before its
reset gate, as it reads its recurrent bias), and holds from the first character on: the state before it counts as
clamped too. So the network composes, evaluates and exports like any other. The unit itself is still computed, but
nothing reads it.

The head of a network that looks back reads the last layer like the read-out. Its keys have no bias: the constant of all
keys is added to the table of the character just read, and what that adds to the queries is subtracted from theirs.

Units and layers count from 0; a value is an output h, -1 to 1.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import require_equations, require_recurrent
from tunewright.options import require

Unit = tuple[int, int]
"""Layer and number within it."""

RECORD = "clamped"
"""Key in a checkpoint's training record for the clamped units and the fingerprint of the weights before."""


def clamp_units(model: Checkpoint, values: Mapping[Unit, float]) -> Checkpoint:
    """Clamp units of a network to a value.

    Parameters
    ----------
    values
        Values by layer and unit, -1 to 1.

    Returns
    -------
    Checkpoint
        The network with these units clamped. It has no metrics, which would be another's; see `origin`.

    Raises
    ------
    OptionError
        If a unit does not exist or is clamped already, or for a value out of range.
    """
    if not values:
        return model
    require_equations(model.config.cell, "clamping units")
    held = dict(model.training.get(RECORD, {"weights": model.fingerprint, "units": {}}))
    weights = dict(model.weights)
    for unit, value in values.items():
        require_unit(model, unit)
        name = unit_name(unit)
        require(f"the value of unit {name}", value, "-1 to 1", -1 <= value <= 1)
        if name in held["units"]:
            raise OptionError(f"unit {name} is clamped to {held['units'][name]:g} already")
        held["units"] = {**held["units"], name: float(value)}
        for columns, bias in _readers(model, unit[0]):
            weights[columns], weights[bias] = _folded(weights[columns], weights[bias], unit[1], value)
        if model.config.look_back and unit[0] == model.config.layers - 1:
            weights |= _with_held_keys(weights, unit[1], value)
    return replace(model, weights=weights, metrics={}, training={**model.training, RECORD: held})


def require_unit(model: Checkpoint, unit: Unit) -> None:
    """Raise OptionError if the network has no such unit, or no units."""
    (layer, number), shape = unit, model.config
    require_recurrent(shape.cell, "clamping units")
    if not 0 <= layer < shape.layers:
        raise OptionError(f"there is no layer {layer}; the network has {_range('layer', shape.layers)}")
    if not 0 <= number < shape.units:
        raise OptionError(f"there is no unit {number}; the network has {_range('unit', shape.units)} in each layer")


def unit_name(unit: Unit) -> str:
    """Return ``42`` for a unit of the first layer, ``1:42`` for one of the second."""
    layer, number = unit
    return f"{layer}:{number}" if layer else str(number)


def origin(model: Checkpoint) -> dict[str, str]:
    """Return the fingerprint of the weights; with clamped units, that of the weights before, and the units.

    The units are written as for ``tunewright compose --clamp``: ``42=1 1:7=-0.5``.
    """
    held = model.training.get(RECORD)
    if held is None:
        return {"weights": model.fingerprint}
    return {
        "weights": held["weights"],
        "clamped": " ".join(f"{name}={str(value).removesuffix('.0')}" for name, value in held["units"].items()),
    }


def _range(what: str, count: int) -> str:
    return f"{what}s 0 to {count - 1}" if count > 1 else f"{what} 0 only"


def _readers(model: Checkpoint, layer: int) -> list[tuple[str, str]]:
    """Return the names of the matrices whose columns read a layer, each with the bias that is added to its product."""
    own = (f"layers.{layer}.weight_hh_l0", f"layers.{layer}.bias_hh_l0")
    if layer < model.config.layers - 1:
        return [own, (f"layers.{layer + 1}.weight_ih_l0", f"layers.{layer + 1}.bias_ih_l0")]
    parts = ("readout", "look_back.query", "look_back.gate") if model.config.look_back else ("readout",)
    return [own, *((f"{part}.weight", f"{part}.bias") for part in parts)]


def _with_held_keys(
    weights: Mapping[str, NDArray[np.float32]], unit: int, value: float
) -> dict[str, NDArray[np.float32]]:
    """Return the changed weights of a pointer head whose keys no longer read a unit of the last layer."""
    keys, added = _folded(weights["look_back.key.weight"], weights["look_back.recent"][0], unit, value)
    recent = weights["look_back.recent"].copy()
    recent[0] = added
    shift = value * weights["look_back.key.weight"][:, unit].astype(np.float64)
    bias = (weights["look_back.query.bias"] - shift).astype(np.float32)
    return {"look_back.key.weight": keys, "look_back.recent": recent, "look_back.query.bias": bias}


def _folded(
    matrix: NDArray[np.float32], bias: NDArray[np.float32], column: int, value: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the matrix with a column set to zero, and the bias plus `value` times the column."""
    folded = bias.astype(np.float64) + value * matrix[:, column].astype(np.float64)
    rest = matrix.copy()
    rest[:, column] = 0
    return rest, folded.astype(np.float32)
