"""Tables of the forms that a tune may have."""

from collections.abc import Iterable

from tunewright.acceptor.conditions import Conditions
from tunewright.acceptor.forms import Form
from tunewright.acceptor.reading import FormRow, SectionRow
from tunewright.acceptor.words import METERS, WHOLE


def form_tables(conditions: Conditions) -> tuple[list[int], list[int], list[int], list[int]]:
    """Build the table of forms, and which of them are drawn.

    Returns
    -------
    rows
        The form of the conditions, then those of `Conditions.forms` that agree with it; see `reading` for the places.
    starts, counts
        For each metre, where its forms stand in `drawn`, and how many numbers that are.
    drawn
        Numbers of rows, each as often as tunes have the form.
    """
    rows = _asked(conditions)
    starts: list[int] = []
    counts: list[int] = []
    drawn: list[int] = []
    forms = [
        form for form in conditions.forms if len(form.sections) <= FormRow.MOST_SECTIONS and _agrees(form, conditions)
    ]
    if conditions.bars is not None and conditions.form is not None:
        forms = []  # all is said
    numbers = {form: number for number, form in enumerate(forms, 1)}
    for form in forms:
        rows += _row(form)
    for metre in METERS:
        starts.append(len(drawn))
        for form in _of_rhythm([form for form in forms if form.metre == metre.word], conditions.rhythm):
            drawn += [numbers[form]] * form.tunes
        counts.append(len(drawn) - starts[-1])
    return rows, starts, counts, drawn


def _asked(conditions: Conditions) -> list[int]:
    """The row of what the conditions ask for."""
    row = [0] * FormRow.WIDTH
    sections, bars = conditions.sections, conditions.bars or 0
    row[FormRow.BARS], row[FormRow.SECTIONS], row[FormRow.PICK_UP] = bars, len(sections), -1
    for number, repeated in enumerate(sections):
        _put(row, number, bars // len(sections) * (number + 1), repeated, endings=True)
    return row


def _row(form: Form) -> list[int]:
    row = [0] * FormRow.WIDTH
    pick_up = form.pick_up * WHOLE
    row[FormRow.BARS], row[FormRow.SECTIONS] = form.bars, len(form.sections)
    row[FormRow.PICK_UP] = int(pick_up) if pick_up.denominator == 1 else -1
    last = 0
    for number, section in enumerate(form.sections):
        last += section.bars
        _put(row, number, last, section.repeated, endings=section.endings)
    return row


def _put(row: list[int], number: int, last_bar: int, repeated: bool, *, endings: bool) -> None:
    place = FormRow.FIRST_SECTION + number * SectionRow.WIDTH
    row[place + SectionRow.LAST_BAR], row[place + SectionRow.REPEATED] = last_bar, int(repeated)
    row[place + SectionRow.ENDINGS] = int(endings)


def _agrees(form: Form, conditions: Conditions) -> bool:
    """Whether the conditions leave this form; one without a bar in some section, which no tune has, never is."""
    if not all(section.bars > 0 for section in form.sections):
        return False
    if conditions.form is not None and form.repeats != conditions.sections:
        return False
    return conditions.bars is None or form.bars == conditions.bars


def _of_rhythm(forms: list[Form], rhythm: str | None) -> Iterable[Form]:
    """Those of the rhythm that is asked for, if there are any, else all."""
    return [form for form in forms if rhythm is not None and form.rhythm == rhythm.strip().lower()] or forms
