"""Are the tables of the ABC standard whole and free of contradictions?"""

from string import ascii_letters

from tunewright.notation.spec import FIELDS


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
