"""Packed weights of a recurrent network: the memory layout of the compiled loop, for one character after another.

Shapes
------
S  symbols of the vocabulary
H  hidden units
L  layers
G  numbers that a layer sums before its non-linearities, its *total*
R  S, padded to a multiple of `BLOCK`; for a network that looks back with more outputs beside (see below)
W  width of the keys of a network that looks back, padded to a multiple of `BLOCK`; 0 if it does not

A step adds rows to a total, one row for each unit of the vector that it multiplies: every row is read from its first
number to its last. The input of the first layer is one row for each symbol: embedding, input weights and biases are
folded into it. Rows are padded with zeros to whole blocks of 16, and aligned to cache lines.

The parts of a total, each of H numbers, in the order of the cell:

    lstm  input gate, forget gate, candidate, output gate
    gru   candidate's share of the input, reset gate, update gate, candidate's share of the state
    rnn   the sum

The input's rows begin at the first part, those of the state at the first part that depends on the state.

A network that looks back (see `tunewright.sampling.compiled.looking`) computes its query, its key and its gate together
with the logits: a row of the read-out is then the logits and the gate, padded to whole blocks, W numbers of the query,
W of the key. After the read-out come W numbers for each symbol just read, for each before it and for each before that;
the tables of places and bars; and a block that begins with the factor of a product of query and key, and the factor of
a match.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig, require_equations

BREAKS = "|\n"
"""Characters from which a network that looks back counts places: bar line and line end."""
BLOCK = 16
"""Rows are padded to a multiple of this number: 64 bytes, the widest vector and a cache line."""

LSTM, GRU, RNN = range(3)
CELLS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}

# Places in `PackedNetwork.shape`.
SYMBOLS, LOGITS, UNITS, LAYERS, CELL, TOTAL, INPUT_ROW, STATE_ROW, STATE_START, STATE_PART = range(10)
LOOK_BACK, BAR_LINE, LINE_END = range(10, 13)
"""W, and the ids of "|" and of the line end, -1 if the vocabulary does not have it."""
SIZES_OF_SHAPE = 13

PLACES = 32
"""Number of places in a bar, and of bars, of a network that looks back; see `looking`."""

ORDER_OF_PARTS = {LSTM: (0, 1, 2, 3), GRU: (2, 0, 1), RNN: (0,)}
"""Torch's parts of the input's weight matrix in our order."""
STATE_PARTS = {LSTM: (0, 1, 2, 3), GRU: (0, 1, 2), RNN: (0,)}
"""The same for the state's weight matrix."""


def whole_blocks(count: int) -> int:
    """Return `count` rounded up to a multiple of `BLOCK`."""
    return -(-count // BLOCK) * BLOCK


def aligned(count: int) -> NDArray[np.float32]:
    """Return an array of `count` zeros that begins at a multiple of 64 bytes."""
    room = np.zeros(count + BLOCK, dtype=np.float32)
    start = -(room.ctypes.data // room.itemsize) % BLOCK
    return room[start : start + count]


@dataclass(frozen=True, eq=False)
class PackedNetwork:
    """A network in the layout of the compiled loop."""

    shape: NDArray[np.int64]
    """Sizes, by the constants of this module."""
    weights: NDArray[np.float32]
    """All rows, one after the other: S rows of the first layer's totals; for each layer, all but the first, its bias
    and the rows of its input, and then the rows of its state; the bias and the rows of the read-out; if it looks back,
    its tables."""

    @property
    def symbols(self) -> int:
        """S."""
        return int(self.shape[SYMBOLS])

    @property
    def state_size(self) -> int:
        """Length of the state of one tune, the total and the row of the read-out included."""
        layers, part = int(self.shape[LAYERS]), int(self.shape[STATE_PART])
        return 2 * layers * part + int(self.shape[TOTAL]) + int(self.shape[LOGITS])

    @property
    def look_back(self) -> int:
        """W."""
        return int(self.shape[LOOK_BACK])

    @cached_property
    def rows(self) -> list[NDArray[np.float32]]:
        """The parts of `weights` in their order, each shape=(rows, row length); a bias is one row."""
        _, logits, units, layers, _, total, input_row, state_row = (int(size) for size in self.shape[:8])
        shapes = [(self.symbols, total), (units, state_row)]
        shapes += [(1, total), (units, input_row), (units, state_row)] * (layers - 1)
        shapes += [(1, logits), (units, logits)]
        if self.look_back:
            shapes += [(3 * self.symbols, self.look_back), (PLACES, PLACES), (PLACES, PLACES), (1, BLOCK)]
        parts, start = [], 0
        for rows, length in shapes:
            parts.append(self.weights[start : start + rows * length].reshape(rows, length))
            start += rows * length
        return parts


def pack(checkpoint: Checkpoint) -> PackedNetwork:
    """Pack the weights of `checkpoint`.

    Raises
    ------
    CheckpointError
        If they do not fit its configuration.
    OptionError
        If it is not recurrent.
    """
    network, symbols = checkpoint.config, checkpoint.vocabulary.symbols
    require_equations(network.cell, "compiled composing (--vary, the studio)" if network.is_own else "composing")
    breaks = [symbols.find(character) for character in BREAKS]
    try:
        return _pack(checkpoint.weights, network, len(symbols), breaks)
    except (KeyError, ValueError, IndexError) as error:
        raise CheckpointError(f"its weights do not fit its configuration: {error}", path=checkpoint.path) from error


def _pack(weights: Any, network: NetworkConfig, symbols: int, breaks: list[int]) -> PackedNetwork:
    cell, units, layers = CELLS[network.cell], network.units, network.layers
    state_start = units if cell == GRU else 0
    row = whole_blocks(len(ORDER_OF_PARTS[cell]) * units)
    total, width = whole_blocks(state_start + row), whole_blocks(network.look_back)
    parts = _layers(weights, cell, symbols, units, layers)
    if width:
        parts += _looking(weights, units, symbols, network.look_back)
    else:
        parts += _readout(weights, units, symbols)
    logits = parts[2 + 3 * (layers - 1)].shape[1]
    flat = aligned(sum(part.size for part in parts))
    flat[:] = np.concatenate([part.ravel() for part in parts])
    if not np.isfinite(flat).all():
        raise ValueError("some are not finite")
    shape = [symbols, logits, units, layers, cell, total, row, row, state_start, whole_blocks(units), width, *breaks]
    return PackedNetwork(np.array(shape, dtype=np.int64), flat)


def _layers(weights: Any, cell: int, symbols: int, units: int, layers: int) -> list[NDArray[Any]]:
    """Return all rows before the read-out's."""
    row = whole_blocks(len(ORDER_OF_PARTS[cell]) * units)
    total = whole_blocks((units if cell == GRU else 0) + row)
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
    return parts


def _readout(weights: Any, units: int, symbols: int) -> list[NDArray[Any]]:
    """Return bias and rows of the read-out."""
    logits = whole_blocks(symbols)
    rows = _exactly(weights["readout.weight"].T, (units, symbols))
    return [_widened(weights["readout.bias"][None], logits), _widened(rows, logits)]


def _looking(weights: Any, units: int, symbols: int, keys: int) -> list[NDArray[Any]]:
    """Return bias and rows of the read-out of a network that looks back, with `keys` as width, and its tables."""
    width, beside = whole_blocks(keys), whole_blocks(symbols + 1)
    shapes = {
        "query.weight": (keys, units), "query.bias": (keys,), "key.weight": (keys, units), "gate.weight": (1, units),
        "gate.bias": (1,), "recent": (3, symbols, keys), "place": (PLACES, PLACES),
        "bar": (PLACES, PLACES), "match": (1,),
    }  # fmt: skip
    of = {name: _exactly(weights[f"look_back.{name}"], shape) for name, shape in shapes.items()}
    logits = np.concatenate([weights["readout.weight"], of["gate.weight"]]).T
    rows = [_widened(logits, beside), _widened(of["query.weight"].T, width), _widened(of["key.weight"].T, width)]
    biases = np.concatenate([weights["readout.bias"], of["gate.bias"]])[None]
    bias = [_widened(biases, beside), _widened(of["query.bias"][None], width), np.zeros((1, width))]
    return [
        np.concatenate(bias, axis=1),
        np.concatenate(rows, axis=1),
        _widened(of["recent"].reshape(3 * symbols, keys), width),
        of["place"],
        of["bar"],
        _widened(np.array([[keys**-0.5, of["match"][0]]]), BLOCK),
    ]


def _rows(matrix: NDArray[np.float32], order: tuple[int, ...], units: int) -> NDArray[np.float64]:
    """Return torch's matrix, shape=(parts * H, inputs), as our rows, shape=(inputs, parts * H)."""
    parts = matrix.astype(np.float64).reshape(-1, units, matrix.shape[1])
    return np.concatenate([parts[number] for number in order]).T


def _bias(weights: Any, layer: int, cell: int, units: int, total: int) -> NDArray[np.float64]:
    """Return the initial total, shape=(1, G)."""
    inputs, state = (weights[f"layers.{layer}.bias_{kind}_l0"].astype(np.float64) for kind in ("ih", "hh"))
    if cell == GRU:  # torch's order is reset gate, update gate, candidate
        gates, candidate = slice(0, 2 * units), slice(2 * units, None)
        bias = np.concatenate([inputs[candidate], inputs[gates] + state[gates], state[candidate]])
    else:
        bias = inputs + state
    return _widened(bias[None], total)


def _widened(rows: NDArray[Any], length: int) -> NDArray[Any]:
    """Return the rows padded with zeros."""
    return np.pad(rows, ((0, 0), (0, length - rows.shape[1])))


def _exactly(rows: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    if rows.shape != shape:
        raise ValueError(f"a part has shape {rows.shape} instead of {shape}")
    return rows
