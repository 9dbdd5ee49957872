"""Which form does the tune have: how many sections of how many bars, repeated or not, after which pick-up?

The part of the acceptor (see `machine`) that looks it up. Row 0 of the table of forms is what the conditions ask
for, with zeros for what they leave open; the others are forms that a corpus has. One of these is drawn when the header
is complete, because a form goes with a metre and a rhythm: by the number in DRAW, which whoever composes puts there.
"""

from tunewright.acceptor.reading import (
    CHORDED,
    DRAW,
    DRAWS,
    FILL,
    FORM,
    FORM_BARS,
    FORM_COUNTS,
    FORM_DRAWN,
    FORM_ENDINGS,
    FORM_LAST_BAR,
    FORM_PICK_UP,
    FORM_REPEATED,
    FORM_ROW,
    FORM_SECTION,
    FORM_SECTIONS,
    FORM_STARTS,
    FORMS,
    FREE,
    FULL,
    IMPOSSIBLE,
    METRE,
    SECTION,
    SECTION_PLACES,
    UNIT,
    Registers,
    Tables,
)  # fmt: skip


def of_form(tables: Tables, registers: Registers, place: int) -> int:
    """What the form says: FORM_BARS, FORM_SECTIONS or FORM_PICK_UP."""
    return tables[FORMS][registers[FORM] * FORM_ROW + place]


def of_section(tables: Tables, registers: Registers, section: int, place: int) -> int:
    """What the form says of one of its sections: FORM_LAST_BAR, FORM_REPEATED or FORM_ENDINGS."""
    return tables[FORMS][registers[FORM] * FORM_ROW + FORM_SECTION + section * SECTION_PLACES + place]


def bars(tables: Tables, registers: Registers) -> int:
    """Return how many bars the tune must have; 0 for any number."""
    return of_form(tables, registers, FORM_BARS)


def sections(tables: Tables, registers: Registers) -> int:
    """Return how many sections the tune must have; 0 for any number."""
    return of_form(tables, registers, FORM_SECTIONS)


def repeated(tables: Tables, registers: Registers, section: int) -> bool:
    """Return true if the form has this section and repeats it."""
    return section < sections(tables, registers) and of_section(tables, registers, section, FORM_REPEATED) == 1


def may_have_endings(tables: Tables, registers: Registers) -> bool:
    """Return true if the section may have a first and a second ending."""
    count = sections(tables, registers)
    if count == 0:
        return True
    return registers[SECTION] < count and of_section(tables, registers, registers[SECTION], FORM_ENDINGS) == 1


def target(tables: Tables, registers: Registers) -> int:
    """Return the number of the bar in which the section, or without sections the tune, must end; 0 where any may."""
    count = sections(tables, registers)
    if count == 0:
        return bars(tables, registers)
    if registers[SECTION] < count:
        return of_section(tables, registers, registers[SECTION], FORM_LAST_BAR)
    return bars(tables, registers)


def on_beat(registers: Registers, position: int) -> bool:
    """Return true if the notes that accompany chord symbols could end here (an eighth, or a beat, of the bar)."""
    beat = 32
    if registers[FULL] == 96:
        beat = 16
    if registers[FULL] == 320 or registers[FULL] == 448:
        beat = 64
    return position < 0 or position % beat == 0


def pick_up(tables: Tables, registers: Registers) -> int:
    """Return the ticks that stand before the first bar, 0 for none; -1 where any may, or these cannot be."""
    ticks = of_form(tables, registers, FORM_PICK_UP)
    if ticks <= 0:
        return ticks
    if registers[CHORDED] == 1 and not on_beat(registers, ticks):
        return -1
    grains = ticks * 4 // registers[UNIT]
    fits = ticks * 4 % registers[UNIT] == 0 and ticks < registers[FULL] and tables[FILL][grains] < IMPOSSIBLE
    return ticks if fits else -1


def draw_form(tables: Tables, registers: Registers) -> None:
    """Choose a form for the metre of the header."""
    if registers[DRAW] == 0 or registers[FREE] == 1 or registers[METRE] == 0:
        return
    count = tables[FORM_COUNTS][registers[METRE] - 1]
    if count > 0:
        place = tables[FORM_STARTS][registers[METRE] - 1] + registers[DRAW] * count // DRAWS
        registers[FORM] = tables[FORM_DRAWN][place]
