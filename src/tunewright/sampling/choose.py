"""Which character comes next, given the network's scores?

Shapes: N lanes, S symbols.
"""

import numpy as np
from numpy.typing import NDArray

from tunewright.sampling.config import CompositionConfig


def probabilities(logits: NDArray[np.floating], config: CompositionConfig) -> NDArray[np.float64]:
    """The distribution that the next character is drawn from.

    Parameters
    ----------
    logits
        Unnormalised log-probabilities, shape=(N, S); -inf for characters that must not come.
    config
        Temperature, argmax, top-k and top-p; the last two both judge the distribution that the temperature gives.

    Returns
    -------
    probabilities
        shape=(N, S), each row sums to 1. Nucleus (top-p) sampling is that of Holtzman et al. 2020 (1904.09751).
    """
    scores = logits.astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    if config.argmax:
        certain: NDArray[np.float64] = np.eye(scores.shape[1])[scores.argmax(axis=1)]
        return certain
    with np.errstate(over="ignore"):  # a tiny temperature leaves all but the likeliest no chance, as it should
        chances: NDArray[np.float64] = np.exp(scores / config.temperature)
    chances /= chances.sum(axis=1, keepdims=True)
    if config.top_k or config.top_p < 1:
        chances = np.where(_likeliest(chances, config), chances, 0.0)
        chances /= chances.sum(axis=1, keepdims=True)
    return chances


def choose(chances: NDArray[np.float64], draws: NDArray[np.float64]) -> NDArray[np.intp]:
    """Pick one symbol per lane.

    Parameters
    ----------
    chances
        Probabilities, shape=(N, S).
    draws
        Uniform numbers, 0 <= draw < 1, shape=(N,): symbol s is picked when the draw falls into its share.

    Returns
    -------
    symbols
        shape=(N,); never one of probability 0.
    """
    edges = chances.cumsum(axis=1)
    picked: NDArray[np.intp] = (edges <= (draws * edges[:, -1])[:, None]).sum(axis=1)
    # A draw just below 1 may round up to the last edge, past the last symbol that has a chance.
    last = chances.shape[1] - 1 - (chances[:, ::-1] > 0).argmax(axis=1)
    np.minimum(picked, last, out=picked)
    return picked


def _likeliest(chances: NDArray[np.float64], config: CompositionConfig) -> NDArray[np.bool_]:
    """True where a symbol survives top-k and top-p; the likeliest one always does."""
    order = np.argsort(-chances, axis=1, kind="stable")
    falling = np.take_along_axis(chances, order, axis=1)
    before = falling.cumsum(axis=1) - falling
    kept = before < config.top_p
    if config.top_k:
        kept[:, config.top_k :] = False
    survives = np.zeros_like(kept)
    np.put_along_axis(survives, order, kept, axis=1)
    return survives
