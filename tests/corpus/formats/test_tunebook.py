"""Tunes are found in tunebooks as people type them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.formats.tunebook import file_header, read_tunebook
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError

PATH = Path("book.abc")


def read(text):
    found = list(read_tunebook(text, PATH))
    return [item for item in found if isinstance(item, Tune)], [item for item in found if isinstance(item, Failure)]


def texts(text):
    tunes, failures = read(text)
    assert failures == []
    return [tune.text for tune in tunes]


ONE, TWO = "X:1\nT:One\nK:C\nabc|\n", "X:2\nT:Two\nK:D\ndef|\ngab|\n"


@pytest.mark.parametrize("between", ["", "\n", "\n\n\n", "  \n"])
def test_blank_lines_or_x_lines_part_tunes(between):
    tunes, failures = read(ONE + between + TWO)
    assert failures == []
    assert [tune.text for tune in tunes] == [ONE, TWO]
    assert [tune.source_characters for tune in tunes] == [len(ONE + between), len(TWO)]
    assert tunes[1].line == 5 + between.count("\n")


def test_a_book_may_end_without_a_newline():
    tunes, _ = read(ONE + "\n" + TWO.rstrip("\n"))
    assert tunes[1].text == TWO
    assert tunes[1].source_characters == len(TWO) - 1


def test_repeated_numbers_are_no_trouble():
    assert texts(ONE + "\n" + ONE.replace("abc", "cba")) == [ONE, ONE.replace("abc", "cba")]


def test_a_tune_without_number_is_known_by_its_key():
    assert texts("T:One\nK:C\nabc|\n\n" + TWO) == ["T:One\nK:C\nabc|\n", TWO]


def test_text_before_an_unnumbered_tune_is_left_out():
    tunes, failures = read("Here it is.\nT:One\nK:C\nabc|\n")
    assert [tune.text for tune in tunes] == ["T:One\nK:C\nabc|\n"]
    assert failures == [Failure(PATH, 1, "text between tunes, left out")]


def test_text_between_tunes_is_left_out_and_reported():
    tunes, failures = read("My book.\n\n" + ONE + "\nThe next I had from Ann.\n\n" + TWO)
    assert [tune.text for tune in tunes] == [ONE, TWO]
    assert [(failure.line, failure.reason) for failure in failures] == [
        (1, "text between tunes, left out"),
        (8, "text between tunes, left out"),
    ]
    assert [tune.source_characters for tune in tunes] == [len(ONE) + 1, len(TWO)]


def test_music_after_a_blank_line_is_reported():
    tunes, failures = read(ONE + "\ndef|gab:|\n")
    assert [tune.text for tune in tunes] == [ONE]
    assert failures == [Failure(PATH, 6, "music after a blank line, which ends a tune in ABC, left out")]


def test_comments_and_directives_stay_within_tunes_and_go_between_them():
    tune = "X:1\n%%scale 0.7\nT:One % really\nK:C\n% here it starts\nabc|[r:x] \\\ndef|\nN:a\n+:b\n"
    assert texts("%abc-2.1\n%%pagewidth 20\n\n" + tune + "\n% the end\n") == [tune]


def test_fields_before_the_first_tune_are_defaults():
    header = "%abc-2.1\nM:6/8\nL:1/16\nO:Ireland\nI:linebreak $\nI:abc-charset utf-8\nr:mine\n\n"
    assert texts(header + "X:1\nL:1/8\nK:C\nabc|\n\n" + "X:2\nM:C\nK:D\nM:3/4\ndef|\n") == [
        "X:1\nL:1/8\nM:6/8\nO:Ireland\nI:linebreak $\nK:C\nabc|\n",
        "X:2\nM:C\nL:1/16\nO:Ireland\nI:linebreak $\nK:D\nM:3/4\ndef|\n",
    ]


def test_defaults_need_no_blank_line_and_keep_their_continuations():
    assert texts("N:one\n+:two\nX:1\nK:C\nabc|\n") == ["X:1\nN:one\n+:two\nK:C\nabc|\n"]


def test_defaults_add_no_source_characters():
    tunes, _ = read("M:6/8\n\n" + ONE)
    assert tunes[0].source_characters == len(ONE)


def test_a_default_that_the_standard_does_not_know_is_reported():
    tunes, failures = read("Q:120\nM:6/8\n\n" + ONE)
    assert tunes[0].text == "X:1\nT:One\nM:6/8\nK:C\nabc|\n"
    assert failures == [Failure(PATH, 1, "a field that may not stand in a file header, left out")]


@pytest.mark.parametrize("text", ["X:1\nT:One\n\nM:6/8\nK:C\nabc|\n", "X:1\nT:One\nM:6/8\nK:C\n\nabc|\n"])
def test_a_blank_line_before_the_music_ends_nothing(text):
    assert texts(text + "\n" + TWO) == ["X:1\nT:One\nM:6/8\nK:C\nabc|\n", TWO]


def test_a_double_spaced_book_is_read():
    assert texts((ONE + TWO).replace("\n", "\n\n")) == [ONE, TWO]


def test_tunes_without_key_or_music_are_reported():
    tunes, failures = read("X:1\nT:One\nabc|\n\nX:2\nK:C\n\n" + TWO)
    assert [tune.text for tune in tunes] == [TWO]
    assert [(failure.line, failure.reason) for failure in failures] == [
        (1, "a tune without a K: field"),
        (5, "a tune without music"),
    ]


def test_a_web_page_is_read():
    page = "<html><body><h1>Tunes</h1>\n<pre>\nX:1\nT:Dan&#39;s\nK:C\nabc|\n</pre>\n</body></html>\n"
    tunes, failures = read(page)
    assert [tune.text for tune in tunes] == ["X:1\nT:Dan's\nK:C\nabc|\n"]
    assert [failure.line for failure in failures] == [1]


def test_voices_lyrics_and_inline_fields_are_the_tunes_own():
    tune = "X:1\nK:C\nV:1\nabc& def|[V:2]g!trill!a!\nw:la la la\nW:end\nP:B\n[K:D]abc|\n"
    assert texts(tune) == [tune]


@pytest.mark.parametrize("text", ["abc|def|\n", "only words\n\nand more\n", "M:6/8\nL:1/8\n"])
def test_what_holds_no_tune_is_refused(text):
    with pytest.raises(CorpusError, match="holds no tune"):
        read(text)


value = st.text(alphabet="cdefg CDE|:<>()[]'\"123/", max_size=30)
music = st.text(alphabet="abcdefgABCDEFG|23/ ", min_size=1).map(lambda notes: "|" + notes)
tunes = st.builds(
    lambda title, lines: f"X:1\nT:{title}\nM:6/8\nK:D\n" + "".join(line + "\n" for line in lines),
    value,
    st.lists(music, min_size=1),
)


@settings(deadline=None)
@given(st.lists(tunes, min_size=1), st.sampled_from(["", "\n", "\n\n"]))
def test_what_was_written_is_read(tunes, between):
    book = between.join(tunes)
    found, failures = read(book)
    assert failures == []
    assert [tune.text for tune in found] == tunes
    assert sum(tune.source_characters for tune in found) == len(book)


BITS = st.sampled_from(
    ["X:1\n", "X:2\n", "\n", "  \n", "K:D\n", "K:C", "T:a\n", "abc|\n", "|:gg:|\n", "abc", "%x\n", "hi all\n",
     "<p>X:3\n", "M:C\n", "A:|\n", "+:b\n", "a<b>c\n", "&amp;\n", "a\x01b\n", "ab<br>X:4\n",
     " X:1\n", "\x85\n", "r:no\n"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(BITS, max_size=14).map("".join), st.sampled_from(["", "X:9\nK:G\nabc\n", "X:9\nK:G\nabc\n\n"]))
def test_tunes_taken_as_they_are_come_out_as_they_do_line_by_line(text, before):
    def outcome():
        try:
            return list(read_tunebook(before + text, PATH))
        except CorpusError as error:
            return str(error)

    found = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tunewright.corpus.formats.tunebook._plain", lambda *_: None)
        assert outcome() == found


def test_a_file_header_ends_before_the_first_tune():
    header = "%abc-2.1\nM:6/8\n\nSome words.\n\n"
    assert file_header(header + ONE + "\n" + TWO) == header
    assert file_header(header + "T:No number\nK:D\nabc|\n") == header
    assert file_header(ONE) == file_header("words") == ""


def test_a_continued_field_of_the_file_header_goes_with_its_field():
    book = "H:Learnt from a friend,\n+:added to a bad bag\n\nX:1\nK:C\nC|\n\nX:2\nH:its own\nK:C\nC|\n"
    tunes = [item.text for item in read_tunebook(book, Path("book.abc")) if isinstance(item, Tune)]
    assert tunes == [
        "X:1\nH:Learnt from a friend,\n+:added to a bad bag\nK:C\nC|\n",
        "X:2\nH:its own\nK:C\nC|\n",
    ]
