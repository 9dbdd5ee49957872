"""A pointer head (pointer sentinel mixture, Merity et al. 2017, 1609.07843): networks that look back over their tune.

Each character that it reads leaves a key. At the next, a query is compared with all keys of the tune, and what followed
those that are like it is likely to follow now. The gate says how much of that counts beside the network's own softmax.

    recent   one row for each of the last three characters, added up: part of query and key
    place    characters since the last bar line or line end, at most `PLACES` - 1
    bar      bar lines since the tune began, modulo `PLACES`, but for those that `SHORTEST_BAR` tells to end no bar
    score    query times key, and two tables' numbers for places and bars of the one who asks and of the one remembered
    match    logarithm of the sum of e^score, no less than `LEAST_MATCH`
    share    of the network's own softmax: the sigmoid of the gate less `match`, times how much a match counts

Everything named in `COMPILED` is compiled by `sampling.compiled.kernel`; `sampling.reference` does the same in numpy.
Shapes are those of `sampling.compiled.weights`. What is kept of a tune, by position: its symbols; place and bar, in one
number; its keys, `ABREAST` positions to a block, in which the first number of all comes first, then the second of all:
so many scores are summed up at once. Of a tune nothing before its newest START counts, at position `begin`, and no more
than the last `MEMORY` characters.
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
"""Positions in a block of keys."""
SHORTEST_BAR = 4
"""Characters from a bar line, or line end, to the bar line that ends a bar."""
MEMORY = 1200
"""Characters that are looked back at most."""
LEAST_MATCH = -30.0
FLOOR = 1e-9
"""Added to a probability before its logarithm is taken."""
NOTHING = np.float32(-1e30)
"""The score of a position that is not looked at."""
SCALE, LOG_SCALE = 1.0 / 4096, 8.317766166719343
"""`logarithm` wants numbers up to 1, and e^score, the greatest of which counts as 1, is summed up over `MEMORY`."""


def begin_of(symbols: Any, position: int) -> int:
    """Where the tune begins that goes on at `position`."""
    while position > 0 and symbols[position] != START_ID:
        position -= 1
    return position


def remember(
    weights: Any, shape: Any, state: Any, keys: Any, places: Any, symbols: Any, begin: int, position: int
) -> None:
    """Keep key and place of `position`, which `arithmetic.step` has just read; make its query ready in the state."""
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
    """scores += query times each of a block of keys; eight numbers of the query to a pass."""
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
    """Fill in the scores of all positions from `first` to the one before `position`; returns the greatest.

    Their blocks are whole: of the rest the score is `NOTHING`.
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
    """For each symbol the sum of e^(score - top) where it followed; returns the sum of all."""
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
    """For each symbol e^(logit - the greatest); returns their sum."""
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
    """Mix what the network itself expects after `position` with what it copies; the logits are then those of both.

    `own` and `copied` are room for a number for each symbol.
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
