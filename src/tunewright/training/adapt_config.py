"""How does a network go on learning from a few tunes? (Kept apart from `adapt.py`: read without torch.)"""

from dataclasses import dataclass

from tunewright.options import require


@dataclass(frozen=True)
class AdaptConfig:
    """Everything that decides how a network is adapted, besides the tunes."""

    epochs: int = 5
    """Passes; each reads the own tunes four times."""
    learning_rate: float = 0.001
    """Highest step size."""
    replay: float = 4.0
    """Characters of the former corpus that are read again for each that is read of the own tunes."""
    pull: float = 1.0
    """How strongly the weights are drawn back to the former ones: at each step, this times its size of the way."""
    held_out: float = 0.2
    """Share of the own tunes that is kept back to measure on, if they are ten or more."""
    patience: int = 3
    """Passes without a better loss on the tunes kept back after which it ends; 0 never ends early."""
    seed: int = 0
    """Decides which tunes of the former corpus are read again, the order of all, and dropout."""

    def __post_init__(self) -> None:
        require("epochs", self.epochs, "1 or more", self.epochs >= 1)
        require("learning_rate", self.learning_rate, "more than 0", self.learning_rate > 0)
        for name in ("replay", "pull", "patience"):
            require(name, getattr(self, name), "0 or more", getattr(self, name) >= 0)
        require("held_out", self.held_out, "0 up to, not including, 1", 0 <= self.held_out < 1)
        require("seed", self.seed, "0 up to, not including, 2^63", 0 <= self.seed < 2**63)
