"""Completion of a bar or word: the note or letter that leads on towards the end.

The part of the acceptor (see `machine`) that writes in a completion: the tonic of the key in the length that fills
the bar best, and the shortest word where one is begun. Each function returns the next symbol, or -1 where it sees none.
"""

from tunewright.acceptor.body.lengths import goal, lengths
from tunewright.acceptor.body.notes import accidental_of, lacks_dot, letter_of, marks_of
from tunewright.acceptor.body.sections import repeated, sections, target
from tunewright.acceptor.reading import ANY, IMPOSSIBLE, Character, Context, Ending, Place, Repeat, State, Tables


def finishing_note(tables: Tables, state: State) -> int:
    """The note that a tie needs, else the tonic, else any note that the vocabulary has."""
    symbols = tables[Place.SYMBOL_OF]
    if state.context == Context.MELODY and lacks_dot(state):
        return symbols[Character.DOT]
    if state.context == Context.MELODY and state.tie > 0:
        accidental = accidental_of(state.tie)
        if accidental > 0 and state.accidental > 0 and state.accidental != accidental:
            return symbols[Character.CARET if accidental == 4 else Character.UNDERSCORE]
        return symbols[letter_of(state.tie)]
    capital = Character.CAPITAL_A + (state.tonic + 2) % 7
    if symbols[capital] >= 0:
        return symbols[capital]
    if symbols[capital + 32] >= 0:
        return symbols[capital + 32]
    for code in range(Character.CAPITAL_A, Character.CAPITAL_A + 7):
        if symbols[code] >= 0:
            return symbols[code]
        if symbols[code + 32] >= 0:
            return symbols[code + 32]
    return -1


def finish_word(tables: Tables, state: State, allowed: int, end: int) -> int:
    """The next character of the shortest word that is allowed, or `end` behind it."""
    node = state.node
    value = tables[Place.VALUE][node]
    if value >= 0 and (allowed == ANY or (allowed >> value) & 1 == 1):
        return end
    best = -1
    least = IMPOSSIBLE
    for at in range(tables[Place.FIRST_EDGE][node], tables[Place.FIRST_EDGE][node + 1]):
        following = tables[Place.EDGE_TARGET][at]
        if tables[Place.BELOW][following] & allowed and tables[Place.HEIGHT][following] < least:
            least = tables[Place.HEIGHT][following]
            best = tables[Place.EDGE_SYMBOL][at]
    return best


def closes(tables: Tables, state: State) -> bool:
    """Return true if a repeat must end before the tune may."""
    if state.repeat == Repeat.MUST_END or state.ending == Ending.FIRST:
        return True
    return state.ending != Ending.SECOND and repeated(tables, state, state.section)


def wanted_length(tables: Tables, state: State) -> int:
    """The length, as an index, that the note now being written should have; -1 to leave it as it is."""
    allowed = lengths(tables, state) & tables[Place.BELOW][state.node]
    value = tables[Place.VALUE][state.node]
    here = value >= 0 and (allowed >> value) & 1 == 1
    if state.context == Context.MELODY:
        ticks = goal(tables, state) - state.position
        at_will = sections(tables, state) == 0 or target(tables, state) == 0
        if closes(tables, state) and state.phase > state.position and at_will:
            ticks = state.phase - state.position
        best = tables[Place.BEST][ticks * 4 // state.unit]
        if best >= 0 and (allowed >> best) & 1 == 1:
            return -1 if best == value else best
    if here:
        return -1
    for index in range(len(tables[Place.GRAINS_OF])):
        if (allowed >> index) & 1 == 1:
            return index
    return -1


def finish_length(tables: Tables, state: State) -> int:
    """The next character of the length that fills the bar best; -1 to leave it as it is."""
    if state.context == Context.MELODY and state.tie > 0 and marks_of(state.pitch) < marks_of(state.tie):
        return tables[Place.SYMBOL_OF][
            Character.APOSTROPHE if letter_of(state.pitch) >= Character.SMALL_A else Character.COMMA
        ]
    wanted = wanted_length(tables, state)
    if wanted >= 0:
        node = state.node
        for at in range(tables[Place.FIRST_EDGE][node], tables[Place.FIRST_EDGE][node + 1]):
            if tables[Place.BELOW][tables[Place.EDGE_TARGET][at]] >> wanted & 1 == 1:
                return tables[Place.EDGE_SYMBOL][at]
    if state.context == Context.GRACE:
        return tables[Place.SYMBOL_OF][Character.CLOSING_BRACE]
    if state.context == Context.CHORD:
        return tables[Place.SYMBOL_OF][Character.CLOSING_BRACKET]
    return -1
