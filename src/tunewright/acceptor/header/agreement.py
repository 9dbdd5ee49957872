"""Header combinations: rhythm, metre and unit length go together as they do in a corpus.

The part of the acceptor (see `machine`) that keeps a header to the combinations of a corpus, where it was given some
(`known_headers`), in whatever order the fields come. Each combination is four numbers: the rhythm that the title names,
``R:``, ``M:`` and ``L:``; each from 1, 0 where there is none. Those with fewer fields come first.
"""

from tunewright.acceptor.reading import Character, Place, Seen, Setup, State, Tables

COLUMNS = 4


def bit_of(code: int) -> int:
    """Return the bit in SEEN of the field with this letter; 0 for one that nobody asks for."""
    if code == Character.X:
        return Seen.X
    if code == Character.T:
        return Seen.T
    if code == Character.R:
        return Seen.R
    if code == Character.M:
        return Seen.M
    if code == Character.L:
        return Seen.L
    if code == Character.K:
        return Seen.K
    if code == Character.Q:
        return Seen.Q
    return 0


def agrees(tables: Tables, state: State, at: int) -> bool:
    """Return true if what the header holds goes with the combination that begins at `at`."""
    row = tables[Place.COMBINATIONS]
    if row[at] != state.named:
        return False
    if state.rhythm_of > 0 and row[at + 1] != state.rhythm_of:
        return False
    if state.meter > 0 and row[at + 2] != state.meter:
        return False
    if state.unit == 0:
        return True
    return row[at + 3] > 0 and tables[Place.UNIT_TICKS][row[at + 3] - 1] == state.unit


def combined_words(tables: Tables, state: State) -> int:
    """Return the mask of values that go with the header, for the field ``R:``, ``M:`` or ``L:`` that is written."""
    rows = tables[Place.COMBINATIONS]
    column = 1 if state.field == Character.R else (2 if state.field == Character.M else 3)
    allowed = 0
    for at in range(0, len(rows), COLUMNS):
        if rows[at + column] > 0 and agrees(tables, state, at):
            allowed |= 1 << (rows[at + column] - 1)
    return allowed


def is_whole(tables: Tables, state: State) -> bool:
    """Return true if a combination has just the fields that the header holds."""
    rows = tables[Place.COMBINATIONS]
    for at in range(0, len(rows), COLUMNS):
        rhythm = (rows[at + 1] > 0) == (state.seen & Seen.R != 0)
        unit = (rows[at + 3] > 0) == (state.seen & Seen.L != 0)
        if rhythm and unit and agrees(tables, state, at):
            return True
    return False


def goes_on(tables: Tables, state: State, code: int) -> bool:
    """Return true if this field may come next in a header that is kept to combinations, and to titles, of a corpus."""
    if tables[Place.SETTINGS][Setup.TITLE_ROOT] > 0 and state.seen & Seen.T == 0:
        return code == Character.T
    if len(tables[Place.COMBINATIONS]) == 0:
        return True
    if code == Character.K:
        return is_whole(tables, state)
    return (code != Character.R and code != Character.L) or combined_words(tables, state) != 0


def finish_combination(tables: Tables, state: State) -> int:
    """The letter of the field that the first combination which goes with the header needs next."""
    rows = tables[Place.COMBINATIONS]
    for at in range(0, len(rows), COLUMNS):
        if agrees(tables, state, at):
            if rows[at + 1] > 0 and state.seen & Seen.R == 0:
                return Character.R
            if rows[at + 3] > 0 and state.seen & Seen.L == 0:
                return Character.L
            return Character.M if state.seen & Seen.M == 0 else Character.K
    return Character.K
