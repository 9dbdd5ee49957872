"""Fields of the header and among the music: what each may hold, and what it changes.

The part of the acceptor (see `machine`) that knows the header, and the fields among the music.
"""

from tunewright.acceptor.body.bars import not_idle, nothing_pending
from tunewright.acceptor.body.later_voices import begin_music
from tunewright.acceptor.body.lengths import enough_to_finish, refit
from tunewright.acceptor.body.sections import bars, draw_form, sections
from tunewright.acceptor.header.agreement import bit_of, combined_words, goes_on
from tunewright.acceptor.header.titles import begin_title, end_word, take_title, title_may_end
from tunewright.acceptor.reading import (
    ANY,
    IMPOSSIBLE,
    Character,
    Control,
    Ending,
    Limit,
    MeterFlag,
    Place,
    Reason,
    Repeat,
    Seen,
    Setup,
    State,
    Tables,
)
from tunewright.acceptor.trie import edge


def fills(tables: Tables, full: int, unit: int) -> bool:
    """Return true if notes can fill `full` ticks when the unit length is `unit` ticks."""
    if full * 4 % unit != 0:
        return False
    return tables[Place.FILL][full * 4 // unit] < IMPOSSIBLE


def meter_fits(tables: Tables, state: State, index: int, unit: int) -> bool:
    """Return true if this metre may stand in the header, or among the music, with this unit length."""
    flags = tables[Place.METER_FLAGS][index]
    if state.hornpipe == 1 and flags & MeterFlag.HORNPIPE == 0:
        return False
    if state.seen & Seen.K and flags & MeterFlag.ACCOMPANIED == 0:
        return False
    if flags & MeterFlag.FREE and bars(tables, state) > 0:
        return False
    full = tables[Place.METER_TICKS][index]
    return fills(tables, full, unit if unit > 0 else tables[Place.METER_UNITS][index])


def unit_fits(tables: Tables, state: State, unit: int) -> bool:
    """Return true if this unit length goes with the metre, or with one that may still come."""
    if state.full > 0:
        return fills(tables, state.full, unit)
    known = tables[Place.BELOW][tables[Place.ROOTS][Character.M]]
    for index in range(len(tables[Place.METER_FLAGS])):
        if (known >> index) & 1 == 1 and meter_fits(tables, state, index, unit):
            return True
    return False


def field_words(tables: Tables, state: State) -> int:
    """Return the mask of values that the field being written may have."""
    combined = len(tables[Place.COMBINATIONS]) > 0 and state.seen & Seen.K == 0
    allowed = 0
    if state.field == Character.M:
        for index in range(len(tables[Place.METER_FLAGS])):
            if meter_fits(tables, state, index, state.unit):
                allowed |= 1 << index
        return allowed & combined_words(tables, state) if combined else allowed
    if state.field == Character.L:
        for index in range(len(tables[Place.UNIT_TICKS])):
            if unit_fits(tables, state, tables[Place.UNIT_TICKS][index]):
                allowed |= 1 << index
        return allowed & combined_words(tables, state) if combined else allowed
    return combined_words(tables, state) if combined and state.field == Character.R else ANY


def take_field(tables: Tables, state: State, code: int) -> bool:
    """Begin a line of the header with the letter of a field."""
    bit = bit_of(code)
    state.field = code
    state.reason = Reason.HEADER_ORDER
    if (state.seen & Seen.X == 0) != (code == Character.X):
        return False
    once = Seen.X | Seen.M | Seen.L | Seen.Q | (tables[Place.SETTINGS][Setup.REQUIRED] & (Seen.T | Seen.R))
    if tables[Place.SETTINGS][Setup.TIDY] == 1 or len(tables[Place.COMBINATIONS]) > 0:
        once |= Seen.T | Seen.R
    if state.seen & bit & once:
        return False
    needed = tables[Place.SETTINGS][Setup.REQUIRED]
    if code == Character.K and state.seen & needed != needed:
        return False
    if code != Character.X and not goes_on(tables, state, code):
        return False
    state.seen |= bit
    state.after = Control.HEAD
    state.inline = 0
    return True


def voice_holds(state: State, code: int) -> bool:
    """Return true if a voice may hold this field; after a metre or unit length of its own no other voice follows."""
    state.reason = Reason.VOICE_MISFIT
    if code == Character.K:
        return True
    state.voice = Limit.VOICES
    return state.whole == 0 and (code == Character.M or code == Character.L)


def field_allowed(tables: Tables, state: State, code: int) -> bool:
    """Return true if this field may stand among the music here."""
    state.field = code
    state.after = Control.BODY
    state.tieable = 0
    if code != Character.W and not not_idle(state):
        return False
    if state.tie > 0 or not nothing_pending(state):
        state.reason = Reason.TIE_OPEN if state.tie > 0 else Reason.UNFINISHED
        return False
    if state.voice > 0 and not voice_holds(state, code):
        return False
    if code in (Character.M, Character.L):
        state.reason = Reason.BAR_SHORT
        if state.position != 0 or state.ending != Ending.NONE:
            return False
        if state.phase > 0 or state.free == 1:
            return False
        state.reason = Reason.METER_MISFIT
        if tables[Place.BELOW][tables[Place.ROOTS][code]] & field_words(tables, state) == 0:
            return False
    if code != Character.M:
        return True
    if state.repeat == Repeat.MAY_END and sections(tables, state) > 0:
        return False
    return state.repeat != Repeat.MUST_END and state.hornpipe == 0


def take_value(tables: Tables, state: State) -> bool:
    """Take the colon after the letter of a field."""
    state.text = 0
    code = state.field
    root = tables[Place.ROOTS][code]
    if code == Character.X:
        state.control = Control.NUMBER
    elif root > 0:
        state.control = Control.WORD
        state.node = root
        if code == Character.T and tables[Place.SETTINGS][Setup.TITLE_ROOT] > 0:
            begin_title(tables, state)
    elif code == Character.R:
        state.control = Control.RHYTHM
        state.node = tables[Place.SETTINGS][Setup.RHYTHM_ROOT]
    else:
        state.control = Control.TEXT_START
    return True


def may_stand(tables: Tables, state: State) -> bool:
    """Return true if the value of a field may end here."""
    if state.field == Character.T and tables[Place.SETTINGS][Setup.TITLE_ROOT] > 0:
        return title_may_end(tables, state)
    value = tables[Place.VALUE][state.node]
    if value < 0 or (state.field != Character.M and state.field != Character.L and state.field != Character.R):
        return value >= 0
    return (field_words(tables, state) >> value) & 1 == 1


def take_edge(tables: Tables, state: State, symbol: int, code: int) -> bool:
    """Go on in the word that is the value of a field."""
    if state.field == Character.T and tables[Place.SETTINGS][Setup.TITLE_ROOT] > 0:
        return take_title(tables, state, symbol, code)
    following = edge(tables, state.node, symbol)
    if following >= 0:
        if tables[Place.BELOW][following] & field_words(tables, state) == 0:
            state.reason = Reason.METER_MISFIT
            return False
        state.node = following
        return True
    if code == Character.SPACE and state.node == tables[Place.ROOTS][state.field] and state.text < 4:
        state.text += 1
        return True
    if code == Character.SPACE and may_stand(tables, state):
        state.control = Control.WORD_END
        state.text = 0
        return True
    state.reason = Reason.UNKNOWN_WORD
    return False


def take_word(tables: Tables, state: State) -> bool:
    """End the value of a field and do what it says."""
    value = tables[Place.VALUE][state.node]
    code = state.field
    if not may_stand(tables, state):
        state.reason = Reason.UNKNOWN_WORD if value < 0 else Reason.METER_MISFIT
        return False
    if code == Character.M:
        set_meter(tables, state, value)
    elif code == Character.L:
        state.unit = tables[Place.UNIT_TICKS][value]
    elif code == Character.K:
        state.tonic = value
    elif code == Character.R:
        state.rhythm_of = value + 1
        state.hornpipe = (tables[Place.SETTINGS][Setup.HORNPIPES] >> value) & 1
    elif code == Character.T and tables[Place.SETTINGS][Setup.TITLE_ROOT] > 0:
        end_word(tables, state)
    if state.inline == 1:
        state.inline = 0
        state.control = Control.MUSIC
    elif code == Character.K and state.after == Control.HEAD:
        begin_body(tables, state)
    if state.after == Control.BODY:
        refit(tables, state)
    return True


def set_meter(tables: Tables, state: State, value: int) -> None:
    """Set the length of bars."""
    flags = tables[Place.METER_FLAGS][value]
    state.full = tables[Place.METER_TICKS][value]
    state.free = 1 if flags & MeterFlag.FREE else 0
    state.threes = 1 if flags & MeterFlag.THREES else 0
    if state.after == Control.HEAD:
        state.lasting_threes = 1 if flags & MeterFlag.LASTING_THREES else 0
        state.meter = value + 1
        return
    state.played = 0  # going back would play bars of the other metre


def begin_body(tables: Tables, state: State) -> None:
    """Set what holds at the start of the music."""
    if state.unit == 0:
        state.unit = tables[Place.METER_UNITS][state.meter - 1]
    state.after = Control.BODY
    begin_music(state)
    draw_form(tables, state)
    if enough_to_finish(tables, state) > state.budget:
        state.form = 0
    refit(tables, state)


def take_rhythm(tables: Tables, state: State, symbol: int, code: int) -> bool:
    """Go on in the value of ``R:``, where the word hornpipe changes what metres abc2midi allows."""
    node = state.node
    if code == Character.SPACE and node == tables[Place.SETTINGS][Setup.RHYTHM_ROOT]:
        return True
    following = edge(tables, node, symbol)
    if following < 0:
        state.control = Control.TEXT_BODY
        return node != tables[Place.SETTINGS][Setup.RHYTHM_ROOT] or code not in (Character.COLON, Character.STROKE)
    state.node = following
    if tables[Place.VALUE][following] >= 0:
        state.hornpipe = 1
        state.control = Control.TEXT_BODY
        if state.meter == 0 and not unit_fits(tables, state, state.unit):
            state.reason = Reason.METER_MISFIT
            return False
        if state.meter > 0 and tables[Place.METER_FLAGS][state.meter - 1] & MeterFlag.HORNPIPE == 0:
            state.reason = Reason.METER_MISFIT
            return False
    return True
