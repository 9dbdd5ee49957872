"""Options of composing: `CompositionConfig`, which the command line reads without torch."""

from dataclasses import dataclass

from tunewright.options import require, require_seed, require_types, require_whole

MOST_TUNES = 1_000_000_000
"""Most tunes of one call; each has a seed of its own."""
LEAST_ACCEPTED = 0.01
"""Smallest value of `accept`."""


@dataclass(frozen=True)
class CompositionConfig:
    """Options of the choice of characters, and of the length."""

    temperature: float = 1.0
    """Divides the logits before the softmax: below 1 tunes are more ordinary, above 1 more surprising."""
    argmax: bool = False
    """Always take the likeliest character; temperature, top-k and top-p are then ignored."""
    top_k: int = 0
    """Choose only among the k likeliest characters; 0: among all."""
    top_p: float = 1.0
    """Choose only among the likeliest characters that together have at least this probability; 1: among all."""
    max_length: int = 3000
    """Most characters to compose after the given beginning."""
    seed: int = 0
    """Seed of all random choices; tune number n of several has seed + n."""
    accept: float = 0.33
    """Share of the tunes to accept if the network has a discriminator, which prefers those that are more like tunes of
    its corpus: a smaller share takes longer. 1 accepts every tune."""

    def __post_init__(self) -> None:
        require_types(self)
        require("temperature", self.temperature, "more than 0", self.temperature > 0)
        require_whole("top_k", self.top_k, 0, note="all")
        require("top_p", self.top_p, "more than 0, up to 1", 0 < self.top_p <= 1)
        require_whole("max_length", self.max_length, 1)
        require_seed("seed", self.seed)
        require("accept", self.accept, f"{LEAST_ACCEPTED} up to 1 (every tune)", LEAST_ACCEPTED <= self.accept <= 1)
