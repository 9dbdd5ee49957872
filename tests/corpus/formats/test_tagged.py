"""Tunes between tags are read whole, and their characters add up to the file's, so that losses can be compared."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.formats.tagged import is_tagged, read_tagged
from tunewright.corpus.tune import Failure, Tune

PATH = Path("train.txt")


def read(text):
    return list(read_tagged(text, PATH))


def test_tunes_are_verbatim_and_their_characters_add_up():
    text = "<start>\nX:1\nK:C\nabc  \n<end>\n<start>\nXIV?me\n<end>\n<start>\nX:3\nK:D\nd<e>f\n<end>"
    first, second, third = read(text)
    assert first == Tune("X:1\nK:C\nabc  \n", PATH, 2, 28)
    assert (second.text, second.line) == ("XIV?me\n", 7)
    assert (third.text, third.line) == ("X:3\nK:D\nd<e>f\n", 10)
    assert first.source_characters + second.source_characters + third.source_characters == len(text)


@pytest.mark.parametrize("text", ["<start>\nabc\n<start>\ndef\n<end>\n", "<start>\nabc\n<end>\n<start>\ndef"])
def test_a_missing_end_is_survived(text):
    tunes = read(text)
    assert [tune.text for tune in tunes] == ["abc\n", "def\n"]
    assert sum(tune.source_characters for tune in tunes) == len(text)


def test_blank_lines_between_tunes_count():
    text = "<start>\nabc\n<end>\n\n\n<start>\ndef\n<end>\n"
    assert [tune.source_characters for tune in read(text)] == [20, 18]


def test_tags_may_share_a_line_with_the_tune():
    assert [tune.text for tune in read("<START>X:1\nabc<END><start>def<end>")] == ["X:1\nabc\n", "def\n"]


def test_empty_tunes_and_text_outside_are_reported():
    found = read("before\n<start>\n\n<end>\n<start>\nabc\n<end>\nbetween\n<start>\nd\n<end>\n")
    assert found[:2] == [
        Failure(PATH, 1, "text outside <start> and <end>, left out"),
        Failure(PATH, 3, "an empty tune"),
    ]
    assert found[2] == Tune("abc\n", PATH, 6, 18)
    assert found[3].line == 8
    assert found[4].text == "d\n"


def test_only_a_tag_at_a_line_begin_makes_a_tagged_file():
    assert is_tagged("a\n  <start>\n")
    assert not is_tagged("w: a <start> b\n")


line = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), exclude_characters="<&"), min_size=1
)
texts = st.lists(st.lists(line, min_size=1).map("\n".join).filter(lambda text: text == text.strip()), min_size=1)


@given(texts)
def test_what_was_written_is_read(texts):
    source = "".join(f"<start>\n{text}\n<end>\n" for text in texts)
    tunes = read(source)
    assert [tune.text for tune in tunes] == [text + "\n" for text in texts]
    assert sum(tune.source_characters for tune in tunes) == len(source)
    lines = source.split("\n")
    assert all(lines[tune.line - 1] == tune.text.split("\n")[0] for tune in tunes)
