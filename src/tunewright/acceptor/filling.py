"""Which note, and which word, leads on towards the end?

The part of the acceptor (see `machine`) that writes on the way home: the tonic of the key in the length that fills
the bar best, and the shortest word where one is begun. Each function returns the next symbol, or -1 where it sees none.
"""

from tunewright.acceptor.body.lengths import goal, lengths
from tunewright.acceptor.body.sections import repeated, sections, target
from tunewright.acceptor.reading import (
    ACCIDENTAL,
    ANY,
    APOSTROPHE,
    BELOW,
    BEST,
    CAPITAL_A,
    CARET,
    CLOSING_BRACE,
    CLOSING_BRACKET,
    COMMA,
    CONTEXT,
    EDGE_SYMBOL,
    EDGE_TARGET,
    ENDING,
    FIRST_EDGE,
    GRAINS_OF,
    HEIGHT,
    IMPOSSIBLE,
    NODE,
    PHASE,
    PITCH,
    POSITION,
    REPEAT,
    SECTION,
    SMALL_A,
    SYMBOL_OF,
    TIE,
    TONIC,
    UNDERSCORE,
    UNIT,
    VALUE,
    Registers,
    Tables,
)  # fmt: skip


def home_letter(tables: Tables, registers: Registers) -> int:
    """The note that a tie needs, else the tonic, else any note that the vocabulary has."""
    symbols = tables[SYMBOL_OF]
    if registers[CONTEXT] == 0 and registers[TIE] > 0:
        accidental = registers[TIE] // 1024
        if accidental > 0 and registers[ACCIDENTAL] > 0 and registers[ACCIDENTAL] != accidental:
            return symbols[CARET if accidental == 4 else UNDERSCORE]
        return symbols[registers[TIE] % 1024 // 8]
    capital = CAPITAL_A + (registers[TONIC] + 2) % 7
    if symbols[capital] >= 0:
        return symbols[capital]
    if symbols[capital + 32] >= 0:
        return symbols[capital + 32]
    for code in range(CAPITAL_A, CAPITAL_A + 7):
        if symbols[code] >= 0:
            return symbols[code]
        if symbols[code + 32] >= 0:
            return symbols[code + 32]
    return -1


def home_in_word(tables: Tables, registers: Registers, allowed: int, end: int) -> int:
    """The next character of the shortest word that is allowed, or `end` behind it."""
    node = registers[NODE]
    value = tables[VALUE][node]
    if value >= 0 and (allowed == ANY or (allowed >> value) & 1 == 1):
        return end
    best = -1
    least = IMPOSSIBLE
    for at in range(tables[FIRST_EDGE][node], tables[FIRST_EDGE][node + 1]):
        following = tables[EDGE_TARGET][at]
        if tables[BELOW][following] & allowed and tables[HEIGHT][following] < least:
            least = tables[HEIGHT][following]
            best = tables[EDGE_SYMBOL][at]
    return best


def closes(tables: Tables, registers: Registers) -> bool:
    """Return true if a repeat must end before the tune may."""
    if registers[REPEAT] == 2 or registers[ENDING] == 1:
        return True
    return registers[ENDING] != 2 and repeated(tables, registers, registers[SECTION])


def wanted_length(tables: Tables, registers: Registers) -> int:
    """The length, as an index, that the note now being written should have; -1 to leave it as it is."""
    allowed = lengths(tables, registers) & tables[BELOW][registers[NODE]]
    value = tables[VALUE][registers[NODE]]
    here = value >= 0 and (allowed >> value) & 1 == 1
    if registers[CONTEXT] == 0:
        ticks = goal(tables, registers) - registers[POSITION]
        at_will = sections(tables, registers) == 0 or target(tables, registers) == 0
        if closes(tables, registers) and registers[PHASE] > registers[POSITION] and at_will:
            ticks = registers[PHASE] - registers[POSITION]
        best = tables[BEST][ticks * 4 // registers[UNIT]]
        if best >= 0 and (allowed >> best) & 1 == 1:
            return -1 if best == value else best
    if here:
        return -1
    for index in range(len(tables[GRAINS_OF])):
        if (allowed >> index) & 1 == 1:
            return index
    return -1


def home_in_length(tables: Tables, registers: Registers) -> int:
    """The next character of the length that fills the bar best; -1 to leave it as it is."""
    if registers[CONTEXT] == 0 and registers[TIE] > 0 and registers[PITCH] % 8 < registers[TIE] % 8:
        return tables[SYMBOL_OF][APOSTROPHE if registers[PITCH] % 1024 // 8 >= SMALL_A else COMMA]
    wanted = wanted_length(tables, registers)
    if wanted >= 0:
        node = registers[NODE]
        for at in range(tables[FIRST_EDGE][node], tables[FIRST_EDGE][node + 1]):
            if tables[BELOW][tables[EDGE_TARGET][at]] >> wanted & 1 == 1:
                return tables[EDGE_SYMBOL][at]
    if registers[CONTEXT] == 1:
        return tables[SYMBOL_OF][CLOSING_BRACE]
    if registers[CONTEXT] == 2:
        return tables[SYMBOL_OF][CLOSING_BRACKET]
    return -1
