"""Which note, and which word, leads on towards the end?

The part of the acceptor (see `machine`) that writes on the way home: the tonic of the key in the length that fills
the bar best, and the shortest word where one is begun. Each function returns the next symbol, or -1 where it sees none.
"""

from tunewright.acceptor.body.lengths import goal, lengths
from tunewright.acceptor.body.sections import repeated, sections, target
from tunewright.acceptor.reading import ANY, IMPOSSIBLE, Character, Context, Ending, Repeat, State, Table, Tables


def finishing_note(tables: Tables, state: State) -> int:
    """The note that a tie needs, else the tonic, else any note that the vocabulary has."""
    symbols = tables[Table.SYMBOL_OF]
    if state.context == Context.MELODY and state.tie > 0:
        accidental = state.tie // 1024
        if accidental > 0 and state.accidental > 0 and state.accidental != accidental:
            return symbols[Character.CARET if accidental == 4 else Character.UNDERSCORE]
        return symbols[state.tie % 1024 // 8]
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
    value = tables[Table.VALUE][node]
    if value >= 0 and (allowed == ANY or (allowed >> value) & 1 == 1):
        return end
    best = -1
    least = IMPOSSIBLE
    for at in range(tables[Table.FIRST_EDGE][node], tables[Table.FIRST_EDGE][node + 1]):
        following = tables[Table.EDGE_TARGET][at]
        if tables[Table.BELOW][following] & allowed and tables[Table.HEIGHT][following] < least:
            least = tables[Table.HEIGHT][following]
            best = tables[Table.EDGE_SYMBOL][at]
    return best


def closes(tables: Tables, state: State) -> bool:
    """Return true if a repeat must end before the tune may."""
    if state.repeat == Repeat.MUST_END or state.ending == Ending.FIRST:
        return True
    return state.ending != Ending.SECOND and repeated(tables, state, state.section)


def wanted_length(tables: Tables, state: State) -> int:
    """The length, as an index, that the note now being written should have; -1 to leave it as it is."""
    allowed = lengths(tables, state) & tables[Table.BELOW][state.node]
    value = tables[Table.VALUE][state.node]
    here = value >= 0 and (allowed >> value) & 1 == 1
    if state.context == Context.MELODY:
        ticks = goal(tables, state) - state.position
        at_will = sections(tables, state) == 0 or target(tables, state) == 0
        if closes(tables, state) and state.phase > state.position and at_will:
            ticks = state.phase - state.position
        best = tables[Table.BEST][ticks * 4 // state.unit]
        if best >= 0 and (allowed >> best) & 1 == 1:
            return -1 if best == value else best
    if here:
        return -1
    for index in range(len(tables[Table.GRAINS_OF])):
        if (allowed >> index) & 1 == 1:
            return index
    return -1


def finish_length(tables: Tables, state: State) -> int:
    """The next character of the length that fills the bar best; -1 to leave it as it is."""
    if state.context == Context.MELODY and state.tie > 0 and state.pitch % 8 < state.tie % 8:
        return tables[Table.SYMBOL_OF][
            Character.APOSTROPHE if state.pitch % 1024 // 8 >= Character.SMALL_A else Character.COMMA
        ]
    wanted = wanted_length(tables, state)
    if wanted >= 0:
        node = state.node
        for at in range(tables[Table.FIRST_EDGE][node], tables[Table.FIRST_EDGE][node + 1]):
            if tables[Table.BELOW][tables[Table.EDGE_TARGET][at]] >> wanted & 1 == 1:
                return tables[Table.EDGE_SYMBOL][at]
    if state.context == Context.GRACE:
        return tables[Table.SYMBOL_OF][Character.CLOSING_BRACE]
    if state.context == Context.CHORD:
        return tables[Table.SYMBOL_OF][Character.CLOSING_BRACKET]
    return -1
