"""Oracle: the ordinary `Trainer`, which cuts its batches out on the processor."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from tunewright.corpus.batches import Batch, streams, windows
from tunewright.corpus.readers import read_tunes
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.gpu.resident import (
    ResidentLearner,
    ResidentText,
    copy_text,
    make_recordable,
    packed,
    set_learning_rate,
)  # fmt: skip
from tunewright.training.loop import Trainer
from tunewright.training.optimizers import make_optimizer, schedule

CPU = torch.device("cpu")
STEPS = 25
STILL = {"dropout": 0.0, "input_dropout": 0.0, "recurrent_weight_dropout": 0.0}


@pytest.fixture(scope="module")
def data(tiny_corpus):
    tunes = read_tunes(tiny_corpus).tunes
    return TrainingData.of(tunes, tunes[:2])


def fresh(data, **shape):
    torch.manual_seed(0)
    return CharNetwork(
        NetworkConfig(**{"units": 12, "embedding": 6, "input_dropout": 0.1, "recurrent_weight_dropout": 0.1, **shape}),
        len(data.vocabulary),
    )


def learner_of(network, config, **options):
    generator = torch.Generator().manual_seed(config.seed)
    return ResidentLearner(
        network, make_optimizer(network, config), dropout=generator, clip=config.max_grad_norm, **options
    )


def resident_losses(data, config, network, **options):
    learner = learner_of(network, config, **options)
    generator, shape = (
        np.random.default_rng([config.seed, 0]),
        {"sequence_length": config.sequence_length, "batch_size": config.batch_size},
    )
    if config.feed == "windows":
        batches = list(windows(data.tunes, **shape, generator=generator))
    else:
        batches = list(
            streams(data.tunes, **shape, state_reset_probability=config.state_reset_probability, generator=generator)
        )
    rates = [config.learning_rate * schedule(number / len(batches) / config.epochs, config) for number in range(STEPS)]
    return [learner.learn(batch, rate)[0] for batch, rate in zip(batches, rates, strict=False)]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("feed", ["streams", "windows"])
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_it_learns_what_the_trainer_learns(data, cell, feed, optimizer):
    config = TrainingConfig(feed=feed, sequence_length=20, batch_size=4, epochs=2, optimizer=optimizer)
    expected = [progress.loss for progress in islice(Trainer(fresh(data, cell=cell), data, config).run(), STEPS)]
    losses = resident_losses(data, config, fresh(data, cell=cell))
    assert losses == pytest.approx(expected, abs=1e-6)


def test_bfloat16_differs_a_little_and_tf32_not_on_a_processor(data):
    config = TrainingConfig(sequence_length=20, batch_size=4, epochs=2)
    exact, tf32, bfloat16 = (
        resident_losses(data, config, fresh(data), precision=precision) for precision in ("float32", "tf32", "bfloat16")
    )
    assert tf32 == exact
    assert bfloat16 != exact
    assert bfloat16 == pytest.approx(exact, abs=0.02)


def test_the_state_is_carried_and_can_be_handed_on(data):
    config = TrainingConfig(batch_size=3)
    batch = Batch(np.concatenate(data.tunes), np.array([0, 40, 80]), 10, np.ones(3, np.float32))
    losses = []
    for state in (0.0, 0.9):
        learner = learner_of(fresh(data, **STILL), config)
        learner.restart(tuple(torch.full((1, 3, 12), state) for _ in range(2)))
        losses.append(learner.learn(batch, 0.0)[0])
        assert not (learner.recurrent(3)[0] == state).all()
    assert losses[0] != losses[1]


def test_the_norm_is_told_before_clipping_and_the_rate_is_heeded(data):
    batch = Batch(np.concatenate(data.tunes), np.array([0, 9]), 8, np.zeros(2, np.float32))
    changes, norms = [], []
    for clip, rate in ((0.0, 0.1), (0.001, 0.1), (0.001, 0.2)):
        network = fresh(data, **STILL)
        before = network.readout.weight.detach().clone()
        learner = learner_of(network, TrainingConfig(optimizer="sgd", max_grad_norm=clip, weight_decay=0.0))
        norms.append(learner.learn(batch, rate)[1])
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


def test_a_text_is_copied_piece_by_piece(monkeypatch):
    monkeypatch.setattr("tunewright.training.gpu.resident.PIECE", 7)
    place = torch.zeros(30, dtype=torch.uint8)
    copy_text(np.arange(1, 24, dtype=np.uint8), place)
    assert place.tolist() == [*range(1, 24), *[0] * 7]


def test_where_a_batch_lies_is_packed_as_whole_numbers():
    batch = Batch(np.arange(9), np.array([5, 7]), 3, np.array([1, 0], np.float32))
    assert packed(batch).tolist() == [[5, 7], [1, 0]]


def test_another_text_is_learned_from_as_soon_as_a_batch_is_of_it(data):
    """With a rate of 0 nothing is learned, so that each loss depends on the text alone."""
    learner = learner_of(fresh(data, **STILL), TrainingConfig(weight_decay=0.0))
    texts = [np.full(40, 3, np.uint8), np.full(90, 4, np.uint8)]  # the second one needs more room
    first, second, again = (
        learner.learn(Batch(texts[number], np.array([0]), 8, np.zeros(1, np.float32)), 0.0)[0] for number in (0, 1, 0)
    )
    assert first == again != second


def test_only_optimisers_that_a_graph_can_hold_are_made_so(data):
    network = fresh(data)
    held: dict[Any, bool] = {"adamw": True, "adam": True, "nadam": True, "rmsprop": True, "sgd": False}
    for name, holds in held.items():
        optimizer = make_optimizer(network, TrainingConfig(optimizer=name))
        assert make_recordable(optimizer, CPU) is holds
        rate = optimizer.param_groups[0]["lr"]
        set_learning_rate(optimizer, 0.25)
        assert {float(group["lr"]) for group in optimizer.param_groups} == {0.25}
        assert (optimizer.param_groups[0]["lr"] is rate) is holds
