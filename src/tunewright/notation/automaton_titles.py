"""Is the title one of words that tunes are called by, and no title that a tune has already?

The part of the acceptor (see `automaton`) that knows titles, where it was given those of a corpus (`known_headers`).
The value of a word says twice its kind, and one more if a title may end with it; the kinds are below. A title has a
number: the sum, over its words of kind ORDINARY, of a number that the letters of each make. So titles that differ by
nothing but the order of their words, articles, capitals, signs or the rhythm that they name have the same number.
"""

from tunewright.notation.automaton_filling import home_in_word
from tunewright.notation.automaton_tries import edge
from tunewright.notation.registers import (
    ANY,
    BELOW,
    CAPITAL_A,
    CAPITAL_Z,
    CHARACTERS,
    LAST_WORDS,
    MOST_WORDS,
    NAMED,
    NINE,
    NODE,
    REASON,
    SETTINGS,
    SMALL_A,
    SMALL_Z,
    SPACE,
    SPELLED,
    SYMBOL_OF,
    TEXT,
    TITLE_FIRST,
    TITLE_NUMBER,
    TITLE_ROOT,
    TITLE_WORDS,
    TITLES,
    UNKNOWN_WORD,
    VALUE,
    ZERO,
    Registers,
    Tables,
)  # fmt: skip

ORDINARY, SILENT, NAMES_RHYTHM = 0, 1, 2
"""Kinds of words: SILENT are articles and bare signs, NAMES_RHYTHM and above name the first rhythm, the second ..."""
PRIME = 2**31 - 1
ORDINARY_LAST = 1 << (2 * ORDINARY + 1)
MOST_BLANKS_BEFORE = 4


def spelled(number: int, code: int) -> int:
    """Return the number of a word that goes on with this class of characters; only letters and digits count."""
    if CAPITAL_A <= code <= CAPITAL_Z:
        code += SMALL_A - CAPITAL_A
    if SMALL_A <= code <= SMALL_Z or ZERO <= code <= NINE or code == CHARACTERS - 1:
        return (number * 257 + code) % PRIME
    return number


def with_word(total: int, number: int) -> int:
    """Return the number of a title that has one more word; squares keep letters from changing places unnoticed."""
    return (total + number * number) % PRIME


def number_here(tables: Tables, registers: Registers) -> int:
    """Return the number of the title if it ended with the word that is written."""
    if tables[VALUE][registers[NODE]] // 2 == ORDINARY:
        return with_word(registers[TITLE_NUMBER], registers[SPELLED])
    return registers[TITLE_NUMBER]


def is_taken(tables: Tables, number: int) -> bool:
    """Return true if a tune of the corpus has a title of this number."""
    titles = tables[TITLES]
    low = 0
    high = len(titles)
    while low < high:
        middle = (low + high) // 2
        if titles[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low < len(titles) and titles[low] == number


def title_may_end(tables: Tables, registers: Registers) -> bool:
    """Return true if the title may end with the word that is written."""
    value = tables[VALUE][registers[NODE]]
    return value >= 0 and value % 2 == 1 and not is_taken(tables, number_here(tables, registers))


def word_values(tables: Tables, registers: Registers) -> int:
    """Return the mask of values that the word being written may have."""
    settings = tables[SETTINGS]
    if registers[TITLE_WORDS] + 1 < settings[MOST_WORDS]:
        return ANY
    return settings[LAST_WORDS] if registers[TITLE_WORDS] + 1 == settings[MOST_WORDS] else ORDINARY_LAST


def begin_title(tables: Tables, registers: Registers) -> None:
    """Stand before the first word of a title."""
    registers[NODE] = tables[SETTINGS][TITLE_FIRST]
    registers[TITLE_WORDS] = 0
    registers[TITLE_NUMBER] = 0
    registers[SPELLED] = 0


def end_word(tables: Tables, registers: Registers) -> None:
    """Stand before the next word of the title."""
    registers[TITLE_NUMBER] = number_here(tables, registers)
    kind = tables[VALUE][registers[NODE]] // 2
    if kind >= NAMES_RHYTHM:
        registers[NAMED] = kind - NAMES_RHYTHM + 1
    registers[NODE] = tables[SETTINGS][TITLE_ROOT]
    registers[TITLE_WORDS] += 1
    registers[SPELLED] = 0


def another_word(tables: Tables, registers: Registers) -> bool:
    """Return true if the word that is written may end and another follow: a long title must be taken for that."""
    if tables[VALUE][registers[NODE]] < 0:
        return False
    return registers[TITLE_WORDS] + 1 < tables[SETTINGS][MOST_WORDS] or not title_may_end(tables, registers)


def take_title(tables: Tables, registers: Registers, symbol: int, code: int) -> bool:
    """Go on in a title."""
    registers[REASON] = UNKNOWN_WORD
    following = edge(tables, registers[NODE], symbol)
    if following >= 0:
        registers[NODE] = following
        registers[SPELLED] = spelled(registers[SPELLED], code)
        return tables[BELOW][following] & word_values(tables, registers) != 0
    if code != SPACE:
        return False
    if registers[NODE] == tables[SETTINGS][TITLE_FIRST]:
        registers[TEXT] += 1
        return registers[TEXT] <= MOST_BLANKS_BEFORE
    if not another_word(tables, registers):
        return False
    end_word(tables, registers)
    return True


def home_in_title(tables: Tables, registers: Registers, end: int) -> int:
    """The next character of a title on the way to the end: it ends soon with an ordinary word."""
    if title_may_end(tables, registers):
        return end
    value = tables[VALUE][registers[NODE]]
    if value != 2 * ORDINARY + 1:  # else it is taken
        symbol = home_in_word(tables, registers, ORDINARY_LAST, -1)
        if symbol >= 0:
            return symbol
    if value >= 0:
        return tables[SYMBOL_OF][SPACE]
    return home_in_word(tables, registers, word_values(tables, registers), -1)
