import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tunewright.errors import OptionError
from tunewright.sampling.choose import choose, probabilities
from tunewright.sampling.config import CompositionConfig

logits_rows = arrays(
    np.float32, st.tuples(st.integers(1, 4), st.integers(1, 20)), elements=st.floats(-50, 50, width=32)
)


@given(logits_rows, st.floats(0.05, 20))
def test_temperature_divides_the_logits_before_the_softmax(logits, temperature):
    expected = scipy.special.softmax(logits.astype(np.float64) / temperature, axis=1)
    np.testing.assert_allclose(
        probabilities(logits, CompositionConfig(temperature=temperature)), expected, rtol=1e-6, atol=1e-12
    )


@given(logits_rows, st.integers(1, 25))
def test_top_k_keeps_the_k_likeliest(logits, k):
    chances = probabilities(logits, CompositionConfig(top_k=k))
    assert ((chances > 0).sum(axis=1) <= k).all()
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    plain = probabilities(logits, CompositionConfig())
    for row, plain_row in zip(chances, plain, strict=True):
        assert plain_row[row > 0].min() >= plain_row[row == 0].max(initial=0)


@given(logits_rows, st.floats(0.01, 1))
def test_top_p_keeps_the_smallest_set_that_reaches_p(logits, p):
    plain = probabilities(logits, CompositionConfig())
    for row, plain_row in zip(probabilities(logits, CompositionConfig(top_p=p)), plain, strict=True):
        kept = plain_row[row > 0]
        assert kept.sum() >= p - 1e-9 or len(kept) == np.count_nonzero(plain_row)
        assert kept.sum() - kept.min() < p + 1e-9
        assert kept.min() >= plain_row[row == 0].max(initial=0)


@given(logits_rows)
def test_argmax_takes_the_likeliest(logits):
    chances = probabilities(logits, CompositionConfig(argmax=True))
    assert (chances.argmax(axis=1) == logits.argmax(axis=1)).all()
    assert (chances.max(axis=1) == 1).all()


def test_a_forbidden_character_has_no_chance_at_any_temperature():
    logits = np.array([[0.0, -math.inf, 1.0]])
    for temperature in (0.01, 1.0, 100.0):
        assert probabilities(logits, CompositionConfig(temperature=temperature))[0, 1] == 0


def test_choices_follow_their_probabilities():
    chances = np.array([0.5, 0.0, 0.2, 0.05, 0.25])
    draws = np.random.default_rng(0).random(20_000)
    counts = np.bincount(choose(np.tile(chances, (len(draws), 1)), draws), minlength=5)
    assert counts[1] == 0
    assert scipy.stats.chisquare(counts[chances > 0], len(draws) * chances[chances > 0]).pvalue > 0.01


@given(arrays(np.float64, st.integers(1, 30), elements=st.sampled_from([0.0, 1e-300, 1e-9, 0.1, 1.0])), st.data())
def test_a_symbol_without_a_chance_is_never_chosen(weights, data):
    if not weights.sum():
        weights[-1] = 1.0
    chances = (weights / weights.sum())[None]
    draw = data.draw(st.sampled_from([0.0, 0.5, np.nextafter(1, 0)]) | st.floats(0, 1, exclude_max=True))
    assert chances[0, choose(chances, np.array([draw]))[0]] > 0


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"temperature": math.nan},
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"max_length": 0},
        {"seed": -1},
    ],
)
def test_options_outside_their_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        CompositionConfig(**options)
