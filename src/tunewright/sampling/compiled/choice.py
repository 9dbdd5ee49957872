"""Choice of the next character in the compiled loop, equivalent to `tunewright.sampling.choose`.

For the same scores, options and draw it picks what `choose` picks. It works in float64, sums from the first symbol to
the last, and its e^x is that of `tunewright.sampling.compiled.arithmetic`, so that the numpy reference agrees with it
to the last bit.

Everything in `COMPILED` is compiled by `tunewright.sampling.compiled.kernel`. Arrays have one number per symbol:

    scores     unnormalised log-probabilities, START's included, which is never picked
    allowed    1 where the symbol may be picked, else 0; changed in place
    chances    scratch for e^(score / temperature)
    edges      scratch for their running sum
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tunewright.sampling.compiled.arithmetic import LEAST_EXPONENT, exponential
from tunewright.sampling.compiled.calling import KEPT, REMOVED, START_ID, WEIGHT

LEAST_TOTAL = 1e-100
"""If the chances of all allowed symbols have a smaller sum, they are computed again relative to the best of them."""


def fill_chances(scores: Any, top: float, temperature: float, chances: Any) -> None:
    """e^((score - top) / temperature) for every symbol; 1 for scores above `top`, 0 for those far below."""
    for s in range(len(chances)):
        x = (np.float64(scores[s]) - top) / temperature
        chances[s] = exponential(min(max(x, LEAST_EXPONENT), 0.0)) if x > LEAST_EXPONENT else 0.0


def best_of(scores: Any, allowed: Any) -> int:
    """The first of the symbols marked 1 with the highest score; -1 if none is marked."""
    best = -1
    for s in range(len(allowed)):
        if allowed[s] == 1 and (best < 0 or scores[s] > scores[best]):
            best = s
    return best


def keep_likeliest(scores: Any, allowed: Any, chances: Any, top_k: int, enough: float) -> None:
    """Forbid all but the likeliest: the first `top_k` (0: all), and no more than it takes to sum to `enough`.

    The likeliest itself always stays, also where `enough` is so small that it is 0.
    """
    total, count = 0.0, 0
    while (count == 0 or total < enough) and (top_k == 0 or count < top_k):
        best = best_of(scores, allowed)
        if best < 0:
            break
        allowed[best] = 2
        total += chances[best]
        count += 1
    for s in range(len(allowed)):
        allowed[s] = 1 if allowed[s] == 2 else 0


def fall(allowed: Any, chances: Any, edges: Any, draw: float) -> int:
    """The symbol whose interval of the cumulative chances contains the draw; -1 if all chances are 0."""
    total, last = 0.0, -1
    for s in range(len(allowed)):
        total += chances[s] if allowed[s] == 1 else 0.0
        edges[s] = total
    target, picked = draw * total, 0
    for s in range(len(allowed)):
        picked += 1 if edges[s] <= target else 0
    if picked < len(allowed):
        return picked
    # A draw just below 1 may round up to the last edge, past the last symbol of positive chance.
    for s in range(len(allowed)):
        if allowed[s] == 1 and chances[s] > 0.0:
            last = s
    return last


def pick(
    scores: Any, allowed: Any, chances: Any, edges: Any,
    temperature: float, top_k: int, top_p: float, draw: float, tallies: Any,
) -> int:  # fmt: skip
    """The next symbol, -1 if none is allowed; `draw` is uniform, 0 <= draw < 1. Adds to the tallies."""
    top, whole = np.float64(scores[0]), 0.0
    for s in range(1, len(allowed)):
        top = max(top, np.float64(scores[s]))
    fill_chances(scores, top, 1.0, chances)
    for s in range(len(allowed)):
        whole += chances[s]
    if temperature != 1.0:
        fill_chances(scores, top, temperature, chances)
    everything, permitted = 0.0, 0.0
    allowed[START_ID] = 0
    for s in range(len(allowed)):
        everything += chances[s] if s != START_ID else 0.0
        permitted += chances[s] if allowed[s] == 1 else 0.0
    best = -1
    if permitted < LEAST_TOTAL:
        best = best_of(scores, allowed)
        if best < 0:
            return -1
        fill_chances(scores, np.float64(scores[best]), temperature, chances)
    if top_k > 0 or top_p < 1.0:
        keep_likeliest(scores, allowed, chances, top_k, share_of(top_p, allowed, chances))
    picked = fall(allowed, chances, edges, draw)
    if picked < 0:  # if scores are not finite
        picked = best
    tallies[WEIGHT] += (np.float64(scores[picked]) - top) - math.log(whole)
    share = permitted / everything if everything > 0.0 else 1.0
    tallies[REMOVED] += 1.0 - share
    tallies[KEPT] += math.log(max(share, LEAST_TOTAL))
    return picked


def share_of(top_p: float, allowed: Any, chances: Any) -> float:
    """The sum of chances that top-p requires; infinite if it is 1."""
    if top_p >= 1.0:
        return math.inf
    total = 0.0
    for s in range(len(allowed)):
        total += chances[s] if allowed[s] == 1 else 0.0
    return top_p * total


COMPILED: Sequence[Callable[..., Any]] = (fill_chances, best_of, keep_likeliest, fall, share_of, pick)
"""In the order of their dependence."""
