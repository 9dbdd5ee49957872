"""How long may the next note be?

The part of the acceptor (see `machine`) that knows what is left of the bar, of the tuplet and of the budget.
Functions run over flat tables and registers of integers; a function that returns false has refused the character, and
the registers are then void.
"""

from tunewright.acceptor.body.sections import bars, pick_up, repeated, sections, target
from tunewright.acceptor.reading import (
    BAR,
    BROKEN,
    BUDGET,
    CHORD,
    CONTEXT,
    CUT,
    ENDING,
    ENDING_BAR,
    FILL,
    FIT,
    FULL,
    GRAINS_OF,
    HEADER_ROOM,
    HORNPIPE,
    HOST,
    IMPOSSIBLE,
    LONGEST_ENDING,
    LONGEST_REPEAT,
    LONGEST_TUNE,
    MARK,
    OPENING,
    PHASE,
    POSITION,
    REPEAT,
    ROOM,
    SECTION,
    SECTION_BAR,
    SEEN,
    SEEN_K,
    SETTINGS,
    STARTED,
    TIDY,
    TUPLET_FACTOR,
    TUPLET_LEFT,
    TUPLET_OF,
    TUPLET_VALUE,
    UNIT,
    UNIT_VALUE,
    Registers,
    Tables,
)  # fmt: skip


def goal(tables: Tables, registers: Registers) -> int:
    """Return the ticks at which the bar must end: short of a full bar where the last one of a section balances."""
    if registers[OPENING] == 1 and pick_up(tables, registers) > 0:
        return pick_up(tables, registers)
    number = registers[BAR] if registers[POSITION] > 0 else registers[BAR] + 1
    if number == target(tables, registers) and registers[PHASE] > 0 and registers[OPENING] == 0:
        return registers[PHASE]
    repeats = registers[REPEAT] == 2 or registers[ENDING] == 1
    if (
        repeats
        and registers[STARTED] == 1
        and registers[PHASE] >= max(registers[POSITION], 1)
        and registers[OPENING] == 0
    ):
        return registers[PHASE] if overdue(tables, registers) else registers[FULL]
    return registers[FULL]


def room(tables: Tables, registers: Registers) -> int:
    """Return the grains that are left in the bar; -1 where no note may come at all."""
    last, count = target(tables, registers), sections(tables, registers)
    if count > 0:
        if registers[SECTION] >= count:
            return -1
        if repeated(tables, registers, registers[SECTION]) and registers[REPEAT] == 0 and registers[ENDING] != 2:
            return -1
    if last > 0 and registers[BAR] >= last and registers[POSITION] == 0:
        return -1
    return (goal(tables, registers) - registers[POSITION]) * 4 // registers[UNIT]


def suits(tables: Tables, registers: Registers, index: int, factor: int) -> int:
    """Return 1 if what waits for the next note, such as a grace note, allows it the length `index`, else 0."""
    value = tables[GRAINS_OF][index]
    if registers[BROKEN] > 0 and registers[BROKEN] != index + 1:
        return 0
    if registers[TUPLET_LEFT] > 0 and registers[TUPLET_VALUE] > 0 and registers[TUPLET_VALUE] != index + 1:
        return 0
    if registers[MARK] > 2 and registers[HORNPIPE] == 1 and value * registers[UNIT] // 4 == registers[FULL] // 8:
        return 0
    if registers[MARK] == 4 and factor > 1 and value * factor == 12 * registers[TUPLET_OF]:
        return 0
    grace = registers[HOST] * registers[CUT] * (2 if registers[MARK] == 3 else 1)
    return 0 if grace > 0 and grace >= 4 * value else 1


def refit(tables: Tables, registers: Registers) -> None:
    """Work out which lengths the next note may have, and keep them in FIT."""
    registers[FIT] = 0
    grains = tables[GRAINS_OF]
    fill = tables[FILL]
    left = room(tables, registers)
    factor = 1
    if registers[TUPLET_LEFT] > 0:
        factor = registers[TUPLET_FACTOR]
    for index in range(len(grains)):
        value = grains[index] * factor
        if 0 < registers[TUPLET_LEFT] < registers[TUPLET_OF]:
            allowed = True
        elif value > left:
            allowed = False
        else:
            allowed = fill[left - value] < IMPOSSIBLE
        if allowed and suits(tables, registers, index, factor) == 1:
            registers[FIT] |= 1 << index


def far(tables: Tables, registers: Registers) -> int:
    """Return a number of characters that is enough to go home from anywhere."""
    length = tables[SETTINGS][ROOM]
    last = bars(tables, registers)
    if registers[SEEN] & SEEN_K == 0:
        length += tables[SETTINGS][HEADER_ROOM]
    if registers[FULL] > 0 and registers[UNIT] > 0:
        bar = tables[FILL][registers[FULL] * 4 // registers[UNIT]] + 2
        length += 3 * bar
        if last > registers[BAR]:
            length += (last - registers[BAR]) * bar + 8 * sections(tables, registers)
    elif last > 0:
        length += last * 40
    return length


def has_form(tables: Tables, registers: Registers) -> bool:
    """Return true if it is said when the tune ends."""
    return bars(tables, registers) > 0 or sections(tables, registers) > 0


def ends_now(tables: Tables, registers: Registers) -> bool:
    """Return true if only about two bars beyond the way home are left, so that the tune must come to its end."""
    if has_form(tables, registers):
        return False
    return registers[BUDGET] < far(tables, registers) or overdue(tables, registers)


def overdue(tables: Tables, registers: Registers) -> bool:
    """Return true in a tidy tune where an ending, a repeat or the whole lasts longer than human ones do."""
    if tables[SETTINGS][TIDY] == 0 or has_form(tables, registers):
        return False
    in_ending = registers[ENDING] == 1 or registers[ENDING] == 2
    if in_ending and registers[BAR] - registers[ENDING_BAR] >= LONGEST_ENDING:
        return True
    if registers[REPEAT] == 2 and registers[BAR] - registers[SECTION_BAR] >= LONGEST_REPEAT:
        return True
    return registers[BAR] >= LONGEST_TUNE


def leave_room(tables: Tables, registers: Registers) -> None:
    """Keep the next note from filling the bar."""
    left = room(tables, registers)
    for index in range(len(tables[GRAINS_OF])):
        if tables[GRAINS_OF][index] == left and (registers[FIT] >> index) & 1 == 1:
            registers[FIT] -= 1 << index


def grace_lengths(tables: Tables, registers: Registers) -> int:
    """Return the mask of lengths of a grace note that leave something of the longest note that may follow."""
    grains = tables[GRAINS_OF]
    longest = 0
    for index in range(len(grains)):
        if (registers[FIT] >> index) & 1 == 1:
            longest = grains[index]
    allowed = 0
    for index in range(len(grains)):
        if grains[index] <= 8 and (registers[HOST] - 4 + grains[index]) * registers[CUT] < 4 * longest:
            allowed |= 1 << index
    return allowed


def lengths(tables: Tables, registers: Registers) -> int:
    """Return the mask of lengths that the note now being written may have."""
    unit = 1 << tables[SETTINGS][UNIT_VALUE]
    if registers[CONTEXT] == 0:
        return registers[FIT]
    if registers[CONTEXT] == 1:
        return unit if registers[TUPLET_LEFT] > 0 else grace_lengths(tables, registers)
    if registers[CHORD] > 0:
        return 1 << (registers[CHORD] - 1)
    if registers[TUPLET_LEFT] > 0:
        return registers[FIT]
    return registers[FIT] | unit
