"""Which recipes have a name?"""

from dataclasses import dataclass

from tunewright.model.config import NetworkConfig
from tunewright.training.config import TrainingConfig


@dataclass(frozen=True)
class Preset:
    """An architecture and how it is trained."""

    network: NetworkConfig
    training: TrainingConfig


def _looking_back(units: int, dropout: float, epochs: int) -> Preset:
    return Preset(
        NetworkConfig(units=units, embedding=64, dropout=dropout, weight_drop=0.0, look_back=32),
        TrainingConfig(feed="tunes", length=120, lanes=8, epochs=epochs, weight_decay=0.05, beta1=0.85, beta2=0.97),
    )


PRESETS = {
    "default": _looking_back(units=150, dropout=0.3, epochs=10),
    "large": _looking_back(units=320, dropout=0.35, epochs=14),
    "small": Preset(
        NetworkConfig(units=96, embedding=64, dropout=0.0, weight_drop=0.0),
        TrainingConfig(length=24, epochs=2, learning_rate=0.02),
    ),
    "plain": Preset(NetworkConfig(), TrainingConfig()),
    "assignment": Preset(
        NetworkConfig(embedding=32, dropout=0.2, weight_drop=0.0),
        TrainingConfig(feed="windows", length=30, lanes=64, epochs=20, learning_rate=0.006, select_by="cold_window"),
    ),
}
"""`default`: 150 units that look back over their tune, whose bars come back in it. `large`: the best known to us, 320
units that look back. `small`: learned in seconds. `plain`: 150 units alone, with the best recipe known to us, which the
options have as their defaults. `assignment`: random slices of 30 characters, the whole corpus each epoch."""
