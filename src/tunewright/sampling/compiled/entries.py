"""Entry points of the compiled loop: the functions that Python calls by address, which turn addresses into arrays.

This file imports numba, so it is itself imported only to compile; see `tunewright.sampling.compiled.machine_code`.
"""

import dis
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import carray, from_dtype, types
from numba.core import cgutils
from numba.extending import intrinsic

from tunewright.acceptor.reading import FIELDS, copy_state
from tunewright.sampling.compiled.calling import (
    DRAW_COUNT,
    KEY_COUNT,
    OPTIONS,
    ORDERS,
    SCORE_COUNT,
    SIZES,
    STATE_COUNT,
    SYMBOL_COUNT,
    TALLIES,
    TEXT_COUNT,
    WEIGHT_COUNT,
)  # fmt: skip
from tunewright.sampling.compiled.loop import state_at, steer_lanes, write_on
from tunewright.sampling.compiled.weights import SIZES_OF_SHAPE

FLOATS, DOUBLES, LONGS = (types.CPointer(kind) for kind in (types.float32, types.float64, types.int64))
SHORTS = types.CPointer(types.uint16)
STATE = from_dtype(np.dtype([(name, np.int64) for name in FIELDS], align=True))
TABLES, MANY = types.CPointer(types.CPointer(types.int32)), types.CPointer(LONGS)


@intrinsic  # type: ignore[untyped-decorator]
def record_at(_context: Any, states: Any, place: Any) -> Any:  # noqa: ARG001
    """`loop.state_at`: what numba knows as a record is an address."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        first = builder.mul(arguments[1], arguments[1].type(len(FIELDS)))
        return builder.bitcast(builder.gep(arguments[0], [first]), context.get_value_type(STATE))

    return STATE(LONGS, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def copy_record(_context: Any, target: Any, source: Any) -> Any:  # noqa: ARG001
    """`reading.copy_state`: numba copies a record number by number, which takes many times as long."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        cgutils.raw_memcpy(builder, *arguments, context.get_constant(types.intp, STATE.size), 1)
        return context.get_dummy_value()

    return types.void(STATE, STATE), generate


NATIVE = {copy_state: copy_record, state_at: record_at}
"""What is called in place of these functions."""


def write_entry(
    sizes: Any, weights: Any, shape: Any, state: Any, tables: Any, acceptor_state: Any, scratch: Any, orders: Any,
    options: Any, draws: Any, symbols: Any, tallies: Any, allowed: Any, chances: Any, keys: Any, scores: Any,
    places: Any,
) -> int:  # fmt: skip
    """`loop.write_on`; `chances` also holds the edges."""
    size = carray(sizes, SIZES)
    most = size[SYMBOL_COUNT]
    both = carray(chances, 2 * most)
    return write_on(
        carray(weights, size[WEIGHT_COUNT]), carray(shape, SIZES_OF_SHAPE), carray(state, size[STATE_COUNT]),
        tables, acceptor_state, scratch, carray(orders, ORDERS), carray(options, OPTIONS),
        carray(draws, size[DRAW_COUNT]), carray(symbols, size[TEXT_COUNT]), carray(tallies, TALLIES),
        carray(allowed, most), allowed, both[:most], both[most:],
        carray(keys, size[KEY_COUNT]), carray(scores, size[SCORE_COUNT]), carray(places, size[SCORE_COUNT]),
    )  # fmt: skip


def steer_entry(tables: Any, acceptor_state: Any, scratch: Any, chosen: Any, allowed: Any, lanes: int) -> int:
    """`loop.steer_lanes`."""
    steer_lanes(tables, acceptor_state, scratch, carray(chosen, lanes), allowed)
    return 0


ENTRIES = {
    "write": (write_entry, types.int64(LONGS, FLOATS, LONGS, FLOATS, TABLES, LONGS, LONGS, LONGS, DOUBLES, DOUBLES,
                                       LONGS, DOUBLES, LONGS, DOUBLES, FLOATS, FLOATS, SHORTS)),
    "steer": (steer_entry, types.int64(TABLES, MANY, LONGS, LONGS, MANY, types.int64)),
}  # fmt: skip
"""Functions and their numba types, by name."""

ADDRESSES = {
    "tables": TABLES,
    **dict.fromkeys(("state", "before", "after", "settled", "tried"), STATE),
    "out": LONGS,
    "row": types.CPointer(types.int32),
}
"""Types of parameters of an acceptor's functions that are not integers, by their names."""


def type_of(function: Callable[..., Any]) -> Any:
    """Return the numba type of an acceptor's function: parameters by their names, an integer or nothing as result."""
    code = function.__code__
    parameters = [ADDRESSES.get(name, types.int64) for name in code.co_varnames[: code.co_argcount]]
    return (types.int64 if _gives_something(function) else types.void)(*parameters)


def _gives_something(function: Callable[..., Any]) -> bool:
    """Return true if it returns anything but None."""
    before = None
    for instruction in dis.get_instructions(function):
        if instruction.opname == "RETURN_CONST" and instruction.argval is not None:
            return True
        if instruction.opname == "RETURN_VALUE" and not (
            before and before.opname == "LOAD_CONST" and before.argval is None
        ):
            return True
        before = instruction
    return False
