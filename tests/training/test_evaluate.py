"""Oracle: torch's own LSTM and log-softmax, one tune at a time, without padding or chunks."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CorpusError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork, weights_of
from tunewright.training import evaluate as evaluation
from tunewright.training.evaluate import EvaluationSet, Loss, cold_window, evaluate, full_tune, nats_per_sequence


@pytest.fixture(scope="module")
def tunes(tiny_corpus):
    return read_tunes(tiny_corpus).tunes


@pytest.fixture(scope="module")
def network(tunes):
    torch.manual_seed(5)
    return CharNetwork(NetworkConfig(units=12, embedding=6, dropout=0.5), len(Vocabulary.of(tunes)))


def nats_by_hand(network, ids):
    ids = torch.from_numpy(ids.astype(np.int64))
    outputs, _ = network.layers[0](network.embedding(ids[:-1, None]))
    chances = torch.log_softmax(network.readout(outputs[:, 0]), dim=1)
    return -float(chances[torch.arange(len(ids) - 1), ids[1:]].sum().detach())


@pytest.mark.parametrize(("lanes", "chunk"), [(256, 64), (4, 7), (1, 1000)])
def test_every_character_is_predicted_once_from_a_zero_state(network, tunes, monkeypatch, lanes, chunk):
    monkeypatch.setitem(evaluation.LANES, "cpu", lanes)
    monkeypatch.setattr(evaluation, "CHUNK", chunk)
    vocabulary = Vocabulary.of(tunes)
    data = EvaluationSet.of(tunes, vocabulary)
    by_hand = [nats_by_hand(network, ids) for ids in data.tunes]
    np.testing.assert_allclose(nats_per_sequence(network, data.tunes), by_hand, rtol=1e-5)
    expected = sum(by_hand) / sum(tune.source_characters for tune in tunes)
    assert full_tune(network, data).nats_per_char == pytest.approx(expected, rel=1e-5)


@pytest.fixture(scope="module")
def said_by_one_that_looks_back(tunes):
    """A network, its tunes and windows, and the nats of each by the chances that the network gives."""
    torch.manual_seed(5)
    vocabulary = Vocabulary.of(tunes)
    network = CharNetwork.of(NetworkConfig(units=12, embedding=6, look_back=6), vocabulary).eval()
    data = EvaluationSet.of(tunes, vocabulary)
    nats = []
    for ids in (*data.tunes, *data.windows):
        read = torch.from_numpy(ids.astype(np.int64))
        with torch.inference_mode():
            chances = torch.log_softmax(network(read[:-1, None])[0][:, 0].double(), dim=1)
        nats.append(-float(chances[torch.arange(len(read) - 1), read[1:]].sum()))
    return network, data, nats


@pytest.mark.slow
@pytest.mark.parametrize(("lanes", "chunk"), [(256, 64), (4, 7), (1, 1000)])
def test_networks_that_look_back_are_measured_by_what_they_would_say(
    tunes, monkeypatch, said_by_one_that_looks_back, lanes, chunk
):
    monkeypatch.setitem(evaluation.LANES, "cpu", lanes)
    monkeypatch.setattr(evaluation, "CHUNK", chunk)
    network, data, expected = said_by_one_that_looks_back
    of_tunes, of_windows = expected[: len(tunes)], np.array(expected[len(tunes) :])
    np.testing.assert_allclose(nats_per_sequence(network, data.tunes), of_tunes, rtol=1e-5)
    per_window = of_windows / [len(window) - 1 for window in data.windows]
    assert cold_window(network, data).nats_per_char == pytest.approx(per_window.mean(), rel=1e-5)


def test_losses_are_divided_by_the_characters_of_the_file(tiny_corpus, tunes):
    assert EvaluationSet.of(tunes, Vocabulary.of(tunes)).source_characters == len(tiny_corpus.read_text())


def test_windows_are_thirty_characters_from_a_zero_state(network, tunes):
    data = EvaluationSet.of(tunes, Vocabulary.of(tunes))
    assert len(data.windows) == 20 * len(tunes)
    assert {len(window) for window in data.windows} == {31}
    for number, window in enumerate(data.windows):
        assert window.tobytes() in data.tunes[number // 20].tobytes()
    per_window = np.array([nats_by_hand(network, window) / 30 for window in data.windows]).reshape(-1, 20)
    loss = cold_window(network, data)
    assert loss.nats_per_char == pytest.approx(per_window.mean(), rel=1e-5)
    error = math.sqrt((per_window.var(axis=1, ddof=1) / 20).sum()) / len(tunes)
    assert loss.standard_error == pytest.approx(error, rel=1e-4)


@pytest.mark.slow
def test_the_standard_error_is_what_other_draws_show(network, tunes, monkeypatch):
    losses = []
    for seed in range(60):
        monkeypatch.setattr(evaluation, "WINDOW_SEED", seed)
        losses.append(cold_window(network, EvaluationSet.of(tunes, Vocabulary.of(tunes))))
    spread = np.std([loss.nats_per_char for loss in losses], ddof=1)
    assert spread == pytest.approx(np.mean([loss.standard_error for loss in losses]), rel=0.35)


def test_a_tune_shorter_than_a_window_is_one(network, tunes):
    vocabulary = Vocabulary.of(tunes)
    short = Tune("X:1\n", Path("short.abc"), 1, 4)
    data = EvaluationSet.of([short], vocabulary)
    assert {vocabulary.decode(window) for window in data.windows} == {short.framed}
    assert cold_window(network, data).standard_error == pytest.approx(0, abs=1e-6)


def test_unknown_characters_are_counted_placed_and_left_out(network, tunes):
    vocabulary = Vocabulary.of(tunes)
    text = tunes[0].text
    strange = Tune(text[:9] + "ÿ" + text[9:], Path("strange.abc"), 3, tunes[0].source_characters + 1)
    model = Checkpoint(network.config, vocabulary, weights_of(network))
    result = evaluate(model, [strange])
    plain = evaluate(model, [tunes[0]])
    assert [(found.character, found.line, found.column) for found in result.unknown] == [("ÿ", 4, 6)]
    assert result.full_tune == plain.full_tune
    assert result.characters == plain.characters + 1
    assert result.as_json()["unknown_characters"] == 1


def test_nothing_to_measure_is_an_error(network, tunes):
    with pytest.raises(CorpusError):
        evaluate(Checkpoint(network.config, Vocabulary.of(tunes), weights_of(network)), [])


def test_dropout_is_off_and_the_mode_is_left_as_it_was(network, tunes):
    data = EvaluationSet.of(tunes, Vocabulary.of(tunes))
    network.train()
    assert full_tune(network, data) == full_tune(network, data)
    assert network.training


def test_bits_are_nats_over_log_two():
    assert Loss(math.log(2)).bits_per_char == pytest.approx(1)
