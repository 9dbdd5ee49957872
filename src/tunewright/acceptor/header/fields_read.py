"""What may a field hold, and what does it change?

The part of the acceptor (see `machine`) that knows the header, and the fields among the music.
"""

from tunewright.acceptor.body.bars import loose, not_idle
from tunewright.acceptor.body.lengths import far, refit
from tunewright.acceptor.body.notes import clear_note
from tunewright.acceptor.body.sections import bars, draw_form, sections
from tunewright.acceptor.header.agreement import bit_of, combined_words, goes_on
from tunewright.acceptor.header.titles import begin_title, end_word, take_title, title_may_end
from tunewright.acceptor.reading import (
    ACCOMPANIED_FLAG,
    AFTER,
    ANY,
    BAR_SHORT,
    BELOW,
    BODY,
    BUDGET,
    COLON_SIGN,
    COMBINATIONS,
    ENDING,
    FIELD,
    FILL,
    FORM,
    FREE,
    FREE_FLAG,
    FULL,
    HEAD,
    HEADER_ORDER,
    HORNPIPE,
    HORNPIPE_FLAG,
    HORNPIPES,
    IMPOSSIBLE,
    INLINE,
    LASTING_THREES,
    LASTING_THREES_FLAG,
    LETTER_K,
    LETTER_L,
    LETTER_M,
    LETTER_R,
    LETTER_T,
    LETTER_W,
    LETTER_X,
    LINE,
    METRE,
    METRE_FLAGS,
    METRE_MISFIT,
    METRE_TICKS,
    METRE_UNITS,
    MUSIC,
    NODE,
    NUMBER,
    OPENING,
    PHASE,
    PLAYED,
    POSITION,
    REASON,
    REPEAT,
    REQUIRED,
    RHYTHM,
    RHYTHM_OF,
    RHYTHM_ROOT,
    ROOTS,
    SEEN,
    SEEN_K,
    SEEN_L,
    SEEN_M,
    SEEN_Q,
    SEEN_R,
    SEEN_T,
    SEEN_X,
    SETTINGS,
    SPACE,
    STATE,
    STROKE,
    TEXT,
    TEXT_BODY,
    TEXT_START,
    THREES,
    THREES_FLAG,
    TIDY,
    TIE,
    TIE_OPEN,
    TITLE_ROOT,
    TONIC,
    UNFINISHED,
    UNIT,
    UNIT_TICKS,
    UNKNOWN_WORD,
    VALUE,
    WORD,
    WORD_END,
    Registers,
    Tables,
)  # fmt: skip
from tunewright.acceptor.trie import edge


def fills(tables: Tables, full: int, unit: int) -> bool:
    """Return true if notes can fill `full` ticks when the unit length is `unit` ticks."""
    if full * 4 % unit != 0:
        return False
    return tables[FILL][full * 4 // unit] < IMPOSSIBLE


def metre_fits(tables: Tables, registers: Registers, index: int, unit: int) -> bool:
    """Return true if this metre may stand in the header, or among the music, with this unit length."""
    flags = tables[METRE_FLAGS][index]
    if registers[HORNPIPE] == 1 and flags & HORNPIPE_FLAG == 0:
        return False
    if registers[SEEN] & SEEN_K and flags & ACCOMPANIED_FLAG == 0:
        return False
    if flags & FREE_FLAG and bars(tables, registers) > 0:
        return False
    full = tables[METRE_TICKS][index]
    return fills(tables, full, unit if unit > 0 else tables[METRE_UNITS][index])


def unit_fits(tables: Tables, registers: Registers, unit: int) -> bool:
    """Return true if this unit length goes with the metre, or with one that may still come."""
    if registers[FULL] > 0:
        return fills(tables, registers[FULL], unit)
    known = tables[BELOW][tables[ROOTS][LETTER_M]]
    for index in range(len(tables[METRE_FLAGS])):
        if (known >> index) & 1 == 1 and metre_fits(tables, registers, index, unit):
            return True
    return False


def field_words(tables: Tables, registers: Registers) -> int:
    """Return the mask of values that the field being written may have."""
    combined = len(tables[COMBINATIONS]) > 0 and registers[SEEN] & SEEN_K == 0
    allowed = 0
    if registers[FIELD] == LETTER_M:
        for index in range(len(tables[METRE_FLAGS])):
            if metre_fits(tables, registers, index, registers[UNIT]):
                allowed |= 1 << index
        return allowed & combined_words(tables, registers) if combined else allowed
    if registers[FIELD] == LETTER_L:
        for index in range(len(tables[UNIT_TICKS])):
            if unit_fits(tables, registers, tables[UNIT_TICKS][index]):
                allowed |= 1 << index
        return allowed & combined_words(tables, registers) if combined else allowed
    return combined_words(tables, registers) if combined and registers[FIELD] == LETTER_R else ANY


def take_field(tables: Tables, registers: Registers, code: int) -> bool:
    """Begin a line of the header with the letter of a field."""
    bit = bit_of(code)
    registers[FIELD] = code
    registers[REASON] = HEADER_ORDER
    if (registers[SEEN] & SEEN_X == 0) != (code == LETTER_X):
        return False
    once = SEEN_X | SEEN_M | SEEN_L | SEEN_Q | (tables[SETTINGS][REQUIRED] & (SEEN_T | SEEN_R))
    if tables[SETTINGS][TIDY] == 1 or len(tables[COMBINATIONS]) > 0:
        once |= SEEN_T | SEEN_R
    if registers[SEEN] & bit & once:
        return False
    needed = tables[SETTINGS][REQUIRED]
    if code == LETTER_K and registers[SEEN] & needed != needed:
        return False
    if code != LETTER_X and not goes_on(tables, registers, code):
        return False
    registers[SEEN] |= bit
    registers[AFTER] = HEAD
    registers[INLINE] = 0
    return True


def field_allowed(tables: Tables, registers: Registers, code: int) -> bool:
    """Return true if this field may stand among the music here."""
    registers[FIELD] = code
    registers[AFTER] = BODY
    if code != LETTER_W and not not_idle(registers):
        return False
    if registers[TIE] > 0 or not loose(registers):
        registers[REASON] = TIE_OPEN if registers[TIE] > 0 else UNFINISHED
        return False
    if code in (LETTER_M, LETTER_L):
        registers[REASON] = BAR_SHORT
        if registers[POSITION] != 0 or registers[ENDING] > 0:
            return False
        if registers[PHASE] > 0 or registers[FREE] == 1:
            return False
    if code != LETTER_M:
        return True
    if registers[REPEAT] == 1 and sections(tables, registers) > 0:
        return False
    return registers[REPEAT] != 2 and registers[HORNPIPE] == 0


def take_value(tables: Tables, registers: Registers) -> bool:
    """Take the colon after the letter of a field."""
    registers[TEXT] = 0
    code = registers[FIELD]
    root = tables[ROOTS][code]
    if code == LETTER_X:
        registers[STATE] = NUMBER
    elif root > 0:
        registers[STATE] = WORD
        registers[NODE] = root
        if code == LETTER_T and tables[SETTINGS][TITLE_ROOT] > 0:
            begin_title(tables, registers)
    elif code == LETTER_R:
        registers[STATE] = RHYTHM
        registers[NODE] = tables[SETTINGS][RHYTHM_ROOT]
    else:
        registers[STATE] = TEXT_START
    return True


def may_stand(tables: Tables, registers: Registers) -> bool:
    """Return true if the value of a field may end here."""
    if registers[FIELD] == LETTER_T and tables[SETTINGS][TITLE_ROOT] > 0:
        return title_may_end(tables, registers)
    value = tables[VALUE][registers[NODE]]
    if value < 0 or (registers[FIELD] != LETTER_M and registers[FIELD] != LETTER_L and registers[FIELD] != LETTER_R):
        return value >= 0
    return (field_words(tables, registers) >> value) & 1 == 1


def take_edge(tables: Tables, registers: Registers, symbol: int, code: int) -> bool:
    """Go on in the word that is the value of a field."""
    if registers[FIELD] == LETTER_T and tables[SETTINGS][TITLE_ROOT] > 0:
        return take_title(tables, registers, symbol, code)
    following = edge(tables, registers[NODE], symbol)
    if following >= 0:
        if tables[BELOW][following] & field_words(tables, registers) == 0:
            registers[REASON] = METRE_MISFIT
            return False
        registers[NODE] = following
        return True
    if code == SPACE and registers[NODE] == tables[ROOTS][registers[FIELD]] and registers[TEXT] < 4:
        registers[TEXT] += 1
        return True
    if code == SPACE and may_stand(tables, registers):
        registers[STATE] = WORD_END
        registers[TEXT] = 0
        return True
    registers[REASON] = UNKNOWN_WORD
    return False


def take_word(tables: Tables, registers: Registers) -> bool:
    """End the value of a field and do what it says."""
    value = tables[VALUE][registers[NODE]]
    code = registers[FIELD]
    if not may_stand(tables, registers):
        registers[REASON] = UNKNOWN_WORD if value < 0 else METRE_MISFIT
        return False
    if code == LETTER_M:
        set_metre(tables, registers, value)
    elif code == LETTER_L:
        registers[UNIT] = tables[UNIT_TICKS][value]
    elif code == LETTER_K:
        registers[TONIC] = value
    elif code == LETTER_R:
        registers[RHYTHM_OF] = value + 1
        registers[HORNPIPE] = (tables[SETTINGS][HORNPIPES] >> value) & 1
    elif code == LETTER_T and tables[SETTINGS][TITLE_ROOT] > 0:
        end_word(tables, registers)
    if registers[INLINE] == 1:
        registers[INLINE] = 0
        registers[STATE] = MUSIC
    elif code == LETTER_K and registers[AFTER] == HEAD:
        begin_body(tables, registers)
    if registers[AFTER] == BODY:
        refit(tables, registers)
    return True


def set_metre(tables: Tables, registers: Registers, value: int) -> None:
    """Set the length of bars."""
    flags = tables[METRE_FLAGS][value]
    registers[FULL] = tables[METRE_TICKS][value]
    registers[FREE] = 1 if flags & FREE_FLAG else 0
    registers[THREES] = 1 if flags & THREES_FLAG else 0
    if registers[AFTER] == HEAD:
        registers[LASTING_THREES] = 1 if flags & LASTING_THREES_FLAG else 0
        registers[METRE] = value + 1
        return
    registers[PLAYED] = 0  # going back would play bars of the other metre
    if registers[REPEAT] == 1:
        registers[REPEAT] = 0


def begin_body(tables: Tables, registers: Registers) -> None:
    """Set what holds at the start of the music."""
    if registers[UNIT] == 0:
        registers[UNIT] = tables[METRE_UNITS][registers[METRE] - 1]
    registers[AFTER] = BODY
    registers[PHASE] = -1
    registers[OPENING] = 1
    registers[REPEAT] = 1
    registers[LINE] = 2
    clear_note(registers)
    draw_form(tables, registers)
    if far(tables, registers) > registers[BUDGET]:
        registers[FORM] = 0
    refit(tables, registers)


def take_rhythm(tables: Tables, registers: Registers, symbol: int, code: int) -> bool:
    """Go on in the value of ``R:``, where the word hornpipe changes what metres abc2midi allows."""
    node = registers[NODE]
    if code == SPACE and node == tables[SETTINGS][RHYTHM_ROOT]:
        return True
    following = edge(tables, node, symbol)
    if following < 0:
        registers[STATE] = TEXT_BODY
        return node != tables[SETTINGS][RHYTHM_ROOT] or code not in (COLON_SIGN, STROKE)
    registers[NODE] = following
    if tables[VALUE][following] >= 0:
        registers[HORNPIPE] = 1
        registers[STATE] = TEXT_BODY
        if registers[METRE] == 0 and not unit_fits(tables, registers, registers[UNIT]):
            registers[REASON] = METRE_MISFIT
            return False
        if registers[METRE] > 0 and tables[METRE_FLAGS][registers[METRE] - 1] & HORNPIPE_FLAG == 0:
            registers[REASON] = METRE_MISFIT
            return False
    return True
