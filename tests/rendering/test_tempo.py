"""Tempo of a tune: the stated one, or one by rhythm or metre."""

import pytest

from tunewright.rendering import tempo
from tunewright.rendering.performance import perform
from tunewright.rendering.source import abc_text
from tunewright.rendering.tempo import METER_TEMPOS, RHYTHM_TEMPOS, choose_tempo, metronome_mark


@pytest.mark.parametrize(
    ("stated", "rhythm", "meter", "expected"),
    [
        (90, "reel", (4, 4), 90),
        (20, "reel", (4, 4), 20),
        (5, "reel", (4, 4), 192),
        (9999, "", (6, 8), 150),
        (None, "Slip Jig", (9, 8), 165),
        (None, "slow air", (4, 4), 66),
        (None, "Hornpipe", (2, 4), 152),
        (None, "", (3, 4), 120),
        (None, "", (7, 8), 120),
    ],
)
def test_choice(stated, rhythm, meter, expected):
    assert choose_tempo(stated, rhythm, meter) == expected


def test_the_docstring_shows_the_tables():
    for words, quarters in RHYTHM_TEMPOS:
        assert f"{', '.join(words):<36}  {quarters:>7}" in tempo.__doc__
    for (numerator, denominator), quarters in METER_TEMPOS.items():
        assert f"{f'{numerator}/{denominator}':<6}  {quarters:>7}" in tempo.__doc__


def test_fields_of_a_tune():
    assert perform(abc_text("X:1\nR:polka\nM:2/4\nK:C\nCDE|\n")).tempo == 120
    assert perform(abc_text("X:1\nR:polka\nM:2/4\nQ:1/2=45\nK:C\nCDE|\n")).tempo == 90
    assert perform(abc_text("X:1\nM:2/4\nQ:\nK:C\nCDE|\n")).tempo == 104


@pytest.mark.parametrize(
    ("quarters", "meter", "expected"),
    [(150, (6, 8), ("♩.", 100)), (165, (9, 8), ("♩.", 110)), (90, (3, 8), ("♩", 90)), (160, (2, 2), ("♩", 160))],
)
def test_metronome_mark(quarters, meter, expected):
    assert metronome_mark(quarters, meter) == expected
