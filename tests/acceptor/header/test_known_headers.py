import pytest

from tunewright.acceptor.header.known_headers import (
    THE_END,
    Combination,
    KnownHeaders,
    folded,
    named_in,
    title_number,
)
from tunewright.corpus.style import header_style

NAMING = {"reel", "jig"}


def known(*headers: str) -> set[Combination]:
    texts = [f"X:1\n{header}\nK:D\nD|\n" for header in headers]
    return set(KnownHeaders.of(header_style(texts)).combinations)


def test_an_odd_metre_of_a_rhythm_is_left_out():
    jigs = ["T:Ann's Jig\nR:jig\nM:6/8\nL:1/8"] * 200
    found = known(*jigs, *["T:Ann's Jig\nR:jig\nM:C\nL:1/8"] * 4)
    assert found == {Combination("jig", "jig", "6/8", "1/8"), Combination("", "jig", "6/8", "1/8")}
    assert Combination("", "jig", "C", "1/8") in known(*jigs, *["T:A\nR:jig\nM:C\nL:1/8"] * 20)


def test_a_title_does_not_name_another_rhythm():
    found = known(*["T:Ann's Jig\nR:reel\nM:C|\nL:1/8"] * 3, *["T:Ann's\nR:slip jig\nM:9/8\nL:1/8"] * 3)
    assert {each.named for each in found} == {""}
    assert {each.rhythm for each in found} == {"slipjig"}


def test_spellings_are_one_rhythm():
    headers = KnownHeaders.of(
        header_style([f"X:1\nT:A\nR:{rhythm}\nM:9/8\nL:1/8\nK:D\n" for rhythm in ("slip jig", "SlipJig", "slip-jig")])
    )
    assert headers.combinations == (Combination("", "slipjig", "9/8", "1/8"),)
    assert set(headers.rhythms) == {"slip jig", "SlipJig", "slip-jig"}


def test_single_tunes_are_enough_where_there_is_nothing_else():
    assert known("T:A\nM:3/4\nL:1/8") == {Combination("", "", "3/4", "1/8")}


def test_words_that_leave_something_open_are_left_out():
    headers = KnownHeaders.of(header_style(["X:1\nT:\"Ann's Own\" (and Ben's) -- Set, The\nM:C\nK:D\n"]))
    assert set(headers.words) == {"--", "Set,", "The"}


def test_slurs_in_old_titles_are_left_out():
    headers = KnownHeaders.of(header_style(["X:1\nT:The Darkies' Cooney COON, Squaw's\nM:C\nK:D\n"]))
    assert set(headers.words) == {"The", "Cooney"}


def test_no_title_ends_with_an_article_or_has_two_in_a_row():
    titles = ["The Wind", "The Wind", "Wind, The", "Wind, The", "The The Wind", "The The Wind"]
    counted = header_style([f"X:1\nT:{title}\nM:C\nK:D\n" for title in titles])
    assert {THE_END, "the"} <= set(counted["titles"]["followed"]["the"].split())
    following = KnownHeaders.of(counted).followers["the"]
    assert following
    assert not {THE_END, "the"} & set(following)


@pytest.mark.parametrize(
    "title", ["Quiet Land, The", "THE QUIET LAND -- REEL", "The Land, Quiet.", "Quiet Land Jig", "a quiet land"]
)
def test_titles_that_differ_in_nothing_that_counts(title):
    assert title_number(title, NAMING) == title_number("The Quiet Land", NAMING)


@pytest.mark.parametrize(
    "title", ["The Quiet Lands", "Quiet", "The Quiet Quiet Land", "The Luiet Qand", "My Quiet Land"]
)
def test_titles_that_differ(title):
    assert title_number(title, NAMING) != title_number("The Quiet Land", NAMING)


def test_names():
    assert folded("Slip-Jig ") == folded("slip jig") == "slipjig"
    assert named_in("The Jig -- REEL.", NAMING) == "reel"
    assert named_in("Planxty", NAMING) == ""
