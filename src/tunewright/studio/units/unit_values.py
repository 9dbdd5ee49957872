"""`UnitReadings`: what every unit of a network does at each character of a text, computed with numpy alone.

A text that was read before, or begins like one that was, is read on from there: so a tune can be followed while it is
written or edited.

Shapes: T characters, L layers, H units of a layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import require_unit
from tunewright.sampling.compiled.calling import END_ID, START_ID
from tunewright.sampling.compiled.weights import LAYERS, STATE_PART, PackedNetwork, pack
from tunewright.sampling.reference import step
from tunewright.studio.kept_values import KeptValues
from tunewright.studio.settings import Settings

LONGEST_READ = 4000
"""Most characters of a text that is read."""
MOST_READINGS = 6
"""Texts of which the states are kept."""
MOST_PACKED = 4

States = NDArray[np.float32]


@dataclass
class _Reading:
    """A text and the states after each of its characters, the boundary before it included."""

    fingerprint: str
    text: str
    states: States
    """Shape=(T + 1, all numbers of the state)."""

    def shared(self, fingerprint: str, text: str) -> int:
        """How many of the first characters of `text` it has read."""
        if fingerprint != self.fingerprint:
            return -1
        most = min(len(text), len(self.text))
        return next((place for place in range(most) if text[place] != self.text[place]), most)


class UnitReadings:
    """Texts that were read lately."""

    def __init__(self, settings: Settings) -> None:  # noqa: ARG002 - as every part of a studio
        self._packed = KeptValues(MOST_PACKED)
        self._readings: list[_Reading] = []  # the latest last
        self._lock = Lock()

    def close(self) -> None:
        """Forget them."""
        self._readings.clear()

    def values(self, model: Checkpoint, text: str, layer: int, unit: int) -> tuple[list[float], int]:
        """The output of a unit after each character of `text`, and how many characters the network does not know.

        A character that it does not know leaves every unit as it was.

        Raises
        ------
        OptionError
            If there is no such unit.
        """
        require_unit(model, (layer, unit))
        symbols = {symbol: number for number, symbol in enumerate(model.vocabulary.symbols)}
        ids = [symbols.get(character, -1) for character in text]
        ids = [number if number not in (START_ID, END_ID) else -1 for number in ids]
        with self._lock:
            network = self._network(model)
            states = self._states(model.fingerprint, network, text, ids)
        column = 2 * layer * int(network.shape[STATE_PART]) + unit
        values: NDArray[np.float32] = states[1:, column]
        return values.tolist(), ids.count(-1)

    def _network(self, model: Checkpoint) -> PackedNetwork:
        return self._packed.get(model.fingerprint, lambda: pack(model))

    def _states(self, fingerprint: str, network: PackedNetwork, text: str, ids: Sequence[int]) -> States:
        """States after each character, shape=(T + 1, all numbers of the state)."""
        width = 2 * int(network.shape[LAYERS]) * int(network.shape[STATE_PART])
        states = np.zeros((len(text) + 1, width), np.float32)
        state = np.zeros(network.state_size, np.float32)
        best = max(self._readings, key=lambda reading: reading.shared(fingerprint, text), default=None)
        read = best.shared(fingerprint, text) if best else -1
        if best and read >= 0:
            states[: read + 1] = best.states[: read + 1]
            state[:width] = states[read]
        else:
            step(network, state, START_ID)
            states[0], read = state[:width], 0
        for place in range(read, len(text)):
            if ids[place] >= 0:
                step(network, state, ids[place])
            states[place + 1] = state[:width]
        if best and len(best.text) == read:  # the same text, and more of it
            self._readings.remove(best)
        self._readings.append(_Reading(fingerprint, text, states))
        del self._readings[:-MOST_READINGS]
        return states
