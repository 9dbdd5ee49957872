"""Repeats, endings and sections: where they may begin and end.

The part of the acceptor (see `machine`) that knows bar lines other than the plain one. abc2midi wants each ``:|`` to
have its ``|:``, but for the first section, and for tunes that had endings before; a second ending right after the
first; and the second time through to count like the first.
"""

from tunewright.acceptor.body.bars import (
    ending_open,
    ends_on_tonic,
    not_idle,
    nothing_pending,
    plain_line,
    plays_once,
    soft_line,
    start_bar,
)  # fmt: skip
from tunewright.acceptor.body.lengths import ends_now, has_form
from tunewright.acceptor.body.sections import may_have_endings, repeated, sections, target
from tunewright.acceptor.reading import Control, Ending, Place, Reason, Repeat, Setup, State, Tables


def may_close(tables: Tables, state: State) -> bool:
    """Return true if the conditions allow the section to end here."""
    last = target(tables, state)
    if last > 0 and sections(tables, state) > 0 and state.bar != last:
        state.reason = Reason.FORM_BROKEN
        return False
    return ends_on_tonic(state)


def may_start(tables: Tables, state: State) -> bool:
    """Return true if a section, or its ending, may start here."""
    if ends_now(tables, state) or state.held > 0:
        state.reason = Reason.CADENCE
        return False
    last = target(tables, state)
    if last > 0 and state.bar >= last and state.opening == 0:
        state.reason = Reason.FORM_BROKEN
        return False
    if sections(tables, state) == 0:
        return True
    if not repeated(tables, state, state.section):
        state.reason = Reason.FORM_BROKEN
        return False
    return True


def close_section(state: State) -> None:
    """Count a section that has ended."""
    if state.started == 1:
        state.section += 1
    state.started = 0
    state.ending = Ending.NONE
    state.stray = 0
    state.to_tonic = 0
    state.section_bar = state.bar


def opens_with_repeat(state: State) -> bool:
    """Return true between the sign ``|:`` that opens the tune and the first note: the repeat would lead back to a
    double bar there, and what is a pick-up the first time would be a short bar the second time."""
    state.reason = Reason.NO_NOTE
    return state.opening == 1 and state.repeat == Repeat.MUST_END and state.free == 0


def take_double(tables: Tables, state: State) -> bool:
    """End a section that is not repeated, or a second ending."""
    if not nothing_pending(state) or not soft_line(tables, state):
        return False
    if state.stretch == 0 and not not_idle(state):
        return False
    if opens_with_repeat(state) or ending_open(state):
        return False
    if tables[Place.SETTINGS][Setup.TIDY] == 1 and (state.repeat == Repeat.MUST_END or state.started == 0):
        state.reason = Reason.REPEAT_OPEN
        return False
    if state.ending == Ending.SECOND and state.position != 0:
        state.last_phase = state.full
    if sections(tables, state) > 0:
        if state.started == 1 and not (plays_once(tables, state) and may_close(tables, state)):
            state.reason = Reason.FORM_BROKEN
            return False
        close_section(state)
    elif state.repeat != Repeat.MUST_END:
        close_section(state)
    if state.repeat == Repeat.NONE or state.opening == 1:
        state.phase = state.position  # a repeat leads back to this line, whatever pick-up follows it
    return start_bar(tables, state)


def take_dotted(tables: Tables, state: State) -> bool:
    """Let a colon be a dotted bar line, which no tidy tune has."""
    state.control = Control.CLOSED
    state.reason = Reason.REPEAT_MISSING
    return tables[Place.SETTINGS][Setup.TIDY] == 0 and take_double(tables, state)


def start_repeat(tables: Tables, state: State) -> bool:
    """Start a section that will be repeated."""
    if not nothing_pending(state) or not soft_line(tables, state):
        return False
    if state.repeat == Repeat.MUST_END:
        state.reason = Reason.REPEAT_OPEN
        return False
    if ending_open(state):
        return False
    if state.started == 1 and sections(tables, state) > 0 and state.bar > 0:
        if not (plays_once(tables, state) and may_close(tables, state)):
            state.reason = Reason.FORM_BROKEN
            return False
        close_section(state)
    elif sections(tables, state) == 0:
        close_section(state)
    state.started = 0
    state.ending = Ending.NONE
    if not may_start(tables, state):
        return False
    state.phase = -1 if state.opening == 1 else state.position
    state.repeat = Repeat.MUST_END
    state.repeated_from = state.sounded
    return start_bar(tables, state)


def may_stray(tables: Tables, state: State) -> bool:
    """Return true if endings may begin here although no repeat did.

    Once a tune has had endings, abc2midi leaves out the first of such and plays the second one.
    """
    return state.played == 1 and sections(tables, state) == 0 and state.ending != Ending.SECOND


def goes_back(state: State) -> bool:
    """Return true if the repeat before, to which abc2midi goes back once a tune has had endings, counts like this."""
    return state.free == 1 or (state.phase == 0 and state.last_phase == 0)


def has_begun(tables: Tables, state: State) -> bool:
    """Return true within a repeat: behind ``|:``, or at the start of the tune, which was in the metre of the header."""
    if state.repeat != Repeat.MAY_END:
        return state.repeat == Repeat.MUST_END
    if state.voice > 0 and state.phase != 0:  # abc2midi would count the pick-up as a bar
        return False
    return state.full == tables[Place.METER_TICKS][state.meter - 1]


def opened(tables: Tables, state: State) -> bool:
    """Return true if there is a repeat that may end here."""
    if state.ending == Ending.NONE:
        again = state.played > 0 and sections(tables, state) == 0 and goes_back(state)
        return has_begun(tables, state) or again
    return state.ending == Ending.FIRST or (state.ending == Ending.SECOND and (state.stray == 0 or goes_back(state)))


def is_left_out(tables: Tables, state: State) -> bool:
    """Return true in a first ending that is not played, so that its last bar may be of any length."""
    stray = state.ending == Ending.FIRST and state.stray == 1
    return stray and tables[Place.SETTINGS][Setup.TIDY] == 0


def repeat_fits(tables: Tables, state: State) -> bool:
    """Count the bar at the end of a repeat; false if the second time through would not count the same."""
    if not nothing_pending(state):
        return False
    if state.started == 0 or state.notes == 0 or state.held > 0:
        state.reason = Reason.NO_NOTE
        return False
    if not opened(tables, state):
        state.reason = Reason.REPEAT_MISSING
        return False
    if not may_close(tables, state):
        return False
    if state.free == 1 or is_left_out(tables, state):
        state.position = 0
        return True
    if state.position == state.full:
        state.position = 0
        if state.opening == 1:
            state.phase = 0
            state.opening = 0
    if state.position != state.phase or state.opening == 1:
        state.reason = Reason.REPEAT_PHASE
        return False
    return True


def end_repeat(tables: Tables, state: State) -> bool:
    """End a section that is repeated, or its first ending."""
    if not repeat_fits(tables, state):
        return False
    if sections(tables, state) > 0 and not repeated(tables, state, state.section):
        state.reason = Reason.FORM_BROKEN
        return False
    state.sounded += (state.sounded if state.ending == Ending.NONE else state.ending_from) - state.repeated_from
    if state.whole > 0 and state.sounded > state.whole:
        state.reason = Reason.VOICE_MISFIT
        return False
    if state.ending == Ending.FIRST:
        state.ending = Ending.BETWEEN
        state.control = Control.AWAIT
        return start_bar(tables, state)
    if state.ending == Ending.SECOND:
        if state.ending_position != 0:
            state.reason = Reason.REPEAT_PHASE
            return False
        state.position = 0
        state.third = 1 if state.stray == 0 and state.played == 1 and not has_form(tables, state) else 0
        state.played = 0  # programs differ on where a repeat goes back to after this
    else:
        state.third = 0
        state.last_phase = state.phase
        if state.repeat == Repeat.NONE:
            state.played = 2  # what is played now is the third time
    close_section(state)
    state.repeat = Repeat.NONE
    state.phase = state.position
    return start_bar(tables, state)


def repeat_twice(tables: Tables, state: State) -> bool:
    """End a section that is repeated and start the next one, with ``::``."""
    if state.ending != Ending.NONE or state.tie > 0 or state.repeat == Repeat.NONE:
        state.reason = Reason.ENDING_MISSING
        return False
    if not end_repeat(tables, state) or not may_start(tables, state):
        return False
    state.repeat = Repeat.MUST_END
    state.repeated_from = state.sounded
    return start_bar(tables, state)


def first_ending_at_bar(tables: Tables, state: State) -> bool:
    """Start a first ending at a plain bar line."""
    return plain_line(tables, state) and first_ending(tables, state)


def first_ending(tables: Tables, state: State) -> bool:
    """Start a first ending, wherever in a bar."""
    if not nothing_pending(state):
        return False
    begun = has_begun(tables, state)
    if not (begun or may_stray(tables, state)) or state.ending != Ending.NONE or state.started == 0:
        state.reason = Reason.REPEAT_MISSING
        return False
    if state.tie > 0:  # its note would sound on in the second ending
        state.reason = Reason.TIE_OPEN
        return False
    inside = state.position == state.full or target(tables, state) > 0 or state.hornpipe == 1
    if state.opening == 1 or (state.position != 0 and inside):
        state.reason = Reason.BAR_SHORT
        return False
    if not may_start(tables, state) or not may_have_endings(tables, state):
        state.reason = Reason.FORM_BROKEN
        return False
    state.stray = 0 if begun else 1
    state.ending = Ending.FIRST
    state.started = 0
    state.ending_position = state.position
    state.ending_bar = state.bar
    state.ending_from = state.sounded
    return start_bar(tables, state)


def second_ending(tables: Tables, state: State) -> bool:
    """Start a second ending, which goes on from where the first one began."""
    if state.ending_position != 0:
        state.last_phase = state.full
    elif state.stray == 0:
        state.last_phase = state.phase
    state.played = 1 if state.voice == 0 else 0
    state.ending = Ending.SECOND
    state.repeat = Repeat.NONE
    state.started = 0
    state.position = state.ending_position
    state.bar = state.ending_bar
    return start_bar(tables, state)


def third_ending(tables: Tables, state: State) -> bool:
    """Start a third ending right behind the sign that ends the second one."""
    if state.third == 0 or state.stretch > 0 or state.idle > 0 or state.started == 1:
        state.reason = Reason.ENDING_MISSING
        return False
    state.third = 0
    state.phase = state.last_phase
    second_ending(tables, state)
    state.played = 2
    return True
