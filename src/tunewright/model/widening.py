"""Widening of a vocabulary: a trained network gets new characters.

The input of a new character is the mean of all characters, and its output is as improbable as that of START, which is
never predicted within a tune. The probabilities of the known characters keep their proportions; for a network that
looks back, this holds for its own read-out.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from tunewright.corpus.tune import START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint


def widen(model: Checkpoint, characters: Iterable[str]) -> Checkpoint:
    """Return `model` with those of `characters` added that it does not know.

    The ids of the known characters do not change; the new ones come after them, in the order of their code points.
    """
    new = "".join(sorted(set(characters) - set(model.vocabulary.symbols)))
    if not new:
        return model
    if model.config.is_own:
        raise OptionError(
            f"the network is a module of your own, which cannot learn characters that are new to it: {new!r}; "
            "train it on all tunes together"
        )
    weights = dict(model.weights)
    opening = model.vocabulary.symbols.index(START)
    for name in ("readout.weight", "readout.bias"):
        row = weights[name][opening]
        weights[name] = np.concatenate([weights[name], np.stack([row] * len(new))])
    if model.config.embedding:
        row = weights["embedding.weight"].mean(axis=0)
        weights["embedding.weight"] = np.concatenate([weights["embedding.weight"], np.stack([row] * len(new))])
    else:
        name = "layers.0.weight_ih_l0" if model.config.is_recurrent else "transformer.entry.weight"
        inputs = weights[name]  # (gates or H, S): one-hot inputs choose a column
        column = inputs.mean(axis=1)
        weights[name] = np.concatenate([inputs, np.stack([column] * len(new), axis=1)], axis=1)
    if model.config.look_back:
        tables = weights["look_back.recent"]  # (3, S, W)
        row = tables.mean(axis=1, keepdims=True)
        weights["look_back.recent"] = np.concatenate([tables, np.repeat(row, len(new), axis=1)], axis=1)
    return replace(model, vocabulary=Vocabulary(model.vocabulary.symbols + new), weights=weights)
