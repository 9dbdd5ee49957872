"""Actions of rules that belong to no single room: text, the ends of tokens, and what begins and ends fields and tunes.

Each is the function of a rule in `rules`. The control state after it is set before; an action may choose another one.
"""

from tunewright.acceptor.body.bars import closes_well, may_end, not_idle, nothing_pending, plain_line, slurred, whole
from tunewright.acceptor.body.lengths import has_form
from tunewright.acceptor.body.notes import open_chord
from tunewright.acceptor.body.signs import is_mark, take_mark
from tunewright.acceptor.header.fields_read import field_allowed, take_value, take_word
from tunewright.acceptor.reading import (
    Character,
    Control,
    Limit,
    NoteMark,
    Place,
    Reason,
    Seen,
    Setup,
    State,
    Tables,
    Worded,
)  # fmt: skip


def go() -> bool:
    """Go to the next state."""
    return True


def end_bar_line(tables: Tables, state: State) -> bool:
    """Let a bar line that has been begun be a plain one."""
    state.control = Control.MUSIC
    return plain_line(tables, state)


def begin_chord(state: State) -> bool:
    """Let the bracket before this character be that of a chord."""
    state.control = Control.IN_CHORD
    return open_chord(state)


def begin_mark(tables: Tables, state: State) -> bool:
    """Let the letter before this character, at the start of a line, be a mark and not a field."""
    state.control = Control.MARKED
    return is_mark(state.field) and take_mark(tables, state, state.field)


def end_broken(state: State) -> bool:
    """End the signs of broken rhythm."""
    state.control = Control.SLURRED
    return True


def take_digit(state: State) -> bool:
    """Go on in a number, or in the blanks behind a word."""
    state.text += 1
    return state.text <= 6


def take_text(state: State) -> bool:
    """Go on in a text."""
    state.text += 1
    state.reason = Reason.TOO_LONG
    return state.text <= Limit.TEXT


def take_space(state: State) -> bool:
    """Take a blank between notes."""
    state.text += 1
    state.reason = Reason.TOO_LONG
    return state.text <= Limit.BLANKS


def begin_line_with_space(tables: Tables, state: State) -> bool:
    """Take a blank at the start of a line; not behind the last bar of a form: that line would stay blank."""
    if has_form(tables, state) and may_end(tables, state):
        state.reason = Reason.TOO_LONG
        return False
    return take_space(state)


def end_text(state: State) -> bool:
    """End a line of text."""
    state.control = state.after
    state.line = 2 if state.after == Control.BODY else 0
    return True


def end_value(tables: Tables, state: State, code: int) -> bool:
    """End the value of a field, one within a line of music by a bracket."""
    if (state.inline == 1) != (code == Character.CLOSING_BRACKET) or not take_word(tables, state):
        return False
    return code != Character.LINE_FEED or end_text(state)


def stands_above(tables: Tables, state: State) -> bool:
    """Return true unless a tidy tune has nothing here that words above the music could belong to, or enough of them."""
    state.reason = Reason.NO_NOTE if state.fit == 0 else Reason.TOO_LONG
    return tables[Place.SETTINGS][Setup.TIDY] == 0 or (state.fit > 0 and state.idle < 2)


def open_quote(tables: Tables, state: State) -> bool:
    """Begin a chord symbol, or another text above the music."""
    state.node = tables[Place.SETTINGS][Setup.NAME_ROOT]
    state.text = 0
    return state.mark == NoteMark.NONE and stands_above(tables, state) and not_idle(state)


def close_name(tables: Tables, state: State) -> bool:
    """End the name of a chord."""
    state.reason = Reason.UNKNOWN_WORD
    return tables[Place.VALUE][state.node] >= 0


def open_sign(tables: Tables, state: State, code: int) -> bool:
    """Begin a word between exclamation marks, or between plus signs as it was once written."""
    state.node = tables[Place.SETTINGS][Setup.SIGN_ROOT]
    state.field = code
    return not_idle(state)


def take_star(state: State) -> bool:
    """Take the star with which older books end a line of the score."""
    return not_idle(state)


def close_slur(tables: Tables, state: State) -> bool:
    """End a slur; only a tidy tune must have begun one."""
    state.reason = Reason.NO_SLUR
    opened = state.slur == 1
    state.slur = 0
    return opened or (tables[Place.SETTINGS][Setup.TIDY] == 0 and not_idle(state))


def begin_bar_line(tables: Tables, state: State) -> bool:
    """Begin a bar line with a stroke."""
    return whole(tables, state) and nothing_pending(state) and not slurred(tables, state)


def begin_repeat_end(tables: Tables, state: State) -> bool:
    """Begin the end of a repeat with a colon."""
    return closes_well(tables, state) and nothing_pending(state) and not slurred(tables, state)


def begin_comment(state: State) -> bool:
    """Begin a comment."""
    state.after = Control.BODY if state.seen & Seen.K else Control.HEAD
    state.text = 0
    return state.after == Control.HEAD or (nothing_pending(state) and not_idle(state))


def begin_directive(tables: Tables, state: State) -> bool:
    """Let a second percent sign begin an instruction for engravers."""
    state.field = Character.PERCENT
    return state.text == 0 and take_value(tables, state)


def begin_inline_field(tables: Tables, state: State, code: int) -> bool:
    """Begin a field within a line of music."""
    state.inline = 1
    return field_allowed(tables, state, code)


def take_mark_or_field(state: State, code: int) -> bool:
    """Take a letter at the start of a line that may be a mark or begin a field."""
    state.field = code
    state.after = Control.BODY
    return True


def begin_text_field(tables: Tables, state: State) -> bool:
    """Let the letter at the start of this line be that of a field."""
    state.inline = 0
    return field_allowed(tables, state, state.field) and take_value(tables, state)


def end_tune(tables: Tables, state: State) -> bool:
    """End the tune behind notes, where no words can follow."""
    state.reason = Reason.LYRICS_MISSING
    return state.worded != Worded.WITH_WORDS and may_end(tables, state)
