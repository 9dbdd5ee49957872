"""Signs around notes: what accidentals, marks, slurs, tuplets, broken rhythm and ties ask of the next note.

The part of the acceptor (see `machine`) that knows accidentals, marks, slurs, tuplets, broken rhythm, ties, chord
symbols and words between exclamation marks.
"""

from tunewright.acceptor.body.lengths import has_form, lengths, refit
from tunewright.acceptor.body.notes import accidental_of, lacks_dot, may_begin, same_name
from tunewright.acceptor.body.sections import on_beat
from tunewright.acceptor.reading import (
    Character,
    Context,
    Control,
    Ending,
    MeterFlag,
    NoteMark,
    Place,
    Reason,
    Repeat,
    Setup,
    State,
    Tables,
)
from tunewright.acceptor.trie import edge


def take_accidental(tables: Tables, state: State, code: int) -> bool:
    """Take an accidental; the state says whether it is the first or doubles one."""
    if not may_begin(tables, state):
        return False
    if state.context == Context.MELODY and state.tie > 0 and accidental_of(state.tie) == 0:
        state.reason = Reason.TIE_MISFIT
        return False
    if state.accidental > 0:
        state.accidental += 3
        state.control = Control.PITCHED
        doubled = state.accidental
    elif code == Character.CARET:
        state.accidental = 1
        state.control = Control.SHARP
        doubled = 4
    elif code == Character.UNDERSCORE:
        state.accidental = 2
        state.control = Control.FLAT
        doubled = 5
    else:
        state.accidental = 3
        state.control = Control.PITCHED
        doubled = 3
    wanted = accidental_of(state.tie)
    if state.context == Context.MELODY and wanted > 0 and wanted != state.accidental and wanted != doubled:
        state.reason = Reason.TIE_MISFIT
        return False
    return True


def is_mark(code: int) -> bool:
    """Return true for a letter that, at the start of a line, may be a mark as well as a field."""
    return code in (Character.L, Character.M, Character.P, Character.T)


def carry_into_tuplet(state: State) -> None:
    """Count grace notes, which a tuplet does not shorten, in lengths that it does shorten."""
    factor = state.tuplet_factor
    state.host = (state.host * state.tuplet_of + factor - 1) // factor


def hold(tables: Tables, state: State) -> bool:
    """Take a fermata: abc2midi doubles the note, which must not make the last bar of a tune with a pick-up too long."""
    if tables[Place.SETTINGS][Setup.TIDY] == 1 or has_form(tables, state) or state.hornpipe == 1 or state.chorded == 1:
        return False
    if state.voice > 0:
        return False
    if state.pickup == 0 or state.repeat == Repeat.MUST_END or state.ending == Ending.FIRST:
        return False
    if state.tie > 0 or state.broken > 0 or state.tuplet_left > 0:
        return False
    state.mark = max(state.mark, NoteMark.TRILL)
    state.holding = 1
    refit(tables, state)
    return state.fit > 0


def take_mark(tables: Tables, state: State, code: int) -> bool:
    """Take a mark of the next note: a dot, a roll, a trill or one that players ignore."""
    state.reason = Reason.MARK_MISFIT
    if state.fit == 0:
        state.reason = Reason.NO_NOTE
        return False
    if code == Character.DOT:
        if (state.mark > NoteMark.SILENT and state.mark != NoteMark.DOT) or (state.broken > 0 and state.parted == 0):
            return False
        state.mark = NoteMark.DOT
        refit(tables, state)
        return state.fit > 0
    if code == Character.TILDE:
        if state.host > 0 or state.tie > 0 or state.broken > 0 or state.mark > NoteMark.SILENT:
            return False
        state.mark = NoteMark.ROLL
        state.host = 4
        if state.tuplet_left > 0:
            carry_into_tuplet(state)
        refit(tables, state)
        return state.fit > 0
    if code in (Character.T, Character.R):
        if state.mark == NoteMark.DOT:  # which is not played then
            state.mark = NoteMark.TRILL
            refit(tables, state)
        state.mark = max(state.mark, NoteMark.TRILL)
        return state.tie == 0 and state.fit > 0 and not lacks_dot(state)
    if code == Character.H:
        return hold(tables, state)
    state.mark = max(state.mark, NoteMark.SILENT)
    return True


def take_length(tables: Tables, state: State, symbol: int) -> bool:
    """Go on in the length of a note."""
    following = edge(tables, state.node, symbol)
    if following < 0:
        return False
    if tables[Place.BELOW][following] & lengths(tables, state) == 0:
        state.reason = Reason.LENGTH_MISFIT
        return False
    if state.context == Context.MELODY and state.tie > 0 and not same_name(state.pitch, state.tie):
        state.reason = Reason.TIE_MISFIT
        return False
    state.node = following
    return True


def take_paren(tables: Tables, state: State) -> bool:
    """Take the character that opens a slur or a tuplet."""
    state.node = tables[Place.SETTINGS][Setup.TUPLET_ROOT]
    if state.fit == 0:
        state.reason = Reason.NO_NOTE
        return False
    if state.slur == 1 and (state.tuplet_left > 0 or state.broken > 0 or state.mark != NoteMark.NONE):
        state.reason = Reason.SLUR_TWICE
        return False
    return True


def begin_slur(state: State) -> bool:
    """Begin a slur."""
    if state.slur == 1:
        state.reason = Reason.SLUR_TWICE
        return False
    state.slur = 1
    state.control = Control.SLURRED
    return True


def begin_dotted_slur(tables: Tables, state: State) -> bool:
    """Let the dot before this character be that of a slur."""
    state.mark = NoteMark.NONE
    refit(tables, state)
    return begin_slur(state)


def begin_tuplet(tables: Tables, state: State) -> bool:
    """Begin a tuplet whose numbers are complete."""
    index = tables[Place.VALUE][state.node]
    state.reason = Reason.TUPLET_MISFIT
    if index < 0:
        return False
    row = tables[Place.TUPLET_TABLE]
    if row[3 * index + 1 + state.threes] != row[3 * index + 1 + state.lasting_threes]:
        state.reason = Reason.TUPLET_DISPUTED
        return False
    state.tuplet_of = row[3 * index]
    state.tuplet_left = row[3 * index]
    state.tuplet_factor = row[3 * index + 1 + state.threes]
    state.tuplet_value = 0
    carry_into_tuplet(state)
    state.last = 0
    state.tieable = 0
    state.control = Control.SLURRED
    refit(tables, state)
    return state.fit > 0


def take_tuplet(tables: Tables, state: State, symbol: int) -> bool:
    """Go on in the numbers of a tuplet."""
    following = edge(tables, state.node, symbol)
    if following < 0:
        return False
    state.reason = Reason.TUPLET_MISFIT
    if state.tuplet_left > 0 or state.broken > 0 or state.mark != NoteMark.NONE:
        return False
    state.node = following
    state.control = Control.TUPLET
    return True


def carries(tables: Tables, state: State, length: int, shortened: int) -> bool:
    """Return true if the note before, of the length `length` - 1, outlasts its grace notes once it is `shortened`."""
    return state.hosted * shortened < 4 * tables[Place.GRAINS_OF][length - 1] or state.hosted == 0


def take_broken(tables: Tables, state: State) -> bool:
    """Take ``>`` or ``<``, once or more: the next note must be as long as the last."""
    state.reason = Reason.BROKEN_MISFIT
    control = state.control
    if state.broken > 0 and (control == Control.UP or control == Control.DOWN):
        return False
    if state.broken > 0:
        state.cut = state.cut * 2 if control == Control.UP_TWICE else state.cut
        if control == Control.AFTER_PAIR and state.cut > 1:
            state.cut = 8
        if control == Control.DOWN_TWICE or control == Control.AFTER_PAIR:
            shortened = 4 if control == Control.DOWN_TWICE else 8
            if state.cut == 1 and not carries(tables, state, state.broken, shortened):
                return False
        refit(tables, state)
        return state.fit > 0
    if state.last == 0 or state.host > 0 or state.mark != NoteMark.NONE:
        return False
    if control == Control.DOWN and not carries(tables, state, state.last, 2):
        return False
    if state.hornpipe == 1:
        short = state.full // 8
        length = tables[Place.GRAINS_OF][state.last - 1] * state.unit // 4
        if length == short and (state.stretch - short) // short % 2 == 1:
            return False
    state.broken = state.last
    state.cut = 2 if control == Control.UP else 1
    state.last = 0
    state.tieable = 0
    refit(tables, state)
    return state.fit > 0


def take_tie(state: State) -> bool:
    """Take a tie: the next note must be the same."""
    if state.tieable == 0 or state.host > 0:
        state.reason = Reason.TIE_MISFIT
        return False
    state.tie = state.pitch
    state.tieable = 0
    return True


def take_name(tables: Tables, state: State, symbol: int) -> bool:
    """Go on in the name of a chord."""
    following = edge(tables, state.node, symbol)
    if following < 0:
        state.reason = Reason.UNKNOWN_WORD
        return False
    if state.meter == 0 or tables[Place.METER_FLAGS][state.meter - 1] & MeterFlag.ACCOMPANIED == 0:
        state.reason = Reason.NO_ACCOMPANIMENT
        return False
    if (
        state.free == 1
        or state.held > 0
        or state.whole > 0
        or not on_beat(state, state.pickup)
        or not on_beat(state, state.phase)
    ):
        state.reason = Reason.NO_ACCOMPANIMENT
        return False
    if state.fit == 0 and not on_beat(state, state.position):
        state.reason = Reason.NO_ACCOMPANIMENT
        return False
    state.chorded = 1
    state.node = following
    return True


def take_sign(tables: Tables, state: State, symbol: int, code: int) -> bool:
    """Go on in a word between exclamation marks or plus signs, or end it."""
    value = tables[Place.VALUE][state.node]
    if code == state.field:
        if value < 0:
            state.reason = Reason.UNKNOWN_WORD
            return False
        state.node = 0
        state.control = Control.MUSIC
        if value > 0:
            state.control = Control.MARKED
            return take_mark(tables, state, Character.T if value == 1 else Character.DOT)
        return True
    following = edge(tables, state.node, symbol)
    state.node = following
    state.reason = Reason.UNKNOWN_WORD
    return following >= 0
