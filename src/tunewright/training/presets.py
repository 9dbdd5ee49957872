"""Which recipes have a name?"""

from dataclasses import dataclass

from tunewright.model.config import NetworkConfig
from tunewright.training.config import TrainingConfig


@dataclass(frozen=True)
class Preset:
    """An architecture and how it is trained."""

    network: NetworkConfig
    training: TrainingConfig


PRESETS = {
    "default": Preset(NetworkConfig(), TrainingConfig()),
    "assignment": Preset(
        NetworkConfig(dropout=0.2),
        TrainingConfig(feed="windows", length=30, lanes=64, epochs=20, learning_rate=0.006, select_by="cold_window"),
    ),
}
"""`default`: the best recipe known to us, which the options have as their defaults. `assignment`: random slices of 30
characters, the whole corpus each epoch."""
