"""Adaptation learns new tunes and keeps the old ones, and its losses are those of the networks."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from tunewright.corpus.readers import read_tunes
from tunewright.errors import CorpusError, OptionError
from tunewright.model.checkpoint import read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import load_network
from tunewright.training.adapt import TIMES_PER_PASS, Adaptation
from tunewright.training.config import AdaptConfig, TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import EvaluationSet, cold_window, full_tune
from tunewright.training.training_run import train

NETWORK = NetworkConfig(units=24, embedding=8, dropout=0.0)


@pytest.fixture(scope="module")
def tunes(tiny_corpus):
    return read_tunes(tiny_corpus).tunes


@pytest.fixture(scope="module")
def former(tunes):
    return TrainingData.of(tunes[:20], tunes[20:])


@pytest.fixture(scope="module")
def own(tunes):
    """Tunes in another hand: from back to front, with a character that the network never saw."""
    return [replace(tune, text=f"{tune.text[:0:-1]}é\n") for tune in tunes[:12]]


@pytest.fixture(scope="module")
def model(tunes, tmp_path_factory):
    out = tmp_path_factory.mktemp("former") / "run"
    config = TrainingConfig(epochs=8, sequence_length=20, batch_size=4, threads=1, learning_rate=0.02)
    list(train(tunes[:20], tunes[20:], out=out, network=NETWORK, config=config))
    return read_checkpoint(out)


def adapted(folder, model, own, former=None, **options):
    adaptation = Adaptation(folder, model, own, former, AdaptConfig(**{"epochs": 2} | options))
    adaptation.open()
    list(adaptation.run.progress())
    return adaptation, adaptation.finish()


@pytest.mark.slow
def test_new_tunes_are_learned_and_both_losses_are_those_of_the_networks(tmp_path, model, own, former):
    adaptation, losses = adapted(tmp_path / "run", model, own, former, learning_rate=0.01)
    best = read_checkpoint(tmp_path / "run")
    assert adaptation.added_characters == "é"
    assert best.vocabulary.symbols == model.vocabulary.symbols + "é"
    before, after = losses["own"]
    assert after.full_tune < 0.8 * before.full_tune
    for name, data in (("own", adaptation.own), ("former", former.validation)):
        for position, network in enumerate((adaptation.start, best)):
            measured = losses[name][position]
            assert measured.full_tune == pytest.approx(full_tune(load_network(network), data).nats_per_char, rel=1e-6)
            assert measured.cold_window == pytest.approx(cold_window(load_network(network), data).nats_per_char)
    record = best.training["adapted_from"]
    assert (record["network"], record["added_characters"], record["held_out"]) == (model.fingerprint, "é", 2)
    assert record["training"] == model.training
    assert record["after"]["own"]["full_tune"] == after.full_tune


def test_tunes_held_out_are_not_learned_from(tmp_path, model, own):
    adaptation = Adaptation(tmp_path, model, own)
    learned = {ids.tobytes() for ids in adaptation.run.data.tunes}
    assert len(learned) + len(adaptation.own.tunes) == len(own)
    assert learned.isdisjoint(ids.tobytes() for ids in adaptation.own.tunes)
    named = Adaptation(tmp_path, model, own[:10], held_out=own[10:])
    assert (named.held_out, len(named.own.tunes), len({ids.tobytes() for ids in named.run.data.tunes})) == (2, 2, 10)


def test_of_few_tunes_all_are_learned_and_measured(tmp_path, model, own):
    adaptation = Adaptation(tmp_path, model, own[:9])
    assert adaptation.held_out == 0
    assert {ids.tobytes() for ids in adaptation.run.data.tunes} == {ids.tobytes() for ids in adaptation.own.tunes}
    with pytest.raises(CorpusError, match="no tune"):
        Adaptation(tmp_path, model, [])


@pytest.mark.parametrize("replay", [0, 0.5, 2])
def test_former_tunes_are_read_again_in_the_share_asked_for(tmp_path, model, own, former, replay):
    data = Adaptation(tmp_path, model, own[:2], former, AdaptConfig(replay=replay)).run.data
    again = data.tunes[2 * TIMES_PER_PASS :]
    assert {ids.tobytes() for ids in again} <= {ids.tobytes() for ids in former.tunes}
    wanted = replay * sum(map(len, data.tunes[: 2 * TIMES_PER_PASS]))
    assert wanted <= sum(map(len, again)) <= wanted + max(map(len, former.tunes))


@pytest.mark.slow
def test_reading_again_and_drawing_back_keep_what_was_known(tmp_path, model, own, former):
    options = {"learning_rate": 0.01, "epochs": 4}
    forgotten = {
        name: adapted(tmp_path / name, model, own, former, **options | more)[1]["former"][1].full_tune
        for name, more in (
            ("neither", {"replay": 0, "l2_sp": 0}),
            ("replay", {"replay": 2, "l2_sp": 0}),
            ("l2_sp", {"replay": 0, "l2_sp": 50}),
        )
    }
    before = full_tune(load_network(model), former.validation).nats_per_char
    assert forgotten["replay"] - before < 0.7 * (forgotten["neither"] - before)
    assert forgotten["l2_sp"] - before < 0.7 * (forgotten["neither"] - before)


def test_a_pull_without_bound_leaves_the_weights_where_they_were(tmp_path, model, own):
    adaptation = Adaptation(tmp_path / "run", model, own, None, AdaptConfig(l2_sp=1e12))
    adaptation.open()
    list(islice(adaptation.run.progress(), 3))
    for weight, held in zip(
        adaptation.run.trainer.network.state_dict().values(), load_network(adaptation.start).state_dict().values(),
        strict=True,
    ):  # fmt: skip
        np.testing.assert_array_equal(weight.numpy(), held.numpy())


def test_stopped_and_gone_on_with_it_ends_as_if_it_had_not_been_stopped(tmp_path, model, own, former):
    whole, losses = adapted(tmp_path / "whole", model, own, former)
    stopped = Adaptation(tmp_path / "stopped", model, own, former, whole.config)
    stopped.open()
    steps = stopped.run.progress()
    list(islice(steps, 5))
    steps.close()
    again = Adaptation(tmp_path / "stopped", model, own, former, whole.config)
    again.open(resume=True)
    list(again.run.progress())
    assert again.finish() == losses
    assert read_checkpoint(tmp_path / "stopped").fingerprint == read_checkpoint(tmp_path / "whole").fingerprint


def test_what_was_begun_otherwise_is_not_gone_on_with(tmp_path, model, own):
    adapted(tmp_path / "run", model, own, epochs=1)
    other = Adaptation(tmp_path / "run", model, own, None, AdaptConfig(epochs=1, l2_sp=77))
    with pytest.raises(OptionError, match="l2_sp is 77"):
        other.open(resume=True)
    weights = {name: values + 1 for name, values in model.weights.items()}
    another = Adaptation(tmp_path / "run", replace(model, weights=weights), own, None, AdaptConfig(epochs=1))
    with pytest.raises(OptionError, match="network is"):
        another.open(resume=True)


def test_an_adapted_network_can_be_adapted_again(tmp_path, model, own, tunes):
    adapted(tmp_path / "first", model, own, epochs=1)
    first = read_checkpoint(tmp_path / "first")
    adaptation, _ = adapted(tmp_path / "second", first, tunes, epochs=1)
    assert adaptation.added_characters == ""
    assert read_checkpoint(tmp_path / "second").training["adapted_from"]["training"] == first.training
    assert isinstance(adaptation.own, EvaluationSet)


@pytest.mark.parametrize(
    "wrong",
    [{"epochs": 0}, {"learning_rate": 0}, {"replay": -1}, {"l2_sp": -1}, {"held_out": 1}, {"patience": -1},
     {"seed": -1}],
)  # fmt: skip
def test_options_outside_their_range_are_refused(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        AdaptConfig(**wrong)


@pytest.mark.slow
def test_a_network_that_looks_back_learns_characters_that_it_did_not_know(tmp_path, tunes, own):
    config = TrainingConfig(feed="tunes", epochs=2, sequence_length=30, batch_size=4, threads=1, learning_rate=0.02)
    network = replace(NETWORK, look_back=6)
    list(train(tunes[:20], tunes[20:], out=tmp_path / "former", network=network, config=config))
    model = read_checkpoint(tmp_path / "former")
    adaptation, losses = adapted(tmp_path / "run", model, own, TrainingData.of(tunes[:20], tunes[20:]))
    assert adaptation.added_characters == "é"
    before, after = losses["own"]
    assert after.full_tune < before.full_tune
    assert read_checkpoint(tmp_path / "run").weights["look_back.recent"].shape[1] == len(model.vocabulary) + 1
