"""Is the music of a tune counted in bars and ticks as it stands in the text?"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.musicality.bar_contents import TICKS, read_music, ticks

QUARTER, EIGHTH = TICKS // 4, TICKS // 8


def music_of(body, header="M:4/4\nL:1/4\nK:D\n"):
    return read_music(f"X:1\n{header}{body}\n")


def test_notes_of_a_bar_count_from_its_start():
    music = music_of("D2 z F|A4|")
    assert music.bars[0].notes == ((0, 2 * QUARTER, 62), (3 * QUARTER, QUARTER, 66))
    assert music.bars[0].rhythm == ((0, 2 * QUARTER), (3 * QUARTER, QUARTER))
    assert music.bars[1].notes == ((0, 4 * QUARTER, 69),)
    assert (music.pitches, music.lengths) == ((62, 66, 69), (2 * QUARTER, QUARTER, 4 * QUARTER))
    assert music.tonic == 2


def test_bars_that_fill_the_metre_are_told_from_those_that_do_not():
    assert [bar.full for bar in music_of("D4|D3|D5|D4|]").bars] == [True, False, False, True]
    assert [bar.full for bar in music_of("D4|D3|", "M:none\nL:1/4\nK:D\n").bars] == [None, None]


def test_bars_that_take_no_time_are_none():
    music = music_of("D0|D4|D4|")
    assert len(music.bars) == 2
    assert len(music.pitches) == 3


def test_pick_ups_lack_what_comes_before_them_and_other_short_bars_nothing():
    music = music_of("A|D4|D3:|\nA|D4|D3:|")
    assert [bar.missing // QUARTER for bar in music.bars] == [3, 0, 0, 3, 0, 0]
    assert [bar.section for bar in music.bars] == [0, 0, 0, 1, 1, 1]


def test_tied_notes_are_one_and_tuplets_exact():
    music = music_of("(3DEF D2-D|D4|")
    assert music.lengths[:3] == (TICKS // 6,) * 3
    assert music.lengths[3:] == (3 * QUARTER, 4 * QUARTER)


def test_lengths_that_ticks_cannot_hold_are_rounded_down():
    assert ticks(Fraction(1, 128)) * 128 == TICKS
    assert ticks(Fraction(1, 11)) == TICKS // 11


def test_without_key_there_is_no_tonic():
    assert music_of("D4|", "M:4/4\nL:1/4\nK:none\n").tonic is None


@pytest.mark.parametrize("text", ["", "\n", "X:1\nT:Rests\nM:4/4\nL:1/4\nK:D\nz4|\n", "?" * 50])
def test_without_notes_there_is_no_music(text):
    assert read_music(text) is None


@given(st.text(alphabet="ABCDEFGabcz|:[]{}()<>-/0123456789'\",~!^=_ \nKMLX", max_size=200))
def test_any_text_is_survived(text):
    music = read_music(f"X:1\nM:6/8\nK:G\n{text}")
    if music is not None:
        assert len(music.pitches) == len(music.lengths) > 0
        assert all(bar.missing >= 0 for bar in music.bars)
