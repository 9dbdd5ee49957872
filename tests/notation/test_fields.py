"""Headers and their fields are read as in the standard; fields out of place and unknown values are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.fields import (
    body,
    field_of,
    find_fields,
    header_fields,
    header_length,
    is_remark,
    plain_string,
)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("T: The Rights of Man ", ("T", "The Rights of Man")),
        ("K:", ("K", "")),
        ("w:la la", ("w", "la la")),
        ("A:|", None),
        ("c::d", None),
        ("b:|", None),
        ("E:5", None),
        ("abc", None),
        (" T:x", None),
        ("+:more", None),
    ],
)
def test_fields_are_told_from_music(line, field):
    assert field_of(line) == field


def test_comments_directives_and_continuations_are_remarks():
    assert all(map(is_remark, ["% a", "%%scale 0.7", "+:more"]))
    assert not is_remark("abc % a")


def test_the_header_ends_with_its_first_key():
    text = "X:1\n%%scale 1\nT:a\n+:b\nK:D\nabc\nK:G\nM:3/4\ndef\n"
    assert list(header_fields(text)) == [("X", "1"), ("T", "a"), ("K", "D")]
    assert body(text) == "abc\nK:G\nM:3/4\ndef\n"


def test_without_a_key_the_header_ends_where_music_begins():
    assert header_length(["X:1", "T:a", "abc|", "M:2/4"]) == 2
    assert header_length(["X:1", "T:a"]) == 2


RIGHT = "X:1\nT:One\nM:6/8\nL:1/8\nQ:1/4=120\nK:D\n"

WRONG = {
    "T:One\nM:C\nK:D\nA|": [("number-missing", 0)],
    "X:1\nM:C\nK:D\nA|": [("title-missing", 0)],
    "X:1\nT:One\nK:D\nA|": [("meter-missing", 0)],
    "X:1\nT:One\nM:C\nA|": [("key-missing", 0)],
    "X:a\nT:One\nM:C\nK:D\n": [("number-unknown", 0)],
    "X:1\nT:One\nM:3\nK:D\n": [("meter-unknown", 10)],
    "X:1\nT:One\nM:C\nL:8th\nK:D\n": [("unit-length-unknown", 14)],
    "X:1\nT:One\nM:C\nQ:fast\nK:D\n": [("tempo-unknown", 14)],
    "X:1\nT:One\nM:C\nK:H\n": [("key-unknown", 14)],
    "T:One\nX:1\nM:C\nK:D\n": [("field-order", 6)],
    "X:1\nM:C\nT:One\nK:D\n": [("field-order", 8)],
    "X:1\nT:One\nJ:x\nM:C\nK:D\n": [("field-unknown", 10)],
    "X:1\nT:One\nw:a\nM:C\nK:D\n": [("field-not-allowed", 10)],
    "X:1\nT:One\nM:C\nwords\nK:D\n": [("line-ignored", 14)],
    "X:1\nT:One\n\nM:C\nK:D\n": [("blank-line-in-header", 10)],
    RIGHT + "H:story\nA|": [("field-not-allowed", len(RIGHT))],
    RIGHT + "A[T:a]|": [("field-not-allowed", len(RIGHT) + 1)],
    RIGHT + "A[M:x]|": [("meter-unknown", len(RIGHT) + 1)],
    RIGHT + "K:Zmaj\nA|": [("key-unknown", len(RIGHT))],
    RIGHT + "A|\n\nB|\nc|\n": [("music-after-blank-line", len(RIGHT) + 4)],
}


@pytest.mark.parametrize(("text", "expected"), WRONG.items())
def test_what_is_wrong_with_a_field_is_told(text, expected):
    assert [(problem.code, problem.start) for problem in find_fields(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        RIGHT, RIGHT + "A[K:Em]|\nM:3/4\nw:a\nT:Part two\n[P:B]W:end\n\nfree text\n", "%%abc\n% words\n" + RIGHT,
        RIGHT.replace("T:One\n", "T:One\nT:Two\n+:more\nR:jig\n"),
    ],
)  # fmt: skip
def test_fields_in_order_are_not_told(text):
    assert list(find_fields(text)) == []


def test_what_a_file_header_holds_may_be_missing():
    assert list(find_fields("X:1\nT:One\nK:D\nA|", {"M": "C"})) == []


@given(st.text() | st.text(alphabet="XTMKL:1/8\nAb| []%"))
def test_what_is_told_stands_in_the_text(text):
    assert all(0 <= problem.start <= len(text) for problem in find_fields(text))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("X:1\nT:t\nM:4/4\nm:~G2=GA\nK:C\n~G2|\n", ["macro-unread"]),
        ("X:1\nT:t\nM:4/4\nK:C\nG4|\ns:!trill!\n", ["symbols-unread"]),
        ("X:1\nT:t\nP:AB\nM:4/4\nK:C\nP:A\nG4|\n", ["part-missing"]),
        ("X:1\nT:t\nP:A2B\nM:4/4\nK:C\nP:A\nG4|\n[P:B]A4|\n", []),
        ("X:1\nT:t\nM:4/4\nK:C\n%%begintext\nG4|\n", ["block-unclosed"]),
        ("X:1\nT:t\nM:4/4\nK:C\n%%begintext\nG4|\n%%endtext\nG4|\n", []),
    ],
)
def test_what_is_right_but_not_read_is_told(text, codes):
    assert [problem.code for problem in find_fields(text)] == codes


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("Caf\\'e", "Café"), ("\\u00e9t\\u00e9", "été"), ("&eacute;&amp;&#233;", "é&é"), ("\\vc\\cc\\;a\\HO", "čçąŐ"),
        ("\\ss\\AA\\/o", "ßÅø"), ("o\\-be\\-di e", "o\\-be\\-di e"), ("A & B; \\x", "A & B; \\x"),
    ],
)  # fmt: skip
def test_accents_and_entities_are_characters(value, plain):
    assert plain_string(value) == plain
