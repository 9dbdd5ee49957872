"""Titles: words that tunes are called by, but no title that a tune has already.

The part of the acceptor (see `machine`) that knows titles, where it was given those of a corpus (`known_headers`). A
word's value says what kind it is: OTHER, or OTHER_LAST if a title may end with it; then those that name the first
rhythm, the second ...; then common words, each a kind of its own. Kinds follow each other as they do in the corpus.

A title has a number: the sum, over its words that are not silent, of a number that the letters of each make. Articles,
bare signs and names of rhythms are silent. So titles that differ by nothing but these, capitals and the order of words
have the same number.
"""

from tunewright.acceptor.filling import finish_word
from tunewright.acceptor.reading import ANY, CHARACTERS, Character, Place, Reason, Setup, State, Tables
from tunewright.acceptor.trie import edge

OTHER, OTHER_LAST, FIRST_NAMING = 0, 1, 2
LAST_OF_ALL = 1 << OTHER_LAST
"""Mask of the words that may always follow, and end a title: completions need them."""
PRIME = 2**31 - 1
MOST_BLANKS_BEFORE = 4


def spelled(number: int, code: int) -> int:
    """Return the number of a word that goes on with this class of characters; only letters and digits count."""
    if Character.CAPITAL_A <= code <= Character.CAPITAL_Z:
        code += Character.SMALL_A - Character.CAPITAL_A
    if (
        Character.SMALL_A <= code <= Character.SMALL_Z
        or Character.ZERO <= code <= Character.NINE
        or code == CHARACTERS - 1
    ):
        return (number * 257 + code) % PRIME
    return number


def with_word(total: int, number: int) -> int:
    """Return the number of a title that has one more word; squares keep letters from changing places unnoticed."""
    return (total + number * number) % PRIME


def number_here(tables: Tables, state: State) -> int:
    """Return the number of the title if it ended with the word that is written."""
    if (tables[Place.SETTINGS][Setup.SILENT_WORDS] >> tables[Place.VALUE][state.node]) & 1 == 1:
        return state.title_number
    return with_word(state.title_number, state.spelled)


def is_taken(tables: Tables, number: int) -> bool:
    """Return true if a tune of the corpus has a title of this number."""
    titles = tables[Place.TITLES]
    low = 0
    high = len(titles)
    while low < high:
        middle = (low + high) // 2
        if titles[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low < len(titles) and titles[low] == number


def word_values(tables: Tables, state: State) -> int:
    """Return the mask of values that the word being written may have."""
    settings = tables[Place.SETTINGS]
    if state.title_words + 1 < settings[Setup.MOST_WORDS]:
        return state.followers
    if state.title_words + 1 == settings[Setup.MOST_WORDS]:
        return state.followers & settings[Setup.LAST_WORDS]
    return LAST_OF_ALL


def is_word(tables: Tables, state: State) -> bool:
    """Return true if what is written is a whole word that may stand here."""
    value = tables[Place.VALUE][state.node]
    return value >= 0 and (word_values(tables, state) >> value) & 1 == 1


def title_may_end(tables: Tables, state: State) -> bool:
    """Return true if the title may end with the word that is written."""
    if not is_word(tables, state):
        return False
    if (tables[Place.SETTINGS][Setup.LAST_WORDS] >> tables[Place.VALUE][state.node]) & 1 == 0:
        return False
    return not is_taken(tables, number_here(tables, state))


def begin_title(tables: Tables, state: State) -> None:
    """Stand before the first word of a title."""
    state.node = tables[Place.SETTINGS][Setup.TITLE_FIRST]
    state.title_words = 0
    state.title_number = 0
    state.spelled = 0
    state.followers = ANY


def end_word(tables: Tables, state: State) -> None:
    """Stand before the next word of the title."""
    state.title_number = number_here(tables, state)
    value = tables[Place.VALUE][state.node]
    if FIRST_NAMING <= value < FIRST_NAMING + tables[Place.SETTINGS][Setup.NAMING_WORDS]:
        state.named = value - FIRST_NAMING + 1
    state.followers = tables[Place.WORD_FOLLOWERS][value]
    state.node = tables[Place.SETTINGS][Setup.TITLE_ROOT]
    state.title_words += 1
    state.spelled = 0


def another_word(tables: Tables, state: State) -> bool:
    """Return true if the word that is written may end and another follow: a long title must be taken for that."""
    if not is_word(tables, state):
        return False
    return state.title_words + 1 < tables[Place.SETTINGS][Setup.MOST_WORDS] or not title_may_end(tables, state)


def take_title(tables: Tables, state: State, symbol: int, code: int) -> bool:
    """Go on in a title."""
    state.reason = Reason.UNKNOWN_WORD
    following = edge(tables, state.node, symbol)
    if following >= 0:
        state.node = following
        state.spelled = spelled(state.spelled, code)
        return tables[Place.BELOW][following] & word_values(tables, state) != 0
    if code != Character.SPACE:
        return False
    if state.node == tables[Place.SETTINGS][Setup.TITLE_FIRST]:
        state.text += 1
        return state.text <= MOST_BLANKS_BEFORE
    if not another_word(tables, state):
        return False
    end_word(tables, state)
    return True


def finish_title(tables: Tables, state: State, end: int) -> int:
    """The next character of a title in a completion: it ends soon with an ordinary word."""
    if title_may_end(tables, state):
        return end
    if tables[Place.VALUE][state.node] != OTHER_LAST:  # else it is taken
        symbol = finish_word(tables, state, LAST_OF_ALL, -1)
        if symbol >= 0:
            return symbol
    if is_word(tables, state):
        return tables[Place.SYMBOL_OF][Character.SPACE]
    return finish_word(tables, state, word_values(tables, state), -1)
