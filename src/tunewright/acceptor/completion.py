"""Shortest completion: which character leads to the end of the tune soonest.

The part of the acceptor (see `machine`) that finds home: it ends what is open, lets the bar be filled (see
`filling`), and closes repeats, endings and sections. Each function returns the next symbol, or -1 where it
sees none.
"""

from tunewright.acceptor.body.bars import closable, closes_well, may_end, plays_once
from tunewright.acceptor.body.endings import is_left_out
from tunewright.acceptor.body.lengths import ends_now
from tunewright.acceptor.body.sections import repeated, sections, target
from tunewright.acceptor.body.signs import is_mark
from tunewright.acceptor.filling import closes, finish_length, finish_word, finishing_note
from tunewright.acceptor.header.agreement import finish_combination
from tunewright.acceptor.header.fields_read import field_words
from tunewright.acceptor.header.titles import finish_title
from tunewright.acceptor.reading import (
    ANY,
    Character,
    Control,
    Ending,
    NoteMark,
    Place,
    Repeat,
    Seen,
    Setup,
    State,
    Tables,
    Worded,
)
from tunewright.acceptor.rules import is_open, settle


def finish_header(tables: Tables, state: State) -> int:
    """The letter of the field that the shortest header needs next."""
    symbols = tables[Place.SYMBOL_OF]
    missing = (tables[Place.SETTINGS][Setup.REQUIRED] | Seen.X) & ~state.seen
    if missing & Seen.X:
        return symbols[Character.X]
    if missing & Seen.T:
        return symbols[Character.T]
    if len(tables[Place.COMBINATIONS]) > 0:
        return symbols[finish_combination(tables, state)]
    if missing & Seen.R:
        return symbols[Character.R]
    if missing & Seen.L:
        return symbols[Character.L]
    if missing & Seen.M:
        return symbols[Character.M]
    return symbols[Character.K]


def must_close(tables: Tables, state: State) -> bool:
    """Return true if a section that is played once must end at this bar line."""
    if state.started == 0:
        return False
    if state.stray == 1 and state.ending == Ending.SECOND:
        return True
    if closable(state) and state.opening == 0 and ends_now(tables, state):
        return True
    if state.section >= sections(tables, state) or not plays_once(tables, state):
        return False
    last = target(tables, state)
    return state.bar == last or (last == 0 and state.opening == 0)


def must_repeat(tables: Tables, state: State, closing: bool) -> bool:
    """Return true if the section that begins at this bar line is a repeated one."""
    following = state.section + (1 if closing else 0)
    if not repeated(tables, state, following):
        return False
    return closing or (state.started == 0 and state.repeat == Repeat.NONE)


def finish_bar_line(tables: Tables, state: State) -> int:
    """The next character after a single bar line has been begun; -1 if that is enough."""
    symbols = tables[Place.SYMBOL_OF]
    closing = must_close(tables, state)
    if must_repeat(tables, state, closing):
        return symbols[Character.COLON]
    complete = state.position == state.full or state.position == 0 or state.free == 1
    if not closing and (complete or state.opening == 1):
        return -1
    if symbols[Character.CLOSING_BRACKET] >= 0:
        return symbols[Character.CLOSING_BRACKET]
    return symbols[Character.STROKE]


def may_repeat(tables: Tables, state: State) -> bool:
    """Return true if the completion ends a repeat here."""
    if not closes(tables, state) or state.started == 0 or state.notes == 0:
        return False
    if is_left_out(tables, state):
        return True
    last = target(tables, state)
    if last > 0 and sections(tables, state) > 0 and state.bar != last:
        return False
    full = state.position == state.full
    if state.opening == 1 or state.free == 1:
        return full or state.free == 1
    if state.position == state.phase:
        return closes_well(tables, state)
    return full and state.phase == 0


def finish_colon(tables: Tables, state: State) -> int:
    """The next character after a colon that ends a repeat; -1 where it is a dotted bar line."""
    dotted = tables[Place.SETTINGS][Setup.TIDY] == 0 and not may_repeat(tables, state)
    return -1 if dotted else tables[Place.SYMBOL_OF][Character.STROKE]


def needs_note(state: State) -> bool:
    """Return true if something waits for a note that can come before the bar line."""
    if state.tie > 0 and state.fit == 0:
        return False
    if state.tuplet_left > 0 or state.broken > 0 or state.host > 0 or state.tie > 0:
        return True
    return state.mark != NoteMark.NONE or state.control == Control.SLURRED


def finish_music(tables: Tables, state: State) -> int:
    """The next character between notes."""
    symbols = tables[Place.SYMBOL_OF]
    if needs_note(state):
        return finishing_note(tables, state)
    if state.slur == 1:
        return symbols[Character.CLOSING_PAREN]
    if may_end(tables, state):
        if state.worded == Worded.WITH_WORDS and state.control != Control.BODY:
            return finish_before_words(tables, state)
        return tables[Place.SETTINGS][Setup.END_SYMBOL]
    if may_repeat(tables, state):
        return symbols[Character.COLON]
    stray = state.stray == 1 and state.ending == Ending.SECOND and state.started == 1
    if state.fit == 0 or (stray and state.position == 0):
        return symbols[Character.STROKE]
    return finishing_note(tables, state)


def finish_token(tables: Tables, state: State) -> int:
    """The next character within what a character has begun; -1 if it is complete."""
    symbols = tables[Place.SYMBOL_OF]
    control = state.control
    if tables[Place.FINISHES][control] > 0:
        return symbols[tables[Place.FINISHES][control]]
    if control in (Control.WORD, Control.WORD_END):
        end = symbols[Character.CLOSING_BRACKET] if state.inline == 1 else symbols[Character.LINE_FEED]
        if state.field == Character.T and tables[Place.SETTINGS][Setup.TITLE_ROOT] > 0:
            return finish_title(tables, state, end)
        return end if control == Control.WORD_END else finish_word(tables, state, field_words(tables, state), end)
    if control == Control.CHORD_NAME:
        return finish_word(tables, state, ANY, symbols[Character.QUOTATION])
    if control in (Control.BANG, Control.PLUS, Control.SIGN):
        return finish_word(tables, state, ANY, symbols[state.field])
    if control == Control.TUPLET and tables[Place.VALUE][state.node] < 0:
        return finish_word(tables, state, ANY, -1)
    if control == Control.LENGTH:
        return finish_length(tables, state)
    if control == Control.WORDS:
        return finish_words(tables, state)
    if control == Control.BAR_LINE:
        return finish_bar_line(tables, state)
    return finish_group(tables, state)


def finish_words(tables: Tables, state: State) -> int:
    """The next character between the syllables of a line of words."""
    symbols = tables[Place.SYMBOL_OF]
    if state.syllables < state.verse:
        return symbols[Character.LINE_FEED]
    return symbols[Character.STAR] if symbols[Character.STAR] >= 0 else symbols[Character.X]


def finish_before_words(tables: Tables, state: State) -> int:
    """The next character of a line of music that could end the tune, but for the words that it must have."""
    symbols = tables[Place.SYMBOL_OF]
    if state.sung > 0:
        return symbols[Character.LINE_FEED]
    return finishing_note(tables, state) if state.fit > 0 else symbols[Character.STROKE]


def separator(tables: Tables, state: State) -> int:
    """What keeps two signs apart: the end of the line, or a space where words would have to follow that."""
    symbols = tables[Place.SYMBOL_OF]
    spaced = state.worded == Worded.WITH_WORDS and state.line == 0 and symbols[Character.SPACE] >= 0
    return symbols[Character.SPACE] if spaced else symbols[Character.LINE_FEED]


def finish_group(tables: Tables, state: State) -> int:
    """The next character within what holds notes, or may; -1 if it is complete."""
    symbols = tables[Place.SYMBOL_OF]
    control = state.control
    if control == Control.HEAD:
        return finish_header(tables, state)
    if control == Control.COLON_BAR:
        return finish_colon(tables, state)
    if control == Control.VOICE:
        return symbols[Character.ZERO + state.voice + 1]
    if control == Control.IN_CHORD and state.chord > 0:
        return symbols[Character.CLOSING_BRACKET]
    if control == Control.IN_GRACE and state.host > 0:
        return symbols[Character.CLOSING_BRACE]
    if control == Control.PAREN and state.slur == 1:
        return symbols[Character.THREE]
    if control == Control.MAYBE_FIELD and not (is_mark(state.field) and state.fit > 0):
        return symbols[Character.COLON]
    if control == Control.BRACKET and state.fit == 0:
        return symbols[Character.STROKE]
    if Control.BRACKET <= control <= Control.IN_GRACE or Control.SHARP <= control <= Control.MARKED:
        return finishing_note(tables, state)
    return -1


def next_to_finish(tables: Tables, state: State) -> int:
    """Return the next character of a short completion; the state is void afterwards."""
    symbols = tables[Place.SYMBOL_OF]
    control = state.control
    symbol = finish_token(tables, state)
    if symbol >= 0:
        return symbol
    if is_open(tables, control) and not settle(tables, state):
        return -1
    symbol = finish_music(tables, state)
    if symbol == symbols[Character.COLON] and (
        state.line == 1 or Control.CLOSED <= control <= Control.REPEATED or control == Control.BAR_LINE
    ):
        return separator(tables, state)
    if symbol == symbols[Character.STROKE] and Control.BAR_LINE <= control <= Control.COLON_BAR:
        return separator(tables, state)
    return symbol
