"""The composing loop: writes one tune, character after character, in compiled code.

The loop reads a symbol, and then either continues with the next given one (START and the user's own beginning) or picks
one, until it picks END or reaches its stop. It can stop after any symbol and be continued: all of its state is in
arrays.

Everything in `COMPILED` is compiled by `tunewright.sampling.compiled.kernel`, together with an acceptor
(`tunewright.acceptor.machine`), whose `mask` gives the allowed symbols and whose `advance` reads the chosen one.
`tunewright.sampling.reference` does the same in numpy.
"""

from collections.abc import Callable, Sequence
from typing import Any

from tunewright.sampling.compiled.arithmetic import step
from tunewright.sampling.compiled.calling import (
    END_ID,
    GIVEN,
    KEPT,
    PAUSE_AT,
    PAUSE_AT_TOO,
    POSITION,
    START_ID,
    STEERED,
    STOP,
    TEMPERATURE,
    TOP_K,
    TOP_P,
    dead_end,
)  # fmt: skip
from tunewright.sampling.compiled.choice import pick
from tunewright.sampling.compiled.looking import begin_of, look, remember
from tunewright.sampling.compiled.weights import LOGITS, LOOK_BACK


def mask(tables: Any, state: Any, settled: Any, tried: Any, out: Any) -> None:
    """Replaced by the acceptor's `mask` when it is compiled."""


def advance(tables: Any, state: Any, before: Any, after: Any, symbol: int) -> bool:  # noqa: ARG001
    """Replaced by the acceptor's `advance` when it is compiled."""
    return True


def state_at(states: Any, place: int) -> Any:
    """One of the acceptor's states that stand at an address, one after the other; `entries` has the compiled form."""
    return states[place]


def length_of(row: Any) -> int:
    """Replaces `len` in an acceptor: the number before the first one of a table (see `steering.Steering`)."""
    length: int = row[-1]
    return length


def write_on(  # noqa: C901 - one loop
    weights: Any, shape: Any, state: Any, tables: Any, acceptor_state: Any, scratch: Any, orders: Any, options: Any,
    draws: Any, symbols: Any, tallies: Any, allowed: Any, allowed_at: Any, chances: Any, edges: Any,
    keys: Any, scores: Any, places: Any,
) -> int:  # fmt: skip
    """Read and write from `orders[POSITION]` to `orders[STOP]`; returns the position of the last symbol in `symbols`.

    `tables`, `acceptor_state`, `scratch` and `allowed_at`, the address of `allowed`, are addresses; all others are
    arrays. `keys`, `scores` and `places` are the tune's `generation_state.Memory`.
    """
    position, steered, first = orders[POSITION], orders[STEERED] != 0, True
    logits, looks_back = state[len(state) - shape[LOGITS] :], shape[LOOK_BACK] > 0
    begin = begin_of(symbols, position) if looks_back else 0
    while position < orders[STOP]:
        step(weights, shape, state, symbols[position])
        if looks_back:
            begin = position if symbols[position] == START_ID else begin
            remember(weights, shape, state, keys, places, symbols, begin, position)
        position += 1
        if position < orders[GIVEN]:
            continue
        if looks_back:
            look(weights, shape, state, keys, scores, places, symbols, begin, position - 1, logits, chances, edges)
        for s in range(len(allowed)):
            allowed[s] = 1
        if steered:
            mask(tables, state_at(acceptor_state, 0), state_at(scratch, 0), state_at(scratch, 1), allowed_at)
        draw = draws[position - orders[GIVEN]]
        symbol = pick(
            logits, allowed, chances, edges, options[TEMPERATURE], orders[TOP_K], options[TOP_P], draw, tallies
        )
        if symbol < 0:
            return dead_end(position - 1)
        if first:
            tallies[KEPT], first = 0.0, False
        symbols[position] = symbol
        if symbol == END_ID:
            break
        if steered:
            advance(tables, state_at(acceptor_state, 0), state_at(scratch, 0), state_at(scratch, 1), symbol)
        if symbol == orders[PAUSE_AT] or symbol == orders[PAUSE_AT_TOO]:
            break
    last: int = position
    return last


def steer_lanes(tables: Any, acceptor_state: Any, scratch: Any, chosen: Any, allowed: Any) -> None:
    """Advance each of several acceptors by its chosen symbol (none if that is negative), and fill in what may come
    next.

    `acceptor_state` and `allowed` are addresses of addresses, one for each lane.
    """
    first, second = state_at(scratch, 0), state_at(scratch, 1)
    for lane in range(len(chosen)):
        state = state_at(acceptor_state[lane], 0)
        if chosen[lane] >= 0:
            advance(tables, state, first, second, chosen[lane])
        mask(tables, state, first, second, allowed[lane])


COMPILED: Sequence[Callable[..., Any]] = (dead_end, write_on, steer_lanes)
"""In the order of their dependence; `mask` and `advance` come before them."""
