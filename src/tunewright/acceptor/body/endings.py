"""Where may a section, a repeat or an ending begin and end?

The part of the acceptor (see `machine`) that knows bar lines other than the plain one. abc2midi wants each ``:|`` to
have its ``|:``, but for the first section, and for tunes that had endings before; a second ending right after the
first; and the second time through to count like the first.
"""

from tunewright.acceptor.body.bars import (
    ending_open,
    ends_at_home,
    loose,
    not_idle,
    plain_line,
    plays_once,
    soft_line,
    start_bar,
)  # fmt: skip
from tunewright.acceptor.body.lengths import ends_now
from tunewright.acceptor.body.sections import may_have_endings, repeated, sections, target
from tunewright.acceptor.reading import (
    AWAIT,
    BAR,
    BAR_SHORT,
    CADENCE,
    ENDING,
    ENDING_BAR,
    ENDING_MISSING,
    ENDING_POSITION,
    FORM_BROKEN,
    FREE,
    FULL,
    HOMING,
    NO_NOTE,
    NOTES,
    OPENING,
    PHASE,
    PLAYED,
    POSITION,
    REASON,
    REPEAT,
    REPEAT_MISSING,
    REPEAT_OPEN,
    REPEAT_PHASE,
    RETURN,
    SECTION,
    SECTION_BAR,
    SETTINGS,
    STARTED,
    STATE,
    STRAY,
    STRETCH,
    TIDY,
    TIE,
    Registers,
    Tables,
)  # fmt: skip


def may_close(tables: Tables, registers: Registers) -> bool:
    """Return true if the conditions allow the section to end here."""
    last = target(tables, registers)
    if last > 0 and sections(tables, registers) > 0 and registers[BAR] != last:
        registers[REASON] = FORM_BROKEN
        return False
    return ends_at_home(registers)


def may_start(tables: Tables, registers: Registers) -> bool:
    """Return true if the conditions allow a section to start here."""
    if ends_now(tables, registers):
        registers[REASON] = CADENCE
        return False
    last = target(tables, registers)
    if last > 0 and registers[BAR] >= last and registers[OPENING] == 0:
        registers[REASON] = FORM_BROKEN
        return False
    if sections(tables, registers) == 0:
        return True
    if not repeated(tables, registers, registers[SECTION]):
        registers[REASON] = FORM_BROKEN
        return False
    return True


def close_section(registers: Registers) -> None:
    """Count a section that has ended."""
    if registers[STARTED] == 1:
        registers[SECTION] += 1
    registers[STARTED] = 0
    registers[ENDING] = 0
    registers[STRAY] = 0
    registers[HOMING] = 0
    registers[SECTION_BAR] = registers[BAR]


def take_double(tables: Tables, registers: Registers) -> bool:
    """End a section that is not repeated, or a second ending."""
    if not loose(registers) or not soft_line(tables, registers):
        return False
    if registers[STRETCH] == 0 and not not_idle(registers):
        return False
    if ending_open(registers):
        return False
    if tables[SETTINGS][TIDY] == 1 and (registers[REPEAT] == 2 or registers[STARTED] == 0):
        registers[REASON] = REPEAT_OPEN
        return False
    if registers[ENDING] == 2 and registers[POSITION] != 0:
        registers[RETURN] = registers[FULL]
    if sections(tables, registers) > 0:
        if registers[STARTED] == 1 and not (plays_once(tables, registers) and may_close(tables, registers)):
            registers[REASON] = FORM_BROKEN
            return False
        close_section(registers)
    elif registers[REPEAT] != 2:
        close_section(registers)
    if registers[REPEAT] == 0 or registers[OPENING] == 1:
        registers[PHASE] = registers[POSITION]  # a repeat leads back to this line, whatever pick-up follows it
    return start_bar(tables, registers)


def start_repeat(tables: Tables, registers: Registers) -> bool:
    """Start a section that will be repeated."""
    if not loose(registers) or not soft_line(tables, registers):
        return False
    if registers[REPEAT] == 2:
        registers[REASON] = REPEAT_OPEN
        return False
    if ending_open(registers):
        return False
    if registers[STARTED] == 1 and sections(tables, registers) > 0 and registers[BAR] > 0:
        if not (plays_once(tables, registers) and may_close(tables, registers)):
            registers[REASON] = FORM_BROKEN
            return False
        close_section(registers)
    elif sections(tables, registers) == 0:
        close_section(registers)
    registers[STARTED] = 0
    registers[ENDING] = 0
    if not may_start(tables, registers):
        return False
    registers[PHASE] = -1 if registers[OPENING] == 1 else registers[POSITION]
    registers[REPEAT] = 2
    return start_bar(tables, registers)


def goes_back(tables: Tables, registers: Registers) -> bool:
    """Return true if a repeat may end here although none began.

    Once a tune has had endings, abc2midi goes back to the repeat before, or just on, without a complaint.
    """
    if registers[PLAYED] == 0 or sections(tables, registers) > 0 or registers[ENDING] == 2:
        return False
    return registers[FREE] == 1 or (registers[PHASE] == 0 and registers[RETURN] == 0)


def repeat_fits(tables: Tables, registers: Registers) -> bool:
    """Count the bar at the end of a repeat; false if the second time through would not count the same."""
    if not loose(registers):
        return False
    if registers[STARTED] == 0 or registers[NOTES] == 0:
        registers[REASON] = NO_NOTE
        return False
    if registers[ENDING] == 3 or (
        registers[REPEAT] == 0 and registers[ENDING] != 2 and not goes_back(tables, registers)
    ):
        registers[REASON] = REPEAT_MISSING
        return False
    if not may_close(tables, registers):
        return False
    if registers[FREE] == 1:
        registers[POSITION] = 0
        return True
    if registers[POSITION] == registers[FULL]:
        registers[POSITION] = 0
        if registers[OPENING] == 1:
            registers[PHASE] = 0
            registers[OPENING] = 0
    if registers[POSITION] != registers[PHASE] or registers[OPENING] == 1:
        registers[REASON] = REPEAT_PHASE
        return False
    return True


def end_repeat(tables: Tables, registers: Registers) -> bool:
    """End a section that is repeated, or its first ending."""
    if not repeat_fits(tables, registers):
        return False
    if sections(tables, registers) > 0 and not repeated(tables, registers, registers[SECTION]):
        registers[REASON] = FORM_BROKEN
        return False
    if registers[ENDING] == 1:
        registers[ENDING] = 3
        registers[STATE] = AWAIT
        return start_bar(tables, registers)
    if registers[ENDING] == 2:
        if registers[ENDING_POSITION] != 0:
            registers[REASON] = REPEAT_PHASE
            return False
        registers[POSITION] = 0
        registers[PLAYED] = 0  # programs differ on where a repeat goes back to after this
    else:
        registers[RETURN] = registers[PHASE]
    close_section(registers)
    registers[REPEAT] = 0
    registers[PHASE] = registers[POSITION]
    return start_bar(tables, registers)


def repeat_twice(tables: Tables, registers: Registers) -> bool:
    """End a section that is repeated and start the next one, with ``::``."""
    if registers[ENDING] > 0 or registers[TIE] > 0 or registers[REPEAT] == 0:
        registers[REASON] = ENDING_MISSING
        return False
    if not end_repeat(tables, registers) or not may_start(tables, registers):
        return False
    registers[REPEAT] = 2
    return start_bar(tables, registers)


def first_ending(tables: Tables, registers: Registers, after_bar: int) -> bool:
    """Start a first ending, at a plain bar line or within a bar."""
    if after_bar == 1 and not plain_line(tables, registers):
        return False
    if not loose(registers):
        return False
    begun = registers[REPEAT] > 0 or goes_back(tables, registers)
    if not begun or registers[ENDING] > 0 or registers[STARTED] == 0:
        registers[REASON] = REPEAT_MISSING
        return False
    inside = registers[POSITION] == registers[FULL] or target(tables, registers) > 0
    if registers[OPENING] == 1 or (registers[POSITION] != 0 and inside):
        registers[REASON] = BAR_SHORT
        return False
    if target(tables, registers) > 0 and registers[BAR] >= target(tables, registers):
        registers[REASON] = FORM_BROKEN
        return False
    formed = sections(tables, registers) > 0 and not may_start(tables, registers)
    if ends_now(tables, registers) or formed or not may_have_endings(tables, registers):
        registers[REASON] = FORM_BROKEN
        return False
    registers[STRAY] = 0 if registers[REPEAT] > 0 else 1
    registers[ENDING] = 1
    registers[STARTED] = 0
    registers[ENDING_POSITION] = registers[POSITION]
    registers[ENDING_BAR] = registers[BAR]
    return start_bar(tables, registers)


def second_ending(tables: Tables, registers: Registers) -> bool:
    """Start a second ending, which goes on from where the first one began."""
    registers[RETURN] = registers[PHASE] if registers[ENDING_POSITION] == 0 else registers[FULL]
    registers[PLAYED] = 1
    registers[ENDING] = 2
    registers[REPEAT] = 0
    registers[STARTED] = 0
    registers[POSITION] = registers[ENDING_POSITION]
    registers[BAR] = registers[ENDING_BAR]
    return start_bar(tables, registers)
