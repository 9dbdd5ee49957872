"""Arithmetic of a recurrent network's step, with the same result bit by bit on every processor.

Only additions, multiplications, divisions and comparisons are used, in a fixed order, so that the compiled loop and the
numpy reference get the same numbers: nothing depends on a library's `exp` or on its order of summation. `bounded_tanh`,
the exponentials and `near_logarithm` work on single numbers (compiled) and on arrays (numpy) alike.

Everything in `COMPILED` is compiled by `tunewright.sampling.compiled.kernel`; as plain Python it is correct and slow.
Shapes are those of `tunewright.sampling.compiled.weights`; all arrays are flat. The state of a tune is one array: for
each layer its output and its cell, each of `STATE_PART` numbers; one total; and, last, the logits.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tunewright.sampling.compiled.weights import (
    CELL,
    GRU,
    INPUT_ROW,
    LAYERS,
    LOGITS,
    LSTM,
    STATE_PART,
    STATE_ROW,
    STATE_START,
    SYMBOLS,
    TOTAL,
    UNITS,
)

FLAT = np.float32(8.0)
"""For larger |x|, tanh x is taken as that of this number: 1 - 2e-7."""
ONE, HALF, NONE = np.float32(1.0), np.float32(0.5), np.float32(0.0)

# tanh x = x P(x^2) / Q(x^2) for |x| <= 8: least greatest error (7e-8 before rounding) among rational functions of this
# degree, found by linear programming on 1,500 points. In float32 it is off by 4e-7 at most, and never beyond 1.
P0, P1, P2, P3, P4 = (
    np.float32(number)
    for number in (
        0.9999997017373703,
        0.13178433942835677,
        3.254407506067241e-3,
        1.6585720090961717e-5,
        7.581296538534e-9,
    )
)
Q1, Q2, Q3, Q4 = (
    np.float32(number)
    for number in (0.46511648923867493, 0.024961212330373975, 2.8893445344332024e-4, 5.461795503802769e-7)
)

LEAST_EXPONENT = -700.0
"""For smaller x, e^x is taken as 0; e^-700 is about 1e-304."""
HALVINGS = 1.0 / 1024
E2, E3, E4, E5, E6 = 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720
E7, E8, E9, E10, E11 = 1 / 5040, 1 / 40320, 1 / 362880, 1 / 3628800, 1 / 39916800


LEAST_QUICK = np.float32(-64.0)
PART = np.float32(1.0 / 64)
F3, F4, F5, F6, F7, F8 = (np.float32(number) for number in (E3, E4, E5, E6, E7, E8))

LOG_2, ROOT_HALF, LOG_OF_ROOT_HALF = (
    np.float32(n) for n in (0.6931471805599453, 0.7071067811865476, -0.34657359027997264)
)
TWO, FOUR, EIGHT, SIXTEEN, BYTE, WORD = (np.float32(2.0**n) for n in (1, 2, 3, 4, 8, 16))
L3, L5, L7, L9 = (np.float32(1.0 / number) for number in (3, 5, 7, 9))


def bounded_tanh(x: Any) -> Any:
    """tanh in float32, for -8 <= x <= 8."""
    y = x * x
    return x * ((((P4 * y + P3) * y + P2) * y + P1) * y + P0) / ((((Q4 * y + Q3) * y + Q2) * y + Q1) * y + ONE)


def exponential(x: Any) -> Any:
    """e^x in float64, for -700 <= x <= 0: the 1,024th power of e^(x / 1024); relative error 1e-12 down to -200."""
    y = x * HALVINGS
    p = 1.0 + y * (
        1.0
        + y * (E2 + y * (E3 + y * (E4 + y * (E5 + y * (E6 + y * (E7 + y * (E8 + y * (E9 + y * (E10 + y * E11)))))))))
    )
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    return p * p


def quick_exponential(x: Any) -> Any:
    """e^x in float32, for -64 <= x <= 0: the 64th power of e^(x / 64); relative error 1e-5 down to -32."""
    y = x * PART
    p = ONE + y * (ONE + y * (HALF + y * (F3 + y * (F4 + y * (F5 + y * (F6 + y * (F7 + y * F8)))))))
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    return p * p


def near_logarithm(x: Any) -> Any:
    """Natural logarithm in float32, for 1/2 <= x <= 1 and a little more: log r + 2 artanh((x - r) / (x + r))."""
    z = (x - ROOT_HALF) / (x + ROOT_HALF)
    y = z * z
    return TWO * z * (ONE + y * (L3 + y * (L5 + y * (L7 + y * L9)))) + LOG_OF_ROOT_HALF


def logarithm(x: Any) -> Any:
    """Natural logarithm of one float32, for 2^-31 <= x <= 1 and a little more; error at most 3e-6."""
    doublings = SIXTEEN if x * WORD < ONE else NONE
    x = x * WORD if x * WORD < ONE else x
    doublings = doublings + EIGHT if x * BYTE < ONE else doublings
    x = x * BYTE if x * BYTE < ONE else x
    doublings = doublings + FOUR if x * SIXTEEN < ONE else doublings
    x = x * SIXTEEN if x * SIXTEEN < ONE else x
    doublings = doublings + TWO if x * FOUR < ONE else doublings
    x = x * FOUR if x * FOUR < ONE else x
    doublings = doublings + ONE if x * TWO < ONE else doublings
    x = x * TWO if x * TWO < ONE else x
    return near_logarithm(x) - doublings * LOG_2


def tanh(x: Any) -> Any:
    """tanh of any float32."""
    return bounded_tanh(max(min(x, FLAT), -FLAT))


def sigmoid(x: Any) -> Any:
    """1 / (1 + e^-x) of any float32."""
    return HALF * tanh(HALF * x) + HALF


def copy(total: Any, row: Any) -> None:
    """total = row."""
    for k in range(len(total)):
        total[k] = row[k]


def add_rows(total: Any, vector: Any, rows: Any) -> None:
    """total += vector[0] * row 0, then vector[1] * row 1, and so on: four rows in each pass, which saves loads."""
    units, width = len(vector), len(total)
    whole = units - units % 4
    for unit in range(0, whole, 4):
        a, b, c, d = vector[unit], vector[unit + 1], vector[unit + 2], vector[unit + 3]
        four = rows[unit * width : (unit + 4) * width]
        p, q, r, s = four[:width], four[width : 2 * width], four[2 * width : 3 * width], four[3 * width :]
        for k in range(width):
            total[k] = (((total[k] + a * p[k]) + b * q[k]) + c * r[k]) + d * s[k]
    for unit in range(whole, units):
        a, p = vector[unit], rows[unit * width : (unit + 1) * width]
        for k in range(width):
            total[k] = total[k] + a * p[k]


def lstm_cell(total: Any, output: Any, cell: Any) -> None:
    """LSTM cell with forget gate (Hochreiter and Schmidhuber 1997; Gers et al. 2000)."""
    units = len(output)
    enter, keep = total[:units], total[units : 2 * units]
    candidate, leave = total[2 * units : 3 * units], total[3 * units : 4 * units]
    for u in range(units):
        now = sigmoid(keep[u]) * cell[u] + sigmoid(enter[u]) * tanh(candidate[u])
        cell[u] = now
        output[u] = sigmoid(leave[u]) * tanh(now)


def gru_cell(total: Any, output: Any) -> None:
    """GRU cell (Cho et al. 2014), as in torch: the reset gate acts on the state's share of the candidate."""
    units = len(output)
    of_input, reset = total[:units], total[units : 2 * units]
    update, of_state = total[2 * units : 3 * units], total[3 * units : 4 * units]
    for u in range(units):
        candidate = tanh(of_input[u] + sigmoid(reset[u]) * of_state[u])
        share = sigmoid(update[u])
        output[u] = (ONE - share) * candidate + share * output[u]


def rnn_cell(total: Any, output: Any) -> None:
    """Elman's cell with tanh."""
    for u in range(len(output)):
        output[u] = tanh(total[u])


def step(weights: Any, shape: Any, state: Any, symbol: int) -> None:
    """Read `symbol`: updates the state, whose logits become the scores of the next symbol."""
    units, kind, width = shape[UNITS], shape[CELL], shape[TOTAL]
    input_row, state_row, start, part = shape[INPUT_ROW], shape[STATE_ROW], shape[STATE_START], shape[STATE_PART]
    end_of_layers = 2 * shape[LAYERS] * part
    total = state[end_of_layers : end_of_layers + width]
    at = symbol * width
    copy(total, weights[at : at + width])
    at = shape[SYMBOLS] * width
    for layer in range(shape[LAYERS]):
        output = state[2 * layer * part : 2 * layer * part + units]
        if layer > 0:
            below = state[2 * (layer - 1) * part : 2 * (layer - 1) * part + units]
            copy(total, weights[at : at + width])
            at += width
            add_rows(total[:input_row], below, weights[at : at + units * input_row])
            at += units * input_row
        add_rows(total[start : start + state_row], output, weights[at : at + units * state_row])
        at += units * state_row
        if kind == LSTM:
            lstm_cell(total, output, state[(2 * layer + 1) * part : (2 * layer + 1) * part + units])
        elif kind == GRU:
            gru_cell(total, output)
        else:
            rnn_cell(total, output)
    logits = state[end_of_layers + width : end_of_layers + width + shape[LOGITS]]
    copy(logits, weights[at : at + len(logits)])
    at += len(logits)
    last = 2 * (shape[LAYERS] - 1) * part
    add_rows(logits, state[last : last + units], weights[at : at + units * len(logits)])


COMPILED: Sequence[Callable[..., Any]] = (
    bounded_tanh, exponential, quick_exponential, near_logarithm, logarithm, tanh, sigmoid, copy, add_rows, lstm_cell,
    gru_cell, rnn_cell, step,
)  # fmt: skip
"""In the order of their dependence."""
