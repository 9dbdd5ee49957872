"""Pointer head of the compiled loop (pointer sentinel mixture, Merity et al. 2017, arXiv:1609.07843).

Each character that is read leaves a key. At the next one, a query is compared with all keys of the tune; the characters
that followed similar keys are likely to follow now. The gate weighs them against the network's own softmax.

    recent   one row for each of the last three characters, added up: part of query and key
    place    characters since the last bar line or line end, at most `PLACES` - 1
    bar      bar lines since the tune began, modulo `PLACES`, without those that end no bar (see `SHORTEST_BAR`)
    score    query times key, plus two tables' numbers for the places and bars of both positions
    match    logarithm of the sum of e^score, at least `LEAST_MATCH`
    share    of the network's own softmax: the sigmoid of the gate minus `match` times a learned factor

Everything in `COMPILED` is compiled by `tunewright.sampling.compiled.kernel`; `tunewright.sampling.reference` does the
same in numpy. Shapes are those of `tunewright.sampling.compiled.weights`. Kept of a tune, by position: its symbols;
place and bar, in one number; its keys, in blocks of `ABREAST` positions, in which the first number of all keys comes
first, then the second: so the scores of a block are summed at once. Only the newest tune counts, from its START at
position `begin`, and at most its last `MEMORY` characters.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tunewright.sampling.compiled.arithmetic import (
    LEAST_EXPONENT,
    LEAST_QUICK,
    exponential,
    logarithm,
    quick_exponential,
)
from tunewright.sampling.compiled.calling import START_ID
from tunewright.sampling.compiled.weights import BAR_LINE, BLOCK, LINE_END, LOOK_BACK, PLACES, SYMBOLS

ABREAST = 64
"""Number of positions in a block of keys."""
SHORTEST_BAR = 4
"""Least number of characters from a bar line, or line end, to the bar line that ends a bar."""
MEMORY = 1200
"""Most characters that a position looks back."""
LEAST_MATCH = -30.0
FLOOR = 1e-9
"""Added to a probability before its logarithm."""
NOTHING = np.float32(-1e30)
"""Score of a position that is not attended to."""
SCALE, LOG_SCALE = 1.0 / 4096, 8.317766166719343
"""Scales the sum of up to `MEMORY` terms of at most 1 to numbers up to 1, as `logarithm` needs them."""


def begin_of(symbols: Any, position: int) -> int:
    """The position where the tune at `position` begins."""
    while position > 0 and symbols[position] != START_ID:
        position -= 1
    return position


def remember(
    weights: Any, shape: Any, state: Any, keys: Any, places: Any, symbols: Any, begin: int, position: int
) -> None:
    """Store key and place of `position`, which `arithmetic.step` has just read; compute its query in the state."""
    width, count, symbol = shape[LOOK_BACK], shape[SYMBOLS], symbols[position]
    recent = weights[len(weights) - BLOCK - 2 * PLACES * PLACES - 3 * count * width :]
    before = symbols[position - 1] if position > begin else START_ID
    before_that = symbols[position - 2] if position > begin + 1 else START_ID
    last = recent[symbol * width : (symbol + 1) * width]
    second = recent[(count + before) * width : (count + before + 1) * width]
    third = recent[(2 * count + before_that) * width : (2 * count + before_that + 1) * width]
    end, scale = len(state), weights[len(weights) - BLOCK]
    query, key = state[end - 2 * width : end - width], state[end - width :]
    column = keys[position // ABREAST * ABREAST * width + position % ABREAST :]
    for w in range(width):
        both = (last[w] + second[w]) + third[w]
        query[w] = (query[w] + both) * scale
        column[w * ABREAST] = key[w] + both
    place, bar = np.int64(0), np.int64(0)
    if position > begin:
        bar, place = np.int64(places[position - 1]) // PLACES, np.int64(places[position - 1]) % PLACES + 1
        if symbol == shape[BAR_LINE] and place >= SHORTEST_BAR:
            bar = (bar + 1) % PLACES
        place = min(place, np.int64(PLACES - 1))
        if symbol == shape[BAR_LINE] or symbol == shape[LINE_END]:
            place = np.int64(0)
    places[position] = bar * PLACES + place


def add_keys(scores: Any, query: Any, keys: Any) -> None:
    """scores += query times each of a block of keys; eight numbers of the query in each pass."""
    for w in range(0, len(query), 8):
        a, b, c, d, e, f, g, h = (
            query[w], query[w + 1], query[w + 2], query[w + 3], query[w + 4], query[w + 5], query[w + 6], query[w + 7]
        )  # fmt: skip
        at = keys[w * ABREAST : (w + 8) * ABREAST]
        for k in range(ABREAST):
            half = (((scores[k] + a * at[k]) + b * at[ABREAST + k]) + c * at[2 * ABREAST + k]) + d * at[3 * ABREAST + k]
            scores[k] = (
                ((half + e * at[4 * ABREAST + k]) + f * at[5 * ABREAST + k]) + g * at[6 * ABREAST + k]
            ) + h * at[7 * ABREAST + k]


def score(weights: Any, shape: Any, state: Any, keys: Any, scores: Any, places: Any, first: int, position: int) -> Any:
    """Compute the scores of all positions from `first` to the one before `position`; returns the greatest.

    Other positions of their blocks get the score `NOTHING`.
    """
    width = shape[LOOK_BACK]
    query = state[len(state) - 2 * width : len(state) - width]
    bar, place = np.int64(places[position]) // PLACES, np.int64(places[position]) % PLACES
    by_place = weights[len(weights) - BLOCK - PLACES * (2 * PLACES - place) :][:PLACES]
    by_bar = weights[len(weights) - BLOCK - PLACES * (PLACES - bar) :][:PLACES]
    tops = scores[len(scores) - ABREAST :]
    for k in range(ABREAST):
        tops[k] = NOTHING
    for block in range(first // ABREAST, (position - 1) // ABREAST + 1):
        at = block * ABREAST
        some = scores[at : at + ABREAST]
        for k in range(ABREAST):
            some[k] = by_place[places[at + k] % PLACES] + by_bar[places[at + k] // PLACES]
        add_keys(some, query, keys[at * width : (at + ABREAST) * width])
        for k in range(max(first - at, 0)):
            some[k] = NOTHING
        for k in range(position - at, ABREAST):
            some[k] = NOTHING
        for k in range(ABREAST):
            tops[k] = max(tops[k], some[k])
    top = tops[0]
    for k in range(1, ABREAST):
        top = max(top, tops[k])
    return top


def copy_shares(scores: Any, symbols: Any, first: int, position: int, top: Any, copied: Any) -> float:
    """Sum e^(score - top) of the positions that each symbol followed; returns the sum of all."""
    low, high = first // ABREAST * ABREAST, ((position - 1) // ABREAST + 1) * ABREAST
    some = scores[low:high]
    for k in range(len(some)):
        some[k] = quick_exponential(max(some[k] - top, LEAST_QUICK))
    for s in range(len(copied)):
        copied[s] = 0.0
    for i in range(first, position):
        copied[symbols[i + 1]] += scores[i]
    total = 0.0
    for s in range(len(copied)):
        total += copied[s]
    return total


def own_shares(logits: Any, own: Any) -> float:
    """Compute e^(logit - greatest logit) of each symbol; returns their sum."""
    top, total = logits[0], 0.0
    for s in range(1, len(own)):
        top = max(top, logits[s])
    for s in range(len(own)):
        own[s] = quick_exponential(max(logits[s] - top, LEAST_QUICK))
    for s in range(len(own)):
        total += own[s]
    return total


def look(
    weights: Any, shape: Any, state: Any, keys: Any, scores: Any, places: Any, symbols: Any, begin: int, position: int,
    logits: Any, own: Any, copied: Any,
) -> None:  # fmt: skip
    """Mix the network's own distribution after `position` with the copied one, in the logits.

    `own` and `copied` are scratch for a number of each symbol.
    """
    first = max(begin, position - MEMORY)
    all_own, all_copied, gate, copying = own_shares(logits, own), 1.0, 1.0, 0.0
    for s in range(len(copied)):
        copied[s] = 0.0
    if position > first:
        top = score(weights, shape, state, keys, scores, places, first, position)
        all_copied = copy_shares(scores, symbols, first, position, top, copied)
        match = max(np.float64(top) + (np.float64(logarithm(np.float32(all_copied * SCALE))) + LOG_SCALE), LEAST_MATCH)
        opening = np.float64(logits[len(own)]) - np.float64(weights[len(weights) - BLOCK + 1]) * match
        less = exponential(max(-abs(opening), LEAST_EXPONENT))
        gate = (1.0 if opening >= 0.0 else less) / (1.0 + less)
        copying = (less if opening >= 0.0 else 1.0) / (1.0 + less)
    gate, copying = gate / all_own, copying / all_copied
    for s in range(len(own)):
        logits[s] = logarithm(np.float32((gate * own[s] + copying * copied[s]) + FLOOR))


COMPILED: Sequence[Callable[..., Any]] = (
    begin_of, remember, add_keys, score, copy_shares, own_shares, look,
)  # fmt: skip
"""In the order of their dependence."""
