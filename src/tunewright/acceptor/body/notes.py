"""What does a note change when it is written?

The part of the acceptor (see `machine`) that knows notes, rests, chords, grace notes, ties and the tonic at the end.
"""

from tunewright.acceptor.body.lengths import ends_now, leave_room, lengths, refit
from tunewright.acceptor.reading import (
    ACCIDENTAL,
    APOSTROPHE,
    BAR,
    BROKEN,
    CADENCE,
    CAPITAL_A,
    CHORD,
    CHORD_MISFIT,
    CONTEXT,
    CUT,
    DEGREE,
    FIT,
    FREE,
    GRACE_MISFIT,
    GRAINS_OF,
    HORNPIPE,
    HOST,
    HOSTED,
    IDLE,
    IN_CHORD,
    IN_GRACE,
    LAST,
    LENGTH,
    LENGTH_MISFIT,
    LENGTH_ROOT,
    MARK,
    MOST_GRACE,
    MUSIC,
    NO_NOTE,
    NODE,
    NOTES,
    PITCH,
    POSITION,
    REASON,
    SETTINGS,
    SMALL_A,
    STARTED,
    STATE,
    STRETCH,
    SUNG,
    SYMBOL_OF,
    TEXT,
    TIDY,
    TIE,
    TIE_MISFIT,
    TIEABLE,
    TONIC,
    TUPLET_FACTOR,
    TUPLET_LEFT,
    TUPLET_OF,
    TUPLET_VALUE,
    UNIT,
    UNIT_VALUE,
    VALUE,
    Registers,
    Tables,
)  # fmt: skip


def degree(registers: Registers, code: int) -> int:
    """Return what DEGREE is after the note whose letter has this code point: 1 on the tonic, 8 with an accidental."""
    if registers[ACCIDENTAL] > 0:
        return 8
    return (code % 32 - 1 - (registers[TONIC] + 2)) % 7 + 1


def closing_note(tables: Tables, registers: Registers, code: int) -> None:
    """Where the tune must end, keep a note that is not the tonic from filling the last bar."""
    if degree(registers, code) == 1:
        return
    tonic = CAPITAL_A + (registers[TONIC] + 2) % 7
    spelled = tables[SYMBOL_OF][tonic] >= 0 or tables[SYMBOL_OF][tonic + 32] >= 0
    if registers[TIE] > 0 or registers[TUPLET_LEFT] > 0 or registers[BROKEN] > 0 or not spelled:
        return
    leave_room(tables, registers)


def may_begin(tables: Tables, registers: Registers) -> bool:
    """Return true if a note may begin here: in the melody, as a grace note or in a chord."""
    if registers[CONTEXT] == 0:
        registers[REASON] = NO_NOTE
        return registers[FIT] > 0
    if registers[CONTEXT] == 1:
        registers[REASON] = GRACE_MISFIT
        if tables[SETTINGS][TIDY] == 1 and registers[HOST] >= MOST_GRACE:
            return False
        longest = 0
        for index in range(len(tables[GRAINS_OF])):
            if (registers[FIT] >> index) & 1 == 1:
                longest = tables[GRAINS_OF][index]
        return (registers[HOST] + 4) * registers[CUT] < 4 * longest
    registers[REASON] = CHORD_MISFIT
    return registers[TEXT] < 5


def take_note(tables: Tables, registers: Registers, code: int) -> bool:
    """Begin a note with the letter of this code point."""
    if not may_begin(tables, registers):
        return False
    if registers[CONTEXT] == 0 and registers[TIE] > 0:
        registers[REASON] = TIE_MISFIT
        if registers[TIE] % 1024 // 8 != code:
            return False
        if registers[ACCIDENTAL] > 0 and registers[ACCIDENTAL] != registers[TIE] // 1024:
            return False
    if registers[CONTEXT] == 1:
        registers[HOST] += 4
        refit(tables, registers)
    if registers[CONTEXT] == 0 and registers[FREE] == 0 and ends_now(tables, registers):
        closing_note(tables, registers, code)
        if registers[FIT] == 0:
            registers[REASON] = CADENCE
            return False
    if registers[CONTEXT] == 0:
        registers[DEGREE] = degree(registers, code)
    registers[TEXT] = registers[TEXT] + 1 if registers[CONTEXT] == 2 else 0
    registers[PITCH] = registers[ACCIDENTAL] * 1024 + code * 8
    registers[ACCIDENTAL] = 0
    registers[STATE] = LENGTH
    registers[NODE] = tables[SETTINGS][LENGTH_ROOT]
    return True


def take_rest(tables: Tables, registers: Registers) -> bool:
    """Begin a rest."""
    if registers[FIT] == 0:
        registers[REASON] = NO_NOTE
        return False
    if registers[TIE] > 0:
        registers[REASON] = TIE_MISFIT
        return False
    if registers[NOTES] == 0:
        leave_room(tables, registers)
        if registers[TUPLET_LEFT] > 0 or registers[BROKEN] > 0 or registers[FIT] == 0:
            registers[REASON] = NO_NOTE
            return False
    registers[PITCH] = 0
    registers[STATE] = LENGTH
    registers[NODE] = tables[SETTINGS][LENGTH_ROOT]
    return True


def take_octave(tables: Tables, registers: Registers, code: int) -> bool:
    """Take an octave mark: ``'`` after a small letter, ``,`` after a capital one; at most three."""
    if registers[NODE] != tables[SETTINGS][LENGTH_ROOT]:
        return False
    letter = registers[PITCH] % 1024 // 8
    marks = registers[PITCH] % 8
    if letter == 0 or marks >= 3 or (letter >= SMALL_A) != (code == APOSTROPHE):
        return False
    registers[PITCH] += 1
    if registers[CONTEXT] == 0 and registers[TIE] > 0 and marks >= registers[TIE] % 8:
        registers[REASON] = TIE_MISFIT
        return False
    return True


def tie_spelled(registers: Registers) -> bool:
    """Return true if no tie is open, or the note being written is the one that it needs."""
    if registers[TIE] == 0:
        return True
    return registers[PITCH] % 1024 == registers[TIE] % 1024


def clear_note(registers: Registers) -> None:
    """Forget what only the next note was to have."""
    registers[BROKEN] = 0
    registers[CUT] = 2 if registers[HORNPIPE] == 1 else 1
    registers[HOST] = 0
    registers[MARK] = 0
    registers[IDLE] = 0
    registers[TIE] = 0
    registers[CONTEXT] = 0
    registers[CHORD] = 0
    registers[NODE] = 0


def place(tables: Tables, registers: Registers, index: int) -> bool:
    """Write a whole note, rest or chord of this length into the bar."""
    if (registers[FIT] >> index) & 1 == 0:
        registers[REASON] = LENGTH_MISFIT
        return False
    if not tie_spelled(registers):
        registers[REASON] = TIE_MISFIT
        return False
    grains = tables[GRAINS_OF][index]
    if registers[POSITION] == 0:
        registers[BAR] += 1
    registers[LAST] = index + 1
    if registers[TUPLET_LEFT] > 0:
        grains = grains * registers[TUPLET_FACTOR] if registers[TUPLET_LEFT] == registers[TUPLET_OF] else 0
        registers[TUPLET_VALUE] = index + 1
        registers[TUPLET_LEFT] -= 1
        if registers[TUPLET_LEFT] == 0:
            registers[LAST] = 0
    registers[POSITION] += grains * registers[UNIT] // 4
    registers[STRETCH] += grains * registers[UNIT] // 4
    if registers[BROKEN] > 0 or registers[MARK] == 3 or (registers[MARK] == 4 and tables[GRAINS_OF][index] == 12):
        registers[LAST] = 0
    registers[TIEABLE] = 1 if registers[PITCH] > 0 and registers[MARK] < 2 else 0
    registers[HOSTED] = 1 if registers[HOST] > 0 else 0
    if registers[PITCH] > 0 or registers[CONTEXT] == 2:
        registers[NOTES] = 1
    if registers[PITCH] > 0 and (registers[TIE] == 0 or registers[SUNG] > 0):
        registers[SUNG] += 1
    registers[STARTED] = 1
    clear_note(registers)
    registers[STATE] = MUSIC
    refit(tables, registers)
    return True


def end_length(tables: Tables, registers: Registers) -> bool:
    """End the note whose length has been written so far, in the melody, as a grace note or in a chord."""
    index = tables[VALUE][registers[NODE]]
    if index < 0 or (lengths(tables, registers) >> index) & 1 == 0:
        registers[REASON] = LENGTH_MISFIT
        return False
    if registers[CONTEXT] == 0:
        return place(tables, registers, index)
    if registers[CONTEXT] == 1:
        registers[HOST] += tables[GRAINS_OF][index] - 4
        refit(tables, registers)
        registers[STATE] = IN_GRACE
        return registers[FIT] > 0
    registers[CHORD] = index + 1
    registers[STATE] = IN_CHORD
    return True


def close_chord(tables: Tables, registers: Registers) -> bool:
    """End a chord; its length may still follow unless its notes have one."""
    if registers[CHORD] == 0:
        registers[REASON] = CHORD_MISFIT
        return False
    registers[PITCH] = 0
    registers[SUNG] += 1
    index = registers[CHORD] - 1
    if index != tables[SETTINGS][UNIT_VALUE] or registers[TUPLET_LEFT] > 0:
        if place(tables, registers, index):
            registers[LAST] = 0
            registers[NOTES] = 1
            return True
        return False
    registers[CONTEXT] = 0
    registers[MARK] = 3
    registers[NOTES] = 1
    registers[STATE] = LENGTH
    registers[NODE] = tables[SETTINGS][LENGTH_ROOT]
    return True


def open_chord(registers: Registers) -> bool:
    """Begin a chord where a note could begin."""
    if registers[FIT] == 0:
        registers[REASON] = NO_NOTE
        return False
    if registers[TIE] > 0 or registers[BROKEN] > 0 or registers[MARK] > 1:
        registers[REASON] = CHORD_MISFIT
        return False
    registers[CONTEXT] = 2
    registers[CHORD] = 0
    registers[TEXT] = 0
    return True


def open_grace(tables: Tables, registers: Registers) -> bool:
    """Begin grace notes, which need a note of some length after them."""
    if registers[TIE] > 0 or registers[HOST] > 0 or registers[MARK] > 0:
        registers[REASON] = GRACE_MISFIT
        return False
    if registers[TUPLET_LEFT] > 0:
        if registers[TUPLET_VALUE] == 0:
            registers[TUPLET_VALUE] = tables[SETTINGS][UNIT_VALUE] + 1
        elif registers[TUPLET_VALUE] != tables[SETTINGS][UNIT_VALUE] + 1:
            registers[REASON] = GRACE_MISFIT
            return False
    registers[HOST] = 4
    refit(tables, registers)
    registers[HOST] = 0
    registers[CONTEXT] = 1
    if registers[FIT] == 0:
        registers[REASON] = GRACE_MISFIT
        return False
    return True


def close_grace(registers: Registers) -> bool:
    """End the grace notes; the note that carries them must follow."""
    registers[CONTEXT] = 0
    return registers[HOST] > 0
