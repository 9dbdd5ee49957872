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
    "default": Preset(
        NetworkConfig(cell="lstm", units=150, embedding=32, dropout=0.3),
        TrainingConfig(feed="streams", length=80, lanes=32, reset=0.5, epochs=40, learning_rate=0.006),
    ),
    "assignment": Preset(
        NetworkConfig(cell="lstm", units=150, embedding=32, dropout=0.2),
        TrainingConfig(
            feed="windows",
            length=30,
            lanes=64,
            epochs=20,
            learning_rate=0.006,
            weight_decay=0.1,
            select_by="cold_window",
        ),
    ),
}
"""`default`: the best recipe known to us. `assignment`: random slices of 30 characters, the whole corpus each epoch."""
