"""Which tune do commands show that need one, where the user names none?"""

from pathlib import Path

from tunewright.corpus.tune import Tune
from tunewright.errors import GrammarError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable

CONFIG = CompositionConfig(temperature=0.6, max_length=900, seed=5)
"""Tame, and short enough to be looked at character by character."""


def composed_tune(model: Checkpoint) -> Tune:
    """A tune of the network's own, always the same; playable if its characters suffice for that."""
    try:
        grammar = playable(model.vocabulary)
    except GrammarError:
        grammar = None
    (composition,) = compose_many(model, 1, CONFIG, grammar=grammar)
    return Tune(composition.text, Path("composed.abc"), 1, composition.text.count("\n") + 1)
