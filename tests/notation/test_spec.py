"""The tables of the ABC standard are complete and consistent."""

from itertools import pairwise
from string import ascii_letters

from tunewright.notation.spec import (
    BAR_LINES,
    DECORATION_SIGNS,
    DECORATIONS,
    FERMATAS,
    FIELDS,
    KEY_OPTIONS,
    LINE_OF_FIFTHS,
    MODES,
    NATURAL_PITCHES,
)


def test_every_field_is_filed_under_its_letter():
    assert all(letter == field.letter and letter in ascii_letters for letter, field in FIELDS.items())
    assert len(FIELDS) == 27


def test_the_header_begins_with_x_then_t_and_ends_with_k():
    places = {letter: field.tune_header for letter, field in FIELDS.items() if field.tune_header not in ("any", "no")}
    assert places == {"X": "first", "T": "second", "K": "last"}


def test_what_may_stand_inline_may_stand_in_the_body():
    assert all(field.body for field in FIELDS.values() if field.inline)


def test_lyrics_belong_to_the_body_alone():
    assert [letter for letter, field in FIELDS.items() if field.tune_header == "no"] == ["s", "w"]


def test_each_fifth_is_seven_semitones():
    steps = [NATURAL_PITCHES[letter] for letter in LINE_OF_FIFTHS]
    assert [(after - before) % 12 for before, after in pairwise(steps)] == [7] * 6


def test_the_modes_in_the_order_of_their_signatures():
    order = sorted({(fifths, name) for name, fifths in MODES.values()}, reverse=True)
    assert [name for _, name in order] == ["lydian", "major", "mixolydian", "dorian", "minor", "phrygian", "locrian"]


def test_every_sign_stands_for_a_decoration():
    assert set(DECORATION_SIGNS.values()) <= DECORATIONS
    assert all(DECORATION_SIGNS.get(name, name.strip("!+")) in DECORATIONS for name in FERMATAS)


def test_no_word_or_bar_line_stands_twice():
    assert len(set(KEY_OPTIONS)) == len(KEY_OPTIONS)
    assert all(set(line) <= set("|:[].") for line in BAR_LINES)
