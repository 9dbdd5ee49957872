"""Oracles: tunes that one property separates, and tunes that nothing separates."""

from dataclasses import replace

import numpy as np
import pytest

from tunewright.corpus.readers import read_tunes
from tunewright.errors import OptionError
from tunewright.sampling.choosing import learning
from tunewright.sampling.choosing.learning import discriminate, learn_discriminator, require_learned, training_texts
from tunewright.training.data import TrainingData


def made_up(generator, home):
    """Four bars whose notes are drawn, and a last note."""
    bars = ["".join(generator.choice(list("DEFGABcd"), 8)) for _ in range(4)]
    return f"X:1\nM:4/4\nL:1/8\nK:D\n|:{'|'.join(bars[:3])}|{bars[3][:4]} {home}4:|\n"


@pytest.mark.slow
def test_what_differs_is_found_and_what_does_not_is_not():
    generator = np.random.default_rng(0)
    corpus = [made_up(generator, "D" if generator.random() < 0.8 else "E") for _ in range(300)]
    composed = [made_up(generator, "D" if generator.random() < 0.2 else "E") for _ in range(300)]
    told = discriminate(corpus, {"1": composed}, generator)
    ratio = told.logit(made_up(generator, "D")) - told.logit(made_up(generator, "E"))
    assert np.log(4) < ratio < 3 * np.log(4)  # 2 log 4, less what the penalty takes, give or take the other notes
    assert 0.65 < told.auc < 0.86  # 0.8 for who knows what to look at
    assert len(told.composed["1"]) == learning.QUANTILES
    assert np.all(np.diff(told.composed["1"]) >= 0)
    alike = discriminate(corpus[:150], {"1": corpus[150:]}, generator)
    assert 0.4 < alike.auc < 0.6


def test_only_training_tunes_are_given(tiny_corpus):
    tunes = read_tunes(tiny_corpus).tunes
    data = TrainingData.of(tunes[:20], tunes[20:])
    assert sorted(training_texts(data)) == sorted(tune.text for tune in tunes[:20])


@pytest.mark.slow
def test_a_network_gets_one_of_its_own(untrained, tiny_tunes, monkeypatch):
    model = untrained(units=8)
    monkeypatch.setattr(learning, "FEWEST_TUNES", 10)
    monkeypatch.setattr(learning, "WITHOUT_FAIL", 1.0)
    told = []
    found = learn_discriminator(model, tiny_tunes[:12], progress=lambda *step: told.append(step))
    assert found.network == model.fingerprint
    assert found.tunes == 12
    assert {*found.composed} == {"0.8", "1"}
    assert found == learn_discriminator(model, tiny_tunes[:12])
    assert all(0 <= share <= 1 for _, share in told)


def test_a_network_whose_tunes_are_told_without_fail_gets_none(untrained, tiny_tunes, monkeypatch):
    monkeypatch.setattr(learning, "FEWEST_TUNES", 10)
    with pytest.raises(OptionError, match="choosing among them is useless; train the network for longer"):
        learn_discriminator(untrained(units=8), tiny_tunes)


def test_too_few_tunes_are_refused(untrained, tiny_tunes):
    with pytest.raises(OptionError, match="needs 200 tunes; there are 30"):
        learn_discriminator(untrained(units=8), tiny_tunes)


@pytest.mark.parametrize(("loss", "learned"), [(1.6, False), (1.4, True)])
def test_a_network_that_predicts_worse_than_counting_has_to_learn_first(untrained, loss, learned):
    counted = {"ngram": {"full_tune": {"nats_per_char": 1.5}}}
    model = replace(untrained(units=4), metrics={"validation_full_tune": loss}, training={"baselines": counted})
    if learned:
        require_learned(model)
    else:
        with pytest.raises(OptionError, match=r"1\.600 nats per character, is above that of the n-gram model, 1\.500"):
            require_learned(model)
