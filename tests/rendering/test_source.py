"""Text that is rendered: one complete tune, otherwise unchanged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.errors import RenderError
from tunewright.rendering.source import INSERTED, LONGEST_TEXT, abc_text, completed, title_of

WHOLE = "X:7\nT:Ünder\nK:D\nDEF|\n"


def test_a_whole_tune_stays():
    assert abc_text(WHOLE) == WHOLE


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ("T:A\nK:C\nC|", "X:1\nT:A\nK:C\nC|\n"),
        ("CDE", "X:1\nCDE\n"),
        ("\ufeffX:2\r\nK:C\r\n\r\nC|\r\n", "X:2\nK:C\nC|\n"),
        ("X:1\nK:C\nC\x00D\x02|\n", "X:1\nK:C\nCD|\n"),
        ("end of a title)\nX:1\nK:C\nC|\n", "% end of a title)\nX:1\nK:C\nC|\n"),
        ("X:1\nK:C\nlo\ud800ne\n", "X:1\nK:C\nlo?ne\n"),
    ],
)
def test_what_is_mended(came, expected):
    assert abc_text(came) == expected


def test_provenance_stands_below_the_reference_number():
    text = abc_text(WHOLE, {"model": "jigs", "seed": "3\nK:F"})
    assert text == "X:7\n% model: jigs\n% seed: 3 K:F\nT:Ünder\nK:D\nDEF|\n"


def test_provenance_may_hold_anything():
    assert abc_text(WHOLE, {"prime": r"\1 \g<0>"}).splitlines()[1] == r"% prime: \1 \g<0>"


def test_a_text_too_long_is_refused():
    with pytest.raises(RenderError, match="1,000,001 characters"):
        abc_text("C" * (LONGEST_TEXT + 1))


def test_title():
    assert title_of(WHOLE) == "Ünder"
    assert title_of("K:C\nTABC|\n") == ""


@settings(max_examples=200)
@given(st.text(st.sampled_from("X:TK1\nab \t\r\x00\ufeff\u2028%|é𝄞\ud800"), max_size=60))
def test_each_character_knows_where_it_comes_from(tune):
    text, places = completed(tune)
    assert text == abc_text(tune)
    assert len(places) == len(text)
    assert [place for place in places if place != INSERTED] == sorted({place for place in places if place != INSERTED})
    for character, place in zip(text, places, strict=True):
        came = tune[place] if place != INSERTED else character
        assert character in (came, "\n", "?")
        assert character != "\n" or place == INSERTED or came in "\n\r\u2028"
