"""Does a probe find what can be read off linearly, and no more, as textbooks compute it?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from tunewright.analysis.probes.linear_probe import DAMPINGS, FOLDS, ProbeRows

ROWS, UNITS, GROUPS = 600, 6, 12


def made_up(seed=0, rows=ROWS):
    """Values that go together, and the group of each row."""
    generator = np.random.default_rng(seed)
    mixed = generator.normal(size=(rows, UNITS)) @ generator.normal(size=(UNITS, UNITS)) + generator.normal(size=UNITS)
    return mixed.astype(np.float32), np.arange(rows) % GROUPS


def standardised(values):
    return (values - values.mean(axis=0)) / values.std(axis=0)


def test_a_number_is_read_as_least_squares_with_a_penalty_reads_it():
    values, groups = made_up()
    targets = values @ np.arange(UNITS) + np.random.default_rng(1).normal(size=ROWS, scale=3)
    probe = ProbeRows(values, groups).regression(targets)
    # The penalty as rows of their own, below those of the data.
    given = np.vstack([standardised(values), np.sqrt(ROWS * probe.damping) * np.eye(UNITS)])
    wanted = np.concatenate([targets - targets.mean(), np.zeros(UNITS)])
    weights, *_ = np.linalg.lstsq(given, wanted, rcond=None)
    expected = standardised(values) @ weights + targets.mean()
    np.testing.assert_allclose(probe.scores(values)[:, 0], expected, atol=2e-3 * targets.std())


def test_classes_are_those_of_normal_clouds_of_one_shape():
    values, groups = made_up()
    classes = np.digitize(values @ np.arange(UNITS) + np.random.default_rng(2).normal(size=ROWS, scale=4), [-5, 5])
    assert set(classes) == {0, 1, 2}
    probe = ProbeRows(values, groups).classifier(classes, 3)
    standard = standardised(values)
    means = [standard[classes == each].mean(axis=0) for each in range(3)]
    within = sum(np.cov(standard[classes == each].T, bias=True) * (classes == each).mean() for each in range(3))
    within += probe.damping * np.eye(UNITS)
    likelihoods = [
        multivariate_normal(mean, within).logpdf(standard) + np.log((classes == each).mean())
        for each, mean in enumerate(means)
    ]
    expected = np.argmax(likelihoods, axis=0)
    assert (probe.classes(values) == expected).mean() > 0.998  # rounding may turn what lies on a border
    likely = np.diff(np.array(likelihoods), axis=0)
    np.testing.assert_allclose(np.diff(probe.scores(values).T, axis=0), likely, atol=1e-2)


def test_what_is_planted_is_found_and_what_is_drawn_is_not():
    values, groups = made_up(3, rows=4000)
    learning, unseen = slice(0, 2000), slice(2000, None)
    rows = ProbeRows(values[learning], groups[learning])
    planted = (values @ np.array([1, -2, 0, 0, 3, 1]) > 0).astype(int)
    assert (rows.classifier(planted[learning], 2).classes(values[unseen]) == planted[unseen]).mean() > 0.97
    drawn = np.random.default_rng(4).integers(4, size=4000)
    assert (rows.classifier(drawn[learning], 4).classes(values[unseen]) == drawn[unseen]).mean() < 0.3


@pytest.mark.parametrize("noise", [0.1, 3, 30])
def test_the_damping_is_the_one_that_does_best_on_groups_that_were_left_out(noise):
    generator = np.random.default_rng(5)
    groups = np.repeat(np.arange(GROUPS), 30)
    values = (generator.normal(size=(GROUPS, 20))[groups] + 0.3 * generator.normal(size=(360, 20))).astype(np.float32)
    targets = values[:, 0] - values[:, 1] + noise * generator.normal(size=GROUPS)[groups]
    standard, errors = standardised(values), []
    for damping in DAMPINGS:
        wrong = 0.0
        for fold in range(FOLDS):
            out = groups % FOLDS == fold
            mean, level = standard[~out].mean(axis=0), targets[~out].mean()
            given = np.vstack([standard[~out] - mean, np.sqrt((~out).sum() * damping) * np.eye(20)])
            weights, *_ = np.linalg.lstsq(given, np.concatenate([targets[~out] - level, np.zeros(20)]), rcond=None)
            wrong += np.square((standard[out] - mean) @ weights + level - targets[out]).sum()
        errors.append(wrong)
    assert ProbeRows(values, groups).regression(targets).damping == DAMPINGS[int(np.argmin(errors))]
    if noise == 0.1:
        assert min(errors) < 0.7 * max(errors)


@settings(max_examples=25, deadline=None)
@given(
    scale=st.lists(st.floats(0.01, 100), min_size=UNITS, max_size=UNITS),
    shift=st.lists(st.floats(-5, 5), min_size=UNITS, max_size=UNITS),
)
def test_units_and_origins_of_the_numbers_do_not_matter(scale, shift):
    values, groups = made_up(6)
    classes = (values[:, 1] > values[:, 2]).astype(int)
    moved = (values * np.float32(scale) + np.float32(shift) * np.float32(scale)).astype(np.float32)
    before = ProbeRows(values, groups).classifier(classes, 2)
    after = ProbeRows(moved, groups).classifier(classes, 2)
    assert (before.classes(values) == after.classes(moved)).mean() > 0.99


@pytest.mark.parametrize("seed", range(3))
def test_a_class_that_some_folds_lack_and_a_unit_that_never_moves_do_no_harm(seed):
    values, groups = made_up(seed)
    values[:, 2] = 7
    classes = np.where(groups == 3, 2, values[:, 0] > values[:, 0].mean()).astype(int)
    scores = ProbeRows(values, groups).classifier(classes, 3).scores(values)
    assert np.isfinite(scores).all()
