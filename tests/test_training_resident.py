"""Oracle: the ordinary `Trainer`, which cuts its batches out on the processor."""

from itertools import islice

import numpy as np
import pytest
import torch

from tunewright.corpus.places import Place, shuffled_text, stream_places, window_places
from tunewright.corpus.readers import read_tunes
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer
from tunewright.training.optimizers import make_optimizer, schedule
from tunewright.training.resident import (
    ResidentLearner,
    ResidentText,
    make_recordable,
    packed,
    set_learning_rate,
)  # fmt: skip

CPU = torch.device("cpu")
STEPS = 25


@pytest.fixture(scope="module")
def data(tiny_corpus):
    tunes = read_tunes(tiny_corpus).tunes
    return TrainingData.of(tunes, tunes[:2])


def fresh(data, **shape):
    torch.manual_seed(0)
    return CharNetwork(
        NetworkConfig(**{"units": 12, "embedding": 6, "input_dropout": 0.1, **shape}), len(data.vocabulary)
    )


def learner_of(network, config, **options):
    generator = torch.Generator().manual_seed(config.seed)
    return ResidentLearner(network, make_optimizer(network, config), dropout=generator, clip=config.clip, **options)


def resident_losses(data, config, network, **options):
    learner = learner_of(network, config, **options)
    generator, shape = np.random.default_rng([config.seed, 0]), {"length": config.length, "lanes": config.lanes}
    if config.feed == "windows":
        text = np.concatenate(data.tunes)
        places = window_places(len(text), **shape, generator=generator)
    else:
        text = shuffled_text(data.tunes, generator)
        places = stream_places(len(text), **shape, reset=config.reset, generator=generator)
    learner.hold(text)
    places = list(places)
    rates = [config.learning_rate * schedule(number / len(places) / config.epochs, config) for number in range(STEPS)]
    return [learner.learn(place, rate)[0] for place, rate in zip(places, rates, strict=False)]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("feed", ["streams", "windows"])
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_it_learns_what_the_trainer_learns(data, cell, feed, optimizer):
    config = TrainingConfig(feed=feed, length=20, lanes=4, epochs=2, optimizer=optimizer)
    expected = [progress.loss for progress in islice(Trainer(fresh(data, cell=cell), data, config).run(), STEPS)]
    losses = resident_losses(data, config, fresh(data, cell=cell))
    assert losses == pytest.approx(expected, abs=1e-6)


def test_bfloat16_differs_a_little_and_tf32_not_on_a_processor(data):
    config = TrainingConfig(length=20, lanes=4, epochs=2)
    exact, tf32, bfloat16 = (
        resident_losses(data, config, fresh(data), precision=precision) for precision in ("float32", "tf32", "bfloat16")
    )
    assert tf32 == exact
    assert bfloat16 != exact
    assert bfloat16 == pytest.approx(exact, abs=0.02)


def test_the_state_is_carried_and_can_be_handed_on(data):
    config = TrainingConfig(lanes=3)
    place = Place(np.array([0, 40, 80]), 10, np.ones(3, np.float32))
    losses = []
    for state in (0.0, 0.9):
        learner = learner_of(fresh(data, dropout=0.0, input_dropout=0.0), config)
        learner.hold(np.concatenate(data.tunes))
        learner.go_on_from(tuple(torch.full((1, 3, 12), state) for _ in range(2)))
        losses.append(learner.learn(place, 0.0)[0])
        assert not (learner.recurrent[3][0] == state).all()
    assert losses[0] != losses[1]


def test_the_norm_is_told_before_clipping_and_the_rate_is_heeded(data):
    place = Place(np.array([0, 9]), 8, np.zeros(2, np.float32))
    changes, norms = [], []
    for clip, rate in ((0.0, 0.1), (0.001, 0.1), (0.001, 0.2)):
        network = fresh(data, dropout=0.0, input_dropout=0.0)
        before = network.readout.weight.detach().clone()
        learner = learner_of(network, TrainingConfig(optimizer="sgd", clip=clip, weight_decay=0.0))
        learner.hold(np.concatenate(data.tunes))
        norms.append(learner.learn(place, rate)[1])
        changes.append(float((network.readout.weight.detach() - before).norm()))
    assert norms[0] == pytest.approx(norms[1]) == pytest.approx(norms[2])
    assert changes[1] == pytest.approx(changes[0] * 0.001 / norms[0], rel=1e-3)
    assert changes[2] == pytest.approx(2 * changes[1], rel=1e-3)


def test_a_text_is_cut_as_a_ring_and_may_change_its_length():
    text = ResidentText(CPU)
    assert text.hold(np.arange(16, dtype=np.uint8))
    assert text.cut(torch.tensor([0, 14]), 3).T.tolist() == [[0, 1, 2, 3], [14, 15, 0, 1]]
    assert not text.hold(np.arange(100, 118, dtype=np.uint8))
    assert text.cut(torch.tensor([16]), 3).T.tolist() == [[116, 117, 100, 101]]
    assert not text.hold(np.arange(4, dtype=np.uint8))
    assert text.cut(torch.tensor([3]), 2).T.tolist() == [[3, 0, 1]]
    assert text.hold(np.arange(1000, 1040, dtype=np.uint16))
    assert text.cut(torch.tensor([39]), 1).T.tolist() == [[1039, 1000]]


def test_a_place_is_packed_as_whole_numbers():
    place = Place(np.array([5, 7]), 3, np.array([1, 0], np.float32))
    assert packed(place).tolist() == [[5, 7], [1, 0]]


def test_only_optimisers_that_a_graph_can_hold_are_made_so(data):
    network = fresh(data)
    for name, holds in (("adamw", True), ("adam", True), ("nadam", True), ("rmsprop", True), ("sgd", False)):
        optimizer = make_optimizer(network, TrainingConfig(optimizer=name))
        assert make_recordable(optimizer, CPU) is holds
        rate = optimizer.param_groups[0]["lr"]
        set_learning_rate(optimizer, 0.25)
        assert [float(group["lr"]) for group in optimizer.param_groups] == [0.25, 0.25]
        assert (optimizer.param_groups[0]["lr"] is rate) is holds
