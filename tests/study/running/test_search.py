"""Hyperparameter search: draws within the space, pruning, and the same trials after a kill."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from study_runs import PLAN, OneByOne, outcome, states_of

from tunewright.cli.main import run
from tunewright.corpus.readers import read_tunes
from tunewright.errors import MissingExtraError
from tunewright.study.plans.plan import read_plan
from tunewright.study.results.result_tables import trials_table
from tunewright.study.results.study_results import read_results
from tunewright.study.running.perform import StudyData
from tunewright.study.running.runner import study_steps
from tunewright.study.running.search import JOURNAL, TRIALS, Searcher, best_trial, ended_trials
from tunewright.study.running.study_folder import RUN, status_of
from tunewright.training.data import TrainingData

SEARCH = """
[search]
trials = 9

[search.options]
learning_rate = { low = 0.0003, high = 0.1, log = true }
units = { low = 4, high = 24 }
cell = ["lstm", "rnn"]
"""


@pytest.fixture(scope="module")
def plan(tiny_corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    text = PLAN.format(data=tiny_corpus, epochs=4).partition("[[question]]")[0].replace("[0, 1]", "[5]")
    path.write_text(text + SEARCH, encoding="utf-8")
    return read_plan(path)


@pytest.fixture(scope="module")
def material(plan):
    return StudyData(TrainingData.of(read_tunes(*map(Path, plan.data)).tunes), {})


class OneAtATime(OneByOne):
    """With one slot, and able to cancel."""

    def __init__(self, study, material):
        super().__init__(study, material)
        self.slots = 1


@pytest.fixture(scope="module")
def searched(plan, material, tmp_path_factory):
    folder = tmp_path_factory.mktemp("searched")
    states = states_of(study_steps(plan, material, folder, OneAtATime))
    return folder, states


def drawn(folder: Path) -> list[dict]:
    """Options of every trial, from the journal itself."""
    entries = map(json.loads, (folder / TRIALS / JOURNAL).read_text(encoding="utf-8").splitlines())
    return [entry["params"] for entry in entries if entry["op_code"] == 4]


def test_trials_stay_in_their_ranges_and_hopeless_ones_end_early(searched):
    folder, states = searched
    trials = {name: state for name, state in states.items() if name.startswith("trial")}
    assert len(trials) == 9
    assert set(trials.values()) == {"done", "pruned"}
    for name, state in trials.items():
        place = folder / TRIALS / name
        assert status_of(place)["status"] == state
        epochs = len((place / "history.csv").read_text(encoding="utf-8").splitlines()) - 1
        assert epochs == 4 if state == "done" else epochs < 4
    options = drawn(folder)
    assert len({json.dumps(each) for each in options}) == 9
    assert all(0.0003 <= each["learning_rate"] <= 0.1 and 4 <= each["units"] <= 24 for each in options)
    assert {each["cell"] for each in options} == {0, 1}
    assert all(float(f"{each['learning_rate']:.4g}") == each["learning_rate"] for each in options)


def test_the_best_trial_is_the_one_with_the_lowest_loss(searched):
    folder, states = searched
    best = best_trial(folder)
    losses = []
    for name, state in states.items():
        if name.startswith("trial") and state == "done":
            rows = (folder / TRIALS / name / "history.csv").read_text(encoding="utf-8").splitlines()
            column = rows[0].split(",").index("validation_full_tune")
            losses.append(min(float(row.split(",")[column]) for row in rows[1:]))
    assert best.loss == min(losses)
    assert best_trial(folder / "nothing") is None


@pytest.mark.slow
def test_every_trial_is_in_a_table_and_the_best_are_told(searched, tmp_path, capsys):
    folder, states = searched
    table = trials_table(read_results(folder))
    assert table.columns[:5] == ("trial", "status", "learning_rate", "units", "cell")
    assert {row[0]: row[1] for row in table.rows} == {
        name: state for name, state in states.items() if name.startswith("trial")
    }
    best = min(table.rows, key=lambda row: row[-2])
    assert any(best[-2] == pytest.approx(trial.loss) for trial in ended_trials(folder))
    assert run(["study", "results", str(folder), "--out", str(tmp_path)]) == 0
    assert "trials that have ended: 9" in (told := capsys.readouterr().out)
    assert best[0] in told
    assert (tmp_path / "trials.csv").read_text(encoding="utf-8").count("\n") == 10


@pytest.mark.slow
def test_a_search_that_was_stopped_anywhere_draws_the_same(plan, material, searched, tmp_path):
    folder, states = searched
    while True:
        with closing(study_steps(plan, material, tmp_path, OneAtATime)) as steps:
            ended = [progress for _, progress in zip(range(47), steps, strict=False)]
        if not any(state.state in ("running", "waiting") for state in ended[-1].states.values()):
            break
    assert drawn(tmp_path) == drawn(folder)
    assert states_of(study_steps(plan, material, tmp_path, OneAtATime)) == states
    done = [name for name, state in states.items() if state == "done"]
    assert done
    for name in done:
        part = "runs" if name.startswith("lstm") else TRIALS
        for file in (RUN, "best/weights.safetensors", "last/weights.safetensors"):
            assert (tmp_path / part / name / file).read_bytes() == (folder / part / name / file).read_bytes()
    assert outcome(tmp_path) == outcome(folder)


def test_without_optuna_the_extra_is_named(plan, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"tunewright\[search\]"):
        Searcher(plan, plan.search, tmp_path)
