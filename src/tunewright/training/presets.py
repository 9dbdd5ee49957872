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
    "small": Preset(
        NetworkConfig(units=96, embedding=64, dropout=0.0, weight_drop=0.0),
        TrainingConfig(length=24, epochs=2, learning_rate=0.02),
    ),
    "large": Preset(
        NetworkConfig(units=512, embedding=64, dropout=0.5, weight_drop=0.4),
        TrainingConfig(length=80, lanes=32, reset=0.5, transpose=0.5, epochs=50, optimizer="muon", learning_rate=0.004),
    ),
    "looking-back": Preset(
        NetworkConfig(units=176, embedding=64, dropout=0.2, weight_drop=0.0, look_back=32),
        TrainingConfig(feed="tunes", length=120, lanes=8, epochs=12, weight_decay=0.05),
    ),
    "assignment": Preset(
        NetworkConfig(embedding=32, dropout=0.2, weight_drop=0.0),
        TrainingConfig(feed="windows", length=30, lanes=64, epochs=20, learning_rate=0.006, select_by="cold_window"),
    ),
}
"""`default`: 150 units, the best recipe known to us, which the options have as their defaults. `small`: learned in
seconds. `large`: the best plain network. `looking-back`: a network that copies from its own tune, whose tunes
come back to what they began with. `assignment`: random slices of 30 characters, the whole corpus each epoch."""
