"""Oracles: the same tunes in memory, for a built corpus; `transpose`, for tunes in other keys."""

from collections import Counter
from dataclasses import astuple, replace

import numpy as np
import pytest
import torch

from tunewright.corpus.large.built_corpus import read_corpus
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import END, START
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.notation.transpose import transpose
from tunewright.training import data as training_data
from tunewright.training import evaluate as evaluation
from tunewright.training.config import TrainingConfig
from tunewright.training.data import KeyedTunes, TrainingData
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


IN_G = "X:1\nK:G\nGABc d2:|\n"
IN_D = "X:2\nK:Dmaj\ndefg a2:|\n"
IN_A_DORIAN = "X:3\nK:Ador\nABcd e2:|\n"
IN_NONE = "X:4\nabc\n"
SYMBOLS = START + END + "\n -/0123456789:|',_^=XKABCDEFGabcdefgmajorin"


def keyed(*texts, symbols=SYMBOLS):
    vocabulary = Vocabulary("".join(dict.fromkeys(symbols)))
    tunes = [vocabulary.encode(START + text + END) for text in texts]
    return KeyedTunes(tunes, vocabulary), tunes


def texts_of(tunes, ids):
    return [tunes.vocabulary.decode(each)[1:-1] for each in ids]


def test_tunes_move_to_keys_that_others_of_their_mode_have_as_often_as_they_have_them():
    tunes, _ = keyed(IN_G, IN_D, IN_D.replace("2", "3"), IN_A_DORIAN, IN_NONE)
    generator = np.random.default_rng(0)
    epochs = [texts_of(tunes, tunes.epoch(1.0, generator)) for _ in range(300)]
    assert Counter(epoch[0] for epoch in epochs).keys() == {IN_G, transpose(IN_G, "D")}
    assert sum(epoch[0] == IN_G for epoch in epochs) / 300 == pytest.approx(1 / 3, abs=0.09)
    assert sum(epoch[1] == IN_D for epoch in epochs) / 300 == pytest.approx(2 / 3, abs=0.09)
    assert {epoch[3] for epoch in epochs} == {IN_A_DORIAN}  # no other tune has its mode
    assert {epoch[4] for epoch in epochs} == {IN_NONE}


def test_the_share_of_the_tunes_that_move():
    tunes, plain = keyed(*[IN_G] * 200, *[IN_D] * 200)
    assert all(ours is theirs for ours, theirs in zip(tunes.epoch(0.0, np.random.default_rng(0)), plain, strict=True))
    moved = texts_of(tunes, tunes.epoch(0.5, np.random.default_rng(0)))
    # Half of them draw a key, and half of those one that is not their own.
    assert sum(text not in (IN_G, IN_D) for text in moved) / 400 == pytest.approx(0.25, abs=0.07)


def test_the_generator_decides():
    tunes, _ = keyed(*[IN_G] * 20, *[IN_D] * 20)
    once, again, other = (texts_of(tunes, tunes.epoch(0.5, np.random.default_rng(seed))) for seed in (1, 1, 2))
    assert once == again != other


@pytest.mark.parametrize("stays", ["X:1\nK:G\nGA\nK:HP\nAB\n", "X:1\nm:~G2 = G\nK:G\nGA\n"])
def test_what_cannot_be_moved_exactly_stays(stays):
    tunes, _ = keyed(stays, *[IN_D] * 50, symbols=SYMBOLS + "HPm~")
    for seed in range(20):
        assert texts_of(tunes, tunes.epoch(1.0, np.random.default_rng(seed)))[0] == stays


def test_no_character_comes_in_that_the_network_does_not_know():
    low = "X:1\nK:G\nDEFG\n"
    assert "," in transpose(low, "D")
    for symbols, can in ((SYMBOLS, True), (SYMBOLS.replace(",", ""), False)):
        tunes, _ = keyed(low, IN_D, symbols=symbols)
        heard = {texts_of(tunes, tunes.epoch(1.0, np.random.default_rng(seed)))[0] for seed in range(20)}
        assert heard == ({low, transpose(low, "D")} if can else {low})
