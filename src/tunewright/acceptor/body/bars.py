"""Bars and where a tune may end: whether a bar is complete, counted as abc2midi does.

The part of the acceptor (see `machine`) that counts bars as abc2midi does when it plays the tune with its repeats: a
plain bar line wants a full bar; any other bar line may stand within a bar, which then goes on behind it. The first bar
of the tune may be a pick-up. A section that is repeated must leave over as much of a bar at its end as was left over
before its start (`phase`).
"""

from tunewright.acceptor.body.lengths import ends_now, overdue, refit
from tunewright.acceptor.body.sections import bars, on_beat, pick_up, repeated, sections, target
from tunewright.acceptor.reading import Ending, Limit, NoteMark, Place, Reason, Repeat, Setup, State, Tables


def nothing_pending(state: State) -> bool:
    """Return true if no tuplet, broken rhythm, grace note or mark waits for a note."""
    if state.tuplet_left > 0 or state.broken > 0 or state.host > 0 or state.mark != NoteMark.NONE:
        state.reason = Reason.UNFINISHED
        return False
    return True


def balanced(state: State) -> bool:
    """Return true if the bar is complete, or lacks what the section or the tune began with."""
    position = state.position
    if position == 0 or position == state.full or position == state.phase or state.free == 1:
        return True
    if state.pickup > 0 and position == state.full - state.pickup:
        return True
    if state.stretch == 0 and state.notes == 1:
        return True
    state.reason = Reason.BAR_SHORT
    return False


def plays_once(tables: Tables, state: State) -> bool:
    """Return true if the conditions allow the present section to end without a repeat."""
    count = sections(tables, state)
    if count == 0 or state.started == 0 or state.ending == Ending.SECOND:
        return True
    return state.section < count and not repeated(tables, state, state.section)


def ends_on_tonic(state: State) -> bool:
    """Return true unless the section must end on the tonic and does not."""
    state.reason = Reason.CADENCE
    return state.to_tonic == 0 or state.degree == 1


def form_ends(tables: Tables, state: State) -> bool:
    """Return true if the tune has the bars and the sections that the conditions want."""
    last, count = bars(tables, state), sections(tables, state)
    closed = state.section + state.started
    if last > 0 and state.bar != last:
        state.reason = Reason.FORM_BROKEN
        return False
    if count > 0 and (closed != count or not plays_once(tables, state)):
        state.reason = Reason.FORM_BROKEN
        return False
    return ends_on_tonic(state)


def closes_well(tables: Tables, state: State) -> bool:
    """Return true unless the tune must end, and would do so within a bar on a note that is not the tonic."""
    state.reason = Reason.CADENCE
    if state.free == 1 or state.position in (0, state.full) or state.degree == 1 or state.held > 0:
        return True
    return overdue(tables, state) or not ends_now(tables, state)


def ending_open(state: State) -> bool:
    """Return true in a first ending, or where a second one has no note yet."""
    state.reason = Reason.ENDING_MISSING
    if state.ending == Ending.SECOND:
        return state.started == 0
    return state.ending != Ending.NONE


def slurred(tables: Tables, state: State) -> bool:
    """Return true if a tidy tune has a slur here that must end before a bar line, or before the tune does."""
    state.reason = Reason.SLUR_OPEN
    return tables[Place.SETTINGS][Setup.TIDY] == 1 and state.slur == 1


def nothing_open(tables: Tables, state: State) -> bool:
    """Return true if no tie, slur, repeat or ending is open, and a later voice has lasted as long as the first."""
    if state.tie > 0:
        state.reason = Reason.TIE_OPEN
        return False
    if slurred(tables, state):
        return False
    if state.repeat == Repeat.MUST_END:
        state.reason = Reason.REPEAT_OPEN
        return False
    if state.whole > 0 and state.sounded != state.whole:
        state.reason = Reason.VOICE_MISFIT
        return False
    return not ending_open(state) and state.stray == 0


def may_end(tables: Tables, state: State) -> bool:
    """Return true if the tune, or a voice of it, may end here."""
    if not nothing_pending(state):
        return False
    if state.notes == 0:
        state.reason = Reason.NO_NOTE
        return False
    if not nothing_open(tables, state) or not balanced(state) or not closes_well(tables, state):
        return False
    if state.chorded == 1 and not on_beat(state, state.position):
        state.reason = Reason.BAR_SHORT
        return False
    return form_ends(tables, state)


def not_idle(state: State) -> bool:
    """Count something between notes that is neither a note nor ends a bar; false if there is too much of it."""
    state.idle += 1
    state.text = 0
    state.reason = Reason.TOO_LONG
    return state.idle <= Limit.IDLE


def start_bar(tables: Tables, state: State) -> bool:
    """Forget, after a bar line, what may only follow a note."""
    state.last = 0
    state.tieable = 0
    state.stretch = 0
    state.cut = 1
    state.text = 0
    refit(tables, state)
    if state.started == 0 and ends_now(tables, state) and may_end(tables, state):
        state.fit = 0
    return True


def picks_up_well(tables: Tables, state: State) -> bool:
    """Return true unless the form wants another pick-up."""
    wanted = pick_up(tables, state)
    if wanted < 0 or state.position == 0:
        return True
    return state.position == (wanted if wanted > 0 else state.full)


def open_bar(tables: Tables, state: State) -> bool:
    """Count the first bar of the tune, which may be a pick-up."""
    if state.position > state.full or not picks_up_well(tables, state):
        state.reason = Reason.PICK_UP
        return False
    if state.chorded == 1 and not on_beat(state, state.position):
        state.reason = Reason.PICK_UP
        return False
    if state.position > 0:
        state.opening = 0
        if state.position < state.full:
            state.bar = 0
            state.pickup = state.position
            if state.phase == 0 and state.repeat == Repeat.MAY_END:
                state.repeat = Repeat.NONE
        if state.phase < 0:
            state.phase = state.full - state.position
        state.position = 0
    return True


def soft_line(tables: Tables, state: State) -> bool:
    """Count the bar at a bar line that may stand within one."""
    if state.free == 1:
        state.position = 0
        return True
    if state.opening == 1:
        return open_bar(tables, state)
    if state.held > 0:
        return balanced(state)
    if state.position == state.full:
        state.position = 0
    if state.chorded == 1 and not on_beat(state, state.position):
        state.reason = Reason.BAR_SHORT
        return False
    if ends_now(tables, state):
        return closes_well(tables, state) and balanced(state)
    if 2 * state.position >= state.full and state.repeat != Repeat.MUST_END:
        return True
    return balanced(state)


def complete_bar(tables: Tables, state: State) -> bool:
    """Count the bar at a plain bar line; false if it is not full."""
    if state.free == 1:
        state.position = 0
        return True
    if state.opening == 1 and state.position > 0:
        return open_bar(tables, state)
    if state.opening == 1:
        state.reason = Reason.NO_NOTE
        state.phase = 0
        return state.repeat != Repeat.MUST_END
    state.reason = Reason.BAR_SHORT
    full = state.position in (0, state.full) and state.held == 0
    state.position = 0
    return full


def whole(tables: Tables, state: State) -> bool:
    """Return true unless a tidy tune has a bar line here that only another sign behind it could make right."""
    position = state.position
    if tables[Place.SETTINGS][Setup.TIDY] == 0 or state.free == 1 or state.opening == 1 or position == 0:
        return True
    state.reason = Reason.BAR_SHORT
    return position == state.full or position == state.phase


def closable(state: State) -> bool:
    """Return true if what must end can end at a full bar."""
    return state.phase == 0 or (state.repeat != Repeat.MUST_END and state.ending != Ending.FIRST)


def empty(state: State) -> bool:
    """Return true if nothing that takes time stands before a bar line; right behind ``:|`` and ``||`` one may stand."""
    if state.stretch > 0 or state.notes == 0:
        return False
    return state.started == 1 or state.idle > 1 or state.fit == 0


def plain_line(tables: Tables, state: State) -> bool:
    """Take a plain bar line."""
    if not nothing_pending(state) or (state.stretch == 0 and not not_idle(state)):
        return False
    if tables[Place.SETTINGS][Setup.TIDY] == 1 and empty(state):
        state.reason = Reason.EMPTY_BAR
        return False
    if not complete_bar(tables, state):
        return False
    if state.started == 1 and state.stray == 0 and closable(state) and ends_now(tables, state):
        state.reason = Reason.CADENCE
        return False
    last = target(tables, state)
    if last > 0 and state.bar >= last and state.started == 1 and sections(tables, state) > 0:
        state.reason = Reason.FORM_BROKEN
        return False
    return start_bar(tables, state)
