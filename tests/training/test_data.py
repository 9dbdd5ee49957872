"""Do tunes of a built corpus train and measure a network as the same tunes in memory do?"""

from dataclasses import astuple, replace

import numpy as np
import pytest
import torch

from tunewright.corpus.large.built_corpus import read_corpus
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training import data as training_data
from tunewright.training import evaluate as evaluation
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import BuiltEvaluationSet, EvaluationSet, measure
from tunewright.training.loop import Trainer
from tunewright.training.run import Run


@pytest.fixture(scope="module")
def folder(tiny_corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("corpus") / "built"
    for _ in build_corpus(tiny_corpus, out=out):
        pass
    return out


@pytest.fixture
def both(tiny_corpus, folder, monkeypatch):
    """The same tunes in memory and built; fewer in the sample than there are."""
    monkeypatch.setattr(training_data, "SAMPLE_TUNES", 7)
    return TrainingData.of(read_tunes(tiny_corpus).tunes), TrainingData.built(read_corpus(folder))


def history(data, config):
    torch.manual_seed(3)
    trainer = Trainer(CharNetwork(NetworkConfig(units=8), len(data.vocabulary)), data, config)
    losses = [progress.loss for progress in trainer.run()]
    return losses, [astuple(replace(record, seconds=0.0)) for record in trainer.history]


@pytest.mark.parametrize("feed", ["windows", "streams"])
def test_the_same_seed_gives_the_same_history(feed, both):
    config = TrainingConfig(feed=feed, epochs=2, sequence_length=20, batch_size=8, threads=1)
    in_memory, built = (history(data, config) for data in both)
    assert in_memory == built
    assert len(built[1]) == 2


def test_counts_are_the_same_and_the_fingerprint_is_that_of_the_corpus(both, folder):
    in_memory, built = (data.describe() for data in both)
    assert in_memory.pop("fingerprint") != (fingerprint := built.pop("fingerprint"))
    assert in_memory == built
    assert fingerprint == read_corpus(folder).fingerprint


def test_a_run_goes_on_with_the_same_corpus_only(both, folder, tmp_path):
    config = TrainingConfig(epochs=1, sequence_length=20, batch_size=8, threads=1)
    run = Run(tmp_path / "run", both[1], NetworkConfig(units=8), config)
    run.open()
    steps = run.progress()
    next(steps)
    steps.close()
    again = Run(tmp_path / "run", TrainingData.built(read_corpus(folder)), NetworkConfig(units=8), config)
    again.open(resume=True)
    assert again.trainer.position.batch == 1


@pytest.mark.parametrize("at_once", [2, 2048])
def test_losses_are_the_same_in_parts(at_once, both, monkeypatch):
    monkeypatch.setattr(evaluation, "TUNES_AT_ONCE", at_once)
    network = CharNetwork(NetworkConfig(units=8), len(both[0].vocabulary))
    in_memory, built = (data.validation for data in both)
    assert len(list(built.parts())) == (2 if at_once == 2 else 1)
    for protocol in (evaluation.full_tune, evaluation.cold_window):
        expected, found = protocol(network, in_memory), protocol(network, built)
        assert found.nats_per_char == pytest.approx(expected.nats_per_char, rel=1e-6)
        assert (found.standard_error or 0) == pytest.approx(expected.standard_error or 0, rel=1e-6)
    windows = [window.tolist() for part in built.parts() for window in part.windows]
    assert windows == [window.tolist() for window in in_memory.windows]


def test_a_network_with_another_vocabulary_is_measured(untrained, tiny_corpus, folder):
    model = untrained(symbols="ABCDEFGabcdefg|: TXKML/0123456789", units=8)
    corpus = read_corpus(folder)
    _, validation = split_tunes(read_tunes(tiny_corpus).tunes)
    expected = evaluation.evaluate(model, validation)
    found = measure(model, BuiltEvaluationSet(corpus.validation, model.vocabulary))
    assert found.as_json() == expected.as_json()
    assert found.unknown == ()
    assert found.unknown_counts == expected.unknown_counts != {}
    assert sum(found.unknown_counts.values()) == len(expected.unknown)


def test_the_sample_is_the_same(both):
    in_memory, built = (data.sample for data in both)
    assert len(in_memory.tunes) == 7
    assert all(map(np.array_equal, in_memory.tunes, built.tunes))
    assert in_memory.source_characters == built.source_characters


def test_tunes_without_their_own_validation_are_split(tiny_corpus):
    tunes = read_tunes(tiny_corpus).tunes
    training, validation = split_tunes(tunes)
    data = TrainingData.of(tunes)
    assert (len(data.tunes), len(data.validation.tunes)) == (len(training), len(validation))
    given = TrainingData.of(training, validation)
    assert given.fingerprint == data.fingerprint
    assert given.vocabulary == Vocabulary.of(training)
    assert isinstance(given.validation, EvaluationSet)
