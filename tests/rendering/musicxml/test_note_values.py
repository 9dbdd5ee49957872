"""Note values: type, dots and tuplet ratio of any length say what it is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from musicxml_reading import TYPES

from tunewright.notation.meter import WHOLE, Tuplet
from tunewright.rendering.musicxml.note_values import note_values, plain_value


def length_of(value):
    return TYPES[value.type] * (2 - Fraction(1, 2**value.dots)) * Fraction(value.normal, value.actual)


@pytest.mark.parametrize(
    ("length", "values"),
    [
        (Fraction(1, 4), [("quarter", 0)]),
        (Fraction(3, 8), [("quarter", 1)]),
        (Fraction(7, 8), [("half", 2)]),
        (Fraction(5, 8), [("half", 0), ("eighth", 0)]),
        (Fraction(9), [("maxima", 0), ("whole", 0)]),
        (Fraction(1, 1024), [("1024th", 0)]),
    ],
)
def test_plain_lengths(length, values):
    found = note_values(int(length * WHOLE))
    assert [(value.type, value.dots) for value in found] == values
    assert {(value.actual, value.normal) for value in found} == {(1, 1)}
    assert plain_value(length) == (values[0] if len(values) == 1 else None)


def test_a_third_is_a_tuplet_of_its_own():
    (value,) = note_values(WHOLE // 6)
    assert value[:4] == ("quarter", 0, 3, 2)


def test_a_length_too_fine_to_write_has_no_type():
    assert [value.type for value in note_values(WHOLE // 4096)] == [""]
    assert plain_value(Fraction(0)) is None


@given(
    st.fractions(Fraction(1, 1024), 16, max_denominator=1024), st.sampled_from([None, (3, 2), (5, 4), (2, 3), (7, 2)])
)
def test_the_parts_say_their_length_and_add_up(length, ratio):
    tuplet = Tuplet(notes=ratio[0], time=ratio[1], reach=ratio[0]) if ratio else None
    factor = Fraction(ratio[1], ratio[0]) if ratio else Fraction(1)
    ticks = int(length * WHOLE * factor)
    values = note_values(ticks, tuplet)
    assert sum(value.ticks for value in values) == ticks
    if all(value.type for value in values):
        rounding = Fraction(2 * len(values) + 16, WHOLE)
        assert all(abs(length_of(value) - Fraction(value.ticks, WHOLE)) <= rounding for value in values)
    else:
        assert len(values) == 1


@given(st.integers(1, 4096), st.integers(0, 10), st.sampled_from([(3, 2), (5, 3), (9, 8)]))
def test_lengths_of_real_tunes_are_always_written(count, power, ratio):
    written = Fraction(count, 1024) * 2 ** min(power, 3)
    tuplet = Tuplet(notes=ratio[0], time=ratio[1], reach=ratio[0])
    ticks = int(written * WHOLE * ratio[1] / ratio[0])
    values = note_values(ticks, tuplet)
    assert all(value.type for value in values)
    assert sum((TYPES[value.type] * (2 - Fraction(1, 2**value.dots)) for value in values), Fraction()) == written
    assert {(value.actual, value.normal) for value in values} == {ratio}
