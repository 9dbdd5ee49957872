"""Is the title one of words that tunes are called by, and no title that a tune has already?

The part of the acceptor (see `machine`) that knows titles, where it was given those of a corpus (`known_headers`). A
word's value says what kind it is: OTHER, or OTHER_LAST if a title may end with it; then those that name the first
rhythm, the second ...; then common words, each a kind of its own. Kinds follow each other as they do in the corpus.

A title has a number: the sum, over its words that are not silent, of a number that the letters of each make. Articles,
bare signs and names of rhythms are silent. So titles that differ by nothing but these, capitals and the order of words
have the same number.
"""

from tunewright.acceptor.filling import home_in_word
from tunewright.acceptor.reading import (
    ANY,
    BELOW,
    CAPITAL_A,
    CAPITAL_Z,
    CHARACTERS,
    FOLLOWERS,
    LAST_WORDS,
    MOST_WORDS,
    NAMED,
    NAMING_WORDS,
    NINE,
    NODE,
    REASON,
    SETTINGS,
    SILENT_WORDS,
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
    WORD_FOLLOWERS,
    ZERO,
    Registers,
    Tables,
)  # fmt: skip
from tunewright.acceptor.trie import edge

OTHER, OTHER_LAST, FIRST_NAMING = 0, 1, 2
LAST_OF_ALL = 1 << OTHER_LAST
"""Mask of the words that may always follow, and end a title: the way home needs them."""
PRIME = 2**31 - 1
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
    if (tables[SETTINGS][SILENT_WORDS] >> tables[VALUE][registers[NODE]]) & 1 == 1:
        return registers[TITLE_NUMBER]
    return with_word(registers[TITLE_NUMBER], registers[SPELLED])


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


def word_values(tables: Tables, registers: Registers) -> int:
    """Return the mask of values that the word being written may have."""
    settings = tables[SETTINGS]
    if registers[TITLE_WORDS] + 1 < settings[MOST_WORDS]:
        return registers[FOLLOWERS]
    if registers[TITLE_WORDS] + 1 == settings[MOST_WORDS]:
        return registers[FOLLOWERS] & settings[LAST_WORDS]
    return LAST_OF_ALL


def is_word(tables: Tables, registers: Registers) -> bool:
    """Return true if what is written is a whole word that may stand here."""
    value = tables[VALUE][registers[NODE]]
    return value >= 0 and (word_values(tables, registers) >> value) & 1 == 1


def title_may_end(tables: Tables, registers: Registers) -> bool:
    """Return true if the title may end with the word that is written."""
    if not is_word(tables, registers):
        return False
    if (tables[SETTINGS][LAST_WORDS] >> tables[VALUE][registers[NODE]]) & 1 == 0:
        return False
    return not is_taken(tables, number_here(tables, registers))


def begin_title(tables: Tables, registers: Registers) -> None:
    """Stand before the first word of a title."""
    registers[NODE] = tables[SETTINGS][TITLE_FIRST]
    registers[TITLE_WORDS] = 0
    registers[TITLE_NUMBER] = 0
    registers[SPELLED] = 0
    registers[FOLLOWERS] = ANY


def end_word(tables: Tables, registers: Registers) -> None:
    """Stand before the next word of the title."""
    registers[TITLE_NUMBER] = number_here(tables, registers)
    value = tables[VALUE][registers[NODE]]
    if FIRST_NAMING <= value < FIRST_NAMING + tables[SETTINGS][NAMING_WORDS]:
        registers[NAMED] = value - FIRST_NAMING + 1
    registers[FOLLOWERS] = tables[WORD_FOLLOWERS][value]
    registers[NODE] = tables[SETTINGS][TITLE_ROOT]
    registers[TITLE_WORDS] += 1
    registers[SPELLED] = 0


def another_word(tables: Tables, registers: Registers) -> bool:
    """Return true if the word that is written may end and another follow: a long title must be taken for that."""
    if not is_word(tables, registers):
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
    if tables[VALUE][registers[NODE]] != OTHER_LAST:  # else it is taken
        symbol = home_in_word(tables, registers, LAST_OF_ALL, -1)
        if symbol >= 0:
            return symbol
    if is_word(tables, registers):
        return tables[SYMBOL_OF][SPACE]
    return home_in_word(tables, registers, word_values(tables, registers), -1)
