"""Oracles: every run trained by itself, up to rounding; and the same study, never disturbed, to the byte."""

import os
import random
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch
from study_runs import PLAN, outcome, states_of

from tunewright.cli.main import run as command
from tunewright.corpus.readers import read_tunes
from tunewright.study.plans.plan import read_plan
from tunewright.study.results.run_record import read_run
from tunewright.study.running import together
from tunewright.study.running.perform import StudyData, perform
from tunewright.study.running.runner import study_steps
from tunewright.study.running.study_folder import RUNS, open_study, status_of
from tunewright.study.running.together import AT_ONCE, StackedExecutor, can_stack, explain_unstacked
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer


@pytest.fixture(scope="module")
def plan_file(tiny_corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_text(PLAN.format(data=tiny_corpus, epochs=2) + "dropout = [0.0, 0.3]\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plan(plan_file):
    return read_plan(plan_file)


@pytest.fixture(scope="module")
def material(tiny_corpus):
    return StudyData(TrainingData.of(read_tunes(tiny_corpus).tunes), {})


@pytest.fixture(scope="module")
def undisturbed(plan, material, tmp_path_factory):
    study = tmp_path_factory.mktemp("undisturbed")
    assert set(states_of(study_steps(plan, material, study, StackedExecutor)).values()) == {"done"}
    return study


def asking(plan_file, folder, more):
    """The plan with another question."""
    path = folder / "more.toml"
    path.write_text(f'{plan_file.read_text(encoding="utf-8")}[[question]]\ntitle = "More?"\n{more}\n', encoding="utf-8")
    return read_plan(path)


@pytest.mark.slow
def test_each_run_is_as_if_it_were_trained_by_itself(plan, material, undisturbed, tmp_path):
    for run in plan.runs:
        list(perform(run, tmp_path / run.name, material))
        ours, alone = read_run(undisturbed / RUNS / run.name), read_run(tmp_path / run.name)
        assert len(ours.history) == run.training.epochs
        for here, there in zip(ours.history, alone.history, strict=True):
            for name, value in vars(replace(there, seconds=here.seconds)).items():
                assert getattr(here, name) == pytest.approx(value, abs=1e-3), name
        assert (ours.options, ours.data, ours.baselines) == (alone.options, alone.data, alone.baselines)
        assert (ours.stacked, alone.stacked) == (True, False)
        assert status_of(undisturbed / RUNS / run.name) == status_of(tmp_path / run.name)


@pytest.mark.slow
def test_stopped_again_and_again_it_ends_the_same_and_trains_nothing_twice(
    plan, material, undisturbed, tmp_path, monkeypatch
):
    learned = []
    noted = Trainer.learned

    def note(trainer, *arguments):
        learned.append((trainer.config.seed, trainer.network.config, trainer.position.epoch, trainer.position.batch))
        noted(trainer, *arguments)

    monkeypatch.setattr(Trainer, "learned", note)
    for steps in range(1, 40, 2):
        progress = study_steps(plan, material, tmp_path, Hurried)
        for _ in zip(range(steps), progress, strict=False):
            pass
        progress.close()
    assert set(states_of(study_steps(plan, material, tmp_path, Hurried)).values()) == {"done"}
    assert outcome(tmp_path) == outcome(undisturbed)
    assert len(learned) == len(set(learned)), "a batch was learned twice"
    assert len(learned) > 100


class Hurried(StackedExecutor):
    """Never waits for more than one report, so that a study may be stopped anywhere."""

    def wait(self, _seconds):
        return super().wait(0.0)


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_as_if_undisturbed(plan_file, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(plan_file.read_text(encoding="utf-8").replace("epochs = 2", "epochs = 40"), encoding="utf-8")
    arguments = ["study", "run", str(path), "--executor", "stacked", "--out"]
    assert command([*arguments, str(tmp_path / "whole")]) == 0
    environment, chance, kills = {**os.environ, "OMP_NUM_THREADS": "1"}, random.Random(40), 0
    study = [sys.executable, "-m", "tunewright", *arguments, str(tmp_path / "killed")]
    while kills < 7:
        begun = len([*tmp_path.glob("killed/runs/*/last")])
        runner = subprocess.Popen(study, env=environment, stdout=subprocess.DEVNULL)
        while runner.poll() is None and len([*tmp_path.glob("killed/runs/*/last")]) <= min(begun, 7):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 2))
        if runner.poll() is not None:
            break
        runner.kill()
        kills += 1
        runner.wait()
    assert kills > 3
    assert subprocess.run(study, env=environment, stdout=subprocess.DEVNULL).returncode == 0
    assert outcome(tmp_path / "killed") == outcome(tmp_path / "whole")


@pytest.mark.slow
def test_one_that_diverges_fails_alone_and_is_tried_again(plan_file, material, tmp_path):
    plan = asking(plan_file, tmp_path, "learning_rate = [0.008, 1e30]")
    for _ in range(2):
        states = states_of(study_steps(plan, material, tmp_path / "study", StackedExecutor))
        failed = {name for name, state in states.items() if state == "failed"}
        assert failed == {run.name for run in plan.runs if run.training.learning_rate > 1}
        assert set(states.values()) == {"done", "failed"}
    for name in failed:
        assert "try a lower learning rate" in status_of(tmp_path / "study" / RUNS / name)["error"]


@pytest.mark.slow
def test_what_cannot_learn_together_is_trained_by_itself(plan_file, material, tmp_path):
    plan = asking(plan_file, tmp_path, "units = [8, 5]\ntranspose = [0.0, 0.5]")
    lines = [*explain_unstacked([run for run in plan.runs if run.seed == 0])]
    assert [line.split(":")[0] for line in lines] == [
        "2 of 7 runs are trained alone, one after the other",
        "1 of 7 runs are trained alone, one after the other",
    ]
    assert "transpose is 0.5" in lines[0]
    assert "no other run has the same shape" in lines[1]
    assert set(states_of(study_steps(plan, material, tmp_path / "study", StackedExecutor)).values()) == {"done"}
    for run in plan.runs:
        if run.training.transpose:
            list(perform(run, tmp_path / "alone" / RUNS / run.name, material))
    alone = outcome(tmp_path / "alone")
    assert alone.items() <= outcome(tmp_path / "study").items()
    assert len(alone) == 4 * 4


@pytest.mark.slow
def test_networks_that_look_back_learn_by_themselves_beside_a_stack_of_others(tiny_corpus, material, tmp_path):
    path = tmp_path / "plan.toml"
    text = PLAN.format(data=tiny_corpus, epochs=1).replace('cell = ["lstm", "gru"]', "look_back = [0, 3]")
    path.write_text(text, encoding="utf-8")
    plan = read_plan(path)
    why = "networks that look back gain nothing from being stacked"
    assert [*explain_unstacked(plan.runs)] == [f"2 of 4 runs are trained alone, one after the other: {why}"]
    study = tmp_path / "study"
    assert set(states_of(study_steps(plan, material, study, StackedExecutor)).values()) == {"done"}
    looking = [run for run in plan.runs if run.network.look_back]
    assert [run for run in plan.runs if not read_run(study / RUNS / run.name).stacked] == looking
    for run in looking:
        list(perform(run, tmp_path / "alone" / RUNS / run.name, material))
    alone = outcome(tmp_path / "alone")
    assert alone.items() <= outcome(study).items()
    assert len(alone) == 2 * 4


def until(executor, name, enough):
    """Wait for a report of a run that is enough."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        for report in executor.wait(0.0):
            if report.run == name and enough(report):
                return report
    raise AssertionError("it took a minute")


@pytest.mark.parametrize("number", [1, 2])
def test_one_that_is_cancelled_stops_and_the_others_go_on(plan, material, tmp_path, number):
    alike = [run for run in plan.runs if run.network.cell == "lstm"][:number]
    with open_study(tmp_path / "study", plan) as study:
        executor = StackedExecutor(study, material)
        for run in alike:
            executor.start(run)
        until(executor, alike[0].name, lambda report: report.record)
        executor.cancel(alike[0])
        last = until(executor, alike[0].name, lambda report: report.ended)
        assert (last.stopped, last.record.epoch) == (True, 1)
        assert status_of(study.run(alike[0])) is None
        for run in alike[1:]:
            assert until(executor, run.name, lambda report: report.ended).record.epoch == 2
        executor.start(alike[0])
        assert until(executor, alike[0].name, lambda report: report.ended).record.epoch == 2
        assert status_of(study.run(alike[0]))["status"] == "done"
        executor.close()


def test_a_run_that_cannot_begin_and_a_stack_that_cannot_go_on_are_told(plan, material, tmp_path, monkeypatch):
    first, *others = [run for run in plan.runs if run.network.cell == "lstm"]
    with open_study(tmp_path / "study", plan) as study:
        study.run(first).parent.mkdir()
        study.run(first).write_text("a file where a folder was expected", encoding="utf-8")
        executor = StackedExecutor(study, material)
        for run in (first, *others):
            executor.start(run)
        assert until(executor, first.name, lambda report: report.ended).error
        assert not until(executor, others[-1].name, lambda report: report.ended).error

        def too_large(_runs):
            raise MemoryError("no room")

        monkeypatch.setattr(together, "StackedRuns", too_large)
        for run in others:
            executor.start(run)
        assert until(executor, others[-1].name, lambda report: report.ended).error == "MemoryError: no room"


def test_a_gpu_is_what_it_suits(plan, monkeypatch):
    free = [replace(run, training=replace(run.training, device="auto")) for run in plan.runs]
    keyed = [replace(run, training=replace(run.training, transpose=0.5)) for run in free]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert not can_stack(free)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [can_stack(each) for each in (free, [*free, *keyed], plan.runs, keyed)] == [True, True, False, False]


@pytest.mark.slow
def test_the_command_takes_it_when_told_and_by_itself_where_it_suits(plan_file, undisturbed, tmp_path, monkeypatch):
    made = []

    class Noted(StackedExecutor):
        def __init__(self, study, material, slots):
            super().__init__(study, material, slots)
            made.append(self.slots)

    monkeypatch.setattr(together, "StackedExecutor", Noted)
    arguments = ["study", "run", str(plan_file), "--out", str(tmp_path / "study")]
    assert command([*arguments, "--executor", "stacked"]) == 0
    assert outcome(tmp_path / "study") == outcome(undisturbed)
    monkeypatch.setattr(together, "can_stack", lambda _: True)
    assert command(arguments) == 0  # all is done
    assert command([*arguments, "--executor", "stacked", "--workers", "5"]) == 0
    assert made == [AT_ONCE, AT_ONCE, 5]
    for local in (["--workers", "2"], ["--executor", "local"]):
        assert command([*arguments, *local]) == 0
    assert len(made) == 3
