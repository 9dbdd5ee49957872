"""Oracle: each network trained alone by the ordinary `Trainer`."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from tunewright.corpus.readers import read_tunes
from tunewright.errors import OptionError
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer
from tunewright.training.stacked.stacked_training import MAY_DIFFER, Member, StackedTrainer, require_alike

CPU = torch.device("cpu")
STEPS = 40


@pytest.fixture(scope="module")
def data(tiny_corpus):
    tunes = read_tunes(tiny_corpus).tunes
    return TrainingData.of(tunes, tunes[:2])


def alone(data, member):
    torch.manual_seed(member.training.seed)
    return Trainer(CharNetwork(member.network, len(data.vocabulary)), data, member.training)


def study(shape, training):
    """Three networks that differ in all that may differ."""
    unlike: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (
            {"dropout": 0.3, "input_dropout": 0.0},
            {"seed": 0, "learning_rate": 0.008, "weight_decay": 0.1, "max_grad_norm": 1.0},
        ),
        (
            {"dropout": 0.0, "input_dropout": 0.2},
            {"seed": 1, "learning_rate": 0.003, "max_grad_norm": 0.2, "state_reset_probability": 0.1},
        ),
        (
            {"dropout": 0.5, "recurrent_weight_dropout": 0.2},
            {"seed": 2, "max_grad_norm": 0.0, "warmup": 0.2, "schedule": "constant"},
        ),
    ]
    common: dict[str, Any] = {"sequence_length": 20, "batch_size": 4, "epochs": 2, **training}
    return [
        Member(NetworkConfig(units=12, **shape, **network), TrainingConfig(**common, **own)) for network, own in unlike
    ]


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize(("layers", "embedding", "feed"), [(1, 6, "streams"), (2, 0, "streams"), (2, 6, "windows")])
def test_each_network_learns_as_if_it_were_alone(data, cell, layers, embedding, feed):
    members = study({"cell": cell, "layers": layers, "embedding": embedding}, {"feed": feed})
    stacked = StackedTrainer(data, members, CPU)
    losses = np.array([progress.losses for progress in islice(stacked.run(), STEPS)])
    for number, member in enumerate(members):
        trainer = alone(data, member)
        expected = np.array([progress.loss for progress in islice(trainer.run(), STEPS)])
        np.testing.assert_allclose(losses[:, number], expected, atol=1e-4)
        untouched = alone(data, member).network.readout.weight
        assert not torch.allclose(trainer.network.readout.weight, untouched, atol=0.01), "nothing was learned"
        for name, weight in trainer.network.named_parameters():
            torch.testing.assert_close(stacked.networks[number].get_parameter(name), weight, atol=2e-3, rtol=1e-2)


def test_a_network_does_not_depend_on_its_neighbours(data):
    members = study({}, {})
    three = StackedTrainer(data, members, CPU)
    one = StackedTrainer(data, members[1:2], CPU)
    for together, single in zip(islice(three.run(), 10), one.run(), strict=False):
        assert together.losses[1] == pytest.approx(single.losses[0], abs=1e-5)


def test_one_that_diverges_disturbs_no_other(data):
    members = study({}, {})
    wild = Member(
        members[0].network,
        TrainingConfig(sequence_length=20, batch_size=4, epochs=2, learning_rate=1e30, max_grad_norm=0),
    )
    losses = [progress.losses for progress in islice(StackedTrainer(data, [members[1], wild], CPU).run(), 12)]
    calm = [progress.losses for progress in islice(StackedTrainer(data, members[1:2], CPU).run(), 12)]
    assert not np.isfinite(losses[-1][1])
    assert losses[-1][0] == pytest.approx(calm[-1][0], abs=1e-5)


def test_it_ends_after_the_last_epoch_and_tells_each(data):
    config = TrainingConfig(sequence_length=40, batch_size=8, epochs=2, feed="windows")
    steps = list(StackedTrainer(data, [Member(NetworkConfig(units=4), config)], CPU).run())
    assert [progress.epoch for progress in steps if progress.epoch] == [1, 2]
    assert [progress.step for progress in steps] == list(range(1, steps[-1].steps + 1))
    assert steps[-1].epoch == 2


def test_shared_masks_are_others_but_as_many(data):
    members = study({}, {"feed": "windows"})
    own, shared = (
        [progress.losses for progress in islice(StackedTrainer(data, members, CPU, own_dropout=which).run(), 30)]
        for which in (True, False)
    )
    assert not np.allclose(own[5], shared[5], atol=1e-6)
    np.testing.assert_allclose(np.mean(own[-10:], axis=0), np.mean(shared[-10:], axis=0), atol=0.15)


def test_bfloat16_differs_a_little(data):
    exact, narrow = (
        np.array([p.losses for p in islice(StackedTrainer(data, study({}, {"precision": name}), CPU).run(), 20)])
        for name in ("float32", "bfloat16")
    )
    assert not np.allclose(exact, narrow, atol=1e-6)
    np.testing.assert_allclose(exact, narrow, atol=0.02)


@pytest.mark.parametrize(
    ("network", "training", "words"),
    [
        ({"units": 5}, {}, "units is 5 in network 2"),
        ({"cell": "gru"}, {}, "cell is 'gru' in network 2"),
        ({}, {"batch_size": 5}, "batch_size is 5 in network 2"),
    ],
)
def test_networks_that_are_unlike_are_refused_with_their_number(network, training, words):
    members = [Member(NetworkConfig(), TrainingConfig()), Member(NetworkConfig(**network), TrainingConfig(**training))]
    with pytest.raises(OptionError, match=words):
        require_alike(members)


def test_muon_moves_each_as_if_it_were_alone(data, monkeypatch):
    # In 16 bits rounding alone makes two trainings differ.
    monkeypatch.setattr("tunewright.training.optimizers.multiplies_bfloat16", lambda _: False)
    members = study({"layers": 2, "embedding": 0}, {"optimizer": "muon"})
    losses = np.array([progress.losses for progress in islice(StackedTrainer(data, members, CPU).run(), STEPS)])
    for number, member in enumerate(members):
        expected = [progress.loss for progress in islice(alone(data, member).run(), STEPS)]
        np.testing.assert_allclose(losses[:, number], expected, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "value"), [("optimizer", "sgd"), ("patience", 3), ("minutes", 1.0), ("transpose", 0.5)]
)
def test_what_it_cannot_do_is_refused(name, value):
    with pytest.raises(OptionError, match=name):
        require_alike([Member(NetworkConfig(), TrainingConfig(**{name: value}))])


def test_no_network_is_refused():
    with pytest.raises(OptionError, match="give at least one"):
        require_alike([])


def test_what_may_differ_exists():
    fields = NetworkConfig.__dataclass_fields__ | TrainingConfig.__dataclass_fields__
    assert fields.keys() >= MAY_DIFFER


@pytest.mark.parametrize(
    ("network", "training", "message"),
    [
        ({"look_back": 8}, {}, "look_back is 8; networks that are trained at once need 0"),
        ({}, {"feed": "tunes"}, "feed is 'tunes'; networks that are trained at once need 'windows' or 'streams'"),
    ],
)
def test_what_is_not_learned_at_once_is_refused(network, training, message):
    with pytest.raises(OptionError, match=message):
        require_alike([Member(NetworkConfig(**network), TrainingConfig(**training))])
