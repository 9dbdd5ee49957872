"""Metres, lengths, tuplets and broken rhythm have the right durations."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.meter import (
    FREE,
    LONGEST,
    WHOLE,
    default_unit_length,
    parse_broken,
    parse_length,
    parse_meter,
    parse_tuplet,
    parse_unit_length,
    scaled,
    whole_notes,
)

METERS = {
    "C": 1, "C|": 1, "4/4": 1, "2/2": 1, "6/8": Fraction(3, 4), "9/8": Fraction(9, 8), "3/4": Fraction(3, 4),
    "2+3/8": Fraction(5, 8), "(2+3)/8": Fraction(5, 8), "4/2+2/2": 3, " 5 / 4 ": Fraction(5, 4),
}  # fmt: skip


@pytest.mark.parametrize(("value", "length"), METERS.items())
def test_a_meter_has_its_length(value, length):
    assert parse_meter(value).length == length


@pytest.mark.parametrize("value", ["", "none", "None "])
def test_no_meter_is_free(value):
    assert parse_meter(value) is FREE
    assert FREE.length is None


@pytest.mark.parametrize("value", ["3", "0/4", "4/0", "x", "3/", "/8", "4/4 x", "6/8/8", "99999/8"])
def test_what_is_no_meter_is_none(value):
    assert parse_meter(value) is None


def test_compound_meters():
    names = ("6/8", "9/8", "12/8", "6/4", "3/8", "3/4", "C", "2+4/8", "3/8+3/8", "none")
    assert [name for name in names if parse_meter(name).compound] == ["6/8", "9/8", "12/8", "6/4"]


@pytest.mark.parametrize(("meter", "unit"), [("2/4", 16), ("5/8", 16), ("3/4", 8), ("C", 8), ("none", 8), ("6/8", 8)])
def test_the_default_unit_is_a_sixteenth_below_three_quarters(meter, unit):
    assert default_unit_length(parse_meter(meter)) * unit == WHOLE


def test_unit_lengths():
    assert parse_unit_length("1/16") * 16 == parse_unit_length("1") == WHOLE
    assert [parse_unit_length(value) for value in ("", "1/0", "0", "a", "1/8 x")] == [None] * 5


LENGTHS = {
    "": (1, 1),
    "3": (3, 1),
    "/": (1, 2),
    "//": (1, 4),
    "3/2": (3, 2),
    "/4": (1, 4),
    "3/": (3, 2),
    "/2/2": (1, 4),
}


@pytest.mark.parametrize(("text", "length"), LENGTHS.items())
def test_lengths(text, length):
    assert parse_length(text) == length


def test_nothing_is_longer_than_the_longest():
    assert parse_length("9" * 5000) == (LONGEST, 1)
    assert parse_length("/" * 5000) == (1, LONGEST)
    assert scaled(WHOLE, LONGEST, 1) == scaled(WHOLE * LONGEST, LONGEST, 1) == LONGEST * WHOLE


@pytest.mark.parametrize(
    ("text", "compound", "expected"),
    [
        ("(2", False, (2, 3, 2)), ("(3", True, (3, 2, 3)), ("(4", False, (4, 3, 4)), ("(5", False, (5, 2, 5)),
        ("(5", True, (5, 3, 5)), ("(6", True, (6, 2, 6)), ("(7", False, (7, 2, 7)), ("(8", True, (8, 3, 8)),
        ("(9", True, (9, 3, 9)), ("(3:2:4", False, (3, 2, 4)), ("(3::2", False, (3, 2, 2)), ("(5:4", False, (5, 4, 5)),
        ("(11:8", False, (11, 8, 11)),
    ],
)  # fmt: skip
def test_tuplets(text, compound, expected):
    tuplet = parse_tuplet(text, compound=compound)
    assert (tuplet.notes, tuplet.time, tuplet.reach) == expected


@pytest.mark.parametrize("text", ["(1", "(0", "(10", "(0:2"])
def test_what_is_no_tuplet_is_none(text):
    assert parse_tuplet(text, compound=False) is None


@pytest.mark.parametrize(
    ("marks", "first"), [(">", (3, 2)), (">>", (7, 4)), (">>>", (15, 8)), ("<", (1, 2)), ("<<", (1, 4))]
)
def test_broken_rhythm_keeps_the_sum(marks, first):
    before, after = parse_broken(marks)
    assert before == first
    assert Fraction(*before) + Fraction(*after) == 2


@given(st.integers(0, 10**9))
def test_ticks_are_exact(ticks):
    assert whole_notes(ticks) * WHOLE == ticks


@pytest.mark.parametrize("parts", [1, 2, 3, 5, 6, 7, 9, 11, 13, 64, 256])
def test_common_lengths_are_whole_ticks(parts):
    assert WHOLE % (parts * 4) == 0
