"""Activations of all units of a network on the tunes that a page or picture shows.

Shapes: U units of all layers, T characters of a tune.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import read_activations
from tunewright.corpus.tune import Tune
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import load_network

SPANS = {"h": (-1.0, 1.0), "candidate": (-1.0, 1.0)}
"""Ranges of quantities; gates are between 0 and 1, the LSTM's cell c is unbounded."""

NAMES = {
    "h": "output h",
    "c": "cell c",
    "input": "input gate",
    "forget": "forget gate",
    "candidate": "candidate",
    "output": "output gate",
    "reset": "reset gate",
    "update": "update gate",
}
"""Names of the quantities in text."""


@dataclass(frozen=True)
class ShownTune:
    """A tune with the activations of every unit at each of its characters."""

    tune: Tune
    values: NDArray[np.float32]
    """After each character, shape=(U, T)."""


def read_shown(model: Checkpoint, tunes: Sequence[Tune], quantity: str) -> tuple[ShownTune, ...]:
    """Let a network read tunes, and record the activations.

    Raises
    ------
    VocabularyError
        At the first character that the network does not know.
    OptionError
        If its units have no such quantity.
    """
    encoded = [model.vocabulary.encode(tune.text, path=tune.path, line=tune.line) for tune in tunes]
    network = load_network(model)
    shown = []
    for tune, ids in zip(tunes, encoded, strict=True):
        found = read_activations(network, ids, [quantity])[quantity]  # (layers, T, units of a layer)
        shown.append(ShownTune(tune, found.transpose(0, 2, 1).reshape(-1, len(ids))))
    return tuple(shown)


def span_of(quantity: str, tunes: Sequence[ShownTune]) -> tuple[float, float]:
    """The ends of a scale that holds all values of a quantity; symmetric about 0 if it has both signs."""
    if quantity != "c":
        return SPANS.get(quantity, (0.0, 1.0))
    largest = float(np.ceil(max((np.abs(shown.values).max(initial=0) for shown in tunes), default=0)))
    return (-max(largest, 1.0), max(largest, 1.0))
