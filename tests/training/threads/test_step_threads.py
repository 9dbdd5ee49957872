"""Steps end with the same bits on any number of threads that takes them; what would not is left to one thread."""

import os
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

import pytest
import torch

from tunewright.corpus.readers import read_tunes
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer
from tunewright.training.threads import step_threads, thread_choice
from tunewright.training.threads.step_threads import USUAL, StepThreads
from tunewright.training.threads.thread_choice import ThreadChooser

SHAPE = (20, 8)


@pytest.fixture(autouse=True)
def one_thread_afterwards():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def three_cores(monkeypatch):
    monkeypatch.setattr(step_threads, "most_threads", lambda: 3)
    monkeypatch.setattr(step_threads, "cores_are_free", lambda _count: True)


def counts_of(threads, rehearse, steps=4 * USUAL, shape=SHAPE):
    counts = []
    for _ in range(steps):
        with threads.step(shape, rehearse):
            counts.append(torch.get_num_threads())
    return counts


def test_a_given_number_takes_every_step_and_nothing_is_rehearsed():
    assert set(counts_of(StepThreads(2), rehearse=lambda: pytest.fail("rehearsed"))) == {2}


@pytest.mark.usefixtures("three_cores")
def test_several_numbers_are_tried_once_a_shape_is_usual():
    torch.set_num_threads(2)
    rehearsed = []
    counts = counts_of(StepThreads(0), lambda: rehearsed.append(torch.get_num_threads()) or b"same")
    assert rehearsed == [1, 2, 1, 3]
    assert set(counts[: USUAL - 1]) == {1}
    assert set(counts) == {1, 2, 3}
    assert torch.get_num_threads() == 2  # as before


@pytest.mark.usefixtures("three_cores")
def test_a_number_that_ends_with_other_bits_is_never_used():
    counts = counts_of(StepThreads(0), lambda: b"other" if torch.get_num_threads() == 2 else b"same")
    assert set(counts) == {1, 3}


@pytest.mark.usefixtures("three_cores")
def test_threads_that_treat_numbers_near_zero_otherwise_are_never_used(monkeypatch):
    monkeypatch.setattr(step_threads, "_products_near_zero", lambda count: b"kept" if count == 3 else b"flushed")
    assert set(counts_of(StepThreads(0), lambda: b"same")) == {1, 2}


@pytest.mark.usefixtures("three_cores")
def test_nothing_is_tried_while_other_programs_use_the_cores(monkeypatch):
    monkeypatch.setattr(step_threads, "cores_are_free", lambda _count: False)
    assert set(counts_of(StepThreads(0), lambda: pytest.fail("rehearsed"))) == {1}


def test_one_core_is_never_free_for_many_threads():
    assert not step_threads.cores_are_free(8 * (os.cpu_count() or 1))


def test_all_threads_flush_numbers_near_zero_or_none():
    torch.set_num_threads(1)
    assert step_threads._products_near_zero(1) == b"kept"
    torch.set_flush_denormal(True)
    try:
        assert step_threads._products_near_zero(1) == b"flushed"
    finally:
        torch.set_flush_denormal(False)


@pytest.mark.usefixtures("three_cores")
def test_rare_shapes_are_left_to_one_thread():
    threads = StepThreads(0)
    for length in range(1, 40):
        assert counts_of(threads, lambda: pytest.fail("rehearsed"), steps=USUAL - 1, shape=(length, 8)) == [1] * 7


@pytest.mark.usefixtures("three_cores")
@pytest.mark.parametrize("optimizer", ["adamw", "muon", "sgd"])
def test_a_training_ends_with_the_same_bits_whoever_took_its_steps(tiny_corpus, monkeypatch, optimizer):
    """The number of threads changes with every step, as it may under a changing load."""
    data = TrainingData.of(read_tunes(tiny_corpus).tunes)
    config = TrainingConfig(sequence_length=10, batch_size=8, epochs=1, optimizer=optimizer)
    results, used = [], []
    for restless in (False, True):
        if restless:
            monkeypatch.setattr(thread_choice.ThreadChooser, "threads", lambda chooser: next_of(chooser, used))
        torch.manual_seed(1)
        network = CharNetwork(NetworkConfig(units=20, embedding=8), len(data.vocabulary))
        trainer = Trainer(network, data, config if restless else replace(config, threads=1))
        losses = [progress.loss for progress in islice(trainer.run(), 30)]
        results.append((losses, [weight.detach().numpy().tobytes() for weight in network.parameters()]))
    assert results[0] == results[1]
    assert len(used) > 10


def test_steps_with_memories_of_other_lengths_are_other_steps(tiny_corpus, monkeypatch):
    """Several threads may sum otherwise with more rows, so that a rehearsal with fewer would say nothing."""
    shapes = []

    @contextmanager
    def step(_threads, shape, _rehearse):
        shapes.append(shape)
        yield

    monkeypatch.setattr(StepThreads, "step", step)
    data = TrainingData.of(read_tunes(tiny_corpus).tunes)
    network = CharNetwork.of(NetworkConfig(units=8, embedding=4, look_back=4), data.vocabulary)
    config = TrainingConfig(feed="tunes", sequence_length=20, batch_size=4, epochs=1)
    list(islice(Trainer(network, data, config).run(), 12))
    memories = {shape[-1] for shape in shapes if len(shape) == 5}
    assert len(memories) > 2
    assert any(len(shape) == 2 for shape in shapes)  # tunes begin without a memory


def next_of(chooser: ThreadChooser, used: list[int]) -> int:
    """The numbers of threads that may be used, in turn."""
    turns = vars(chooser).setdefault(
        "turns", [count for count in chooser.counts if count == 1 or chooser._suits(count)]
    )
    used.append(turns[len(used) % len(turns)])
    return used[-1]
