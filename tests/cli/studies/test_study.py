"""`tunewright study`: show and run, stopping, resuming, and errors."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from study_runs import PLAN, outcome

from tunewright.cli.main import run
from tunewright.corpus.readers import read_tunes
from tunewright.study.plans.plan import read_plan
from tunewright.study.running.perform import StudyData, perform
from tunewright.study.running.study_folder import RUNS, status_of
from tunewright.training.data import TrainingData


@pytest.fixture
def plan_file(tiny_corpus, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(plan_of(tiny_corpus, epochs=1), encoding="utf-8")
    return path


def plan_of(data: Path, *, epochs: int) -> str:
    """Two settings, one seed."""
    return PLAN.format(data=data, epochs=epochs).replace("[0, 1]", "[3]")


def study(*arguments: str | Path, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tunewright", "study", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def test_show_tells_settings_runs_and_durations(plan_file, capsys):
    assert run(["study", "show", str(plan_file), "--workers", "3"]) == 0
    out = capsys.readouterr().out
    assert "2 settings x 1 seeds = 2 runs" in out
    assert "Which cell?" in out
    assert "LSTM 8 (baseline)" in out
    assert "GRU 8" in out
    assert "with 3 workers" in out


def test_show_takes_other_tunes_in_place_of_those_of_the_plan(plan_file, tiny_tunes, tmp_path, capsys):
    few = tmp_path / "few.abc"
    few.write_text("\n".join(tiny_tunes[:7]), encoding="utf-8")
    more = tmp_path / "more.abc"
    more.write_text("\n".join(tiny_tunes[7:9]), encoding="utf-8")
    assert run(["study", "show", str(plan_file), "--data", str(few), "--validation", str(more)]) == 0
    assert "; 7 tunes of" in (out := capsys.readouterr().out)
    assert "measured on 2 more" in out
    assert run(["study", "show", str(plan_file), "--validation", str(more)]) == 0
    assert "; 30 tunes of" in capsys.readouterr().out


def test_mistakes_are_one_line(plan_file, tmp_path, capsys):
    plan_file.write_text(plan_file.read_text(encoding="utf-8").replace("batch_size", "batch_sise"), encoding="utf-8")
    assert run(["study", "run", str(plan_file), "--out", str(tmp_path / "study")]) == 2
    err = capsys.readouterr().err
    assert err == f"tunewright: {plan_file}: [base]: no option is called 'batch_sise'; did you mean 'batch_size'?\n"
    assert run(["study", "show", str(tmp_path / "none.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert run(["study", "run", str(plan_file), "--out", str(tmp_path / "study"), "--address", "10.0.0.1:6379"]) == 2
    assert capsys.readouterr().err == "tunewright: --address 10.0.0.1:6379 needs --executor ray\n"
    assert run(["study", "show", str(plan_file), "--workers", "-1"]) == 2
    assert "workers is -1; allowed: 0 or more" in capsys.readouterr().err
    assert not (tmp_path / "study").exists()


@pytest.mark.slow
def test_a_failed_run_is_told_and_the_exit_status_says_so(plan_file, tmp_path):
    with plan_file.open("a", encoding="utf-8") as file:
        file.write('[[question]]\ntitle = "Rate?"\nlearning_rate = [0.008, 1e30]\n')
    done = study("run", plan_file, "--out", tmp_path / "study", "--workers", "1")
    assert done.returncode == 1
    failed = [line for line in done.stderr.splitlines() if line.startswith("failed: ")]
    assert len(failed) == 1
    assert all("1e+30" in line and "try a lower learning rate" in line for line in failed)
    assert "1 of 3 runs failed" in done.stderr
    assert "2 done, 1 failed" in done.stdout


@pytest.mark.slow
def test_ctrl_c_stops_everything_and_the_same_command_goes_on(plan_file, tiny_corpus, tmp_path):
    plan_file.write_text(plan_of(tiny_corpus, epochs=8), encoding="utf-8")
    command = [sys.executable, "-m", "tunewright", "study", "run", str(plan_file), "--out", str(tmp_path / "study")]
    # in a session of its own, so that Ctrl-C reaches runner and workers as a terminal would have it
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    while not list((tmp_path / "study").glob(f"{RUNS}/*/last")):
        time.sleep(0.02)
        assert runner.poll() is None
    os.killpg(runner.pid, signal.SIGINT)
    out, _ = runner.communicate(timeout=60)
    assert runner.returncode == 130
    assert out.splitlines()[-1] == "stopped and saved; the same command goes on"
    begun = [folder for folder in (tmp_path / "study" / RUNS).iterdir() if status_of(folder) is None]
    assert begun
    assert study("run", plan_file, "--out", tmp_path / "study").returncode == 0
    material = StudyData(TrainingData.of(read_tunes(tiny_corpus).tunes), {})
    for planned in read_plan(plan_file).runs:
        list(perform(planned, tmp_path / "other" / RUNS / planned.name, material))
    assert outcome(tmp_path / "study") == outcome(tmp_path / "other")
