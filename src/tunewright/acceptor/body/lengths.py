"""Lengths of the next note: what is left of the bar, of the tuplet and of the budget.

The part of the acceptor (see `machine`) that knows what is left of the bar, of the tuplet and of the budget.
Functions run over flat tables and state of integers; a function that returns false has refused the character, and
the state are then void.
"""

from tunewright.acceptor.body.sections import bars, pick_up, repeated, sections, target
from tunewright.acceptor.reading import (
    IMPOSSIBLE,
    Context,
    Ending,
    Limit,
    NoteMark,
    Place,
    Repeat,
    Seen,
    Setup,
    State,
    Tables,
)


def goal(tables: Tables, state: State) -> int:
    """Return the ticks at which the bar must end: short of a full bar where the last one of a section balances."""
    if state.opening == 1 and pick_up(tables, state) > 0:
        return pick_up(tables, state)
    if state.held > 0 or state.holding == 1:
        return state.full - state.pickup
    repeats = state.repeat == Repeat.MUST_END or state.ending == Ending.FIRST
    if state.whole > 0 and not repeats:
        if state.opening == 1 and state.whole % state.full > 0:
            return state.whole % state.full
        return min(state.full, state.position + state.whole - state.sounded)
    number = state.bar if state.position > 0 else state.bar + 1
    if number == target(tables, state) and state.phase > 0 and state.opening == 0:
        return state.phase
    if repeats and state.started == 1 and state.phase >= max(state.position, 1) and state.opening == 0:
        return state.phase if overdue(tables, state) else state.full
    return state.full


def room(tables: Tables, state: State) -> int:
    """Return the grains that are left in the bar; -1 where no note may come at all."""
    last, count = target(tables, state), sections(tables, state)
    if count > 0:
        if state.section >= count:
            return -1
        if repeated(tables, state, state.section) and state.repeat == Repeat.NONE and state.ending != Ending.SECOND:
            return -1
    if last > 0 and state.bar >= last and state.position == 0:
        return -1
    if state.held > 0 and state.stretch == 0:
        return -1
    return (goal(tables, state) - state.position) * 4 // state.unit


def is_second(state: State) -> bool:
    """Return true in a hornpipe where a short note is the second of a pair, which abc2midi plays unevenly."""
    return state.hornpipe == 1 and state.stretch // (state.full // 8) % 2 == 1


def shortened(state: State) -> int:
    """By how much the note that carries grace notes is shorter than it is written, for > or < and for a dot."""
    dotted = state.mark == NoteMark.DOT or (state.broken > 0 and state.parted > 0)
    return state.cut * (2 if dotted else 1)


def suits(tables: Tables, state: State, index: int, factor: int) -> int:
    """Return 1 if what waits for the next note, such as a grace note, allows it the length `index`, else 0."""
    value = tables[Place.GRAINS_OF][index]
    if state.broken > 0 and state.broken != index + 1:
        return 0
    if state.tuplet_left > 0 and state.tuplet_value > 0 and state.tuplet_value != index + 1:
        return 0
    if state.holding == 1 and state.held + value * state.unit // 4 > state.pickup:
        return 0
    if is_second(state) and state.tuplet_left == 0 and value * state.unit // 4 == state.full // 8:
        alike = state.parted == index + 1 if state.mark == NoteMark.DOT else state.parted != index + 1
        if state.mark == NoteMark.ROLL or state.parted < 0 or not alike:
            return 0
    if state.mark == NoteMark.ROLL and factor > 1 and value * factor == 12 * state.tuplet_of:
        return 0
    grace = state.host * shortened(state)
    return 0 if grace > 0 and grace >= 4 * value else 1


def refit(tables: Tables, state: State) -> None:
    """Work out which lengths the next note may have, and keep them in `fit`."""
    state.fit = 0
    grains = tables[Place.GRAINS_OF]
    fill = tables[Place.FILL]
    left = room(tables, state)
    factor = 1
    if state.tuplet_left > 0:
        factor = state.tuplet_factor
    for index in range(len(grains)):
        value = grains[index] * factor
        if 0 < state.tuplet_left < state.tuplet_of:
            allowed = True
        elif value > left:
            allowed = False
        else:
            allowed = fill[left - value] < IMPOSSIBLE
        if allowed and suits(tables, state, index, factor) == 1:
            state.fit |= 1 << index


def enough_to_finish(tables: Tables, state: State) -> int:
    """Return a number of characters that is enough to finish from anywhere."""
    length = tables[Place.SETTINGS][Setup.ROOM]
    last = bars(tables, state)
    if state.seen & Seen.K == 0:
        length += tables[Place.SETTINGS][Setup.HEADER_ROOM]
    if state.full > 0 and state.unit > 0:
        bar = tables[Place.FILL][state.full * 4 // state.unit] + 2
        length += 3 * bar
        if last > state.bar:
            length += (last - state.bar) * bar + 8 * sections(tables, state)
    elif last > 0:
        length += last * 40
    return length


def has_form(tables: Tables, state: State) -> bool:
    """Return true if it is said when the tune ends."""
    return bars(tables, state) > 0 or sections(tables, state) > 0 or state.whole > 0


def ends_now(tables: Tables, state: State) -> bool:
    """Return true if about two bars beyond the shortest completion are left, so that the tune must end."""
    if has_form(tables, state):
        return False
    return state.budget < enough_to_finish(tables, state) or overdue(tables, state)


def overdue(tables: Tables, state: State) -> bool:
    """Return true in a tidy tune where an ending, a repeat or the whole lasts longer than human ones do."""
    if tables[Place.SETTINGS][Setup.TIDY] == 0 or has_form(tables, state):
        return False
    in_ending = state.ending == Ending.FIRST or state.ending == Ending.SECOND
    if in_ending and state.bar - state.ending_bar >= Limit.ENDING:
        return True
    if state.repeat == Repeat.MUST_END and state.bar - state.section_bar >= Limit.REPEAT:
        return True
    return state.bar >= Limit.TUNE


def leave_room(tables: Tables, state: State) -> None:
    """Keep the next note from filling the bar."""
    left = room(tables, state)
    for index in range(len(tables[Place.GRAINS_OF])):
        if tables[Place.GRAINS_OF][index] == left and (state.fit >> index) & 1 == 1:
            state.fit -= 1 << index


def grace_lengths(tables: Tables, state: State) -> int:
    """Return the mask of lengths of a grace note that leave something of the longest note that may follow."""
    grains = tables[Place.GRAINS_OF]
    longest = 0
    for index in range(len(grains)):
        if (state.fit >> index) & 1 == 1:
            longest = grains[index]
    allowed = 0
    for index in range(len(grains)):
        if grains[index] <= 8 and (state.host - 4 + grains[index]) * shortened(state) < 4 * longest:
            allowed |= 1 << index
    return allowed


def lengths(tables: Tables, state: State) -> int:
    """Return the mask of lengths that the note now being written may have."""
    unit = 1 << tables[Place.SETTINGS][Setup.UNIT_VALUE]
    if state.context == Context.MELODY:
        return state.fit
    if state.context == Context.GRACE:
        return unit if state.tuplet_left > 0 else grace_lengths(tables, state)
    if state.chord > 0:
        return 1 << (state.chord - 1)
    if state.tuplet_left > 0:
        return state.fit
    return state.fit | unit
