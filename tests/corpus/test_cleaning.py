"""Residues are removed and tunes stay as they are; claims, comments and runs of spaces are left out on demand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.cleaning import SourceLine, clean_lines, essential_tunes, essentials, make_tune
from tunewright.corpus.tune import END, START, Failure, Tune
from tunewright.notation.spec import LONGEST_TUNE

PATH = Path("some.abc")


def cleaned(text):
    return "\n".join(line.text for line in clean_lines(text))


@pytest.mark.parametrize(
    "line",
    [
        "A<b>c d>e<f",
        "A<a>b <d>d",
        "a<TB>c <u>d".replace("<u>", "<uc>"),
        'z4 & "<(" "@1,2 x" !<(! a b !<)!',
        "Z:John <john@example.org>",
        "T:A & B; C",
        "K:D % a comment <- here",
        "[r:remark] [M:6/8] \\",
        "w:a-b__c |",
        "abc  \t",
        "T:\\'etude && AT&T",
    ],
)
def test_abc_stays_as_it_is(line):
    assert cleaned(line) == line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<pre>X:1", "X:1"),
        ("T:<b>The</b> <i>Rights</i>", "T:The Rights"),
        ('T:The <a href="x.html">Rights</a>', "T:The Rights"),
        ("abc|</pre></body>", "abc|"),
        ('<font color="#fff">abc|</FONT>', "abc|"),
        ("T:Dan&#39;s &amp; Ann&#x27;s &eacute;", "T:Dan's & Ann's é"),
        ("&quot;Am&quot;A&lt;B&nbsp;c", '"Am"A<B c'),
        ("<!-- a comment -->abc", "abc"),
        (f"a{START}b{END}c\x00\x1a\x7f\ufeff", "abc"),
        ("T:&#2;x", "T:x"),
    ],
)
def test_residue_goes(line, expected):
    assert cleaned(line) == expected


def test_line_break_tags_break_lines_and_keep_numbers_and_sizes():
    assert list(clean_lines("X:1<br>T:a<BR/>\nK:C", 5)) == [
        SourceLine(5, "X:1", 16),
        SourceLine(5, "T:a", 0),
        SourceLine(6, "K:C", 3),
    ]


@given(st.text())
def test_no_character_is_counted_twice_or_lost(text):
    assert sum(line.size for line in clean_lines(text)) <= len(text)
    assert not set("\x00\x02\x03\r\x7f") & set(cleaned(text))


def test_a_tune_has_one_newline_at_its_end_and_no_blank_lines_around():
    tune = make_tune(list(clean_lines("\n\nX:1\nK:C\nabc |  \n\n", 3)), PATH)
    assert tune == Tune("X:1\nK:C\nabc |  \n", PATH, 5, 17)


def test_nothing_is_no_tune():
    assert make_tune(list(clean_lines(" \n", 7)), PATH) == Failure(PATH, 7, "an empty tune")
    assert isinstance(make_tune([], PATH), Failure)


def test_what_is_too_long_is_no_tune():
    assert isinstance(make_tune([SourceLine(1, "a" * (LONGEST_TUNE - 1), 0)], PATH), Tune)
    failure = make_tune([SourceLine(1, "a" * LONGEST_TUNE, 0)], PATH)
    assert isinstance(failure, Failure)
    assert "longer than 1,000,000" in failure.reason


TEXT = "X:1\nT:A  Tune % of mine\n% a comment\nC:Somebody\nZ: else\nM:4/4\nK:D\nDE \t FG|   \n|: d4 :| % end\n"


def test_music_title_and_key_stay():
    assert essentials(TEXT) == "X:1\nT:A Tune\nM:4/4\nK:D\nDE FG|\n|: d4 :|\n"


@given(st.text(alphabet="CTKXZ:% \tdE|\n"))
def test_a_second_time_changes_nothing(text):
    assert essentials(essentials(text)) == essentials(text)


def test_a_tune_of_claims_alone_is_left_out():
    claims, tune = (Tune(text, Path("a.abc"), 1, len(text)) for text in ("C:Somebody\n", TEXT))
    (left,) = essential_tunes([claims, tune])
    assert left.source_characters == len(left.text) + 1
    assert (left.path, left.line) == (tune.path, tune.line)
