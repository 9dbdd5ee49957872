"""Every number is drawn once, in an order that passes for random, with and without a list."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.large import shuffling
from tunewright.corpus.large.shuffling import Shuffled


def order_of(count, seed, most_listed, at_once=7):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shuffling, "MOST_LISTED", most_listed)
        shuffled = Shuffled(count, np.random.default_rng(seed))
    assert len(shuffled) == count
    return np.concatenate([shuffled[first : first + at_once] for first in range(0, count, at_once)])


@settings(deadline=None)
@given(count=st.integers(1, 300), seed=st.integers(0, 5), most_listed=st.sampled_from([0, 1000]))
def test_every_number_comes_once(count, seed, most_listed):
    assert sorted(order_of(count, seed, most_listed).tolist()) == list(range(count))


def test_few_are_shuffled_as_numpy_does():
    assert (order_of(100, 3, 1000) == np.random.default_rng(3).permutation(100)).all()


def test_the_order_depends_on_the_generator():
    assert (order_of(100, 1, 0) == order_of(100, 1, 0)).all()
    assert (order_of(100, 1, 0) != order_of(100, 2, 0)).any()


def test_many_come_in_no_recognisable_order():
    count = 20_000
    order = order_of(count, 0, 0, 1000)
    # a random permutation's neighbours and places are uncorrelated to within about 1 / sqrt(count)
    assert abs(np.corrcoef(order[1:], order[:-1])[0, 1]) < 5 / count**0.5
    assert abs(np.corrcoef(order, np.arange(count))[0, 1]) < 5 / count**0.5
    assert (np.diff(order) == 1).sum() < 10
    parts = np.bincount(order[: count // 2] * 10 // count)  # of the first half, a tenth from each tenth
    assert np.abs(parts - count / 20).max() < 5 * (count / 20) ** 0.5


def test_billions_need_no_memory():
    shuffled = Shuffled(10**10, np.random.default_rng(0))
    numbers = shuffled[10**9 : 10**9 + 1000]
    assert len(set(numbers.tolist())) == 1000
    assert 0 <= numbers.min() < numbers.max() < 10**10
