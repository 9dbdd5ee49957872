"""Studies end with the same files whether or not they are interrupted."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from study_runs import PLAN, OneByOne, outcome, states_of

from tunewright.corpus.readers import read_tunes
from tunewright.errors import OptionError, OutputError
from tunewright.study.plans.plan import Plan, read_plan
from tunewright.study.running.perform import StudyData, perform
from tunewright.study.running.runner import in_order, study_steps, work
from tunewright.study.running.study_folder import RUNS, status_of
from tunewright.training.data import TrainingData


@pytest.fixture(scope="module")
def plan_file(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_text(PLAN.format(data=tiny_corpus, epochs=2), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plan(plan_file: Path) -> Plan:
    return read_plan(plan_file)


@pytest.fixture(scope="module")
def material(plan: Plan) -> StudyData:
    tunes = read_tunes(*map(Path, plan.data)).tunes
    return StudyData(TrainingData.of(tunes), {"training_sources": list(plan.data)})


@pytest.fixture(scope="module")
def undisturbed(plan: Plan, material: StudyData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study, trained run by run in this process."""
    study = tmp_path_factory.mktemp("undisturbed")
    for run in plan.runs:
        *_, last = perform(run, study / RUNS / run.name, material)
        assert last.ended
        assert last.error is None
    return study


def test_every_run_is_trained_once_and_a_second_call_trains_nothing(plan, material, undisturbed, tmp_path):
    executors: list[OneByOne] = []

    def executor(study, material):
        executors.append(OneByOne(study, material))
        return executors[-1]

    for _ in range(2):
        assert set(states_of(study_steps(plan, material, tmp_path, executor)).values()) == {"done"}
    assert executors[0].begun == [run.name for run in in_order(plan)]
    assert executors[1].begun == []
    assert outcome(tmp_path) == outcome(undisturbed)
    assert len(outcome(undisturbed)) == 4 * len(plan.runs)  # history, two checkpoints, run.json


@pytest.mark.slow
def test_what_was_stopped_goes_on(plan, material, undisturbed, tmp_path):
    for steps in range(1, 40, 3):
        progress = study_steps(plan, material, tmp_path, OneByOne)
        for _ in zip(range(steps), progress, strict=False):
            pass
        progress.close()
    assert set(states_of(study_steps(plan, material, tmp_path, OneByOne)).values()) == {"done"}
    assert outcome(tmp_path) == outcome(undisturbed)


@pytest.mark.slow
def test_a_run_that_is_lost_is_tried_once_more(plan, material, undisturbed, tmp_path):
    lost_once, lost_twice = plan.runs[0].name, plan.runs[1].name

    def executor(study, material):
        return OneByOne(study, material, lose={lost_once: 1, lost_twice: 2})

    states = states_of(study_steps(plan, material, tmp_path, executor))
    assert states[lost_twice] == "failed"
    assert {states[name] for name in states if name != lost_twice} == {"done"}
    status = status_of(tmp_path / RUNS / lost_twice)
    assert status["status"] == "failed"
    assert "2 times: its process was ended by signal 9" in status["error"]
    # the next command tries it again
    assert set(states_of(study_steps(plan, material, tmp_path, OneByOne)).values()) == {"done"}
    assert outcome(tmp_path) == outcome(undisturbed)


@pytest.mark.slow
def test_one_run_fails_and_the_others_finish(plan_file, material, tmp_path):
    text = plan_file.read_text(encoding="utf-8") + '\n[[question]]\ntitle = "Rate?"\nlearning_rate = [0.008, 1e30]\n'
    (tmp_path / "diverging.toml").write_text(text, encoding="utf-8")
    plan = read_plan(tmp_path / "diverging.toml")
    states = states_of(study_steps(plan, material, tmp_path / "study", OneByOne))
    failed = {name for name, state in states.items() if state == "failed"}
    assert failed == {run.name for run in plan.runs if run.training.learning_rate > 1}
    assert len(failed) == 2
    for name in failed:
        assert "try a lower learning rate" in status_of(tmp_path / "study" / RUNS / name)["error"]


def test_another_study_other_tunes_and_other_things_are_refused(plan, material, tmp_path):
    progress = study_steps(plan, material, tmp_path / "study", OneByOne)
    next(progress)
    with pytest.raises(OutputError, match=rf"another runner is at work in it \(process {os.getpid()}\)"):
        next(study_steps(plan, material, tmp_path / "study", OneByOne))
    progress.close()
    with pytest.raises(OutputError, match="holds another study: its seeds differ"):
        next(study_steps(replace(plan, seeds=(0,)), material, tmp_path / "study", OneByOne))
    fewer = StudyData(TrainingData.of(read_tunes(*map(Path, plan.data)).tunes[:20]), {})
    with pytest.raises(OutputError, match=r"holds another study: it is about other tunes, from .*tiny\.txt"):
        next(study_steps(plan, fewer, tmp_path / "study", OneByOne))
    with pytest.raises(OptionError, match="other tunes"):
        next(study_steps(replace(plan, fingerprint="0"), material, tmp_path / "study", OneByOne))
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "thesis.tex").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="holds something that is not a study; choose an empty or new folder"):
        next(study_steps(plan, material, tmp_path / "used", OneByOne))
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["thesis.tex"]


@pytest.mark.slow
def test_killed_before_its_plan_was_written_it_begins_anew(plan, material, undisturbed, tmp_path):
    (tmp_path / ".lock").write_text("1", encoding="utf-8")
    (tmp_path / ".plan.toml.1.new").write_text("data = [", encoding="utf-8")
    assert set(states_of(study_steps(plan, material, tmp_path, OneByOne)).values()) == {"done"}
    assert outcome(tmp_path) == outcome(undisturbed)


def test_the_longest_run_of_a_seed_begins_first(plan):
    order = in_order(plan)
    assert [run.seed for run in order] == [0, 0, 1, 1]
    assert [run.network.cell for run in order] == ["lstm", "gru", "lstm", "gru"]
    assert {run.name for run in order} == {run.name for run in plan.runs}
    longer = replace(order[0], training=replace(order[0].training, epochs=4))
    assert work(longer) == 2 * work(order[0])


def workers_of(runner: int) -> list[int]:
    """Processes that a runner started to train in."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_bytes()
            except (OSError, IndexError):
                continue
            if parent == runner and b"spawn_main" in command:
                found.append(int(entry.name))
    return found


def command(plan_file: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "tunewright", "study", "run", str(plan_file), "--out", str(out), "--workers", "2"]


def kill_at_random(plan_file: Path, out: Path, kills: int, seed: int) -> int:
    """Run a study and kill its runner or a worker, `kills` times; then let it finish. Gives its last exit status.

    A study that finishes earlier is taken for one that ends well, and another one is begun.
    """
    generator = random.Random(seed)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = 0
    while done < kills:
        runner = subprocess.Popen(command(plan_file, out), env=environment, stdout=subprocess.DEVNULL)
        workers: list[int] = []
        while not workers and runner.poll() is None:
            time.sleep(0.05)
            workers = workers_of(runner.pid)
        time.sleep(generator.uniform(0, 2.5))
        while runner.poll() is None and done < kills:
            workers = workers_of(runner.pid)
            victim = generator.choice([runner.pid, *workers])
            os.kill(victim, signal.SIGKILL)
            done += 1
            if victim == runner.pid:
                break
            time.sleep(generator.uniform(0, 2.5))
        if runner.poll() == 0 and done < kills:
            shutil.rmtree(out)
        elif runner.poll() is None and done >= kills and runner.wait() == 0:
            return 0
        runner.wait()
        assert all(map(ended_soon, workers))
    for _ in range(3):  # a run that lost its worker twice has failed, until the next command
        status = subprocess.run(command(plan_file, out), env=environment, stdout=subprocess.DEVNULL).returncode
        if status == 0:
            break
    return status


def ended_soon(pid: int) -> bool:
    """No worker outlives its runner; nobody may be there to take note of its end, so that it is left as a zombie.

    It ends as soon as it may; where many processes share the cores, loading torch keeps it from that for seconds.
    """
    for _ in range(1200):
        try:
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in /proc")
def test_killed_at_random_moments_it_ends_as_if_undisturbed(tiny_corpus, material, tmp_path):
    kills, epochs = 4, 8
    path = tmp_path / "plan.toml"
    path.write_text(PLAN.format(data=tiny_corpus, epochs=epochs), encoding="utf-8")
    assert kill_at_random(path, tmp_path / "killed", kills, seed=epochs) == 0
    for run in read_plan(path).runs:
        list(perform(run, tmp_path / "alone" / RUNS / run.name, material))
    assert outcome(tmp_path / "killed") == outcome(tmp_path / "alone")
