"""Are the bars counted that the checker finds wrong, and all others?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tunewright as tw
from tunewright.analysis.musicality.bar_errors import bar_errors

TOP = "X:1\nT:T\nM:4/4\nL:1/8\nK:D\n"


@pytest.mark.parametrize(
    ("music", "wrong", "bars"),
    [
        ("ABcd efga|ABcd efga|", 0, 2),
        ("ABcd efga|ABcd ef|ABcd efga|", 1, 3),
        ("ABcd efga|ABcd efgab|Acd efga|", 2, 3),
        ("A|ABcd efga|ABcd efga|", 0, 3),
        ("", 0, 0),
        ("M:none\nABc|defgab|", 0, 0),
    ],
)
def test_wrong_bars_and_all_bars(music, wrong, bars):
    assert bar_errors([TOP + music]).tolist() == [[wrong, bars]]


def test_the_checker_finds_the_same(tiny_tunes):
    generator = np.random.default_rng(3)
    texts = ["".join(c for c in text if c not in "ABc" or generator.random() < 0.9) for text in tiny_tunes]
    counts = [sum(each.code in ("bar-too-long", "bar-too-short") for each in tw.check(text)) for text in texts]
    found = bar_errors(texts)
    assert found[:, 0].tolist() == counts
    assert 0 < found[:, 0].sum() < found[:, 1].sum()
    assert bar_errors([]).shape == (0, 2)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("|:[]12ABcdz\n")), max_size=80))
def test_any_text_is_counted(text):
    (found,) = bar_errors([TOP + text])
    assert (found >= 0).all()
