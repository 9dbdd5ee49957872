"""Tunes with a common melody share keys, as often as the theory says."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.melody_hashes import BANDS, ROWS, SHINGLE_INTERVALS, melody_keys

HEADER = "X:1\nT:Aegean\nM:6/8\nK:D\n"
LETTERS = "ABCDEFGabcdefg"


def walk(seed, notes=80):
    generator = random.Random(seed)
    return "".join(generator.choice(LETTERS) for _ in range(notes))


def sequences(melody):
    """The note sequences of plain letters, by the definition."""
    steps = ["ABCDEFG".index(letter.upper()) for letter in melody]
    intervals = [(later - earlier) % 7 for earlier, later in itertools.pairwise(steps)]
    count = len(intervals) - SHINGLE_INTERVALS + 1
    return {tuple(intervals[place : place + SHINGLE_INTERVALS]) for place in range(count)}


@settings(deadline=None)
@given(st.lists(st.text("ABCabc", max_size=40), max_size=6))
def test_keys_do_not_depend_on_what_else_is_asked_for(melodies):
    texts = [HEADER + melody + "\n" for melody in melodies]
    together = melody_keys(texts)
    assert together.shape == (BANDS, len(texts))
    for number, text in enumerate(texts):
        assert (melody_keys([text])[:, 0] == together[:, number]).all()
        assert (together[:, number] != 0).all() == bool(sequences(melodies[number]))


def test_many_tunes_are_treated_in_parts():
    texts = [HEADER + walk(seed, 3000) + "\n" for seed in range(400)]
    assert (melody_keys(texts)[:, -1] == melody_keys(texts[-1:])[:, 0]).all()


@pytest.mark.parametrize(
    "written",
    ["{g}".join(walk(1)), " ".join(f"{note}2" for note in walk(1)), walk(1)[:40] + "\nw:a b\n% gab\n" + walk(1)[40:],
     '"Am"'.join(walk(1)), "!trill!".join(walk(1)), "[M:6/8]" + walk(1), walk(1) + "\0"],
)  # fmt: skip
def test_what_is_no_note_changes_nothing(written):
    assert (melody_keys([HEADER + written + "\n"]) == melody_keys([HEADER + walk(1) + "\n"])).all()


def test_keys_are_shared_as_often_as_the_theory_says():
    shared, expected = 0.0, 0.0
    for seed in range(200):
        one, other = walk(seed, 120), walk(seed, 120)[:60] + walk(seed + 1000, 60)
        common = len(sequences(one) & sequences(other)) / len(sequences(one) | sequences(other))
        keys = melody_keys([HEADER + one + "\n", HEADER + other + "\n"])
        shared += np.mean(keys[:, 0] == keys[:, 1])
        expected += common**ROWS
    assert shared / 200 == pytest.approx(expected / 200, abs=0.01)
