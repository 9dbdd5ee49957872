"""Oracle: densities whose ratio is known."""

from dataclasses import replace

import numpy as np
import pytest

from tunewright.errors import CheckpointError
from tunewright.sampling.choosing.acceptance import Acceptance
from tunewright.sampling.choosing.discriminator import KEY, Discriminator
from tunewright.sampling.choosing.learning import FOLDS, area_under_curve, fit_logistic

TUNE = "X:1\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|d2A2 D4|]\n"


def discriminator(logits=(-3.0, -1.0, 0.0, 2.0), network="", weights=(("ends on 0", 1.5), ("sections 3", 9.0))):
    return Discriminator(network, dict(weights), -0.5, {"1": tuple(logits)}, auc=0.9, tunes=4)


def test_the_logit_is_the_sum_of_the_weights_of_what_a_tune_has():
    assert discriminator().logit(TUNE) == 1.0
    assert discriminator().logit("X:1\n") == -np.inf


@pytest.fixture(scope="module")
def known():
    """Two normal distributions of three numbers, and a logistic regression that tells them."""
    generator = np.random.default_rng(0)
    labels = np.arange(4000) < 2000
    points = generator.normal(np.where(labels, 0.6, 0.0)[:, None] * [1.0, 0.5, 0.0], 1.0)
    fit = fit_logistic(points.astype(np.float32), labels, generator.integers(FOLDS, size=len(labels)))
    return points, labels, fit


def test_the_logit_is_the_logarithm_of_the_density_ratio(known):
    points, labels, fit = known
    shift = np.array([0.6, 0.3, 0.0])
    ratio = points @ shift - shift @ shift / 2
    assert np.abs(fit.held_out - ratio).mean() < 0.08
    assert np.abs(points @ fit.weights + fit.bias - ratio).mean() < 0.08
    assert area_under_curve(fit.held_out, labels) == pytest.approx(area_under_curve(ratio, labels), abs=0.01)


def test_what_is_kept_is_distributed_as_the_target(known):
    _, _, fit = known
    generator = np.random.default_rng(1)
    points = generator.normal(size=(30_000, 3))
    logits = points @ fit.weights + fit.bias
    exact = np.exp(logits - logits.max()).mean()  # of rejection sampling, which is gamma = 0
    accepts = Acceptance(discriminator(logits), float(exact), 1.0)
    kept = points[[generator.random() < accepts(logit) for logit in logits]]
    assert len(kept) == pytest.approx(exact * len(points), rel=0.1)
    error = 4 / np.sqrt(len(kept))
    assert kept.mean(axis=0) == pytest.approx([0.6, 0.3, 0.0], abs=error + 0.04)
    assert kept.var(axis=0) == pytest.approx([1, 1, 1], abs=2 * error)


def test_what_tells_nothing_gets_no_weight():
    generator = np.random.default_rng(2)
    labels = np.arange(400) < 200
    noise = generator.normal(size=(400, 50)).astype(np.float32)
    fit = fit_logistic(noise, labels, generator.integers(FOLDS, size=400))
    assert np.abs(fit.held_out).mean() < 0.3
    assert 0.35 < area_under_curve(fit.held_out, labels) < 0.65


def test_area_under_the_curve_counts_ties_half():
    logits, labels = np.array([0.0, 1.0, 1.0, 2.0]), np.array([False, False, True, True])
    assert area_under_curve(logits, labels) == (0.5 + 1 + 1 + 1) / 4


def test_it_stands_in_the_style_of_its_network_alone(untrained):
    model = untrained(units=8)
    assert Discriminator.of(model) is None
    kept = discriminator(network=model.fingerprint)
    model = replace(model, style={KEY: kept.as_json()})
    assert Discriminator.of(model) == kept
    assert Discriminator.of(replace(model, weights=dict(list(model.weights.items())[1:]))) is None


@pytest.mark.parametrize("damaged", [[], {}, {**discriminator().as_json(), "bias": "much"}])
def test_a_damaged_one_is_refused(untrained, damaged):
    with pytest.raises(CheckpointError, match="discriminator is damaged"):
        Discriminator.of(replace(untrained(units=8), style={KEY: damaged}))
