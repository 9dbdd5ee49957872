"""Which tune do commands show that need one, where the user names none?"""

from dataclasses import replace
from pathlib import Path

from tunewright.corpus.tune import Tune
from tunewright.errors import GrammarError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.notation.grammar import Conditions, Grammar
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable

CONFIG = CompositionConfig(temperature=0.6, max_length=900, seed=2)
"""Tame, and short enough to be looked at character by character."""
TRIES = 8
WANTED = Conditions(bars=16, form="AABB")


def composed_tune(model: Checkpoint) -> Tune:
    """A tune of the network's own, always the same: of 16 bars, or playable at least, if its characters suffice.

    Raises
    ------
    OptionError
        If the network ends its tunes before they have begun.
    """
    grammar = _grammar(model)
    for seed in range(CONFIG.seed, CONFIG.seed + TRIES):
        (composition,) = compose_many(model, 1, replace(CONFIG, seed=seed), grammar=grammar)
        if composition.text:
            return Tune(composition.text, Path("composed.abc"), 1, len(composition.text))
    raise OptionError("the network composes nothing to look at; name a tune for it to read")


def _grammar(model: Checkpoint) -> Grammar | None:
    for conditions in (WANTED, Conditions()):
        try:
            return playable(model.vocabulary, conditions)
        except GrammarError:
            continue
    return None
