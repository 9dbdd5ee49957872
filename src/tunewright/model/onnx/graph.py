"""ONNX export: a network as one file that composes without torch and without Tunewright.

The graph is built from the weights, node by node, without tracing. Its inputs and outputs:

    ids             int64, shape=(T, B)          characters, as indices into the symbols of the metadata
    h, c            float32, shape=(L, B, H)     state before them; zeros at the start of a tune; c for LSTM only
    logits          float32, shape=(T, B, S)     unnormalised log-probabilities of the character after each
    new_h, new_c    float32, shape=(L, B, H)     state after the last of them

and, for a network that looks back (see `tunewright.model.onnx.pointer_head`):

    memory          float32, shape=(M, B, W + 4)   memory of each lane; no rows at the start of a tune
    new_memory      float32, shape=(N, B, W + 4)   the same after the call; N is M + T, but no more than 1,200

T, B and M are free in every call, so that the same graph takes one step (T = 1) and a whole sequence. The metadata of
the file hold all that it needs to stand alone, text by name: see `metadata`.

Shapes: T time steps, B lanes, S symbols, E width of the embedding, H units, L layers, G gates of the cell, W width of
the keys.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunewright import __version__
from tunewright.errors import CheckpointError, MissingExtraError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig, require_equations
from tunewright.model.look_back import EXTRA, breaks_of
from tunewright.model.onnx.pointer_head import LookBackGraph, weight_shapes
from tunewright.options import to_mapping

if TYPE_CHECKING:
    from onnx import NodeProto

OPSET, IR_VERSION = 17, 8
"""Versions of ONNX that every ONNX Runtime since 1.12 (2022) reads."""

OPERATORS: dict[str, tuple[str, dict[str, int]]] = {
    "lstm": ("LSTM", {}),
    "gru": ("GRU", {"linear_before_reset": 1}),  # torch's: the reset gate acts on the product with the state
    "rnn": ("RNN", {}),
}
GATES = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn": (0,)}
"""Torch's gates in the order of ONNX: i f g o become i o f c; r z n become z r h."""


def state_names(network: NetworkConfig) -> tuple[str, ...]:
    """Return the names of the parts of the state."""
    return (*(("h", "c") if network.cell == "lstm" else ("h",)), *(("memory",) if network.look_back else ()))


def metadata(checkpoint: Checkpoint) -> dict[str, str]:
    """Return the metadata of the file.

    Returns
    -------
    dict
        ``tunewright``, the version that wrote it; ``weights``, the fingerprint that composed tunes name;
        ``network``, its `NetworkConfig` as JSON; ``symbols``, the vocabulary as a JSON string whose n-th character is
        id n (0 opens a tune, 1 closes it); ``metrics``, epoch and losses of the checkpoint as JSON.
    """
    return {
        "tunewright": __version__,
        "weights": checkpoint.fingerprint,
        "network": json.dumps(to_mapping(checkpoint.config)),
        "symbols": json.dumps(checkpoint.vocabulary.symbols),
        "metrics": json.dumps(checkpoint.metrics),
    }


def to_onnx(checkpoint: Checkpoint) -> bytes:
    """Return the network of `checkpoint` as the content of an ONNX file, checked by ONNX's own checker.

    Raises
    ------
    CheckpointError
        If its weights do not fit its configuration.
    OptionError
        If it is not recurrent.
    MissingExtraError
        If onnx is not installed.
    """
    require_equations(checkpoint.config.cell, "writing ONNX")
    try:
        import onnx
    except ImportError:
        raise MissingExtraError("Writing ONNX", "onnx") from None
    try:
        constants = _constants(checkpoint)
        head = _head(checkpoint) if checkpoint.config.look_back else None
    except (KeyError, ValueError) as error:
        raise CheckpointError(f"its weights do not fit its configuration: {error}", path=checkpoint.path) from error
    network, symbols = checkpoint.config, len(checkpoint.vocabulary)
    parts = state_names(network)
    number = onnx.TensorProto.FLOAT
    value = onnx.helper.make_tensor_value_info

    def shape(part: str, rows: str) -> list[int | str]:
        return [rows, "B", network.look_back + EXTRA] if part == "memory" else [network.layers, "B", network.units]

    graph = onnx.helper.make_graph(
        _nodes(checkpoint, head),
        "tunewright",
        [value("ids", onnx.TensorProto.INT64, ["T", "B"]), *(value(part, number, shape(part, "M")) for part in parts)],
        [
            value("logits", number, ["T", "B", symbols]),
            *(value(f"new_{part}", number, shape(part, "N")) for part in parts),
        ],
        [
            onnx.numpy_helper.from_array(values, name)
            for name, values in {**constants, **(head.constants if head else {})}.items()
        ],
    )
    model = onnx.helper.make_model(
        graph,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="tunewright",
        producer_version=__version__,
    )
    onnx.helper.set_model_props(model, metadata(checkpoint))
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString()
    return content


def _constants(checkpoint: Checkpoint) -> dict[str, NDArray[Any]]:
    """Return the constants of the graph, by name."""
    network, weights, symbols = checkpoint.config, checkpoint.weights, len(checkpoint.vocabulary)
    width, units = network.embedding or symbols, network.units
    rows = len(GATES[network.cell]) * units
    constants: dict[str, NDArray[Any]] = {
        "readout.weight": _shaped(weights, "readout.weight", symbols, units).T.copy(),  # (H, S)
        "readout.bias": _shaped(weights, "readout.bias", symbols),
        "direction": np.array([1], np.int64),  # axis of an ONNX layer's results, of length 1 in a one-way layer
    }
    # Row n is the input of the first layer for id n.
    letters = _shaped(weights, "embedding.weight", symbols, width) if network.embedding else np.eye(symbols)
    constants["letters"] = letters.astype(np.float32)  # (S, E)
    for layer in range(network.layers):
        name, read = f"layers.{layer}", width if layer == 0 else units
        inputs = _shaped(weights, f"{name}.weight_ih_l0", rows, read)
        state = _shaped(weights, f"{name}.weight_hh_l0", rows, units)
        biases = [_shaped(weights, f"{name}.bias_{kind}_l0", rows) for kind in ("ih", "hh")]
        constants[f"{name}.input"] = _reordered(inputs, network.cell)[None]  # (1, G * H, E)
        constants[f"{name}.state"] = _reordered(state, network.cell)[None]  # (1, G * H, H)
        constants[f"{name}.bias"] = np.concatenate([_reordered(bias, network.cell) for bias in biases])[None]
    return constants


def _head(checkpoint: Checkpoint) -> LookBackGraph:
    """Return the pointer head."""
    network, symbols = checkpoint.config, len(checkpoint.vocabulary)
    shapes = weight_shapes(network.look_back, network.units, symbols)
    weights = {name: _shaped(checkpoint.weights, f"look_back.{name}", *shape) for name, shape in shapes.items()}
    return LookBackGraph(weights, breaks_of(checkpoint.vocabulary), f"signal.{network.layers}", "scores")


def _nodes(checkpoint: Checkpoint, head: LookBackGraph | None) -> "list[NodeProto]":
    """Return the nodes in the order of computation."""
    from onnx.helper import make_node

    network = checkpoint.config
    parts = [part for part in state_names(network) if part != "memory"]
    layers = range(network.layers)
    operator, attributes = OPERATORS[network.cell]
    nodes = [make_node("Gather", ["letters", "ids"], ["signal.0"])]  # (T, B, E)
    nodes += [make_node("Split", [part], [f"{part}.{layer}" for layer in layers], axis=0) for part in parts]
    for layer in layers:
        constants = [f"layers.{layer}.{kind}" for kind in ("input", "state", "bias")]
        before = [f"{part}.{layer}" for part in parts]
        after = [f"new_{part}.{layer}" for part in parts]
        given = [f"signal.{layer}", *constants, "", *before]  # "": no lengths, all lanes are equally long
        nodes.append(make_node(operator, given, [f"outputs.{layer}", *after], hidden_size=network.units, **attributes))
        nodes.append(make_node("Squeeze", [f"outputs.{layer}", "direction"], [f"signal.{layer + 1}"]))  # (T, B, H)
    nodes += [
        make_node("Concat", [f"new_{part}.{layer}" for layer in layers], [f"new_{part}"], axis=0) for part in parts
    ]
    nodes.append(make_node("MatMul", [f"signal.{network.layers}", "readout.weight"], ["products"]))
    nodes.append(make_node("Add", ["products", "readout.bias"], ["scores" if head else "logits"]))
    return nodes + (head.nodes if head else [])


def _reordered(rows: NDArray[np.float32], cell: str) -> NDArray[np.float32]:
    """Return the rows with torch's order of gates changed to that of ONNX."""
    gates = np.split(rows, len(GATES[cell]))
    return np.concatenate([gates[gate] for gate in GATES[cell]])


def _shaped(weights: Mapping[str, NDArray[np.float32]], name: str, *shape: int) -> NDArray[np.float32]:
    if weights[name].shape != shape:
        raise ValueError(f"{name} has shape {weights[name].shape} instead of {shape}")
    return weights[name]
