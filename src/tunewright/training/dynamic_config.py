"""How does a network go on learning while it is measured?

Kept apart from `dynamic.py` so that the command line reads it without torch.
"""

from dataclasses import dataclass

from tunewright.options import require


@dataclass(frozen=True)
class DynamicConfig:
    """How a network goes on learning while it is measured."""

    rate: float = 0.003
    """Step size; 0 learns nothing."""
    segment: int = 10
    """Characters that are predicted before each step."""
    replay: int = 8
    """Lanes in which former tunes are read again beside each segment; 0 has none."""
    forget: float = 0.5
    """Share of what was learned while a tune was read that is undone at its end."""
    decay: float = 0.0
    """Share of the way back to the trained weights after each step."""
    replay_seed: int = 0
    """Decides which tunes are read again."""

    def __post_init__(self) -> None:
        require("rate", self.rate, "0 or more", self.rate >= 0)
        require("segment", self.segment, "1 or more", self.segment >= 1)
        require("replay", self.replay, "0 or more", self.replay >= 0)
        require("forget", self.forget, "0 to 1", 0 <= self.forget <= 1)
        require("decay", self.decay, "0 to 1", 0 <= self.decay <= 1)
        require("replay_seed", self.replay_seed, "0 up to, not including, 2^63", 0 <= self.replay_seed < 2**63)
