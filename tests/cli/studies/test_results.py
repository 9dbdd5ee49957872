"""`tunewright study results`: finished, partial and empty studies."""

import json

import pytest
from command_line import run
from planted_studies import PLAN, falling, plant_study, record

FIGURES = {f"{name}.{form}" for name in ("question-1", "speed", "sizes") for form in ("pdf", "png", "svg")}
TABLES = {"runs.csv", "epochs.csv", "timing.csv"}


@pytest.mark.slow
def test_means_times_and_answers(capsys, tmp_path):
    floors = {0.1: 1.8, 0.2: 1.85, 0.3: 2.0}
    study = plant_study(
        tmp_path / "study",
        history_of=lambda run: [record(1, 3.0), record(2, floors[run.network.dropout] + 0.01 * run.seed)],
    )
    status, out, err = run(capsys, "study", "results", study)
    assert (status, err) == (0, "")
    assert "A planted study: 9 of 9 runs finished" in out
    assert "95% interval (Student's t; 3 seeds)" in out
    setting = next(line.split() for line in out.splitlines() if "LSTM 30, dropout 0.1" in line)
    assert setting[4:11] == ["3", "13,350", "1.710", "±", "0.025", "1.810", "±"]
    assert "counting (n-gram)" in out
    times = [line for line in out.splitlines() if "LSTM 30, dropout 0.3" in line][1]
    assert "not in 2 epochs" in times
    assert "lowest: LSTM 30, dropout 0.1, 1.810 ± 0.025 nats" in out
    assert "dropout 0.2 against 0.1: +0.050 ± 0.000 nats, 3 seeds\n" in out
    assert "dropout 0.2 against 0.1: +0.00 ± 0.00 s per epoch, 3 seeds: no difference shown" in out
    assert "(Holm)" in out
    assert {path.name for path in (study / "results").iterdir()} == TABLES | FIGURES


@pytest.mark.slow
def test_one_seed_says_that_there_are_no_intervals(capsys, tmp_path):
    study = plant_study(tmp_path / "study", PLAN.replace("[0, 1, 2]", "[0]", 1))
    status, out, _ = run(capsys, "study", "results", study)
    assert status == 0
    assert "one seed: there are no intervals" in out
    assert "±" not in out
    assert "1 seed: no interval, it may be chance" in out


@pytest.mark.slow
def test_a_study_under_way(capsys, tmp_path):
    study = plant_study(tmp_path / "study", history_of=lambda run: None if run.seed else falling(run))
    failed = study / "runs" / "lstm-30-dropout-0.3-seed-0" / "run.json"
    failed.write_text(json.dumps({"status": "failed", "error": "the loss is nan [sic]"}))
    status, out, _ = run(capsys, "study", "results", study, "--out", tmp_path / "elsewhere")
    assert status == 0
    assert "2 of 9 runs finished" in out
    assert "failed: lstm-30-dropout-0.3-seed-0: the loss is nan [sic]" in out
    assert "6 still to come" in out
    assert "one seed: there are no intervals" in out
    assert "3 seeds" not in out
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == TABLES | FIGURES


@pytest.mark.slow
def test_times_of_stacks_are_not_compared(capsys, tmp_path):
    study = plant_study(tmp_path / "study")
    for path in study.glob("runs/*/best/tunewright.json"):
        path.write_text(path.read_text().replace('"training": {', '"training": {"stacked": 9, '))
    _, out, _ = run(capsys, "study", "results", study)
    assert "dropout 0.3 against 0.1" in out
    assert "s per epoch" not in out
    assert "whole stacks" in out


def test_an_empty_study_is_no_error(capsys, tmp_path):
    study = plant_study(tmp_path / "study", history_of=lambda _: None)
    status, out, err = run(capsys, "study", "results", study)
    assert (status, err) == (0, "")
    assert "0 of 9 runs finished" in out
    assert {path.name for path in (study / "results").iterdir()} == TABLES


def test_without_matplotlib_the_rest_still_comes(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    study = plant_study(tmp_path / "study")
    status, out, err = run(capsys, "study", "results", study)
    assert status == 0
    assert "dropout 0.3 against 0.1" in out
    assert "no figures drawn" in err
    assert "tunewright[figures]" in err
    assert {path.name for path in (study / "results").iterdir()} == TABLES


@pytest.mark.parametrize("place", ["", "nowhere"])
def test_what_is_no_study_is_one_clear_line(capsys, tmp_path, place):
    status, out, err = run(capsys, "study", "results", tmp_path / place)
    assert (status, out) == (2, "")
    assert "is not a study: it holds no plan.toml" in err
