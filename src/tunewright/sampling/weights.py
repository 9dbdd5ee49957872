"""How do the weights of a checkpoint lie in memory so that one character after another is quickest?

Shapes
------
S  symbols of the vocabulary
H  hidden units
L  layers
G  numbers that a layer sums up before its non-linearities, its *total*
R  S, made up to a multiple of `BLOCK`

A step adds rows to a total, one row for each unit of the vector that it multiplies: every row is read from its first
number to its last. What the first layer does with its input is one row for each symbol: embedding, input weights and
biases are folded into it. Rows are made up with zeros to whole blocks of 16, and begin where a processor likes them to.

The parts of a total, each of H numbers, in the order of the cell:

    lstm  input gate, forget gate, candidate, output gate
    gru   candidate's share of the input, reset gate, update gate, candidate's share of the state
    rnn   the sum

The input's rows begin at the first part, those of the state at the first part that the state has a share in.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import Checkpoint

BLOCK = 16
"""Numbers to whose multiple a row is made up: 64 bytes, the widest vector and the line of the cache."""

LSTM, GRU, RNN = range(3)
CELLS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}

# Places in `PackedNetwork.shape`.
SYMBOLS, LOGITS, UNITS, LAYERS, CELL, TOTAL, INPUT_ROW, STATE_ROW, STATE_START, STATE_PART = range(10)
SIZES_OF_SHAPE = 10

ORDER_OF_PARTS = {LSTM: (0, 1, 2, 3), GRU: (2, 0, 1), RNN: (0,)}
"""Torch's parts of a weight matrix in the order of ours: the input's."""
STATE_PARTS = {LSTM: (0, 1, 2, 3), GRU: (0, 1, 2), RNN: (0,)}
"""The same for the state's."""


def whole_blocks(count: int) -> int:
    """`count` made up to a multiple of `BLOCK`."""
    return -(-count // BLOCK) * BLOCK


def aligned(count: int) -> NDArray[np.float32]:
    """`count` zeros that begin at a multiple of 64 bytes."""
    room = np.zeros(count + BLOCK, dtype=np.float32)
    start = -(room.ctypes.data // room.itemsize) % BLOCK
    return room[start : start + count]


@dataclass(frozen=True, eq=False)
class PackedNetwork:
    """A network, ready to compose."""

    shape: NDArray[np.int64]
    """Sizes, at the places that the constants of this module name."""
    weights: NDArray[np.float32]
    """All rows, one after the other: S rows of the first layer's totals; for each layer, all but the first, its bias
    and the rows of its input, and then the rows of its state; the bias and the rows of the read-out."""

    @property
    def symbols(self) -> int:
        """S."""
        return int(self.shape[SYMBOLS])

    @property
    def state_size(self) -> int:
        """Numbers that the state of one tune takes, the logits and the total included."""
        layers, part = int(self.shape[LAYERS]), int(self.shape[STATE_PART])
        return 2 * layers * part + int(self.shape[TOTAL]) + int(self.shape[LOGITS])

    @cached_property
    def rows(self) -> list[NDArray[np.float32]]:
        """The parts of `weights` in their order, each shape=(rows, row length); a bias is one row."""
        _, logits, units, layers, _, total, input_row, state_row = (int(size) for size in self.shape[:8])
        shapes = [(self.symbols, total), (units, state_row)]
        shapes += [(1, total), (units, input_row), (units, state_row)] * (layers - 1)
        shapes += [(1, logits), (units, logits)]
        parts, start = [], 0
        for rows, length in shapes:
            parts.append(self.weights[start : start + rows * length].reshape(rows, length))
            start += rows * length
        return parts


def pack(checkpoint: Checkpoint) -> PackedNetwork:
    """Lay out the weights of `checkpoint`.

    Raises
    ------
    CheckpointError
        If they do not fit its configuration.
    """
    network, symbols = checkpoint.network, len(checkpoint.vocabulary)
    try:
        return _pack(checkpoint.weights, CELLS[network.cell], symbols, network.units, network.layers)
    except (KeyError, ValueError, IndexError) as error:
        raise CheckpointError(f"its weights do not fit its configuration: {error}", path=checkpoint.path) from error


def _pack(weights: Any, cell: int, symbols: int, units: int, layers: int) -> PackedNetwork:
    state_start = units if cell == GRU else 0
    row = whole_blocks(len(ORDER_OF_PARTS[cell]) * units)
    total, logits = whole_blocks(state_start + row), whole_blocks(symbols)
    parts = []
    for layer in range(layers):
        bias = _bias(weights, layer, cell, units, total)
        inputs = _rows(weights[f"layers.{layer}.weight_ih_l0"], ORDER_OF_PARTS[cell], units)
        if layer == 0:
            letters = weights.get("embedding.weight")
            inputs = inputs if letters is None else letters.astype(np.float64) @ inputs
            parts.append(_exactly(bias + _widened(inputs, total), (symbols, total)))
        else:
            parts += [bias, _exactly(_widened(inputs, row), (units, row))]
        state = _rows(weights[f"layers.{layer}.weight_hh_l0"], STATE_PARTS[cell], units)
        parts.append(_exactly(_widened(state, row), (units, row)))
    readout = weights["readout.weight"].T
    parts += [_widened(weights["readout.bias"][None], logits), _exactly(_widened(readout, logits), (units, logits))]
    flat = aligned(sum(part.size for part in parts))
    flat[:] = np.concatenate([part.ravel() for part in parts])
    if not np.isfinite(flat).all():
        raise ValueError("some are no finite numbers")
    shape = [symbols, logits, units, layers, cell, total, row, row, state_start, whole_blocks(units)]
    return PackedNetwork(np.array(shape, dtype=np.int64), flat)


def _rows(matrix: NDArray[np.float32], order: tuple[int, ...], units: int) -> NDArray[np.float64]:
    """A matrix of torch's, shape=(parts * H, inputs), as rows of ours, shape=(inputs, parts * H)."""
    parts = matrix.astype(np.float64).reshape(-1, units, matrix.shape[1])
    return np.concatenate([parts[number] for number in order]).T


def _bias(weights: Any, layer: int, cell: int, units: int, total: int) -> NDArray[np.float64]:
    """What a total begins with, shape=(1, G)."""
    inputs, state = (weights[f"layers.{layer}.bias_{kind}_l0"].astype(np.float64) for kind in ("ih", "hh"))
    if cell == GRU:  # torch's order is reset gate, update gate, candidate
        gates, candidate = slice(0, 2 * units), slice(2 * units, None)
        bias = np.concatenate([inputs[candidate], inputs[gates] + state[gates], state[candidate]])
    else:
        bias = inputs + state
    return _widened(bias[None], total)


def _widened(rows: NDArray[Any], length: int) -> NDArray[Any]:
    """Rows made up with zeros."""
    return np.pad(rows, ((0, 0), (0, length - rows.shape[1])))


def _exactly(rows: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    if rows.shape != shape:
        raise ValueError(f"a part has shape {rows.shape}, {shape} was expected")
    return rows
