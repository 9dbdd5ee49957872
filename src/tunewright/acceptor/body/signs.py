"""What do the signs around notes ask of the next one?

The part of the acceptor (see `machine`) that knows accidentals, marks, slurs, tuplets, broken rhythm, ties, chord
symbols and words between exclamation marks.
"""

from tunewright.acceptor.body.lengths import lengths, refit
from tunewright.acceptor.body.notes import may_begin
from tunewright.acceptor.body.sections import on_beat
from tunewright.acceptor.reading import (
    ACCIDENTAL,
    ACCOMPANIED_FLAG,
    AFTER_PAIR,
    BELOW,
    BROKEN,
    BROKEN_MISFIT,
    CARET,
    CHORDED,
    CONTEXT,
    CUT,
    DOT,
    DOWN,
    EXCLAMATION,
    FIT,
    FLAT,
    FREE,
    FULL,
    GRAINS_OF,
    HORNPIPE,
    HOST,
    HOSTED,
    LAST,
    LASTING_THREES,
    LENGTH_MISFIT,
    LETTER_L,
    LETTER_M,
    LETTER_R,
    LETTER_T,
    MARK,
    MARK_MISFIT,
    MARKED,
    METRE,
    METRE_FLAGS,
    MUSIC,
    NO_ACCOMPANIMENT,
    NO_NOTE,
    NODE,
    PHASE,
    PICKUP,
    PITCH,
    PITCHED,
    POSITION,
    REASON,
    SETTINGS,
    SHARP,
    SLUR,
    SLUR_TWICE,
    SLURRED,
    STATE,
    STRETCH,
    THREES,
    TIE,
    TIE_MISFIT,
    TIEABLE,
    TILDE,
    TUPLET,
    TUPLET_DISPUTED,
    TUPLET_FACTOR,
    TUPLET_LEFT,
    TUPLET_MISFIT,
    TUPLET_OF,
    TUPLET_ROOT,
    TUPLET_TABLE,
    TUPLET_VALUE,
    UNDERSCORE,
    UNIT,
    UNKNOWN_WORD,
    UP,
    UP_TWICE,
    VALUE,
    Registers,
    Tables,
)  # fmt: skip
from tunewright.acceptor.trie import edge


def take_accidental(tables: Tables, registers: Registers, code: int) -> bool:
    """Take an accidental; the state says whether it is the first or doubles one."""
    if not may_begin(tables, registers):
        return False
    if registers[CONTEXT] == 0 and registers[TIE] > 0 and registers[TIE] // 1024 == 0:
        registers[REASON] = TIE_MISFIT
        return False
    if registers[ACCIDENTAL] > 0:
        registers[ACCIDENTAL] += 3
        registers[STATE] = PITCHED
        doubled = registers[ACCIDENTAL]
    elif code == CARET:
        registers[ACCIDENTAL] = 1
        registers[STATE] = SHARP
        doubled = 4
    elif code == UNDERSCORE:
        registers[ACCIDENTAL] = 2
        registers[STATE] = FLAT
        doubled = 5
    else:
        registers[ACCIDENTAL] = 3
        registers[STATE] = PITCHED
        doubled = 3
    wanted = registers[TIE] // 1024
    if registers[CONTEXT] == 0 and wanted > 0 and wanted != registers[ACCIDENTAL] and wanted != doubled:
        registers[REASON] = TIE_MISFIT
        return False
    return True


def is_mark(code: int) -> bool:
    """Return true for a letter that, at the start of a line, may be a mark as well as a field."""
    return code in (LETTER_L, LETTER_M, LETTER_T) or code == LETTER_M + 3


def carry_into_tuplet(registers: Registers) -> None:
    """Count grace notes, which a tuplet does not shorten, in lengths that it does shorten."""
    factor = registers[TUPLET_FACTOR]
    registers[HOST] = (registers[HOST] * registers[TUPLET_OF] + factor - 1) // factor


def take_mark(tables: Tables, registers: Registers, code: int) -> bool:
    """Take a mark of the next note: a dot, a roll, a trill or one that players ignore."""
    registers[REASON] = MARK_MISFIT
    registers[STATE] = MARKED
    if registers[FIT] == 0:
        registers[REASON] = NO_NOTE
        return False
    if code == DOT:
        if registers[BROKEN] > 0 or registers[MARK] > 1:
            return False
        registers[MARK] = 3
        refit(tables, registers)
        return registers[FIT] > 0
    if code == TILDE:
        if registers[HOST] > 0 or registers[TIE] > 0 or registers[BROKEN] > 0 or registers[MARK] > 1:
            return False
        registers[MARK] = 4
        registers[HOST] = 4
        if registers[TUPLET_LEFT] > 0:
            carry_into_tuplet(registers)
        refit(tables, registers)
        return registers[FIT] > 0
    if code in (LETTER_T, LETTER_R):
        registers[MARK] = max(registers[MARK], 2)
        return registers[TIE] == 0
    registers[MARK] = max(registers[MARK], 1)
    return True


def take_length(tables: Tables, registers: Registers, symbol: int) -> bool:
    """Go on in the length of a note."""
    following = edge(tables, registers[NODE], symbol)
    if following < 0:
        return False
    if tables[BELOW][following] & lengths(tables, registers) == 0:
        registers[REASON] = LENGTH_MISFIT
        return False
    if registers[CONTEXT] == 0 and registers[TIE] > 0 and registers[PITCH] % 1024 != registers[TIE] % 1024:
        registers[REASON] = TIE_MISFIT
        return False
    registers[NODE] = following
    return True


def take_paren(tables: Tables, registers: Registers) -> bool:
    """Take the character that opens a slur or a tuplet."""
    registers[NODE] = tables[SETTINGS][TUPLET_ROOT]
    if registers[FIT] == 0:
        registers[REASON] = NO_NOTE
        return False
    if registers[SLUR] == 1 and (registers[TUPLET_LEFT] > 0 or registers[BROKEN] > 0 or registers[MARK] > 0):
        registers[REASON] = SLUR_TWICE
        return False
    return True


def begin_slur(registers: Registers) -> bool:
    """Begin a slur."""
    if registers[SLUR] == 1:
        registers[REASON] = SLUR_TWICE
        return False
    registers[SLUR] = 1
    registers[STATE] = SLURRED
    return True


def begin_tuplet(tables: Tables, registers: Registers) -> bool:
    """Begin a tuplet whose numbers are complete."""
    index = tables[VALUE][registers[NODE]]
    registers[REASON] = TUPLET_MISFIT
    if index < 0:
        return False
    row = tables[TUPLET_TABLE]
    if row[3 * index + 1 + registers[THREES]] != row[3 * index + 1 + registers[LASTING_THREES]]:
        registers[REASON] = TUPLET_DISPUTED
        return False
    registers[TUPLET_OF] = row[3 * index]
    registers[TUPLET_LEFT] = row[3 * index]
    registers[TUPLET_FACTOR] = row[3 * index + 1 + registers[THREES]]
    registers[TUPLET_VALUE] = 0
    carry_into_tuplet(registers)
    registers[LAST] = 0
    registers[TIEABLE] = 0
    registers[STATE] = SLURRED
    refit(tables, registers)
    return registers[FIT] > 0


def take_tuplet(tables: Tables, registers: Registers, symbol: int) -> bool:
    """Go on in the numbers of a tuplet."""
    following = edge(tables, registers[NODE], symbol)
    if following < 0:
        return False
    registers[REASON] = TUPLET_MISFIT
    if registers[TUPLET_LEFT] > 0 or registers[BROKEN] > 0 or registers[MARK] > 0:
        return False
    registers[NODE] = following
    registers[STATE] = TUPLET
    return True


def take_broken(tables: Tables, registers: Registers) -> bool:
    """Take ``>`` or ``<``, once or more: the next note must be as long as the last."""
    registers[REASON] = BROKEN_MISFIT
    state = registers[STATE]
    if registers[BROKEN] > 0:
        registers[CUT] = registers[CUT] * 2 if state == UP_TWICE else registers[CUT]
        if state == AFTER_PAIR and registers[CUT] > 1:
            registers[CUT] = 8
        refit(tables, registers)
        return registers[FIT] > 0
    if registers[LAST] == 0 or registers[HOST] > 0 or registers[MARK] > 0:
        return False
    if state == DOWN and registers[HOSTED] == 1:
        return False
    if registers[HORNPIPE] == 1:
        short = registers[FULL] // 8
        length = tables[GRAINS_OF][registers[LAST] - 1] * registers[UNIT] // 4
        if length == short and (registers[STRETCH] - short) // short % 2 == 1:
            return False
    registers[BROKEN] = registers[LAST]
    registers[CUT] = 2 if state == UP else 1
    registers[LAST] = 0
    registers[TIEABLE] = 0
    refit(tables, registers)
    return registers[FIT] > 0


def take_tie(registers: Registers) -> bool:
    """Take a tie: the next note must be the same."""
    if registers[TIEABLE] == 0 or registers[HOST] > 0:
        registers[REASON] = TIE_MISFIT
        return False
    registers[TIE] = registers[PITCH]
    registers[TIEABLE] = 0
    return True


def take_name(tables: Tables, registers: Registers, symbol: int) -> bool:
    """Go on in the name of a chord."""
    following = edge(tables, registers[NODE], symbol)
    if following < 0:
        registers[REASON] = UNKNOWN_WORD
        return False
    if registers[METRE] == 0 or tables[METRE_FLAGS][registers[METRE] - 1] & ACCOMPANIED_FLAG == 0:
        registers[REASON] = NO_ACCOMPANIMENT
        return False
    if registers[FREE] == 1 or not on_beat(registers, registers[PICKUP]) or not on_beat(registers, registers[PHASE]):
        registers[REASON] = NO_ACCOMPANIMENT
        return False
    if registers[FIT] == 0 and not on_beat(registers, registers[POSITION]):
        registers[REASON] = NO_ACCOMPANIMENT
        return False
    registers[CHORDED] = 1
    registers[NODE] = following
    return True


def take_sign(tables: Tables, registers: Registers, symbol: int, code: int) -> bool:
    """Go on in a word between exclamation marks, or end it."""
    value = tables[VALUE][registers[NODE]]
    if code == EXCLAMATION:
        if value < 0:
            registers[REASON] = UNKNOWN_WORD
            return False
        registers[NODE] = 0
        registers[STATE] = MUSIC
        if value > 0:
            registers[STATE] = MARKED
            return take_mark(tables, registers, LETTER_T if value == 1 else DOT)
        return True
    following = edge(tables, registers[NODE], symbol)
    registers[NODE] = following
    registers[REASON] = UNKNOWN_WORD
    return following >= 0
