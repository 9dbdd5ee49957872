"""How is a tune composed? (Kept apart from `compose.py` so that the command line reads it without torch.)"""

from dataclasses import dataclass

from tunewright.options import require

LEAST_ACCEPTED = 0.01
"""Share of the tunes."""


@dataclass(frozen=True)
class CompositionConfig:
    """How the next character is chosen, and when to stop."""

    temperature: float = 1.0
    """Below 1 the tune is tamer, above 1 wilder: the scores are divided by it before the softmax."""
    argmax: bool = False
    """Always take the likeliest character; temperature, top-k and top-p then play no part."""
    top_k: int = 0
    """Choose among the k likeliest characters only; 0 among all."""
    top_p: float = 1.0
    """Choose among the likeliest characters that together have at least this probability; 1 among all."""
    max_length: int = 3000
    """Most characters to compose after the beginning that was given."""
    seed: int = 0
    """Decides every choice; tune number n of several has seed + n."""
    accept: float = 0.33
    """Share of the tunes to accept where the network has a discriminator, which keeps those that are more like tunes of
    its corpus: the less, the longer it takes. 1 takes every tune."""

    def __post_init__(self) -> None:
        require("temperature", self.temperature, "more than 0", self.temperature > 0)
        require("top_k", self.top_k, "0 (all) or more", self.top_k >= 0)
        require("top_p", self.top_p, "more than 0, up to 1", 0 < self.top_p <= 1)
        require("max_length", self.max_length, "1 or more", self.max_length >= 1)
        require("seed", self.seed, "0 up to, not including, 2^63", 0 <= self.seed < 2**63)
        require("accept", self.accept, f"{LEAST_ACCEPTED} up to 1 (every tune)", LEAST_ACCEPTED <= self.accept <= 1)
