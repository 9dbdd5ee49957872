"""Which way leads to the end soonest?

The part of the acceptor (see `machine`) that finds home: it ends what is open, lets the bar be filled (see
`filling`), and closes repeats, endings and sections. Each function returns the next symbol, or -1 where it
sees none.
"""

from tunewright.acceptor.actions import is_open, settle
from tunewright.acceptor.body.bars import closable, closes_well, may_end, plays_once
from tunewright.acceptor.body.lengths import ends_now
from tunewright.acceptor.body.sections import repeated, sections, target
from tunewright.acceptor.body.signs import is_mark
from tunewright.acceptor.filling import closes, home_in_length, home_in_word, home_letter
from tunewright.acceptor.header.agreement import home_to_combination
from tunewright.acceptor.header.fields_read import field_words
from tunewright.acceptor.header.titles import home_in_title
from tunewright.acceptor.reading import (
    ANY,
    BANG,
    BAR,
    BAR_LINE,
    BODY,
    BRACKET,
    BROKEN,
    CHORD,
    CHORD_NAME,
    CLOSED,
    CLOSING_BRACE,
    CLOSING_BRACKET,
    CLOSING_PAREN,
    COLON_SIGN,
    COMBINATIONS,
    END_SYMBOL,
    ENDING,
    EXCLAMATION,
    FIELD,
    FIT,
    FREE,
    FULL,
    HEAD,
    HOMES,
    HOST,
    IN_CHORD,
    IN_GRACE,
    INLINE,
    LENGTH,
    LETTER_K,
    LETTER_L,
    LETTER_M,
    LETTER_R,
    LETTER_T,
    LETTER_X,
    LINE,
    LINE_FEED,
    MARK,
    MARKED,
    MAYBE_FIELD,
    NODE,
    NOTES,
    OPENING,
    PAREN,
    PHASE,
    POSITION,
    QUOTATION,
    REPEAT,
    REPEATED,
    REQUIRED,
    SECTION,
    SEEN,
    SEEN_L,
    SEEN_M,
    SEEN_R,
    SEEN_T,
    SEEN_X,
    SETTINGS,
    SHARP,
    SIGN,
    SLUR,
    SLURRED,
    SPACE,
    STAR,
    STARTED,
    STATE,
    STRAY,
    STROKE,
    SUNG,
    SYLLABLES,
    SYMBOL_OF,
    THREE,
    TIE,
    TITLE_ROOT,
    TUPLET,
    TUPLET_LEFT,
    VALUE,
    VERSE,
    WITH_WORDS,
    WORD,
    WORD_END,
    WORDED,
    WORDS,
    Registers,
    Tables,
)  # fmt: skip


def home_in_header(tables: Tables, registers: Registers) -> int:
    """The letter of the field that the shortest header needs next."""
    symbols = tables[SYMBOL_OF]
    missing = (tables[SETTINGS][REQUIRED] | SEEN_X) & ~registers[SEEN]
    if missing & SEEN_X:
        return symbols[LETTER_X]
    if missing & SEEN_T:
        return symbols[LETTER_T]
    if len(tables[COMBINATIONS]) > 0:
        return symbols[home_to_combination(tables, registers)]
    if missing & SEEN_R:
        return symbols[LETTER_R]
    if missing & SEEN_L:
        return symbols[LETTER_L]
    if missing & SEEN_M:
        return symbols[LETTER_M]
    return symbols[LETTER_K]


def must_close(tables: Tables, registers: Registers) -> bool:
    """Return true if a section that is played once must end at this bar line."""
    if registers[STARTED] == 0:
        return False
    if registers[STRAY] == 1 and registers[ENDING] == 2:
        return True
    if closable(registers) and registers[OPENING] == 0 and ends_now(tables, registers):
        return True
    if registers[SECTION] >= sections(tables, registers) or not plays_once(tables, registers):
        return False
    last = target(tables, registers)
    return registers[BAR] == last or (last == 0 and registers[OPENING] == 0)


def must_repeat(tables: Tables, registers: Registers, closing: bool) -> bool:
    """Return true if the section that begins at this bar line is a repeated one."""
    following = registers[SECTION] + (1 if closing else 0)
    if not repeated(tables, registers, following):
        return False
    return closing or (registers[STARTED] == 0 and registers[REPEAT] == 0)


def home_at_line(tables: Tables, registers: Registers) -> int:
    """The next character after a single bar line has been begun; -1 if that is enough."""
    symbols = tables[SYMBOL_OF]
    closing = must_close(tables, registers)
    if must_repeat(tables, registers, closing):
        return symbols[COLON_SIGN]
    complete = registers[POSITION] == registers[FULL] or registers[POSITION] == 0 or registers[FREE] == 1
    if not closing and (complete or registers[OPENING] == 1):
        return -1
    if symbols[CLOSING_BRACKET] >= 0:
        return symbols[CLOSING_BRACKET]
    return symbols[STROKE]


def may_repeat(tables: Tables, registers: Registers) -> bool:
    """Return true if the way home ends a repeat here."""
    if not closes(tables, registers) or registers[STARTED] == 0 or registers[NOTES] == 0:
        return False
    last = target(tables, registers)
    if last > 0 and sections(tables, registers) > 0 and registers[BAR] != last:
        return False
    full = registers[POSITION] == registers[FULL]
    if registers[OPENING] == 1 or registers[FREE] == 1:
        return full or registers[FREE] == 1
    if registers[POSITION] == registers[PHASE]:
        return closes_well(tables, registers)
    return full and registers[PHASE] == 0


def needs_note(registers: Registers) -> bool:
    """Return true if something waits for a note that can come before the bar line."""
    if registers[TIE] > 0 and registers[FIT] == 0:
        return False
    if registers[TUPLET_LEFT] > 0 or registers[BROKEN] > 0 or registers[HOST] > 0 or registers[TIE] > 0:
        return True
    return registers[MARK] > 0 or registers[STATE] == SLURRED


def home_in_music(tables: Tables, registers: Registers) -> int:
    """The next character between notes."""
    symbols = tables[SYMBOL_OF]
    if needs_note(registers):
        return home_letter(tables, registers)
    if registers[SLUR] == 1:
        return symbols[CLOSING_PAREN]
    if may_end(tables, registers):
        if registers[WORDED] == WITH_WORDS and registers[STATE] != BODY:
            return home_to_words(tables, registers)
        return tables[SETTINGS][END_SYMBOL]
    if may_repeat(tables, registers):
        return symbols[COLON_SIGN]
    stray = registers[STRAY] == 1 and registers[ENDING] == 2 and registers[STARTED] == 1
    if registers[FIT] == 0 or (stray and registers[POSITION] == 0):
        return symbols[STROKE]
    return home_letter(tables, registers)


def home_in_token(tables: Tables, registers: Registers) -> int:
    """The next character within what a character has begun; -1 if it is complete."""
    symbols = tables[SYMBOL_OF]
    state = registers[STATE]
    if tables[HOMES][state] > 0:
        return symbols[tables[HOMES][state]]
    if state in (WORD, WORD_END):
        end = symbols[CLOSING_BRACKET] if registers[INLINE] == 1 else symbols[LINE_FEED]
        if registers[FIELD] == LETTER_T and tables[SETTINGS][TITLE_ROOT] > 0:
            return home_in_title(tables, registers, end)
        return end if state == WORD_END else home_in_word(tables, registers, field_words(tables, registers), end)
    if state == CHORD_NAME:
        return home_in_word(tables, registers, ANY, symbols[QUOTATION])
    if state in (BANG, SIGN):
        return home_in_word(tables, registers, ANY, symbols[EXCLAMATION])
    if state == TUPLET and tables[VALUE][registers[NODE]] < 0:
        return home_in_word(tables, registers, ANY, -1)
    if state == LENGTH:
        return home_in_length(tables, registers)
    if state == WORDS:
        return home_in_words(tables, registers)
    if state == BAR_LINE:
        return home_at_line(tables, registers)
    return home_in_group(tables, registers)


def home_in_words(tables: Tables, registers: Registers) -> int:
    """The next character between the syllables of a line of words."""
    symbols = tables[SYMBOL_OF]
    if registers[SYLLABLES] < registers[VERSE]:
        return symbols[LINE_FEED]
    return symbols[STAR] if symbols[STAR] >= 0 else symbols[LETTER_X]


def home_to_words(tables: Tables, registers: Registers) -> int:
    """The next character of a line of music that could end the tune, but for the words that it must have."""
    symbols = tables[SYMBOL_OF]
    if registers[SUNG] > 0:
        return symbols[LINE_FEED]
    return home_letter(tables, registers) if registers[FIT] > 0 else symbols[STROKE]


def apart(tables: Tables, registers: Registers) -> int:
    """What keeps two signs apart: the end of the line, or a space where words would have to follow that."""
    symbols = tables[SYMBOL_OF]
    spaced = registers[WORDED] == WITH_WORDS and registers[LINE] == 0 and symbols[SPACE] >= 0
    return symbols[SPACE] if spaced else symbols[LINE_FEED]


def home_in_group(tables: Tables, registers: Registers) -> int:
    """The next character within what holds notes, or may; -1 if it is complete."""
    symbols = tables[SYMBOL_OF]
    state = registers[STATE]
    if state == HEAD:
        return home_in_header(tables, registers)
    if state == IN_CHORD and registers[CHORD] > 0:
        return symbols[CLOSING_BRACKET]
    if state == IN_GRACE and registers[HOST] > 0:
        return symbols[CLOSING_BRACE]
    if state == PAREN and registers[SLUR] == 1:
        return symbols[THREE]
    if state == MAYBE_FIELD and not (is_mark(registers[FIELD]) and registers[FIT] > 0):
        return symbols[COLON_SIGN]
    if state == BRACKET and registers[FIT] == 0:
        return symbols[STROKE]
    if BRACKET <= state <= IN_GRACE or SHARP <= state <= MARKED:
        return home_letter(tables, registers)
    return -1


def next_home(tables: Tables, registers: Registers) -> int:
    """Return the next character of a short way to the end; the registers are void afterwards."""
    symbols = tables[SYMBOL_OF]
    state = registers[STATE]
    symbol = home_in_token(tables, registers)
    if symbol >= 0:
        return symbol
    if is_open(state) and not settle(tables, registers):
        return -1
    symbol = home_in_music(tables, registers)
    if symbol == symbols[COLON_SIGN] and (registers[LINE] == 1 or CLOSED <= state <= REPEATED or state == BAR_LINE):
        return apart(tables, registers)
    if symbol == symbols[STROKE] and BAR_LINE <= state <= CLOSED:
        return apart(tables, registers)
    return symbol
