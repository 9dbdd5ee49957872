"""What does the compiled loop do, in numpy? The same, number for number, some ten times slower.

It composes where numba cannot be used, and while the loop was never compiled: at the same seed it writes the same
characters. That holds because both add, multiply and divide in the same order (`sampling.arithmetic` says how), and
what numpy sums up here it sums from the first row to the last: along the first axis of a matrix, and with `cumsum`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.sampling.arithmetic import FLAT, HALF, LEAST_EXPONENT, ONE, bounded_tanh, exponential
from tunewright.sampling.calling import END_ID, KEPT, REMOVED, START_ID, WEIGHT
from tunewright.sampling.choice import LEAST_TOTAL
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.sheet import NO_PAUSES, Sheet, nothing_allowed
from tunewright.sampling.steering import Acceptor
from tunewright.sampling.weights import CELL, GRU, LAYERS, LSTM, STATE_PART, STATE_START, TOTAL, UNITS, PackedNetwork

LSTM_SCALES = np.array([[HALF], [HALF], [ONE], [HALF]])
"""A gate's sigmoid is the tanh of half its sum; the candidate's is that of the whole."""

Row = NDArray[np.float32]
Chances = NDArray[np.float64]


class Twin:
    """Writes on sheets as `sampling.kernel.Kernel` does; parameters as there."""

    def __init__(
        self,
        network: PackedNetwork,
        config: CompositionConfig,
        acceptor: Acceptor | None = None,
        pauses: tuple[int, int] = NO_PAUSES,
    ) -> None:
        self._network, self._acceptor, self._pauses = network, acceptor, pauses
        self._temperature, self._top_k, self._top_p = config.temperature, config.top_k, config.top_p
        if config.argmax:
            self._temperature, self._top_k, self._top_p = 1.0, 1, 1.0

    def write(self, sheet: Sheet, characters: int) -> bool:
        """As `sheet.Writer` says."""
        stop, registers = sheet.stop_after(characters), sheet.registers.tolist()
        first = True
        while sheet.position < stop:
            logits = step(self._network, sheet.state, int(sheet.symbols[sheet.position]))
            if sheet.position + 1 < sheet.given:
                sheet.position += 1
                continue
            symbol = self._pick(logits, registers, sheet)
            if first:
                sheet.tallies[KEPT], first = 0.0, False
            sheet.position += 1
            sheet.symbols[sheet.position] = symbol
            if symbol == END_ID:
                break
            if self._acceptor is not None:
                self._acceptor.advance(registers, symbol)
            if symbol in self._pauses:
                break
        sheet.registers[:] = registers
        return sheet.open

    def _pick(self, logits: Row, registers: list[int], sheet: Sheet) -> int:
        """`choice.pick`."""
        scores = logits.astype(np.float64)
        top = float(scores.max())
        chances = _chances(scores, top, 1.0)
        whole = float(chances.cumsum()[-1])
        if self._temperature != 1.0:
            chances = _chances(scores, top, self._temperature)
        allowed = np.ones(len(scores), dtype=np.bool_)
        if self._acceptor is not None:
            allowed[:] = self._acceptor.admissible(registers)
        allowed[START_ID] = False
        permitted = float((chances * allowed).cumsum()[-1])
        share = permitted / everything if (everything := _sum_but_start(chances)) > 0 else 1.0
        best = -1
        if permitted < LEAST_TOTAL:
            if not allowed.any():
                raise nothing_allowed(sheet)
            best = int(np.where(allowed, scores, -np.inf).argmax())
            chances = _chances(scores, float(scores[best]), self._temperature)
        if self._top_k or self._top_p < 1:
            allowed = _likeliest(scores, allowed, chances, self._top_k, self._top_p)
        draw = float(sheet.draws[sheet.position + 1 - sheet.given])
        picked = _fall(allowed, chances, draw)
        picked = best if picked < 0 else picked
        sheet.tallies[WEIGHT] += (float(scores[picked]) - top) - math.log(whole)
        sheet.tallies[REMOVED] += 1.0 - share
        sheet.tallies[KEPT] += math.log(max(share, LEAST_TOTAL))
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


def _move(kind: int, total: Row, output: Row, cell: Row) -> None:
    """`arithmetic.lstm_cell`, `gru_cell` or `rnn_cell`, with as few calls of numpy as there can be."""
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
