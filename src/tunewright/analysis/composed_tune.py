"""A tune to show units or attention on: the user's, without added comments, or one that the network composes."""

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
"""A low temperature, and a length that can be read character by character."""
_MADE_BY = re.compile(r"(?m)^(X:.*)((?:\n% composed by: Tunewright .*)(?:\n% .*)*)")
TRIES = 8
CONDITIONS = Conditions(bars=16, form="AABB")


def as_composed(tune: Tune) -> Tune:
    """A tune without the comments in which `tunewright compose` records how it was made; other tunes are unchanged.

    The network did not write these comments, and may not know their characters.
    """
    found = _MADE_BY.search(tune.text)
    if found is None:
        return tune
    text = tune.text[: found.end(1)] + tune.text[found.end() :]
    # Errors in such a tune lie below the comments: their line numbers must be those of the file.
    return replace(tune, text=text, line=tune.line + found[2].count("\n"))


def composed_tune(model: Checkpoint) -> Tune:
    """Compose a tune, always the same: of 16 bars, else playable, else raw, as the network's characters allow.

    Raises
    ------
    OptionError
        If all tunes that the network composes are empty.
    """
    grammar = _grammar(model)
    for seed in range(CONFIG.seed, CONFIG.seed + TRIES):
        (composition,) = compose_many(model, 1, replace(CONFIG, seed=seed), grammar=grammar, raw=grammar is None)
        if composition.text:
            return Tune(composition.text, Path("composed.abc"), 1, len(composition.text))
    raise OptionError("the network composes only empty tunes; name a tune for it to read")


def _grammar(model: Checkpoint) -> Grammar | None:
    for conditions in (CONDITIONS, Conditions()):
        try:
            return playable(model, conditions)
        except GrammarError:
            continue
    return None
