"""Human tunes set beside a tune: a tune that was moved must be found, moved back, and be alike bar by bar."""

import pytest

import tunewright
from tunewright.errors import OptionError
from tunewright.notation.melody import read_melody
from tunewright.studio.settings import Settings
from tunewright.studio.tunes.near_tunes import HumanCorpora, alike_bars, best_shift

HEAD = "X:1\nT:Try\nM:4/4\nL:1/8\nK:D\n"
REEL = HEAD + "d2fd Adfd|e2ge cege|ABcd A2B2|f2d2 d4|]\n"


def test_a_tune_in_another_key_is_moved_back():
    moved = tunewright.transpose(REEL, -5)
    assert best_shift(read_melody(REEL), read_melody(moved)) == 5


def test_alike_bars_are_those_that_are_alike():
    other = HEAD + "d2fd Adfd|g8|ABcd A2B2|a2g2 e4|]\n"
    found = alike_bars(read_melody(REEL), read_melody(other), 0)
    assert [(pair.bar, pair.other) for pair in found] == [(1, 1), (3, 3)]


def test_shorter_note_values_in_a_shorter_metre_are_alike():
    halved = REEL.replace("M:4/4\nL:1/8", "M:2/4\nL:1/16")
    assert len(alike_bars(read_melody(REEL), read_melody(halved), 0)) == 4


def test_nothing_is_alike_without_notes():
    empty = read_melody("")
    assert best_shift(empty, read_melody(REEL)) == 0
    assert alike_bars(empty, read_melody(REEL), 0) == ()


def test_a_moved_human_tune_is_found_and_set_beside_itself(oneills_folder, tmp_path):
    tune = tunewright.read_tunes(oneills_folder)[700]
    figures, nearest = HumanCorpora(Settings(folder=tmp_path)).compare(tunewright.transpose(tune.text, 2), "oneills")
    assert figures.verdict == "copied"
    first = nearest[0]
    assert (first.similarity, first.semitones) == (1.0, 2)
    assert first.text == tunewright.transpose(tune.text, 2)
    numbers = {bar.number for bar in read_melody(tune.text).bars}
    assert {pair.bar for pair in first.alike} == numbers
    assert [near.similarity for near in nearest] == sorted((near.similarity for near in nearest), reverse=True)


def test_a_corpus_that_is_not_there(tmp_path):
    with pytest.raises(OptionError, match="there are: oneills, ryans"):
        HumanCorpora(Settings(folder=tmp_path)).compare(REEL, "../etc")
