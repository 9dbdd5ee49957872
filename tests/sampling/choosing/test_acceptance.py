"""Oracles: the formula of the paper, and composing every candidate by itself and accepting them one by one."""

from dataclasses import replace

import numpy as np
import pytest

from tunewright.errors import OptionError
from tunewright.sampling.choosing.acceptance import (
    EPSILON,
    MOST_CANDIDATES,
    Acceptance,
    DiscriminatorSampler,
    candidate_seed,
    sample_in_rounds,
)
from tunewright.sampling.choosing.discriminator import KEY, Discriminator
from tunewright.sampling.compose import compose_many, stream
from tunewright.sampling.config import CompositionConfig

CONFIG = CompositionConfig(max_length=80, seed=5, accept=0.4)
EVERY = replace(CONFIG, accept=1.0)
WEIGHTS = {f"ends on {degree}": float(degree % 5 - 2) for degree in range(12)}
COUNT = 6


@pytest.fixture(scope="module")
def model(untrained):
    network = untrained(units=8)
    logits = tuple(np.linspace(-2, 2, 21).tolist())
    told = Discriminator(network.fingerprint, WEIGHTS, 0.0, {"1": logits}, auc=0.9, tunes=300)
    return replace(network, style={KEY: told.as_json()})


@pytest.fixture(scope="module")
def chosen(model):
    return list(compose_many(model, COUNT, CONFIG))


def test_candidates_are_composed_until_one_is_accepted(model, chosen):
    told = Discriminator.of(model)
    accepts = Acceptance(told, CONFIG.accept, 1.0)
    for composition in chosen:
        draws = np.random.default_rng([composition.seed, MOST_CANDIDATES])
        for place in range(MOST_CANDIDATES):
            order = replace(EVERY, seed=candidate_seed(composition.seed, place))
            (candidate,) = compose_many(model, 1, order)
            if draws.random() < accepts(told.logit(candidate.text)):
                break
        if not composition.choice.accepted:
            assert composition.choice.candidates == MOST_CANDIDATES
            continue
        assert (candidate.text, candidate.likelihood) == (composition.text, composition.likelihood)
        assert composition.choice.candidates == place + 1
        assert composition.choice.seed == candidate.seed
        assert composition.choice.log_ratio == told.logit(candidate.text)
    assert len({composition.choice.candidates for composition in chosen if composition.choice.accepted}) > 1


def test_a_seed_gives_the_same_tune_alone_and_character_by_character(model, chosen):
    for number in (0, COUNT - 1):
        order = replace(CONFIG, seed=CONFIG.seed + number)
        assert "".join(stream(model, order)) == chosen[number].text
        assert list(compose_many(model, 1, order)) == [chosen[number]]


@pytest.mark.slow
def test_composing_in_rounds_chooses_the_same(model, chosen):
    rounds = []

    def compose_all(seeds):
        rounds.append(len(seeds))
        return [next(iter(compose_many(model, 1, replace(EVERY, seed=seed)))) for seed in seeds]

    seeds = [composition.seed for composition in chosen]
    assert list(sample_in_rounds(DiscriminatorSampler.of(model, CONFIG), seeds, compose_all)) == chosen
    assert rounds[0] == COUNT
    assert sum(rounds) == sum(composition.choice.candidates for composition in chosen)


def test_it_is_off_with_one_option_and_where_nothing_plays(model, untrained):
    plain = untrained(units=8)
    for config, raw in ((EVERY, False), (CONFIG, True), (replace(CONFIG, argmax=True), False)):
        found = list(compose_many(model, 3, config, raw=raw))
        assert [one.choice for one in found] == [None] * 3
        assert found == list(compose_many(plain, 3, config, raw=raw))


@pytest.mark.slow
def test_one_is_drawn_by_its_ratio_where_none_is_accepted(model):
    told = replace(Discriminator.of(model), composed={"1": (90.0, 91.0)})
    sampler = DiscriminatorSampler(told, 0.5, 1.0)
    pool = list(compose_many(model, COUNT, EVERY))
    logits = [told.logit(tune.text) for tune in pool]
    assert len(set(logits)) > 1

    offered = []

    def compose_one(seed):
        offered.append(pool[seed % COUNT])
        return replace(offered[-1], seed=seed)

    tunes = [sampler.sample(seed, compose_one) for seed in range(100)]
    assert len(offered) == 100 * MOST_CANDIDATES
    assert not any(tune.choice.accepted for tune in tunes)
    ratios = np.array([told.logit(tune.text) for tune in offered]).reshape(100, MOST_CANDIDATES)
    weights = np.exp(ratios)
    expected = np.where(weights > 0, weights * np.maximum(ratios, -9), 0).sum(axis=1) / weights.sum(axis=1)
    found = [tune.choice.log_ratio for tune in tunes]
    assert np.mean(found) == pytest.approx(expected.mean(), abs=0.25)


def test_what_comes_to_no_end_is_not_accepted(model):
    sampler = DiscriminatorSampler.of(model, replace(CONFIG, accept=0.9))
    tune = next(iter(compose_many(model, 1, EVERY)))
    chosen = sampler.sample(3, lambda seed: replace(tune, ended=False, seed=seed))
    assert not chosen.choice.accepted
    assert chosen.seed == 3


def test_seeds_of_candidates_are_seeds():
    seeds = {candidate_seed(seed, place) for seed in (0, 1, 2**63 - 1) for place in range(MOST_CANDIDATES)}
    assert len(seeds) == 3 * MOST_CANDIDATES
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert candidate_seed(7, 0) == 7


def discriminator(composed):
    return Discriminator("", {}, 0.0, composed, auc=0.9, tunes=4)


def test_acceptance_is_that_of_the_paper():
    logits = np.array([-3.0, -1.0, 0.0, 2.0])
    accepts = Acceptance(discriminator({"1": tuple(logits)}), 0.4, 1.0)
    found = np.array([accepts(logit) for logit in logits])
    below = logits - logits.max()
    gammas = below - np.log(1 - np.exp(below - EPSILON)) - np.log(found / (1 - found))
    assert gammas == pytest.approx(np.full(4, gammas[0]), abs=1e-6)
    assert found.mean() == pytest.approx(0.4)
    assert np.all(np.diff(found) > 0)
    assert accepts(50.0) == accepts(2.0)
    assert accepts(-np.inf) == 0


def test_the_nearest_temperature_counts():
    told = discriminator({"0.5": (-9.0, -5.0), "1": (0.0, 4.0)})
    assert Acceptance(told, 0.5, 0.6)(-5) > 0.9
    assert Acceptance(told, 0.5, 0.8)(-5) < 0.1


@pytest.mark.parametrize("accept", [0.0, 1.1, -1.0])
def test_other_shares_are_refused(accept):
    with pytest.raises(OptionError, match="accept is"):
        CompositionConfig(accept=accept)
