"""`Composition`, the result of composing: a tune and how likely it was.

Log-probabilities are in nats, lengths in characters.
"""

from dataclasses import dataclass
from typing import Literal

from tunewright.model.checkpoint import Checkpoint
from tunewright.notebook import ShownInNotebook
from tunewright.sampling.compiled.calling import REMOVED, WEIGHT
from tunewright.sampling.generation_state import GenerationState

PIECE_ENDS = "|\n"
"""Bar line and line end: with an acceptor the writers stop after each of them (see `rejection`)."""


@dataclass(frozen=True)
class Choice:
    """How a tune was chosen among the candidates of its seed; see `tunewright.sampling.choosing.acceptance`."""

    log_ratio: float
    """Logit of the discriminator, in nats: how much more probable the tune is in the corpus than from the network."""
    candidates: int
    """Number of tunes that were composed to choose from."""
    accepted: bool
    """False if no candidate was accepted, so that this one was drawn among them."""
    seed: int
    """With this seed the network composes this tune when nothing is chosen."""


@dataclass(frozen=True)
class Composition(ShownInNotebook):
    """A tune that a network wrote."""

    view = "rendering.page:tune_html"

    text: str
    """ABC text, the given beginning included, without boundary characters."""
    ended: bool
    """True if the network ended the tune itself, false if the length limit stopped it."""
    seed: int
    """With the same model, beginning, grammar and options, this seed gives the same tune."""
    likelihood: float = 0.0
    """Log-probability, in nats, of what was composed after the beginning, the end included, under the network alone: at
    temperature 1 and without a grammar."""
    removed: float = 0.0
    """Mean probability, at the temperature in use, of the characters that the grammar ruled out; 0 without one."""
    composed: int = 0
    """Number of characters that were chosen, the one that closes the tune included."""
    discarded: int = 0
    """Number of characters that were written and rejected; see `rejection`."""
    choice: Choice | None = None
    """How it was chosen among the candidates of its seed; None if nothing was chosen. All other fields are about this
    tune alone."""

    @property
    def stop_reason(self) -> Literal["end", "max_length"]:
        """Why it stopped: the network came to an end, or the length limit."""
        return "end" if self.ended else "max_length"

    def __str__(self) -> str:
        return self.text


def composition_of(model: Checkpoint, prime: str, generation: GenerationState, seed: int) -> Composition:
    """Return the tune of a generation that began with `prime`."""
    written = generation.written
    text = model.vocabulary.decode(written[: len(written) - generation.ended].tolist())
    removed = float(generation.tallies[REMOVED]) / max(len(written), 1)
    likelihood = float(generation.tallies[WEIGHT])
    return Composition(prime + text, generation.ended, seed, likelihood, removed, len(written), generation.discarded)
