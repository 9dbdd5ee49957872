"""Form of the tune: sections, bars and pick-up that it must have.

The part of the acceptor (see `machine`) that looks it up. Row 0 of the table of forms is what the conditions ask
for, with zeros for what they leave open; the others are forms that a corpus has. One of these is drawn when the header
is complete, because a form goes with a metre and a rhythm: by the number in `draw`, which whoever composes puts there.
"""

from tunewright.acceptor.reading import DRAWS, IMPOSSIBLE, FormRow, Place, SectionRow, State, Tables


def of_form(tables: Tables, state: State, place: int) -> int:
    """What the form says: a place of `FormRow`."""
    return tables[Place.FORMS][state.form * FormRow.WIDTH + place]


def of_section(tables: Tables, state: State, section: int, place: int) -> int:
    """What the form says of one of its sections: a place of `SectionRow`."""
    return tables[Place.FORMS][state.form * FormRow.WIDTH + FormRow.FIRST_SECTION + section * SectionRow.WIDTH + place]


def bars(tables: Tables, state: State) -> int:
    """Return how many bars the tune must have; 0 for any number."""
    return of_form(tables, state, FormRow.BARS)


def sections(tables: Tables, state: State) -> int:
    """Return how many sections the tune must have; 0 for any number."""
    return of_form(tables, state, FormRow.SECTIONS)


def repeated(tables: Tables, state: State, section: int) -> bool:
    """Return true if the form has this section and repeats it."""
    return section < sections(tables, state) and of_section(tables, state, section, SectionRow.REPEATED) == 1


def may_have_endings(tables: Tables, state: State) -> bool:
    """Return true if the section may have a first and a second ending."""
    count = sections(tables, state)
    if count == 0:
        return True
    return state.section < count and of_section(tables, state, state.section, SectionRow.ENDINGS) == 1


def target(tables: Tables, state: State) -> int:
    """Return the number of the bar in which the section, or without sections the tune, must end; 0 where any may."""
    count = sections(tables, state)
    if count == 0:
        return bars(tables, state)
    if state.section < count:
        return of_section(tables, state, state.section, SectionRow.LAST_BAR)
    return bars(tables, state)


def on_beat(state: State, position: int) -> bool:
    """Return true if the notes that accompany chord symbols could end here (an eighth, or a beat, of the bar)."""
    beat = 32
    if state.full == 96:
        beat = 16
    if state.full == 320 or state.full == 448:
        beat = 64
    return position < 0 or position % beat == 0


def pick_up(tables: Tables, state: State) -> int:
    """Return the ticks that stand before the first bar, 0 for none; -1 where any may, or these cannot be."""
    ticks = of_form(tables, state, FormRow.PICK_UP)
    if ticks <= 0:
        return ticks
    if state.chorded == 1 and not on_beat(state, ticks):
        return -1
    grains = ticks * 4 // state.unit
    fits = ticks * 4 % state.unit == 0 and ticks < state.full and tables[Place.FILL][grains] < IMPOSSIBLE
    return ticks if fits else -1


def draw_form(tables: Tables, state: State) -> None:
    """Choose a form for the metre of the header."""
    if state.draw == 0 or state.free == 1 or state.meter == 0:
        return
    count = tables[Place.FORM_COUNTS][state.meter - 1]
    if count > 0:
        place = tables[Place.FORM_STARTS][state.meter - 1] + state.draw * count // DRAWS
        state.form = tables[Place.FORM_DRAWN][place]
