"""The figures of a corpus add up."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.statistics import FailureStatistics, FieldStatistics, Lengths, describe
from tunewright.corpus.tune import Failure, Reading, Tune

PATH = Path("book.abc")


def reading_of(*texts, failures=(), duplicates=()):
    return Reading(tuple(Tune(text, PATH, 1, len(text) + 1) for text in texts), tuple(failures), tuple(duplicates))


def test_every_figure_of_a_small_corpus():
    one, two = "X:1\nT:a\nT:b\nM:6/8\nK:D\nabc|\nM:9/8\n", "X:2\nM:6/8\nK:G\nabc|def|\n"
    failures = [Failure(PATH, 9, "a tune without music"), Failure(PATH, 3, "words"), Failure(PATH, 5, "words")]
    statistics = describe(reading_of(one, two, failures=failures, duplicates=[Tune(one, PATH, 1, 1)]))
    assert (statistics.tunes, statistics.duplicates) == (2, 1)
    assert statistics.characters == len(one + two)
    assert statistics.source_characters == len(one + two) + 2
    assert dict(statistics.symbols)["|"] == 3
    assert statistics.symbols[0] == ("\n", 11)
    assert statistics.fields == (
        FieldStatistics("K", "key", 2, (("D", 1), ("G", 1))),
        FieldStatistics("M", "meter", 2, (("6/8", 2),)),
        FieldStatistics("X", "reference number", 2, ()),
        FieldStatistics("T", "tune title", 1, ()),
    )
    assert statistics.failures == (
        FailureStatistics("words", 2, "book.abc:3"),
        FailureStatistics("a tune without music", 1, "book.abc:9"),
    )


def test_lengths_are_those_of_the_tunes():
    assert describe(reading_of(*("a" * length for length in (5, 1, 4, 2, 3)))).lengths == Lengths(1, 2, 3, 4, 5)
    assert describe(reading_of("abc")).lengths == Lengths(3, 3, 3, 3, 3)


@given(st.lists(st.text(min_size=1), min_size=1))
def test_the_symbols_make_up_the_characters(texts):
    statistics = describe(reading_of(*texts))
    assert sum(count for _, count in statistics.symbols) == statistics.characters == len("".join(texts))
    counts = [count for _, count in statistics.symbols]
    assert counts == sorted(counts, reverse=True)
