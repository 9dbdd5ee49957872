"""Which tune do commands show that need one: the user's as the network wrote it, or, where none is named, a new one?"""

import re
from dataclasses import replace
from pathlib import Path

from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.corpus.tune import Tune
from tunewright.errors import GrammarError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.playable import playable

CONFIG = CompositionConfig(temperature=0.6, max_length=900, seed=2)
"""Tame, and short enough to be looked at character by character."""
_MADE_BY = re.compile(r"(?m)^(X:.*)((?:\n% composed by: Tunewright .*)(?:\n% .*)*)")
TRIES = 8
WANTED = Conditions(bars=16, form="AABB")


def as_composed(tune: Tune) -> Tune:
    """A tune from a file of `tunewright compose` without the comments that say how it was made; others as they are.

    The network did not write them, and may not even know their characters.
    """
    found = _MADE_BY.search(tune.text)
    if found is None:
        return tune
    text = tune.text[: found.end(1)] + tune.text[found.end() :]
    # What is wrong with such a tune is below its number, on the line that it has in the file.
    return replace(tune, text=text, line=tune.line + found[2].count("\n"))


def composed_tune(model: Checkpoint) -> Tune:
    """A tune of the network's own, always the same: of 16 bars, or playable at least, if its characters suffice.

    Raises
    ------
    OptionError
        If the network ends its tunes before they have begun.
    """
    grammar = _grammar(model)
    for seed in range(CONFIG.seed, CONFIG.seed + TRIES):
        (composition,) = compose_many(model, 1, replace(CONFIG, seed=seed), grammar=grammar, raw=grammar is None)
        if composition.text:
            return Tune(composition.text, Path("composed.abc"), 1, len(composition.text))
    raise OptionError("the network composes nothing to look at; name a tune for it to read")


def _grammar(model: Checkpoint) -> Grammar | None:
    for conditions in (WANTED, Conditions()):
        try:
            return playable(model, conditions)
        except GrammarError:
            continue
    return None
