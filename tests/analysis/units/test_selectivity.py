"""Are strengths and chances what their definitions say?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tunewright.analysis.units import selectivity
from tunewright.analysis.units.selectivity import (
    FEWEST_DEFINED,
    MARGIN,
    Sample,
    compare,
    mean_ranks,
    strength_within,
    strengths,
    usable_labels,
)


def sample_of(units, labels, graded=None, tunes=None):
    units, labels = np.atleast_2d(np.float32(units)), np.atleast_2d(np.float32(labels))
    graded = np.zeros(len(labels), bool) if graded is None else np.asarray(graded)
    tunes = np.arange(units.shape[1]) * 10 // units.shape[1] if tunes is None else tunes
    return Sample(units, labels, graded, tunes.astype(np.int32))


def slow_noise(generator, rows, size, memory=0.98):
    noise = generator.normal(size=(rows, size))
    for place in range(1, size):
        noise[:, place] += memory * noise[:, place - 1]
    return noise


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.integers(2, 30))
def test_strengths_are_those_of_scipy(seed, size, levels):
    generator = np.random.default_rng(seed)
    unit = generator.integers(levels, size=size) / 7  # ties
    label, grade = generator.integers(2, size=size).astype(float), generator.integers(4, size=size).astype(float)
    label[generator.random(size) < 0.2] = np.nan
    grade[generator.random(size) < 0.2] = np.nan
    (found,) = strengths(sample_of(unit, [label, grade], [False, True]), np.ones(2, bool))
    ones, zeros = unit[label == 1], unit[label == 0]
    if len(ones) and len(zeros):
        auc = stats.mannwhitneyu(ones, zeros).statistic / len(ones) / len(zeros)
        assert (1 + found[0]) / 2 == pytest.approx(auc, abs=1e-5)
    known = ~np.isnan(grade)
    if len(set(unit[known])) > 1 and len(set(grade[known])) > 1:
        assert found[1] == pytest.approx(stats.spearmanr(unit[known], grade[known]).statistic, abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_ranks_are_those_of_scipy(values):
    (found,) = mean_ranks(np.array([values], np.float32))
    np.testing.assert_allclose(found * len(values) + (len(values) + 1) / 2, stats.rankdata(values), atol=1e-4)


def test_the_corrected_p_is_the_share_of_shifts_at_which_any_pair_does_as_much():
    generator = np.random.default_rng(0)
    size = 1500  # without a large prime factor, so that nothing is cut off
    labels = (slow_noise(generator, 2, size) > 0).astype(float)
    units = slow_noise(generator, 3, size)
    units[0] += 3 * labels[1]
    sample = sample_of(units, labels)
    found = compare(sample, np.ones((3, 2), bool))
    ranks = np.apply_along_axis(stats.rankdata, 1, units)
    scores = np.empty((3, 2, size))
    for shift in range(size):  # the label of each character meets the unit `shift` characters later
        scores[:, :, shift] = np.abs(
            (np.roll(ranks, -shift, axis=1) - ranks.mean()) @ (labels - labels.mean(1)[:, None]).T
        )
    scores /= np.sqrt(np.square(scores).mean(axis=2, keepdims=True))
    margin = size // 10
    null = scores[:, :, margin + 1 : size - margin].max(axis=(0, 1))
    assert found.shifts == len(null)
    for pair in np.ndindex(3, 2):
        expected = (1 + (null >= scores[(*pair, 0)]).sum()) / (1 + len(null))
        assert found.p_corrected[pair] == pytest.approx(expected, abs=2 / len(null))


def test_slow_units_and_labels_that_have_nothing_to_do_with_each_other_are_no_finding():
    generator = np.random.default_rng(3)
    size = 6000
    sample = sample_of(slow_noise(generator, 12, size), slow_noise(generator, 8, size) > 0)
    naive = [
        stats.mannwhitneyu(unit[label == 1], unit[label == 0]).pvalue
        for unit in sample.units
        for label in sample.labels
    ]
    assert min(naive) < 1e-12  # what a test would say that takes each character for a draw of its own
    found = compare(sample, np.ones((12, 8), bool))
    assert found.p_corrected.min() > 0.01
    assert found.shifts == size - 1 - 2 * (size // 10)


def test_what_belongs_together_is_found_whatever_the_others_do_and_where_it_means_something_only():
    generator = np.random.default_rng(4)
    size = 7001  # a prime
    labels = (slow_noise(generator, 5, size, 0.7) > 0).astype(float)
    units = slow_noise(generator, 6, size, 0.7)
    units[2] += 4 * labels[3]
    labels[3, : size // 3] = np.nan
    labels[4] = np.nan
    pairs = np.ones((6, 5), bool)
    pairs[:, 4] = False
    found = compare(sample_of(units, labels), pairs)
    assert found.p_corrected[2, 3] == pytest.approx(1 / (1 + found.shifts))
    others = pairs.copy()
    others[2, 3] = False
    assert (found.p_corrected[others] > 0.01).all()
    assert np.isnan(found.p_corrected[:, 4]).all()
    assert np.isnan(found.strengths[:, 4]).all()


def test_small_shifts_of_long_texts_are_left_out():
    generator = np.random.default_rng(5)
    size = 12 * MARGIN
    found = compare(sample_of(generator.normal(size=size), generator.integers(2, size=size)), np.ones((1, 1), bool))
    assert found.shifts == size - 1 - 2 * MARGIN


def test_pairs_that_are_not_asked_for_correct_nothing():
    generator = np.random.default_rng(6)
    sample = sample_of(slow_noise(generator, 40, 3000), slow_noise(generator, 1, 3000) > 0)
    alone = np.zeros((40, 1), bool)
    alone[7] = True
    together, single = compare(sample, np.ones((40, 1), bool)), compare(sample, alone)
    assert single.p_corrected[7, 0] < together.p_corrected[7, 0]
    assert np.isnan(np.delete(single.p_corrected, 7, axis=0)).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_strength_within_strata_counts_pairs_of_one_stratum_only(seed, size):
    generator = np.random.default_rng(seed)
    unit, strata = generator.integers(6, size=size) / 3, generator.integers(4, size=size)
    label = generator.integers(2, size=size).astype(float)
    label[generator.random(size) < 0.2] = np.nan
    pairs = [
        np.sign(unit[one] - unit[other])
        for one in range(size)
        for other in range(size)
        if label[one] == 1 and label[other] == 0 and strata[one] == strata[other]
    ]
    found = strength_within(unit.astype(np.float32), label.astype(np.float32), strata, graded=False)
    assert found == pytest.approx(np.mean(pairs), abs=1e-6) if pairs else np.isnan(found)


def test_a_unit_that_echoes_its_character_follows_nothing_within_it():
    strata = np.arange(400) % 4
    label = (strata == 2).astype(np.float32)
    grade = (strata + np.arange(400) // 40).astype(np.float32)
    assert np.isnan(strength_within((strata == 2).astype(np.float32), label, strata, graded=False))
    assert np.isnan(strength_within(strata.astype(np.float32), grade, strata, graded=True))
    assert strength_within(grade, grade, strata, graded=True) == pytest.approx(1)


def test_labels_that_are_too_rare_are_not_looked_at():
    size = FEWEST_DEFINED
    tunes = np.arange(size) // 250
    rare, few_tunes, undefined, common = (np.zeros(size) for _ in range(4))
    rare[[1, 300, 600]] = 1
    few_tunes[:400] = 1
    undefined[:] = common[:] = np.arange(size) % 2
    undefined[0] = np.nan
    labels = [rare, few_tunes, undefined, common, np.ones(size), np.arange(size), np.ones(size)]
    graded = [False, False, False, False, False, True, True]
    found = usable_labels(sample_of(np.zeros(size), labels, graded, tunes))
    assert found.tolist() == [False, False, False, True, False, True, False]
    assert usable_labels(sample_of(np.zeros(size), labels, graded, tunes), fewest_tunes=1, fewest_defined=9)[1:3].all()


@given(st.integers(1, 5000))
def test_transforms_are_as_long_as_is_fast(size):
    def is_smooth(number):
        for factor in (2, 3, 5):
            while number % factor == 0:
                number //= factor
        return number == 1

    assert selectivity._smooth(size) == max(number for number in range(1, size + 1) if is_smooth(number))
