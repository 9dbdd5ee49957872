"""Is the bar complete?

The part of the acceptor (see `machine`) that counts bars as abc2midi does when it plays the tune with its repeats: a
plain bar line wants a full bar; any other bar line may stand within a bar, which then goes on behind it. The first bar
of the tune may be a pick-up. A section that is repeated must leave over as much of a bar at its end as was left over
before its start (PHASE).
"""

from tunewright.acceptor.body.lengths import ends_now, overdue, refit
from tunewright.acceptor.body.sections import bars, on_beat, pick_up, repeated, sections, target
from tunewright.acceptor.reading import (
    BAR,
    BAR_SHORT,
    BROKEN,
    CADENCE,
    CHORDED,
    DEGREE,
    EMPTY_BAR,
    ENDING,
    ENDING_MISSING,
    FIT,
    FORM_BROKEN,
    FREE,
    FULL,
    HOMING,
    HOST,
    IDLE,
    LAST,
    MARK,
    MOST_IDLE,
    NO_NOTE,
    NOTES,
    OPENING,
    PHASE,
    PICK_UP,
    PICKUP,
    POSITION,
    REASON,
    REPEAT,
    REPEAT_OPEN,
    SECTION,
    SETTINGS,
    SLUR,
    SLUR_OPEN,
    STARTED,
    STRAY,
    STRETCH,
    TEXT,
    TIDY,
    TIE,
    TIE_OPEN,
    TIEABLE,
    TOO_LONG,
    TUPLET_LEFT,
    UNFINISHED,
    Registers,
    Tables,
)  # fmt: skip


def loose(registers: Registers) -> bool:
    """Return true if no tuplet, broken rhythm, grace note or mark waits for a note."""
    if registers[TUPLET_LEFT] > 0 or registers[BROKEN] > 0 or registers[HOST] > 0 or registers[MARK] > 0:
        registers[REASON] = UNFINISHED
        return False
    return True


def balanced(registers: Registers) -> bool:
    """Return true if the bar is complete, or lacks what the section or the tune began with."""
    position = registers[POSITION]
    if position == 0 or position == registers[FULL] or position == registers[PHASE] or registers[FREE] == 1:
        return True
    if registers[PICKUP] > 0 and position == registers[FULL] - registers[PICKUP]:
        return True
    if registers[STRETCH] == 0 and registers[NOTES] == 1:
        return True
    registers[REASON] = BAR_SHORT
    return False


def plays_once(tables: Tables, registers: Registers) -> bool:
    """Return true if the conditions allow the present section to end without a repeat."""
    count = sections(tables, registers)
    if count == 0 or registers[STARTED] == 0 or registers[ENDING] == 2:
        return True
    return registers[SECTION] < count and not repeated(tables, registers, registers[SECTION])


def ends_at_home(registers: Registers) -> bool:
    """Return true unless the section must end on the tonic and does not."""
    registers[REASON] = CADENCE
    return registers[HOMING] == 0 or registers[DEGREE] == 1


def form_ends(tables: Tables, registers: Registers) -> bool:
    """Return true if the tune has the bars and the sections that the conditions want."""
    last, count = bars(tables, registers), sections(tables, registers)
    closed = registers[SECTION] + registers[STARTED]
    if last > 0 and registers[BAR] != last:
        registers[REASON] = FORM_BROKEN
        return False
    if count > 0 and (closed != count or not plays_once(tables, registers)):
        registers[REASON] = FORM_BROKEN
        return False
    return ends_at_home(registers)


def closes_well(tables: Tables, registers: Registers) -> bool:
    """Return true unless the tune must end, and would do so within a bar on a note that is not the tonic."""
    registers[REASON] = CADENCE
    if registers[FREE] == 1 or registers[POSITION] in (0, registers[FULL]) or registers[DEGREE] == 1:
        return True
    return overdue(tables, registers) or not ends_now(tables, registers)


def ending_open(registers: Registers) -> bool:
    """Return true in a first ending, or where a second one has no note yet."""
    registers[REASON] = ENDING_MISSING
    if registers[ENDING] == 2:
        return registers[STARTED] == 0
    return registers[ENDING] > 0


def may_end(tables: Tables, registers: Registers) -> bool:
    """Return true if the tune may end here."""
    if not loose(registers):
        return False
    if registers[NOTES] == 0:
        registers[REASON] = NO_NOTE
        return False
    if registers[TIE] > 0:
        registers[REASON] = TIE_OPEN
        return False
    if registers[SLUR] > 0:
        registers[REASON] = SLUR_OPEN
        return False
    if registers[REPEAT] == 2:
        registers[REASON] = REPEAT_OPEN
        return False
    if ending_open(registers):
        return False
    if registers[STRAY] == 1:
        registers[REASON] = ENDING_MISSING
        return False
    if not balanced(registers) or not closes_well(tables, registers):
        return False
    if registers[CHORDED] == 1 and not on_beat(registers, registers[POSITION]):
        registers[REASON] = BAR_SHORT
        return False
    return form_ends(tables, registers)


def not_idle(registers: Registers) -> bool:
    """Count something between notes that is neither a note nor ends a bar; false if there is too much of it."""
    registers[IDLE] += 1
    registers[TEXT] = 0
    registers[REASON] = TOO_LONG
    return registers[IDLE] <= MOST_IDLE


def start_bar(tables: Tables, registers: Registers) -> bool:
    """Forget, after a bar line, what may only follow a note."""
    registers[LAST] = 0
    registers[TIEABLE] = 0
    registers[STRETCH] = 0
    registers[TEXT] = 0
    refit(tables, registers)
    if registers[STARTED] == 0 and ends_now(tables, registers) and may_end(tables, registers):
        registers[FIT] = 0
    return True


def picks_up_well(tables: Tables, registers: Registers) -> bool:
    """Return true unless the form wants another pick-up."""
    wanted = pick_up(tables, registers)
    if wanted < 0 or registers[POSITION] == 0:
        return True
    return registers[POSITION] == (wanted if wanted > 0 else registers[FULL])


def open_bar(tables: Tables, registers: Registers) -> bool:
    """Count the first bar of the tune, which may be a pick-up."""
    if registers[POSITION] > registers[FULL] or not picks_up_well(tables, registers):
        registers[REASON] = PICK_UP
        return False
    if registers[CHORDED] == 1 and not on_beat(registers, registers[POSITION]):
        registers[REASON] = PICK_UP
        return False
    if registers[POSITION] > 0:
        registers[OPENING] = 0
        if registers[POSITION] < registers[FULL]:
            registers[BAR] = 0
            registers[PICKUP] = registers[POSITION]
            if registers[PHASE] == 0 and registers[REPEAT] == 1:
                registers[REPEAT] = 0
        if registers[PHASE] < 0:
            registers[PHASE] = registers[FULL] - registers[POSITION]
        registers[POSITION] = 0
    return True


def soft_line(tables: Tables, registers: Registers) -> bool:
    """Count the bar at a bar line that may stand within one."""
    if registers[FREE] == 1:
        registers[POSITION] = 0
        return True
    if registers[OPENING] == 1:
        return open_bar(tables, registers)
    if registers[POSITION] == registers[FULL]:
        registers[POSITION] = 0
    if registers[CHORDED] == 1 and not on_beat(registers, registers[POSITION]):
        registers[REASON] = BAR_SHORT
        return False
    if registers[STRAY] == 1 and registers[POSITION] != 0:
        registers[REASON] = BAR_SHORT
        return False
    if ends_now(tables, registers):
        return closes_well(tables, registers) and balanced(registers)
    if 2 * registers[POSITION] >= registers[FULL] and registers[REPEAT] != 2:
        return True
    return balanced(registers)


def complete_bar(tables: Tables, registers: Registers) -> bool:
    """Count the bar at a plain bar line; false if it is not full."""
    if registers[FREE] == 1:
        registers[POSITION] = 0
        return True
    if registers[OPENING] == 1 and registers[POSITION] > 0:
        return open_bar(tables, registers)
    if registers[OPENING] == 1:
        registers[REASON] = NO_NOTE
        registers[PHASE] = 0
        return registers[REPEAT] != 2
    registers[REASON] = BAR_SHORT
    full = registers[POSITION] in (0, registers[FULL])
    registers[POSITION] = 0
    return full


def whole(tables: Tables, registers: Registers) -> bool:
    """Return true unless a tidy tune has a bar line here that only another sign behind it could make right."""
    position = registers[POSITION]
    if tables[SETTINGS][TIDY] == 0 or registers[FREE] == 1 or registers[OPENING] == 1 or position == 0:
        return True
    registers[REASON] = BAR_SHORT
    return position == registers[FULL] or position == registers[PHASE]


def slurred(tables: Tables, registers: Registers) -> bool:
    """Return true if a tidy tune has a slur that the bar line would cross."""
    registers[REASON] = SLUR_OPEN
    return tables[SETTINGS][TIDY] == 1 and registers[SLUR] == 1


def closable(registers: Registers) -> bool:
    """Return true if what must end can end at a full bar."""
    return registers[PHASE] == 0 or (registers[REPEAT] != 2 and registers[ENDING] != 1)


def empty(registers: Registers) -> bool:
    """Return true if nothing that takes time stands before a bar line; right behind ``:|`` and ``||`` one may stand."""
    if registers[STRETCH] > 0 or registers[NOTES] == 0:
        return False
    return registers[STARTED] == 1 or registers[IDLE] > 1 or registers[FIT] == 0


def plain_line(tables: Tables, registers: Registers) -> bool:
    """Take a plain bar line."""
    if not loose(registers) or (registers[STRETCH] == 0 and not not_idle(registers)):
        return False
    if tables[SETTINGS][TIDY] == 1 and empty(registers):
        registers[REASON] = EMPTY_BAR
        return False
    if not complete_bar(tables, registers):
        return False
    if registers[STARTED] == 1 and registers[STRAY] == 0 and closable(registers) and ends_now(tables, registers):
        registers[REASON] = CADENCE
        return False
    last = target(tables, registers)
    if last > 0 and registers[BAR] >= last and registers[STARTED] == 1 and sections(tables, registers) > 0:
        registers[REASON] = FORM_BROKEN
        return False
    return start_bar(tables, registers)
