"""Numpy reference of the compiled composing loop: the same numbers bit by bit, some ten times slower.

It composes where numba cannot be used, and until the loop is compiled: at the same seed it writes the same characters.
That holds because both add, multiply and divide in the same order (see `tunewright.sampling.compiled.arithmetic`), and
numpy's sums here run from the first row to the last: along an axis that is not the last, with `cumsum`, and with
`bincount`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import State
from tunewright.sampling.compiled.arithmetic import (
    FLAT,
    HALF,
    LEAST_EXPONENT,
    LEAST_QUICK,
    LOG_2,
    ONE,
    bounded_tanh,
    exponential,
    logarithm,
    near_logarithm,
    quick_exponential,
)
from tunewright.sampling.compiled.calling import END_ID, KEPT, REMOVED, START_ID, WEIGHT
from tunewright.sampling.compiled.choice import LEAST_TOTAL
from tunewright.sampling.compiled.looking import (
    ABREAST,
    FLOOR,
    LEAST_MATCH,
    LOG_SCALE,
    MEMORY,
    SCALE,
    SHORTEST_BAR,
    begin_of,
)
from tunewright.sampling.compiled.weights import (
    BAR_LINE,
    CELL,
    GRU,
    LAYERS,
    LINE_END,
    LOGITS,
    LSTM,
    PLACES,
    STATE_PART,
    STATE_START,
    TOTAL,
    UNITS,
    PackedNetwork,
)
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import NO_PAUSES, GenerationState, Memory, nothing_allowed

LSTM_SCALES = np.array([[HALF], [HALF], [ONE], [HALF]])
"""Factors before tanh: a gate's sigmoid is computed as tanh of half its sum; the candidate is tanh of the whole."""

Row = NDArray[np.float32]
Chances = NDArray[np.float64]
Ids = NDArray[np.int64]


class NumpyReference:
    """Writer with numpy, equivalent to `tunewright.sampling.compiled.kernel.Kernel`; parameters as there."""

    def __init__(
        self,
        network: PackedNetwork,
        config: CompositionConfig,
        acceptor: Grammar | None = None,
        pauses: tuple[int, int] = NO_PAUSES,
    ) -> None:
        self._network, self._acceptor, self._pauses = network, acceptor, pauses
        self._temperature, self._top_k, self._top_p = config.temperature, config.top_k, config.top_p
        if config.argmax:
            self._temperature, self._top_k, self._top_p = 1.0, 1, 1.0

    def write(self, generation: GenerationState, characters: int) -> bool:
        """See `tunewright.sampling.generation_state.Writer`."""
        stop = generation.stop_after(characters)
        reading = State(generation.acceptor_state.tolist() if self._acceptor else ())
        begin, first = begin_of(generation.symbols, generation.position), True
        while generation.position < stop:
            if generation.symbols[generation.position] == START_ID:
                begin = generation.position
            choosing = generation.position + 1 >= generation.given
            logits = read(
                self._network,
                generation.state,
                generation.memory,
                generation.symbols,
                begin,
                generation.position,
                choosing,
            )
            if not choosing:
                generation.position += 1
                continue
            symbol = self._pick(logits, reading, generation)
            if first:
                generation.tallies[KEPT], first = 0.0, False
            generation.position += 1
            generation.symbols[generation.position] = symbol
            if symbol == END_ID:
                break
            if self._acceptor is not None:
                self._acceptor.advance(reading, symbol)
            if symbol in self._pauses:
                break
        if self._acceptor is not None:
            generation.acceptor_state[:] = reading.numbers()
        return generation.open

    def _pick(self, logits: Row, reading: State, generation: GenerationState) -> int:
        """`choice.pick`."""
        scores = logits.astype(np.float64)
        top = float(scores.max())
        chances = _chances(scores, top, 1.0)
        whole = float(chances.cumsum()[-1])
        if self._temperature != 1.0:
            chances = _chances(scores, top, self._temperature)
        allowed = np.ones(len(scores), dtype=np.bool_)
        if self._acceptor is not None:
            allowed[:] = self._acceptor.admissible(reading)
        allowed[START_ID] = False
        permitted = float((chances * allowed).cumsum()[-1])
        share = permitted / everything if (everything := _sum_but_start(chances)) > 0 else 1.0
        best = -1
        if permitted < LEAST_TOTAL:
            if not allowed.any():
                raise nothing_allowed(generation)
            best = int(np.where(allowed, scores, -np.inf).argmax())
            chances = _chances(scores, float(scores[best]), self._temperature)
        if self._top_k or self._top_p < 1:
            allowed = _likeliest(scores, allowed, chances, self._top_k, self._top_p)
        draw = float(generation.draws[generation.position + 1 - generation.given])
        picked = _fall(allowed, chances, draw)
        picked = best if picked < 0 else picked
        generation.tallies[WEIGHT] += (float(scores[picked]) - top) - math.log(whole)
        generation.tallies[REMOVED] += 1.0 - share
        generation.tallies[KEPT] += math.log(max(share, LEAST_TOTAL))
        return picked


def step(network: PackedNetwork, state: Row, symbol: int) -> Row:
    """`arithmetic.step`; returns the logits, which are the last part of the state."""
    shape = network.shape
    units, layers, part, total_size = (int(shape[place]) for place in (UNITS, LAYERS, STATE_PART, TOTAL))
    start, kind = int(shape[STATE_START]), int(shape[CELL])
    rows = iter(network.rows)
    total = next(rows)[symbol].copy()
    output = state[:0]
    for layer in range(layers):
        if layer:
            total = next(rows)[0].copy()
            _add_rows(total, output, next(rows))
        output, cell = (state[(2 * layer + offset) * part :][:units] for offset in (0, 1))
        _add_rows(total[start:], output, next(rows))
        _move(kind, total, output, cell)
    end = 2 * layers * part + total_size
    logits = state[end:]
    logits[:] = next(rows)[0]
    _add_rows(logits, output, next(rows))
    return logits[: network.symbols]


def read(
    network: PackedNetwork, state: Row, memory: Memory, symbols: Ids, begin: int, position: int, choosing: bool = True
) -> Row:
    """Read the symbol at `position` of a tune that began at `begin`; returns the logits, right if `choosing`."""
    logits = step(network, state, int(symbols[position]))
    if network.look_back:
        remember(network, state, memory, symbols, begin, position)
        if choosing:
            look(network, state, memory, symbols, begin, position)
    return logits


def remember(network: PackedNetwork, state: Row, memory: Memory, symbols: Ids, begin: int, position: int) -> None:
    """`looking.remember`."""
    recent, (numbers,), width = network.rows[-4], network.rows[-1], network.look_back
    known = [int(symbols[place]) if place >= begin else START_ID for place in range(position, position - 3, -1)]
    last, second, third = (recent[network.symbols * back + symbol] for back, symbol in enumerate(known))
    both = (last + second) + third
    query, key = state[-2 * width :].reshape(2, width)
    query[:] = (query + both) * numbers[0]
    memory.keys[position // ABREAST, :, position % ABREAST] = key + both
    place = bar = 0
    if position > begin:
        bar, place = divmod(int(memory.places[position - 1]), PLACES)
        bar = (bar + (known[0] == network.shape[BAR_LINE] and place + 1 >= SHORTEST_BAR)) % PLACES
        place = 0 if known[0] in network.shape[[BAR_LINE, LINE_END]] else min(place + 1, PLACES - 1)
    memory.places[position] = bar * PLACES + place


def look(network: PackedNetwork, state: Row, memory: Memory, symbols: Ids, begin: int, position: int) -> None:
    """`looking.look`."""
    first, count, numbers = max(begin, position - MEMORY), network.symbols, network.rows[-1][0]
    all_logits = state[-int(network.shape[LOGITS]) :]
    logits = all_logits[:count]
    own = _shares(logits)
    gate, copying = 1.0, 0.0
    copied, all_copied = np.zeros_like(own), 1.0
    if position > first:
        scores = _score(network, state, memory, first, position)
        top = scores.max()
        shares = quick_exponential(np.maximum(scores - top, LEAST_QUICK))
        copied[:] = np.bincount(symbols[first + 1 : position + 1], weights=shares, minlength=count)
        all_copied = float(copied.cumsum()[-1])
        match = max(float(top) + (float(logarithm(np.float32(all_copied * SCALE))) + LOG_SCALE), LEAST_MATCH)
        opening = float(all_logits[count]) - float(numbers[1]) * match
        less = exponential(max(-abs(opening), LEAST_EXPONENT))
        gate = (1.0 if opening >= 0 else less) / (1.0 + less)
        copying = (less if opening >= 0 else 1.0) / (1.0 + less)
    gate, copying = gate / float(own.cumsum()[-1]), copying / all_copied
    logits[:] = _logarithm(((gate * own + copying * copied) + FLOOR).astype(np.float32))


def _score(network: PackedNetwork, state: Row, memory: Memory, first: int, position: int) -> Row:
    """`looking.score`, of the positions from `first` on."""
    width, low, high = network.look_back, first // ABREAST, (position - 1) // ABREAST + 1
    query = state[-2 * width : -width]
    products = np.empty((high - low, width + 1, ABREAST), dtype=np.float32)
    bar, place = divmod(int(memory.places[position]), PLACES)
    bars, places = np.divmod(memory.places[low * ABREAST : high * ABREAST], PLACES)
    products[:, 0] = (network.rows[-3][place][places] + network.rows[-2][bar][bars]).reshape(-1, ABREAST)
    np.multiply(query[None, :, None], memory.keys[low:high], out=products[:, 1:])
    scores: Row = np.add.reduce(products, axis=1).ravel()
    return scores[first - low * ABREAST : position - low * ABREAST]


def _logarithm(x: Row) -> Any:
    """`arithmetic.logarithm` of each."""
    doublings = np.zeros_like(x)
    for count in (16, 8, 4, 2, 1):
        more = x * np.float32(2.0**count)
        doublings += (more < ONE) * np.float32(count)
        x = np.where(more < ONE, more, x)
    return near_logarithm(x) - doublings * LOG_2


def _shares(logits: Row) -> Chances:
    """`looking.own_shares`."""
    shares: Chances = quick_exponential(np.maximum(logits - logits.max(), LEAST_QUICK)).astype(np.float64)
    return shares


def _move(kind: int, total: Row, output: Row, cell: Row) -> None:
    """`arithmetic.lstm_cell`, `gru_cell` or `rnn_cell`, with as few calls of numpy as possible."""
    units = len(output)
    if kind == LSTM:
        gates = total[: 4 * units].reshape(4, units)
        rows = _tanh(gates * LSTM_SCALES)
        enter, keep, _, leave = HALF * rows + HALF
        cell[:] = keep * cell + enter * rows[2]
        output[:] = leave * _tanh(cell)
    elif kind == GRU:
        of_input, _, _, of_state = parts = total[: 4 * units].reshape(4, units)
        reset, share = _sigmoid(parts[1:3])
        output[:] = (ONE - share) * _tanh(of_input + reset * of_state) + share * output
    else:
        output[:] = _tanh(total[:units])


def _add_rows(total: Row, vector: Row, rows: Row) -> None:
    """`arithmetic.add_rows`: numpy adds along the first axis one row after the other."""
    width = rows.shape[1]
    products = np.empty((len(rows) + 1, width), dtype=np.float32)
    products[0] = total[:width]
    np.multiply(vector[:, None], rows, out=products[1:])
    np.add.reduce(products, axis=0, out=total[:width])


def _tanh(x: Row) -> Any:
    return bounded_tanh(np.maximum(np.minimum(x, FLAT), -FLAT))


def _sigmoid(x: Row) -> Any:
    return HALF * _tanh(HALF * x) + HALF


def _chances(scores: Chances, top: float, temperature: float) -> Chances:
    """`choice.fill_chances`."""
    with np.errstate(over="ignore"):  # a tiny temperature
        x = (scores - top) / temperature
    chances: Chances = exponential(np.minimum(np.maximum(x, LEAST_EXPONENT), 0.0)) * (x > LEAST_EXPONENT)
    return chances


def _sum_but_start(chances: Chances) -> float:
    return float(chances[START_ID + 1 :].cumsum()[-1])


def _likeliest(scores: Chances, allowed: NDArray[np.bool_], chances: Chances, top_k: int, top_p: float) -> Any:
    """`choice.keep_likeliest`."""
    enough = top_p * (chances * allowed).cumsum()[-1] if top_p < 1 else math.inf
    order = np.argsort(np.where(allowed, -scores, np.inf), kind="stable")
    falling = (chances * allowed)[order]
    before = np.concatenate([[0.0], falling.cumsum()[:-1]])
    kept = before < enough
    kept[0] = True
    if top_k:
        kept[top_k:] = False
    survives = np.zeros_like(allowed)
    survives[order[kept]] = True
    return survives & allowed


def _fall(allowed: NDArray[np.bool_], chances: Chances, draw: float) -> int:
    """`choice.fall`."""
    shares = chances * allowed
    edges = shares.cumsum()
    picked = int((edges <= draw * edges[-1]).sum())
    if picked < len(edges):
        return picked
    having = np.flatnonzero(shares > 0)
    return int(having[-1]) if len(having) else -1
