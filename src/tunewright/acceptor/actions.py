"""What does each action do?

The part of the acceptor (see `machine`) between its table of rules and the functions that know notes, bars and
fields. The state after the action is set before it; an action may choose another one.
"""

from tunewright.acceptor.body.bars import closes_well, loose, may_end, not_idle, plain_line, slurred, whole
from tunewright.acceptor.body.endings import (
    end_repeat,
    first_ending,
    repeat_twice,
    second_ending,
    start_repeat,
    take_double,
)  # fmt: skip
from tunewright.acceptor.body.lyrics import take_lyrics_action, take_newline
from tunewright.acceptor.body.notes import (
    close_chord,
    close_grace,
    end_length,
    open_chord,
    open_grace,
    take_note,
    take_octave,
    take_rest,
)  # fmt: skip
from tunewright.acceptor.body.signs import (
    begin_slur,
    begin_tuplet,
    is_mark,
    take_accidental,
    take_broken,
    take_length,
    take_mark,
    take_name,
    take_paren,
    take_sign,
    take_tie,
    take_tuplet,
)  # fmt: skip
from tunewright.acceptor.header.fields_read import (
    field_allowed,
    take_edge,
    take_field,
    take_rhythm,
    take_value,
    take_word,
)  # fmt: skip
from tunewright.acceptor.reading import (
    AFTER,
    AFTER_PAIR,
    BAR_LINE,
    BODY,
    BODY_FIELD,
    BRACKET,
    BRACKET_ENDING,
    CLOSE_CHORD,
    CLOSE_GRACE,
    CLOSE_NAME,
    CLOSE_SIGN,
    CLOSE_SLUR,
    CLOSE_TEXT,
    CLOSING_BRACKET,
    END_REPEAT,
    FIELD,
    FIRST_ENDING,
    FIT,
    GO,
    HEAD,
    IDLE,
    IN_CHORD,
    INLINE,
    LENGTH,
    LINE,
    LINE_FEED,
    LYRICS_MISSING,
    MARK,
    MAYBE_FIELD,
    MAYBE_MARK,
    MOST_BLANKS,
    MOST_TEXT,
    MUSIC,
    NAME_ROOT,
    NEWLINE,
    NO_NOTE,
    NO_SLUR,
    NODE,
    OPEN_GRACE,
    PAREN,
    REASON,
    REPEAT_TWICE,
    SECOND_ENDING,
    SEEN,
    SEEN_K,
    SETTINGS,
    SIGN_ROOT,
    SLUR,
    SLURRED,
    START_REPEAT,
    STATE,
    TAKE_ACCIDENTAL,
    TAKE_BAR,
    TAKE_BROKEN,
    TAKE_COLON,
    TAKE_COMMENT,
    TAKE_DIGIT,
    TAKE_DOUBLE,
    TAKE_EDGE,
    TAKE_END,
    TAKE_FIELD,
    TAKE_INLINE,
    TAKE_LAST,
    TAKE_LENGTH,
    TAKE_MARK,
    TAKE_NAME,
    TAKE_NOTE,
    TAKE_OCTAVE,
    TAKE_PAREN,
    TAKE_QUOTE,
    TAKE_REST,
    TAKE_RHYTHM,
    TAKE_SIGN,
    TAKE_SPACE,
    TAKE_TEXT,
    TAKE_TIE,
    TAKE_TUPLET,
    TAKE_VALUE,
    TAKE_WORD,
    TEXT,
    TEXT_FIELD,
    TIDY,
    TOO_LONG,
    TUPLET,
    UNKNOWN_WORD,
    UP,
    VALUE,
    WITH_WORDS,
    WORDED,
    Registers,
    Tables,
)  # fmt: skip


def is_open(state: int) -> bool:
    """Return true in a state that another character may end."""
    return state in (LENGTH, BAR_LINE, PAREN, BRACKET, MAYBE_FIELD) or TUPLET <= state <= AFTER_PAIR


def settle(tables: Tables, registers: Registers) -> bool:
    """End what the last character may have left open (a note's length, a bar line ...); false if it cannot end here."""
    state = registers[STATE]
    if state == LENGTH:
        return end_length(tables, registers)
    if state == BAR_LINE:
        registers[STATE] = MUSIC
        return plain_line(tables, registers)
    if state == PAREN:
        return begin_slur(registers)
    if state == TUPLET:
        return begin_tuplet(tables, registers)
    if state == BRACKET:
        registers[STATE] = IN_CHORD
        return open_chord(registers)
    if state == MAYBE_FIELD:
        return is_mark(registers[FIELD]) and take_mark(tables, registers, registers[FIELD])
    registers[STATE] = SLURRED
    return UP <= state <= AFTER_PAIR


def take_word_action(tables: Tables, registers: Registers, action: int, symbol: int, code: int) -> bool:
    """Do what belongs to fields and text."""
    if action == TAKE_FIELD:
        return take_field(tables, registers, code)
    if action == TAKE_VALUE:
        return take_value(tables, registers)
    if action == TAKE_DIGIT:
        registers[TEXT] += 1
        return registers[TEXT] <= 6
    if action == TAKE_EDGE:
        return take_edge(tables, registers, symbol, code)
    if action == TAKE_WORD:
        if (registers[INLINE] == 1) != (code == CLOSING_BRACKET) or not take_word(tables, registers):
            return False
        if code == LINE_FEED:
            registers[STATE] = registers[AFTER]
            registers[LINE] = 2 if registers[AFTER] == BODY else 0
        return True
    if action == TAKE_RHYTHM:
        return take_rhythm(tables, registers, symbol, code)
    if action == TAKE_TEXT:
        registers[TEXT] += 1
        registers[REASON] = TOO_LONG
        return registers[TEXT] <= MOST_TEXT
    registers[STATE] = registers[AFTER]
    registers[LINE] = 2 if registers[AFTER] == BODY else 0
    return True


def take_note_action(tables: Tables, registers: Registers, action: int, symbol: int, code: int) -> bool:
    """Do what belongs to notes, chords and grace notes."""
    if action == TAKE_NOTE:
        return take_note(tables, registers, code)
    if action == TAKE_REST:
        return take_rest(tables, registers)
    if action == TAKE_ACCIDENTAL:
        return take_accidental(tables, registers, code)
    if action == TAKE_MARK:
        return take_mark(tables, registers, code)
    if action == TAKE_LENGTH:
        return take_length(tables, registers, symbol)
    if action == TAKE_OCTAVE:
        return take_octave(tables, registers, code)
    if action == CLOSE_CHORD:
        return close_chord(tables, registers)
    if action == OPEN_GRACE:
        return open_grace(tables, registers)
    return close_grace(registers)


def stands_above(tables: Tables, registers: Registers) -> bool:
    """Return true unless a tidy tune has nothing here that words above the music could belong to, or enough of them."""
    registers[REASON] = NO_NOTE if registers[FIT] == 0 else TOO_LONG
    return tables[SETTINGS][TIDY] == 0 or (registers[FIT] > 0 and registers[IDLE] < 2)


def take_sign_action(tables: Tables, registers: Registers, action: int, symbol: int, code: int) -> bool:
    """Do what belongs to slurs, tuplets, broken rhythm, ties and words above the notes."""
    if action == TAKE_PAREN:
        return take_paren(tables, registers)
    if action == TAKE_TUPLET:
        return take_tuplet(tables, registers, symbol)
    if action == CLOSE_SLUR:
        registers[REASON] = NO_SLUR
        closed = registers[SLUR] == 1
        registers[SLUR] = 0
        return closed
    if action == TAKE_BROKEN:
        return take_broken(tables, registers)
    if action == TAKE_TIE:
        return take_tie(registers)
    if action == TAKE_QUOTE:
        registers[NODE] = tables[SETTINGS][NAME_ROOT]
        registers[TEXT] = 0
        return registers[MARK] == 0 and stands_above(tables, registers) and not_idle(registers)
    if action == TAKE_NAME:
        return take_name(tables, registers, symbol)
    if action == TAKE_SIGN:
        return take_sign(tables, registers, symbol, code)
    if action == CLOSE_NAME:
        registers[REASON] = UNKNOWN_WORD
        return tables[VALUE][registers[NODE]] >= 0
    registers[NODE] = tables[SETTINGS][SIGN_ROOT]
    return not_idle(registers)


def take_bar_action(tables: Tables, registers: Registers, action: int) -> bool:
    """Do what belongs to bar lines."""
    if action == TAKE_BAR and not whole(tables, registers):
        return False
    if action == TAKE_COLON and not closes_well(tables, registers):
        return False
    if action in (TAKE_BAR, TAKE_COLON):
        return loose(registers) and not slurred(tables, registers)
    if action == START_REPEAT:
        return start_repeat(tables, registers)
    if action == TAKE_DOUBLE:
        return take_double(tables, registers)
    if action == FIRST_ENDING:
        return first_ending(tables, registers, 1)
    if action == END_REPEAT:
        return end_repeat(tables, registers)
    if action == REPEAT_TWICE:
        return repeat_twice(tables, registers)
    return second_ending(tables, registers)


def take_line_action(tables: Tables, registers: Registers, action: int, code: int) -> bool:
    """Do what belongs to lines, fields among the music and the end."""
    if action == NEWLINE:
        return take_newline(registers, code)
    if action == TAKE_COMMENT:
        registers[AFTER] = BODY if registers[SEEN] & SEEN_K else HEAD
        registers[TEXT] = 0
        return registers[AFTER] == HEAD or (loose(registers) and not_idle(registers))
    if action == TAKE_INLINE:
        registers[INLINE] = 1
        return field_allowed(tables, registers, code)
    if action == MAYBE_MARK:
        registers[FIELD] = code
        registers[AFTER] = BODY
        return True
    if action == TAKE_SPACE:
        registers[TEXT] += 1
        registers[REASON] = TOO_LONG
        return registers[TEXT] <= MOST_BLANKS
    if action == BRACKET_ENDING:
        return first_ending(tables, registers, 0)
    if action == BODY_FIELD:
        registers[INLINE] = 0
        return field_allowed(tables, registers, code)
    if action == TEXT_FIELD:
        registers[INLINE] = 0
        return field_allowed(tables, registers, registers[FIELD]) and take_value(tables, registers)
    registers[REASON] = LYRICS_MISSING
    if action == TAKE_END and registers[WORDED] == WITH_WORDS:
        return False
    return may_end(tables, registers)


def take_action(tables: Tables, registers: Registers, action: int, symbol: int, code: int) -> bool:
    """Do the action that the table of rules names for a character."""
    if action == GO:
        return True
    if action <= CLOSE_TEXT:
        return take_word_action(tables, registers, action, symbol, code)
    if action <= CLOSE_GRACE:
        return take_note_action(tables, registers, action, symbol, code)
    if action <= CLOSE_SIGN:
        return take_sign_action(tables, registers, action, symbol, code)
    if action <= SECOND_ENDING:
        return take_bar_action(tables, registers, action)
    if action <= TAKE_LAST:
        return take_line_action(tables, registers, action, code)
    return take_lyrics_action(tables, registers, action, code)
