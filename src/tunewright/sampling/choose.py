"""Choice of the next character from logits: temperature, argmax, top-k and top-p (nucleus) sampling.

Shapes: N lanes, S symbols.
"""

import numpy as np
from numpy.typing import NDArray

from tunewright.sampling.config import CompositionConfig


def probabilities(logits: NDArray[np.floating], config: CompositionConfig) -> NDArray[np.float64]:
    """Return the distribution of the next character.

    Parameters
    ----------
    logits
        Unnormalised log-probabilities, shape=(N, S); -inf for forbidden characters.
    config
        Temperature, argmax, top-k and top-p; the last two apply to the distribution after the temperature.

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
    with np.errstate(over="ignore"):  # at a tiny temperature all but the likeliest get 0, as they should
        chances: NDArray[np.float64] = np.exp(scores / config.temperature)
    chances /= chances.sum(axis=1, keepdims=True)
    if config.top_k or config.top_p < 1:
        chances = np.where(_likeliest(chances, config), chances, 0.0)
        chances /= chances.sum(axis=1, keepdims=True)
    return chances


def choose(chances: NDArray[np.float64], draws: NDArray[np.float64]) -> NDArray[np.intp]:
    """Draw one symbol per lane.

    Parameters
    ----------
    chances
        Probabilities, shape=(N, S).
    draws
        Uniform numbers, 0 <= draw < 1, shape=(N,): symbol s is drawn if the draw falls into its interval of the
        cumulative distribution.

    Returns
    -------
    symbols
        shape=(N,); never one of probability 0.
    """
    edges = chances.cumsum(axis=1)
    picked: NDArray[np.intp] = (edges <= (draws * edges[:, -1])[:, None]).sum(axis=1)
    # A draw just below 1 may round up to the last edge, past the last symbol of positive probability.
    last = chances.shape[1] - 1 - (chances[:, ::-1] > 0).argmax(axis=1)
    np.minimum(picked, last, out=picked)
    return picked


def _likeliest(chances: NDArray[np.float64], config: CompositionConfig) -> NDArray[np.bool_]:
    """Return true for symbols that top-k and top-p keep; the likeliest one always is."""
    order = np.argsort(-chances, axis=1, kind="stable")
    falling = np.take_along_axis(chances, order, axis=1)
    before = falling.cumsum(axis=1) - falling
    kept = before < config.top_p
    if config.top_k:
        kept[:, config.top_k :] = False
    survives = np.zeros_like(kept)
    np.put_along_axis(survives, order, kept, axis=1)
    return survives
