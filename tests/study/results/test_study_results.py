"""Results of a study: finished, failed and missing runs, and refusal of runs that may not be compared."""

import json

import pytest
from planted_studies import PLAN, falling, plant_run, plant_study

from tunewright.errors import InputError
from tunewright.study.plans.plan import read_plan
from tunewright.study.results.study_results import read_results


def runs_of(folder):
    return {run.name: run for run in read_plan(folder / "plan.toml").runs}


def test_finished_failed_and_missing_runs(tmp_path):
    study = plant_study(tmp_path / "study", history_of=lambda run: None if run.seed == 2 else falling(run))
    failed = "lstm-30-dropout-0.3-seed-1"
    (study / "runs" / failed / "run.json").write_text(json.dumps({"status": "failed", "error": "the loss is nan"}))
    begun = "lstm-30-dropout-0.1-seed-0"
    (study / "runs" / begun / "run.json").unlink()
    found = read_results(study)
    # By setting (the baseline, dropout 0.2, first), then by seed.
    assert [run.name for run in found.runs] == [
        "lstm-30-dropout-0.2-seed-0",
        "lstm-30-dropout-0.2-seed-1",
        "lstm-30-dropout-0.1-seed-1",
        "lstm-30-dropout-0.3-seed-0",
    ]
    assert [(run.name, run.setting, run.seed, run.error) for run in found.failed] == [
        (failed, "LSTM 30, dropout 0.3", 1, "the loss is nan")
    ]
    assert {run.name for run in found.missing} == {
        begun, *(f"lstm-30-dropout-{share}-seed-2" for share in ("0.1", "0.2", "0.3"))
    }  # fmt: skip
    assert [run.seed for run in found.of("LSTM 30, dropout 0.2")] == [0, 1]
    assert [setting.name for setting in found.settings] == [
        f"LSTM 30, dropout {share}" for share in ("0.2", "0.1", "0.3")
    ]
    assert found.protocol == "cold_window"
    assert found.baselines.ngram.cold_window.nats_per_char == 1.88
    assert found.data["training_characters"] == 10_000


def test_each_run_has_its_own_history(tmp_path):
    study = plant_study(tmp_path / "study")
    planned = runs_of(study)
    for run in read_results(study).runs:
        assert list(run.history) == falling(planned[run.name])
        assert (run.setting, run.seed) == (planned[run.name].setting, planned[run.name].seed)
        assert run.training.seed == run.seed


def test_a_study_of_which_no_run_has_finished_is_read(tmp_path):
    found = read_results(plant_study(tmp_path / "study", history_of=lambda _: None))
    assert (found.runs, found.failed, found.settings, found.baselines, dict(found.data)) == ((), (), (), None, {})
    assert len(found.missing) == 9
    assert found.protocol == "cold_window"


def test_a_folder_that_is_no_study_is_named(tmp_path):
    with pytest.raises(InputError, match=r"is not a study: it holds no plan\.toml"):
        read_results(tmp_path)
    with pytest.raises(InputError, match="nowhere: is not a study"):
        read_results(tmp_path / "nowhere")


def test_runs_of_other_tunes_are_refused(tmp_path):
    study = plant_study(tmp_path / "study", history_of=lambda run: None if run.seed == 2 else falling(run))
    name = "lstm-30-dropout-0.3-seed-2"
    plant_run(study / "runs" / name, runs_of(study)[name], falling(runs_of(study)[name]), fingerprint="def")
    with pytest.raises(InputError, match=f"may not be compared: {name} has other tunes"):
        read_results(study)


def test_settings_of_other_protocols_are_refused(tmp_path):
    plan = PLAN.replace("dropout = [0.1, 0.2, 0.3]", 'select_by = ["full_tune", "cold_window"]')
    with pytest.raises(InputError, match=r"the best epoch of .* is chosen by full_tune, that of .* by cold_window"):
        read_results(plant_study(tmp_path / "study", plan))


def test_a_run_of_another_plan_is_refused(tmp_path):
    study = plant_study(tmp_path / "study")
    (study / "plan.toml").write_text(PLAN.replace("units = 30", "units = 30\nbatch_size = 7"))
    with pytest.raises(InputError, match="was trained with batch_size 64; the plan says 7"):
        read_results(study)


def test_an_unknown_status_is_named(tmp_path):
    study = plant_study(tmp_path / "study")
    (study / "runs" / "lstm-30-dropout-0.1-seed-0" / "run.json").write_text('{"status": "dreaming"}')
    with pytest.raises(InputError, match="status is 'dreaming'; allowed: 'done', 'failed'"):
        read_results(study)
