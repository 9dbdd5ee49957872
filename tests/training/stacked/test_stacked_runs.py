"""Oracles: each network trained alone in a run folder; and the same stack, never disturbed, to the byte."""

import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tunewright.corpus.readers import read_tunes
from tunewright.model.checkpoint import read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.history import history_as_csv
from tunewright.training.run import HISTORY, Run
from tunewright.training.stacked import stacked_runs
from tunewright.training.stacked.stacked_runs import StackedRuns, put, take
from tunewright.training.stacked.stacked_training import Member, StackedTrainer

UNLIKE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"dropout": 0.3}, {"seed": 0, "learning_rate": 0.008, "weight_decay": 0.1}),
    ({"dropout": 0.0, "input_dropout": 0.2}, {"seed": 1, "learning_rate": 0.003, "max_grad_norm": 0.2}),
    (
        {"dropout": 0.5, "recurrent_weight_dropout": 0.2},
        {"seed": 2, "warmup": 0.2, "schedule": "constant", "state_reset_probability": 0.1},
    ),
]


@pytest.fixture(scope="module")
def data(tiny_corpus):
    tunes = read_tunes(tiny_corpus).tunes
    return TrainingData.of(tunes[3:], tunes[:3])


def runs_in(folder: Path, data: TrainingData, optimizer: Any = "adamw", *, resume: bool = False) -> list[Run]:
    runs = []
    for number, (network, own) in enumerate(UNLIKE):
        config = TrainingConfig(
            sequence_length=20, batch_size=4, epochs=2, optimizer=optimizer, device="cpu", threads=1, **own
        )
        runs.append(Run(folder / str(number), data, NetworkConfig(units=8, embedding=4, **network), config))
        runs[-1].open(resume=resume and (folder / str(number) / "last").is_dir(), force=True)
    return runs


def learn(runs: list[Run], most: int | None = None) -> int:
    """Train for so many yields, then stop as a caller does; returns how many there were."""
    steps = StackedRuns(runs).progress()
    count = sum(1 for _ in islice(steps, most))
    steps.close()
    return count


def outcome(folder: Path) -> dict[str, bytes]:
    """Weights and histories, without what a clock measured."""
    found = {str(path): path.read_bytes() for path in folder.rglob("weights.safetensors")}
    for path in folder.rglob(HISTORY):
        rows = path.read_text(encoding="utf-8").splitlines()
        found[str(path)] = "\n".join(row.rpartition(",")[0] for row in rows).encode()
    return {name.removeprefix(str(folder)): content for name, content in found.items()}


@pytest.fixture(scope="module", params=["adamw", "muon"])
def undisturbed(request, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, folder, learn(runs_in(folder, data, request.param))


@pytest.mark.slow
def test_each_run_is_about_as_if_it_were_trained_alone(undisturbed, data, tmp_path, monkeypatch):
    monkeypatch.setattr("tunewright.training.optimizers.multiplies_bfloat16", lambda _: False)
    optimizer, *_ = undisturbed
    together = runs_in(tmp_path / "together", data, optimizer)
    learn(together)
    for stacked, alone in zip(together, runs_in(tmp_path / "alone", data, optimizer), strict=True):
        steps = [progress.step for progress in alone.progress()]
        assert StackedRuns([stacked]).steps(0) == (steps[-1], steps[-1])
        assert (stacked.folder / HISTORY).read_text(encoding="utf-8") == history_as_csv(stacked.trainer.history)
        for ours, theirs in zip(stacked.trainer.history, alone.trainer.history, strict=True):
            for name, value in vars(theirs).items():
                if name != "seconds":
                    assert getattr(ours, name) == pytest.approx(value, abs=1e-3), name
            assert ours.seconds > 0
        found = read_checkpoint(stacked.folder)
        assert found.metrics["epoch"] == stacked.trainer.best.epoch
        assert found.training["config"] == read_checkpoint(alone.folder).training["config"]


@pytest.mark.slow
def test_stopped_at_any_moment_they_end_the_same(undisturbed, data, tmp_path):
    optimizer, whole, count = undisturbed
    stop, done = 1, 0
    while (learned := learn(runs_in(tmp_path, data, optimizer, resume=True), stop)) == stop:
        done, stop = done + stop, stop + 3
    assert done + learned <= count + len(UNLIKE), "something was learned twice"
    assert outcome(tmp_path) == outcome(whole)


@pytest.mark.slow
@pytest.mark.parametrize("before_the_end", [0, 1, 2, 5])
def test_killed_at_any_moment_they_end_the_same(undisturbed, data, tmp_path, before_the_end):
    optimizer, whole, count = undisturbed
    steps = StackedRuns(runs_in(tmp_path / "study", data, optimizer)).progress()
    for _ in islice(steps, count // 2 - before_the_end):
        pass
    shutil.copytree(tmp_path / "study", tmp_path / "left")  # what a kill leaves, before closing saves anything
    steps.close()
    learn(runs_in(tmp_path / "left", data, optimizer, resume=True))
    assert outcome(tmp_path / "left") == outcome(whole)


@pytest.mark.slow
def test_those_ahead_wait_for_the_others(undisturbed, data, tmp_path):
    optimizer, whole, count = undisturbed
    learn(runs_in(tmp_path, data, optimizer), count // 2 + 4)
    for number in (0, 2):
        (tmp_path / str(number)).rename(tmp_path / f"old-{number}")
    learn(runs_in(tmp_path, data, optimizer, resume=True))  # one is in its second epoch, two begin
    for number in (0, 2):
        shutil.rmtree(tmp_path / f"old-{number}")
    assert outcome(tmp_path) == outcome(whole)


def test_one_goes_on_alone(undisturbed, data, tmp_path):
    optimizer, whole, count = undisturbed
    learn(runs_in(tmp_path, data, optimizer), count // 2 + 4)
    run = runs_in(tmp_path, data, optimizer, resume=True)[0]
    assert run.trainer.position.batch
    for _ in run.progress():
        pass
    former = read_checkpoint(whole / "0" / "last").metrics
    assert run.trainer.history[-1].validation_full_tune == pytest.approx(former["validation_full_tune"], abs=5e-3)


def test_one_that_was_begun_alone_goes_on_in_a_stack(undisturbed, data, tmp_path):
    optimizer, whole, _ = undisturbed
    alone = runs_in(tmp_path, data, optimizer)[0].progress()
    for _ in islice(alone, 9):
        pass
    alone.close()
    runs = runs_in(tmp_path, data, optimizer, resume=True)
    assert [run.trainer.position.batch for run in runs] == [9, 0, 0]
    learn(runs)
    former = read_checkpoint(whole / "0" / "last").metrics
    assert runs[0].trainer.history[-1].validation_full_tune == pytest.approx(former["validation_full_tune"], abs=5e-3)


@pytest.mark.slow
def test_one_that_is_released_is_saved_and_disturbs_no_other(undisturbed, data, tmp_path):
    optimizer, whole, _ = undisturbed
    runs = runs_in(tmp_path, data, optimizer)
    stack = StackedRuns(runs)
    for number, _ in enumerate(stack.progress()):
        if number == 5:
            stack.release(1)
    assert (runs[1].trainer.position.epoch, runs[1].trainer.position.batch) == (0, 6)
    learn(runs_in(tmp_path, data, optimizer, resume=True))
    assert outcome(tmp_path) == outcome(whole)


def test_one_that_diverges_fails_alone(data, tmp_path):
    runs = runs_in(tmp_path, data)
    wild = TrainingConfig(
        sequence_length=20, batch_size=4, epochs=2, device="cpu", threads=1, learning_rate=1e30, max_grad_norm=0.0
    )
    runs[1] = Run(tmp_path / "1", data, runs[1].network_config, wild)
    runs[1].open(force=True)
    stack = StackedRuns(runs)
    for _ in stack.progress():
        pass
    assert [*stack.failed] == [1]
    assert "try a lower learning rate" in str(stack.failed[1])
    assert [len(run.trainer.history) for run in runs] == [2, 0, 2]
    assert not (tmp_path / "1" / "last").exists()


def test_once_a_minute_all_are_saved(data, tmp_path, monkeypatch):
    monkeypatch.setattr(stacked_runs, "SAVE_EVERY_SECONDS", 0.0)
    steps = StackedRuns(runs_in(tmp_path, data)).progress()
    next(steps)
    assert [run.trainer.position.batch for run in runs_in(tmp_path, data, resume=True)] == [1, 1, 1]
    steps.close()


def test_what_is_put_into_a_stack_is_taken_out_again(undisturbed, data, tmp_path):
    optimizer, *_ = undisturbed
    learn(runs_in(tmp_path, data, optimizer), 7)
    runs = runs_in(tmp_path, data, optimizer, resume=True)
    stack = StackedTrainer(data, [Member(run.network_config, run.config) for run in runs], torch.device("cpu"))
    stack.go_to(0, 7)
    for number, run in enumerate(runs):
        before = run.trainer.state(), [weight.clone() for weight in run.trainer.network.parameters()]
        put(run.trainer, stack, number)
        take(stack, number, run.trainer)
        (tensors, numbers), weights = before
        found, position = run.trainer.state()
        assert position == numbers
        assert found.keys() == tensors.keys()
        assert all(np.array_equal(found[name].numpy(), tensors[name].numpy()) for name in tensors)
        assert all(map(torch.equal, run.trainer.network.parameters(), weights))
        assert any(tensor.abs().sum() > 0 for name, tensor in tensors.items() if name.endswith("exp_avg"))
