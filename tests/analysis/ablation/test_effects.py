"""Are intervals those of a bootstrap, and changes ranked rightly among random ones?"""

import numpy as np
import pytest

from tunewright.analysis.ablation.effects import Bootstrap, effects_beside
from tunewright.analysis.musicality.distributions import Estimate


def test_the_interval_of_a_ratio_is_that_of_resampled_tunes():
    generator = np.random.default_rng(5)
    counts = generator.integers(5, 50, size=40).astype(float)
    sums = counts * generator.normal(2, 1, size=40)
    found = Bootstrap(40, 0).ratio(sums, counts)
    draws = []
    for _ in range(4000):
        picked = generator.integers(40, size=40)
        draws.append(sums[picked].sum() / counts[picked].sum())
    low, high = np.quantile(draws, (0.025, 0.975))
    assert found.value == pytest.approx(sums.sum() / counts.sum())
    assert found.low == pytest.approx(low, abs=0.08)
    assert found.high == pytest.approx(high, abs=0.08)


def test_a_difference_is_paired():
    generator = np.random.default_rng(5)
    counts = np.full(30, 10.0)
    before = generator.normal(100, 30, size=30)
    found = Bootstrap(30, 0).difference(before + 5, counts, before, counts)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_resamples_without_what_is_rare_are_left_aside():
    counts = np.zeros(6)
    counts[2] = 4
    found = Bootstrap(6, 0).ratio(counts * 3, counts)
    assert (found.value, found.low, found.high) == pytest.approx((3, 3, 3))


def effects(values, random):
    changes = [Estimate(value, value - 1, value + 1) for value in values]
    return effects_beside([f"kind {k}" for k in range(len(values))], changes, np.array(random, float))


def test_ranks_and_p():
    random = np.arange(19.0)[:, None]
    (first,) = effects([18.5], random)
    assert (first.as_large, first.p, first.p_corrected, first.stands_out) == (0, 0.05, 0.05, True)
    (second,) = effects([18.0], random)  # equal is as large
    assert (second.as_large, second.p, second.stands_out) == (1, 0.1, False)
    (last,) = effects([-1.0], random)
    assert (last.as_large, last.p) == (19, 1)
    assert (first.random_low, first.random_high) == pytest.approx((0.9, 17.1))
    assert (first.of, first.random_sets) == ("kind 0", 19)


def test_a_kind_at_which_some_random_unit_is_large_corrects_the_others():
    generator = np.random.default_rng(0)
    random = generator.normal(size=(39, 8))
    spreads = random.std(axis=0)
    largest = (random / spreads).max(axis=1)
    values = [3.0, *[0.0] * 7]
    found = effects(values, random)
    assert found[0].p_corrected == (1 + (largest >= 3.0 / spreads[0]).sum()) / 40
    assert found[0].p_corrected >= found[0].p
    assert found[3].p_corrected == 1


def test_by_chance_few_stand_out():
    generator = np.random.default_rng(1)
    standing = 0
    for _ in range(300):
        scale = generator.lognormal(size=6)
        found = effects(generator.normal(size=6) * scale, generator.normal(size=(39, 6)) * scale)
        standing += any(effect.stands_out for effect in found)
    assert 0.02 < standing / 300 < 0.1


def test_no_change_at_all_is_no_more_than_random_ones():
    found = effects([0.0, 0.0], np.zeros((19, 2)))
    assert all(effect.p == effect.p_corrected == 1 for effect in found)
