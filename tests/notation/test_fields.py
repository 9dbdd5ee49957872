"""Is the line between a header and its music drawn where the standard draws it?"""

import pytest

from tunewright.notation.fields import body, field_of, header_fields, header_length, is_remark


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
