"""Character-level acceptor for constrained decoding: which character may come next.

A table-driven machine. `rules` says which function carries out each character in each control state; the functions
guard and update a `State`. They run over integers and call nothing but each other, so that numba compiles them as they
stand: `COMPILED` lists them, each after those that it calls. The first parameters are always the tables of a `Grammar`
and the state; a function that returns false has refused the character, and the state is then void.

`advance` takes a character or refuses it. `mask` says which characters would be taken. `next_to_finish` names the next
character of a short completion, and a character is only taken if the completion from behind it fits into what is left
of the budget: so there is never a dead end.
"""

from collections.abc import MutableSequence
from types import FunctionType
from typing import cast

from tunewright.acceptor.body.lengths import ends_now, enough_to_finish
from tunewright.acceptor.completion import next_to_finish
from tunewright.acceptor.reading import (
    CHARACTERS,
    IMPOSSIBLE,
    Character,
    Control,
    Place,
    Reason,
    State,
    Tables,
    Worded,
    copy_state,
)  # fmt: skip
from tunewright.acceptor.rules import perform, settle


def step(tables: Tables, state: State, symbol: int) -> bool:
    """Take a character; false if it is refused, and the state are then void."""
    code = tables[Place.CLASSES][symbol]
    state.reason = Reason.UNEXPECTED
    row = tables[Place.ROWS][state.control * CHARACTERS + code]
    if row == 0:
        if not settle(tables, state):
            return False
        state.reason = Reason.UNEXPECTED
        row = tables[Place.ROWS][state.control * CHARACTERS + code]
        if row == 0:
            return False
    if state.line > 0:
        if state.line == 1 and code == Character.COLON:
            state.reason = Reason.FIELD_TRAP
            return False
        if code != Character.SPACE and code != Character.TAB and code != Character.LINE_FEED:
            capital = code - 32 if code >= Character.SMALL_A else code
            note = Character.CAPITAL_A <= capital < Character.CAPITAL_A + 7
            rest = code == Character.SMALL_X or code == Character.SMALL_Z
            state.line = 1 if state.line == 2 and (note or rest) else 0
    state.control = row % Control.STATES
    taken = perform(tables, state, row // Control.STATES, symbol, code)
    state.budget -= 1
    return taken


def characters_to_finish(tables: Tables, state: State, most: int) -> int:
    """Return the length of a short completion, or more than `most` if it is longer; the state is void then."""
    length = 0
    while state.control != Control.ENDED:
        length += 1
        if length > most:
            return length
        symbol = next_to_finish(tables, state)
        if symbol < 0 or not step(tables, state, symbol):
            return IMPOSSIBLE
    return length


def must_be_tried(state: State) -> bool:
    """Return true where what may follow depends on the rest of the tune, so that a completion must be tried."""
    control = state.control
    if state.worded == Worded.WITH_WORDS or state.to_tonic == 1 or state.whole > 0:
        return True
    if control == Control.BRACKET or Control.MAYBE_FIELD <= control <= Control.VOICE_END:
        return True
    if Control.PAREN <= control <= Control.TUPLET:
        return True
    return Control.BANG <= control <= Control.SIGN or (state.tie > 0 and state.fit == 0)


def can_finish(tables: Tables, state: State) -> bool:
    """Return true if the way to the end fits into the budget; the state is void afterwards."""
    if state.control == Control.ENDED:
        return True
    if state.budget >= enough_to_finish(tables, state) and not must_be_tried(state) and not ends_now(tables, state):
        return True
    budget = state.budget
    return characters_to_finish(tables, state, budget) <= budget


def advance(tables: Tables, state: State, before: State, after: State, symbol: int) -> bool:
    """Take a character of a tune.

    Parameters
    ----------
    tables
        Of a `Grammar`.
    state
        Changed in place; as it was if the character is refused, but for its reason.
    before, after
        Room to work in.
    symbol
        Index into the vocabulary.

    Returns
    -------
    taken
        False if no tune that ends well within the budget goes on like this.
    """
    copy_state(before, state)
    taken = step(tables, state, symbol)
    reason = state.reason
    copy_state(after, state)
    if taken and can_finish(tables, state):
        copy_state(state, after)
        return True
    copy_state(state, before)
    state.reason = Reason.NO_REASON if taken else reason
    return False


def mask(tables: Tables, state: State, settled: State, tried: State, out: MutableSequence[int]) -> None:
    """Say which characters may come next.

    Parameters
    ----------
    tables, state
        As for `advance`; the state stays as it is.
    settled, tried
        Room to work in.
    out
        One number per symbol, set to 1 where it may come and 0 where not.
    """
    copy_state(settled, state)
    ends = settle(tables, settled)
    classes = tables[Place.CLASSES]
    rows = tables[Place.ROWS]
    direct = state.control * CHARACTERS
    indirect = settled.control * CHARACTERS
    for symbol in range(len(classes)):
        out[symbol] = 0
        code = classes[symbol]
        if rows[direct + code] > 0:
            copy_state(tried, state)
        elif ends and rows[indirect + code] > 0:
            copy_state(tried, settled)
        else:
            continue
        if step(tables, tried, symbol) and can_finish(tables, tried):
            out[symbol] = 1


def _with_callees(*roots: FunctionType) -> tuple[FunctionType, ...]:
    """`roots` and every function that they call, each after those that it calls."""
    ordered: dict[FunctionType, None] = {}
    for function in roots:
        if function is copy_state:  # which has a compiled form of its own
            continue
        called = (function.__globals__.get(name) for name in function.__code__.co_names)
        ordered |= dict.fromkeys(_with_callees(*(value for value in called if isinstance(value, FunctionType))))
        ordered[function] = None
    return tuple(ordered)


COMPILED = _with_callees(
    *(cast(FunctionType, function) for function in (advance, mask, next_to_finish, characters_to_finish))
)
"""Every function that runs over tables and states, each after those that it calls."""
