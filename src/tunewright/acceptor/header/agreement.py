"""Do rhythm, metre and unit length go together as they do in a corpus?

The part of the acceptor (see `machine`) that keeps a header to the combinations of a corpus, where it was given some
(`known_headers`), in whatever order the fields come. Each combination is four numbers: the rhythm that the title names,
``R:``, ``M:`` and ``L:``; each from 1, 0 where there is none. Those with fewer fields come first.
"""

from tunewright.acceptor.reading import (
    COMBINATIONS,
    FIELD,
    LETTER_K,
    LETTER_L,
    LETTER_M,
    LETTER_Q,
    LETTER_R,
    LETTER_T,
    LETTER_X,
    METRE,
    NAMED,
    RHYTHM_OF,
    SEEN,
    SEEN_K,
    SEEN_L,
    SEEN_M,
    SEEN_Q,
    SEEN_R,
    SEEN_T,
    SEEN_X,
    SETTINGS,
    TITLE_ROOT,
    UNIT,
    UNIT_TICKS,
    Registers,
    Tables,
)  # fmt: skip

COLUMNS = 4


def bit_of(code: int) -> int:
    """Return the bit in SEEN of the field with this letter; 0 for one that nobody asks for."""
    if code == LETTER_X:
        return SEEN_X
    if code == LETTER_T:
        return SEEN_T
    if code == LETTER_R:
        return SEEN_R
    if code == LETTER_M:
        return SEEN_M
    if code == LETTER_L:
        return SEEN_L
    if code == LETTER_K:
        return SEEN_K
    if code == LETTER_Q:
        return SEEN_Q
    return 0


def agrees(tables: Tables, registers: Registers, at: int) -> bool:
    """Return true if what the header holds goes with the combination that begins at `at`."""
    row = tables[COMBINATIONS]
    if row[at] != registers[NAMED]:
        return False
    if registers[RHYTHM_OF] > 0 and row[at + 1] != registers[RHYTHM_OF]:
        return False
    if registers[METRE] > 0 and row[at + 2] != registers[METRE]:
        return False
    if registers[UNIT] == 0:
        return True
    return row[at + 3] > 0 and tables[UNIT_TICKS][row[at + 3] - 1] == registers[UNIT]


def combined_words(tables: Tables, registers: Registers) -> int:
    """Return the mask of values that go with the header, for the field ``R:``, ``M:`` or ``L:`` that is written."""
    rows = tables[COMBINATIONS]
    column = 1 if registers[FIELD] == LETTER_R else (2 if registers[FIELD] == LETTER_M else 3)
    allowed = 0
    for at in range(0, len(rows), COLUMNS):
        if rows[at + column] > 0 and agrees(tables, registers, at):
            allowed |= 1 << (rows[at + column] - 1)
    return allowed


def is_whole(tables: Tables, registers: Registers) -> bool:
    """Return true if a combination has just the fields that the header holds."""
    rows = tables[COMBINATIONS]
    for at in range(0, len(rows), COLUMNS):
        rhythm = (rows[at + 1] > 0) == (registers[SEEN] & SEEN_R != 0)
        unit = (rows[at + 3] > 0) == (registers[SEEN] & SEEN_L != 0)
        if rhythm and unit and agrees(tables, registers, at):
            return True
    return False


def goes_on(tables: Tables, registers: Registers, code: int) -> bool:
    """Return true if this field may come next in a header that is kept to combinations, and to titles, of a corpus."""
    if tables[SETTINGS][TITLE_ROOT] > 0 and registers[SEEN] & SEEN_T == 0:
        return code == LETTER_T
    if len(tables[COMBINATIONS]) == 0:
        return True
    if code == LETTER_K:
        return is_whole(tables, registers)
    return (code != LETTER_R and code != LETTER_L) or combined_words(tables, registers) != 0


def home_to_combination(tables: Tables, registers: Registers) -> int:
    """The letter of the field that the first combination which goes with the header needs next."""
    rows = tables[COMBINATIONS]
    for at in range(0, len(rows), COLUMNS):
        if agrees(tables, registers, at):
            if rows[at + 1] > 0 and registers[SEEN] & SEEN_R == 0:
                return LETTER_R
            if rows[at + 3] > 0 and registers[SEEN] & SEEN_L == 0:
                return LETTER_L
            return LETTER_M if registers[SEEN] & SEEN_M == 0 else LETTER_K
    return LETTER_K
