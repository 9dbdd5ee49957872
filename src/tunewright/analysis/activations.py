"""Activations of every unit of a recurrent network at each character: outputs, LSTM cells and gates.

Row i is the state *after* character i was read. The boundary that opens a tune is read first and has no row; the
boundary that closes it is not read. A text has as many rows as characters.

Outputs come from the network's own layers, many texts in one batch. A gate at character i depends on the input of its
layer there and on the layer's output at character i - 1. Both are known by then, so one matrix product computes a gate
at all characters at once. Everything is float32; gates and cells differ from a step-by-step computation by some
millionths. A module of the user's is read one character at a time, and parts of its state are recorded.

Shapes
------
T  time steps: characters of a text
B  batch: texts read together
L  layers
H  hidden units
E  inputs of a layer
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tunewright.corpus.tune import HasText, text_of
from tunewright.corpus.vocabulary import Ids
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Model, checkpoint_of
from tunewright.model.clamping import require_unit
from tunewright.model.config import OWN, Cell, require_recurrent
from tunewright.model.network import CharNetwork, State, load_network
from tunewright.model.threads import one_thread
from tunewright.notebook import ShownInNotebook

Activations = Mapping[str, NDArray[np.float32]]
"""Quantities of one text by their names (see `QUANTITIES`), each shape=(L, T, H)."""

QUANTITIES: Mapping[Cell, tuple[str, ...]] = {
    "lstm": ("h", "c", "input", "forget", "candidate", "output"),
    "gru": ("h", "reset", "update", "candidate"),
    "rnn": ("h",),
    "own": ("h", "c"),
}
"""Quantities of a unit of each kind: its output h, the LSTM's cell c, then gates (0 to 1) and the candidate (-1 to 1),
the value that is written to the unit as far as the gates are open. Of a module of one's own h and c are the first and
the second part of its state, if they have the same shape."""

LANES = 64
"""Texts in a batch; all their activations are in memory at a time."""
CHUNK = 64
"""Time steps per call."""


def read_activations(network: CharNetwork, ids: Ids, quantities: Sequence[str] = ("h",)) -> Activations:
    """Return the activations of the units while `network` reads one text; see `stream_activations`."""
    return next(stream_activations(network, [ids], quantities))


@dataclass(frozen=True)
class Heatmap(ShownInNotebook):
    """What one unit does at each character of a text; a notebook shows it in colours."""

    view = "report.pages.result_views:heatmap_html"

    text: str
    values: NDArray[np.float32]
    """Shape=(T,)."""
    title: str
    quantity: str
    """See `QUANTITIES`."""


def heatmap(model: Model, tune: HasText | str, unit: int, *, layer: int = 0, quantity: str = "h") -> Heatmap:
    """What a unit does while a network reads a tune.

    Parameters
    ----------
    model
        The network, the folder of one, or the name of one that comes along.
    unit, layer
        Which; both count from 0.
    quantity
        What of it, see `QUANTITIES`.

    Raises
    ------
    OptionError
        If there is no such unit, or if it has no such quantity.
    VocabularyError
        If the network does not know a character of the tune.
    """
    checkpoint, text = checkpoint_of(model), text_of(tune)
    require_unit(checkpoint, (layer, unit))
    ids = checkpoint.vocabulary.encode(text)
    values = read_activations(load_network(checkpoint), ids, [quantity])[quantity][layer, :, unit]
    title = f"Unit {unit}" + (f" of layer {layer}" if checkpoint.config.layers > 1 else "")
    return Heatmap(text, values, title, f"output {quantity}" if quantity == "h" else quantity)


def stream_activations(
    network: CharNetwork, texts: Iterable[Ids], quantities: Sequence[str] = ("h",)
) -> Iterator[Activations]:
    """Yield the activations of the units while `network` reads each of `texts` from the zero state, in order.

    Parameters
    ----------
    network
        Dropout is off while it reads.
    texts
        Texts as ids of its vocabulary, without the boundaries; read `LANES` at a time, so that memory does not grow
        with their number. An empty text has no rows.
    quantities
        Those of `QUANTITIES` to return.

    Raises
    ------
    OptionError
        If units of this kind have no such quantity.
    """
    require_quantities(network.config.cell, quantities)
    remaining = iter(texts)
    return (found for block in _blocks(remaining) for found in _read_block(network, block, quantities))


def require_quantities(cell: Cell, quantities: Iterable[str]) -> None:
    """Raise OptionError if units of this kind lack one of `quantities`."""
    require_recurrent(cell, "studying units")
    for name in quantities:
        if name not in QUANTITIES[cell]:
            allowed = ", ".join(QUANTITIES[cell])
            raise OptionError(f"units of kind {cell!r} have no quantity {name!r}; they have: {allowed}")


def _blocks(texts: Iterator[Ids]) -> Iterator[list[Ids]]:
    while block := list(islice(texts, LANES)):
        yield block


@one_thread()
@torch.inference_mode()
def _read_block(network: CharNetwork, block: list[Ids], quantities: Sequence[str]) -> list[Activations]:
    """Read up to LANES texts at once; texts that have ended drop out of the batch."""
    was_training = network.training
    network.eval()
    device = network.device
    order = sorted(range(len(block)), key=lambda number: -len(block[number]))
    lengths = np.array([len(block[number]) for number in order])
    padded = np.zeros((lengths[0], len(block)), dtype=np.int64)  # (T, B); 0 is the boundary that opens a tune
    for lane, number in enumerate(order):
        padded[: lengths[lane], lane] = block[number]
    ids = torch.from_numpy(padded).to(device)
    layers, units = network.config.layers, network.config.units
    found = [{name: np.empty((layers, length, units), np.float32) for name in quantities} for length in lengths]
    _, state = network(ids.new_zeros((1, len(block))))
    for start in range(0, len(padded), CHUNK):
        active = int((lengths > start).sum())
        state = tuple(part[:, :active].contiguous() for part in state)
        read = _read_own if network.own else _read_layers
        by_layer, state = read(network, ids[start : start + CHUNK, :active], state, quantities)
        for number, values in enumerate(by_layer):
            for name in quantities:
                _deal(values[name], [lane[name][number, start : start + CHUNK] for lane in found[:active]])
    network.train(was_training)
    return [found[lane] for lane in np.argsort(order)]


def _read_layers(
    network: CharNetwork, ids: Tensor, state: State, wanted: Sequence[str]
) -> tuple[list[dict[str, Tensor]], State]:
    """Read characters; returns the quantities of each layer, shape=(T, B, H) each, and the state after them."""
    with _watched(network.layers) as seen:
        _, after = network(ids, state)
    values = []
    for number, (layer, (inputs, outputs)) in enumerate(zip(network.layers, seen, strict=True)):
        before = tuple(part[number] for part in state[: network.recurrent_parts])  # (B, H) each
        values.append(_quantities(layer, inputs, outputs, before, wanted))
    return values, after


def _read_own(
    network: CharNetwork, ids: Tensor, state: State, wanted: Sequence[str]
) -> tuple[list[dict[str, Tensor]], State]:
    """The same for a module of one's own: parts of its state after each character."""
    places = {name: place for place, name in enumerate(QUANTITIES[OWN]) if name in wanted}
    for name, place in places.items():
        if len(state) <= place or state[place].shape != state[0].shape:
            raise OptionError(f"units of your own module have no quantity {name!r}: its state has no such part")
    steps = []
    for step in range(len(ids)):
        _, state = network(ids[step : step + 1], state)
        steps.append(state)
    recorded = {name: torch.stack([step[place] for step in steps]) for name, place in places.items()}  # (T, L, B, H)
    layers = range(network.config.layers)
    return [{name: values[:, layer] for name, values in recorded.items()} for layer in layers], state


def _deal(values: Tensor, lanes: list[NDArray[np.float32]]) -> None:
    """Copy (T, B, H) to one array of shape=(T or less, H) for each text of the batch."""
    numbers = values.cpu().numpy()
    for lane, room in enumerate(lanes):
        room[:] = numbers[: len(room), lane]


@contextmanager
def _watched(layers: nn.ModuleList) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """Collect inputs, shape=(T, B, E), and outputs, shape=(T, B, H), of each layer."""
    seen: list[tuple[Tensor, Tensor]] = []
    hooks = [
        layer.register_forward_hook(lambda _, given, result: seen.append((given[0], result[0]))) for layer in layers
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _quantities(
    layer: nn.Module, inputs: Tensor, outputs: Tensor, before: State, wanted: Sequence[str]
) -> dict[str, Tensor]:
    """Quantities of one layer, at least those `wanted`, each shape=(T, B, H); `before` is its state at the start."""
    found = {"h": outputs}
    if set(wanted) <= set(found):
        return found
    weight = layer.get_parameter
    previous = torch.cat([before[0][None], outputs[:-1]])  # (T, B, H)
    given = inputs @ weight("weight_ih_l0").T + weight("bias_ih_l0")  # (T, B, gates * H)
    recalled = previous @ weight("weight_hh_l0").T + weight("bias_hh_l0")
    found |= _GATES[len(before)](given, recalled)
    if "c" in wanted:
        found["c"] = _cells(found, before[1])
    return found


def _lstm_gates(given: Tensor, recalled: Tensor) -> dict[str, Tensor]:
    opens, forgets, candidate, shows = (given + recalled).chunk(4, dim=-1)
    return {
        "input": opens.sigmoid(),
        "forget": forgets.sigmoid(),
        "candidate": candidate.tanh(),
        "output": shows.sigmoid(),
    }


def _gru_gates(given: Tensor, recalled: Tensor) -> dict[str, Tensor]:
    (*given_gates, given_candidate), (*recalled_gates, recalled_candidate) = given.chunk(3, -1), recalled.chunk(3, -1)
    reset, update = (one + other for one, other in zip(given_gates, recalled_gates, strict=True))
    reset = reset.sigmoid()
    return {
        "reset": reset,
        "update": update.sigmoid(),
        "candidate": (given_candidate + reset * recalled_candidate).tanh(),
    }


_GATES: Mapping[int, Callable[[Tensor, Tensor], dict[str, Tensor]]] = {1: _gru_gates, 2: _lstm_gates}
"""By the number of parts that the state has."""


def _cells(gates: Mapping[str, Tensor], before: Tensor) -> Tensor:
    """The LSTM's c, shape=(T, B, H): the one quantity that must be computed step by step."""
    written = gates["input"] * gates["candidate"]
    cells = torch.empty_like(written)
    for step, (forget, new) in enumerate(zip(gates["forget"], written, strict=True)):
        before = torch.addcmul(new, forget, before, out=cells[step])
    return cells
