"""Are overlaps, distances and intervals what scipy and theory say they are?"""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from tunewright.analysis.musicality.distributions import (
    Observations,
    binned,
    bootstrapped,
    jensen_shannon,
    overlap_area,
    resamples,
    splits,
    spread,
    wasserstein,
)


@st.composite
def two_distributions(draw):
    size = draw(st.integers(1, 12))
    weights = st.lists(st.integers(0, 20), min_size=size, max_size=size).filter(any)
    first, second = (np.array(draw(weights), float) for _ in range(2))
    return first / first.sum(), second / second.sum()


@given(two_distributions())
def test_jensen_shannon_is_the_square_of_scipys(pair):
    assert jensen_shannon(*pair) == pytest.approx(jensenshannon(*pair, base=2) ** 2, abs=1e-9)


@given(two_distributions(), st.randoms(use_true_random=False))
def test_wasserstein_is_scipys(pair, random):
    values = np.array(sorted(random.sample(range(-50, 50), len(pair[0]))), float)
    first, second = pair
    expected = stats.wasserstein_distance(values, values, first, second)
    assert wasserstein(first, second, values) == pytest.approx(expected, abs=1e-9)


@given(two_distributions())
def test_the_overlap_is_what_total_variation_leaves(pair):
    first, second = pair
    assert overlap_area(first, second) == pytest.approx(1 - np.abs(first - second).sum() / 2)


def test_the_overlap_of_normal_distributions_is_that_of_theory_and_of_kernel_densities():
    generator = np.random.default_rng(0)
    samples = [generator.normal(mean, size=20_000) for mean in (0, 1)]
    edges = np.arange(-6, 8, 0.25)
    histograms = [np.histogram(sample, edges)[0] / len(sample) for sample in samples]
    assert overlap_area(*histograms) == pytest.approx(2 * stats.norm.cdf(-0.5), abs=0.01)
    grid = np.linspace(-6, 7, 400)
    densities = [stats.gaussian_kde(sample[:4000])(grid) for sample in samples]
    assert overlap_area(*histograms) == pytest.approx(np.minimum(*densities).sum() * (grid[1] - grid[0]), abs=0.03)


def test_equal_and_disjoint_distributions_are_the_ends_of_every_scale():
    one, other = np.array([0.5, 0.5, 0, 0]), np.array([0, 0, 0.25, 0.75])
    assert (overlap_area(one, one), jensen_shannon(one, one), wasserstein(one, one, np.arange(4.0))) == (1, 0, 0)
    assert (overlap_area(one, other), jensen_shannon(one, other)) == (0, 1)
    assert wasserstein(one, other, np.arange(4.0)) == 2.25


def test_every_tune_counts_alike_unless_weights_say_otherwise():
    observations = Observations(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([1, 0.25, 0.75]), 2, 3)
    assert observations.mean().tolist() == [0.625, 0.375, 0]
    assert observations.mean(np.array([0.0, 2.0])).tolist() == [0.25, 0.75, 0]


@given(two_distributions())
def test_no_rounding_leads_out_of_a_scale(pair):
    for first, second in ((pair[0], pair[0]), pair):
        assert 0 <= overlap_area(first, second) <= 1
        assert 0 <= jensen_shannon(first, second) <= 1
    thirds = np.full(30, 1 / 30)
    assert overlap_area(thirds + 1e-15, thirds + 1e-15) <= 1


def test_bins_gather_their_categories():
    assert binned(np.array([0, 0, 2]), np.array([0.1, 0.2, 0.7]), 4).tolist() == pytest.approx([0.3, 0, 0.7, 0])


def test_resamples_are_drawn_with_replacement():
    drawn = np.array(list(resamples(50, 2000, np.random.default_rng(1))))
    assert (drawn.sum(axis=1) == 50).all()
    assert drawn.mean() == 1
    assert drawn.var() == pytest.approx(1 - 1 / 50, abs=0.02)  # binomial, 50 tries of chance 1/50


def test_splits_hold_out_without_replacement():
    for kept, out in splits(7, 3, 20, np.random.default_rng(2)):
        assert (kept + out).tolist() == [1] * 7
        assert out.sum() == 3


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    generator = np.random.default_rng(3)
    sample = generator.normal(10, 2, size=400)
    draws = np.array([weights @ sample / 400 for weights in resamples(400, 4000, generator)])
    estimate = bootstrapped(sample.mean(), draws)
    half = 1.96 * sample.std() / 20
    assert (estimate.value - estimate.low, estimate.high - estimate.value) == pytest.approx((half, half), rel=0.08)


def test_the_interval_lies_around_the_value_however_far_off_the_draws_are():
    draws = np.linspace(0.4, 0.6, 1001)
    assert astuple(bootstrapped(0.9, draws)) == pytest.approx((0.9, 0.805, 0.995))
    assert bootstrapped(0.99, draws, 0, 1).high == 1
    assert bootstrapped(0.01, draws).low == 0


def test_the_spread_of_draws_is_their_mean_and_the_middle_95_percent():
    assert astuple(spread(np.linspace(0, 1, 1001))) == pytest.approx((0.5, 0.025, 0.975))
