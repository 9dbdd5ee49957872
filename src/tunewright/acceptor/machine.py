"""Which character may come next in a tune, so that it can still end well?

A register machine. The control is a flat table of states and classes of characters; each entry names an action and the
state after it. The actions guard and update a short list of integers (`reading`). All functions run over sequences of
integers and call nothing but each other, so that numba compiles them as they stand: `COMPILED` lists them, each after
those that it calls.

`advance` takes a character or refuses it. `mask` says which characters would be taken. `next_home` names the next
character of a short way to the end, and a character is only taken if the way home from behind it fits into what is left
of the budget: so there is never a dead end.
"""

from types import FunctionType
from typing import cast

from tunewright.acceptor.actions import settle, take_action
from tunewright.acceptor.body.lengths import ends_now, far
from tunewright.acceptor.completion import next_home
from tunewright.acceptor.reading import (
    ACTION_SHIFT,
    BANG,
    BRACKET,
    BUDGET,
    CAPITAL_A,
    CHARACTERS,
    CLASSES,
    COLON_SIGN,
    ENDED,
    FIELD_TRAP,
    FIT,
    HOMING,
    IMPOSSIBLE,
    LINE,
    LINE_FEED,
    MAYBE_FIELD,
    NO_REASON,
    PAREN,
    REASON,
    ROWS,
    SIGN,
    SIZE,
    SMALL_D,
    SPACE,
    STATE,
    TAB,
    TIE,
    TUPLET,
    UNEXPECTED,
    WITH_WORDS,
    WORDED,
    Registers,
    Tables,
)  # fmt: skip


def step(tables: Tables, registers: Registers, symbol: int) -> bool:
    """Take a character; false if it is refused, and the registers are then void."""
    code = tables[CLASSES][symbol]
    registers[REASON] = UNEXPECTED
    row = tables[ROWS][registers[STATE] * CHARACTERS + code]
    if row == 0:
        if not settle(tables, registers):
            return False
        registers[REASON] = UNEXPECTED
        row = tables[ROWS][registers[STATE] * CHARACTERS + code]
        if row == 0:
            return False
    if registers[LINE] > 0:
        if registers[LINE] == 1 and code == COLON_SIGN:
            registers[REASON] = FIELD_TRAP
            return False
        if code != SPACE and code != TAB and code != LINE_FEED:
            bare = registers[LINE] == 2 and (CAPITAL_A <= code < CAPITAL_A + 7 or code == SMALL_D)
            registers[LINE] = 1 if bare else 0
    registers[STATE] = row % ACTION_SHIFT
    taken = take_action(tables, registers, row // ACTION_SHIFT, symbol, code)
    registers[BUDGET] -= 1
    return taken


def distance(tables: Tables, registers: Registers, most: int) -> int:
    """Return the length of a short way to the end, or more than `most` if it is longer; the registers are void then."""
    length = 0
    while registers[STATE] != ENDED:
        length += 1
        if length > most:
            return length
        symbol = next_home(tables, registers)
        if symbol < 0 or not step(tables, registers, symbol):
            return IMPOSSIBLE
    return length


def is_delicate(registers: Registers) -> bool:
    """Return true where what may follow depends on the rest of the tune, so that the way home must be tried."""
    state = registers[STATE]
    if registers[WORDED] == WITH_WORDS or registers[HOMING] == 1:
        return True
    if state in (BRACKET, MAYBE_FIELD) or PAREN <= state <= TUPLET:
        return True
    return BANG <= state <= SIGN or (registers[TIE] > 0 and registers[FIT] == 0)


def leads_home(tables: Tables, registers: Registers) -> bool:
    """Return true if the way to the end fits into the budget; the registers are void afterwards."""
    if registers[STATE] == ENDED:
        return True
    if registers[BUDGET] >= far(tables, registers) and not is_delicate(registers) and not ends_now(tables, registers):
        return True
    budget = registers[BUDGET]
    return distance(tables, registers, budget) <= budget


def advance(tables: Tables, registers: Registers, symbol: int) -> bool:
    """Take a character of a tune.

    Parameters
    ----------
    tables
        Of a `Grammar`.
    registers
        Changed in place; as they were if the character is refused, but for REASON.
    symbol
        Index into the vocabulary.

    Returns
    -------
    taken
        False if no tune that ends well within the budget goes on like this.
    """
    for at in range(SIZE):
        registers[SIZE + at] = registers[at]
    taken = step(tables, registers, symbol)
    reason = registers[REASON]
    for at in range(SIZE):
        registers[2 * SIZE + at] = registers[at]
    if taken and leads_home(tables, registers):
        for at in range(SIZE):
            registers[at] = registers[2 * SIZE + at]
        return True
    for at in range(SIZE):
        registers[at] = registers[SIZE + at]
    registers[REASON] = NO_REASON if taken else reason
    return False


def mask(tables: Tables, registers: Registers, scratch: Registers, out: Registers) -> None:
    """Say which characters may come next.

    Parameters
    ----------
    tables, registers
        As for `advance`; the registers stay as they are.
    scratch
        As long as the registers; overwritten.
    out
        One number per symbol, set to 1 where it may come and 0 where not.
    """
    for at in range(SIZE):
        scratch[at] = registers[at]
    settled = settle(tables, scratch)
    for at in range(SIZE):
        scratch[SIZE + at] = scratch[at]
    classes = tables[CLASSES]
    rows = tables[ROWS]
    direct = registers[STATE] * CHARACTERS
    indirect = scratch[STATE] * CHARACTERS
    for symbol in range(len(classes)):
        out[symbol] = 0
        code = classes[symbol]
        if rows[direct + code] > 0:
            for at in range(SIZE):
                scratch[at] = registers[at]
        elif settled and rows[indirect + code] > 0:
            for at in range(SIZE):
                scratch[at] = scratch[SIZE + at]
        else:
            continue
        if step(tables, scratch, symbol) and leads_home(tables, scratch):
            out[symbol] = 1


def _with_callees(*roots: FunctionType) -> tuple[FunctionType, ...]:
    """`roots` and every function that they call, each after those that it calls."""
    ordered: dict[FunctionType, None] = {}
    for function in roots:
        called = (function.__globals__.get(name) for name in function.__code__.co_names)
        ordered |= dict.fromkeys(_with_callees(*(value for value in called if isinstance(value, FunctionType))))
        ordered[function] = None
    return tuple(ordered)


COMPILED = _with_callees(*(cast(FunctionType, function) for function in (advance, mask, next_home, distance)))
"""Every function that runs over tables and registers, each after those that it calls."""
