"""Is what is found in a corpus really there, the longest and the nearest?"""

import difflib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.analysis.originality.copied_spans import music_of
from tunewright.analysis.originality.corpus_arrays import corpus_arrays
from tunewright.analysis.originality.corpus_search import NEAREST, CorpusSearch
from tunewright.corpus.tune import Tune

FIRST = "X:1\nT:First\nM:4/4\nL:1/8\nK:D\nD|dBAF ABdB|A2FA BdAF|d2fd edBe|dBAF E2D:|\n"
SECOND = "X:2\nT:Second\nM:4/4\nL:1/8\nK:G\n|:gfed Bcdg|e2dB c2BA|GBdg fagf|e2dc B2G2:|\n"
THIRD = "X:3\nT:Third\nM:6/8\nL:1/8\nK:Am\n|:ABc e2a|gee dBG|ABc e2d|cAA A3:|\n"
CORPUS = (FIRST, SECOND, THIRD)


def search_in(texts):
    tunes = [Tune(text, Path("book.abc"), 1 + 10 * number, len(text)) for number, text in enumerate(texts)]
    return CorpusSearch(*corpus_arrays(tunes, lambda _doing, _share: None))


@pytest.fixture(scope="module")
def search():
    return search_in(CORPUS)


@pytest.fixture(scope="module")
def search_tiny(tiny_tunes):
    return search_in(tiny_tunes)


@pytest.mark.parametrize("text", CORPUS)
def test_a_corpus_tune_is_found_whole(search, text):
    found = search.measure(text)
    title = text.split("\n")[1][2:]
    assert found.span.characters == found.span.of == len(music_of(text).characters)
    assert text[found.span.start : found.span.end] == music_of(text).characters
    assert found.bars.bars == found.bars.of == 4
    assert (found.bars.first, found.bars.last) == (found.bars.source_first, found.bars.source_last) == (1, 4)
    assert found.nearest[0].similarity == found.passage.share == 1
    assert found.passage.notes == found.notes
    sources = {found.span.source, found.bars.source, found.nearest[0].source, found.passage.source}
    assert {(source.title, source.path) for source in sources} == {(title, "book.abc")}


def test_the_same_tune_in_another_key_and_unit_length_is_found_by_ear(search):
    # the second tune by hand: a fourth lower, in sixteenths
    other = "M:4/4\nL:1/16\nK:D\n|:d2c2B2A2 F2G2A2d2|B4A2F2 G4F2E2|D2F2A2d2 c2e2d2c2|B4A2G2 F4D4:|\n"
    found = search.measure(other)
    assert found.span.characters < 6
    assert (found.bars.bars, found.bars.semitones, found.bars.source.title) == (4, -5, "Second")
    assert (found.nearest[0].similarity, found.nearest[0].source.title) == (1, "Second")


def test_copied_bars_are_named_here_and_there(search):
    found = search.measure("M:4/4\nL:1/8\nK:D\ne4 f4|g4 a4|f4 e4|A2FA BdAF|d2fd edBe|a8|\n")
    assert (found.bars.first, found.bars.last, found.bars.of) == (4, 5, 6)
    assert (found.bars.source_first, found.bars.source_last, found.bars.semitones) == (2, 3, 0)
    assert (found.passage.first, found.passage.last, found.passage.source.title) == (4, 5, "First")
    assert found.passage.notes == 14


def test_what_is_left_out_does_not_count(search):
    found = search.measure(FIRST, [0])
    assert found.span.characters < 6
    assert found.nearest[0].similarity < 0.5
    assert "First" not in {near.source.title for near in found.nearest}
    everything = search.measure(FIRST, [0, 1, 2])
    assert (everything.span, everything.bars, everything.nearest, everything.passage) == (None, None, (), None)


def test_header_and_fields_are_not_music(search):
    found = search.measure("X:1\nT:First\nM:4/4\nL:1/8\nK:D\n")
    assert (found.span, found.bars, found.nearest, found.passage, found.notes) == (None, None, (), None, 0)


def test_holders_are_counted():
    found = search_in([FIRST, FIRST.replace("T:First", "T:Same"), SECOND]).measure(FIRST)
    assert (found.span.tunes, found.span.source.title) == (2, "First")
    left_out = search_in([FIRST, FIRST.replace("T:First", "T:Same"), SECOND]).measure(FIRST, [0])
    assert (left_out.span.tunes, left_out.span.source.title) == (1, "Same")


def test_spans_agree_with_difflib_in_a_whole_corpus(search_tiny, tiny_tunes):
    for number, text in enumerate(tiny_tunes):
        music = music_of(text).characters
        expected = max(
            difflib.SequenceMatcher(None, music, music_of(other).characters, autojunk=False).find_longest_match().size
            for other in tiny_tunes
            if other != text
        )
        found = search_tiny.measure(text, [number])
        assert found.span.characters == expected
        assert text[found.span.start : found.span.end] in music


def test_shuffled_notes_are_like_nothing(search_tiny, tiny_tunes):
    header, music = tiny_tunes[0].split("|:", 1)
    letters = sorted(letter for letter in music if letter in "DEFGABcde")
    wild = iter(letters[::2] + letters[1::2])
    shuffled = "".join(next(wild) if letter in "DEFGABcde" else letter for letter in music)
    whole, scrambled = search_tiny.measure(tiny_tunes[0]), search_tiny.measure(f"{header}|:{shuffled}")
    assert whole.nearest[0].similarity == 1
    assert scrambled.nearest == () or scrambled.nearest[0].similarity < 0.6
    assert scrambled.span.characters < 20


def test_the_nearest_come_first(search_tiny, tiny_tunes):
    for text in tiny_tunes[:5]:
        values = [near.similarity for near in search_tiny.measure(text).nearest]
        assert len(values) <= NEAREST
        assert values == sorted(values, reverse=True)


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=120), st.text("ABCdefg|:[](){}<>/234'-,^_=z \nK:M\"!", max_size=200)))
def test_any_text_can_be_measured(search, text):
    found = search.measure(text)
    if found.span:
        assert 0 <= found.span.start < found.span.end <= len(text)
    assert 0 <= found.copied_share <= 1
    assert all(0 <= near.similarity <= 1 for near in found.nearest)


@settings(max_examples=20)
@given(st.lists(st.text("ABCdefg|:[]2/ \nK:é€", max_size=60), max_size=4))
def test_any_corpus_can_be_searched(texts):
    any_corpus = search_in(texts)
    for text in [*texts, FIRST]:
        any_corpus.measure(text)
        any_corpus.measure(text, range(len(texts)))


@pytest.mark.slow
def test_a_tune_of_the_corpus_is_as_near_by_its_number_as_by_its_text(search_tiny, tiny_tunes):
    for number, text in enumerate(tiny_tunes):
        for left_out in ((), (number,), (number, 3, 4), range(len(tiny_tunes))):
            assert search_tiny.nearness(number, left_out) == search_tiny.measure(text, left_out).nearness


def test_characters_without_a_byte_of_their_own_equal_nothing_by_number_either():
    symbols = "".join(map(chr, range(0x4E00, 0x4F00)))  # 256: more than have a byte
    texts = [f'X:1\nK:C\n"{symbols}"CDEF|GABc|\n', f'X:2\nK:C\n"{symbols[::-1]}"CDEF|GABc|\n']
    strange = search_in(texts)
    for number, text in enumerate(texts):
        assert strange.nearness(number) == replace(strange.measure(text).nearness, notes=8)
