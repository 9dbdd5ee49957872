"""What of a tune is compared, and which bars are the same music?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.originality.copied_spans import (
    BETWEEN_TUNES,
    Alphabet,
    as_bytes,
    bars_of,
    music_of,
)
from tunewright.notation.melody import read_melody

HEADER = "X:1\nT:Title\nM:4/4\nL:1/8\nK:G\n"


def contents(text):
    """What each bar holds, without how it goes on."""
    return [int(code) >> 16 for code in bars_of(read_melody(text)).codes]


def codes(text):
    return [int(code) for code in bars_of(read_melody(text)).codes]


def test_only_music_is_compared():
    text = HEADER + "GABc d2 e2|\n% a remark\nw:words un-der it\n\n[M:3/4] d6|\n"
    music = music_of(text)
    assert music.characters == "GABc d2 e2|\n[M:3/4] d6|"
    assert "".join(text[offset] for offset in music.offsets) == music.characters


@pytest.mark.parametrize("text", ["", "\n", HEADER, "X:1\nT:Title\n", HEADER + "w:words\n% remark\n"])
def test_a_tune_without_music_has_none(text):
    music = music_of(text)
    assert (music.characters, len(music.offsets)) == ("", 0)
    assert len(bars_of(read_melody(text)).codes) == 0


@given(st.text(max_size=200))
def test_the_music_of_any_text_stands_where_it_says(text):
    music = music_of(text)
    assert "".join(text[offset] for offset in music.offsets) == music.characters
    bars_of(read_melody(text))


@given(st.text("abcé€𝄞", max_size=20))
def test_what_the_alphabet_lacks_equals_nothing(text):
    alphabet = Alphabet("ab𝄞")
    body, tune = alphabet.of_body(text), alphabet.of_tune(text)
    assert [here == there for here, there in zip(body, tune, strict=True)] == [letter in "ab𝄞" for letter in text]
    assert BETWEEN_TUNES not in body + tune


def test_an_alphabet_takes_as_many_as_fit():
    alphabet = Alphabet("".join(map(chr, range(100, 500))))
    assert alphabet.of_body(chr(352)) == alphabet.of_tune(chr(352)) == b"\xfd"
    assert (alphabet.of_body(chr(353)), alphabet.of_tune(chr(353))) == (b"\xfe", b"\xff")


SAME_MUSIC = [
    HEADER + "GABc d2 e2|dBGB A4|",
    "M:C\nL:1/16\nK:G\nG2A2B2c2 d4 e4|d2B2G2B2 A8|",  # another unit note length
    "M:2/4\nL:1/16\nK:G\nGABc d2 e2|dBGB A4|",  # half the note values, in half the metre
    "M:4/4\nL:1/8\nK:A\nABcd e2 f2|ecAc B4|",  # a tone higher
    "M:4/4\nL:1/8\nK:G\ngabc' d'2 e'2|d'bgb a4|",  # an octave higher
    'M:4/4\nL:1/8\nK:G\n"G"(GAB{d}c) ~d2 [ce]2|dBGB A4||',  # ornaments and chords
]


@pytest.mark.parametrize("other", SAME_MUSIC)
def test_the_same_music_gives_the_same_bars(other):
    assert codes(SAME_MUSIC[0]) == codes(other)


@pytest.mark.parametrize(
    "other",
    ["GABc d3 e|", "GABc d2 d2|", "GABc d2 ez|", "GABc z2 e2|", "GABc d2 e2 d2|", "GAB^c d2 e2|", "AGBc d2 e2|"],
)
def test_other_music_gives_other_bars(other):
    assert contents(HEADER + "GABc d2 e2|") != contents(HEADER + other)


def test_a_rest_elsewhere_makes_another_bar():
    assert contents(HEADER + "GABz c2 d2|") != contents(HEADER + "GAzB c2 d2|")


def test_a_bar_on_another_step_goes_on_differently():
    plain, moved = codes(HEADER + "GABG G4|GABG G4|"), codes(HEADER + "GABG G4|cdec c4|")
    assert [code >> 16 for code in plain] == [code >> 16 for code in moved]
    assert plain[0] != moved[0]


def test_pick_ups_are_left_out_and_rests_equal_nothing():
    bars = bars_of(read_melody(HEADER + "D|GABc d2 e2|z8|dBGB A4:|"))
    assert list(bars.numbers) == [1, 2, 3]
    assert list(bars.indices) == [1, 2, 3]
    assert list(bars.pitches) == [67, -1, 74]
    assert [int(code) == BETWEEN_TUNES for code in bars.codes] == [False, True, False]


def test_bytes_keep_the_order_of_bars():
    bars = bars_of(read_melody(HEADER + "GABc d2 e2|dBGB A4|c8|"))
    written = as_bytes(bars.codes).tobytes()
    assert [int.from_bytes(written[at : at + 8], "big") for at in range(0, 24, 8)] == [int(code) for code in bars.codes]
