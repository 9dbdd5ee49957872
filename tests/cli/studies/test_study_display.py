"""Progress of a study as it is shown."""

import io

import pytest
from rich.console import Console

from tunewright.cli.studies.study_display import MOST_ROWS, duration, table_of
from tunewright.model.config import NetworkConfig
from tunewright.study.plans.plan import PlannedRun
from tunewright.study.running.perform import Report
from tunewright.study.running.runner import RunState, State, StudyProgress
from tunewright.training.config import TrainingConfig
from tunewright.training.history import EpochRecord


def state_of(number: int, state: State, **report) -> RunState:
    config = TrainingConfig(epochs=20, select_by="cold_window")
    run = PlannedRun(f"lstm-150-seed-{number}", "LSTM 150", number, NetworkConfig(), config)
    return RunState(run, state, Report(run.name, **report))


def shown(states: list[RunState], **options) -> list[str]:
    text = io.StringIO()
    progress = StudyProgress({state.run.name: state for state in states}, (), options.pop("undrawn", 0))
    Console(file=text, width=120).print(table_of(progress, options.pop("left", None)))
    return [" ".join(line.split()) for line in text.getvalue().splitlines()]


def test_every_run_has_its_epoch_and_losses():
    newest = EpochRecord(7, 0.001, 1.25, 1.5, 1.75, 1.625, 1.875, 30.0)
    best = EpochRecord(5, 0.002, 1.3, 1.5, 1.75, 1.5, 1.75, 20.0)
    lines = shown([state_of(0, "running", record=newest, best=best), state_of(1, "waiting")], left=3700.0, undrawn=4)
    assert lines == [
        "run state epoch learned validation full/cold best",
        "lstm-150-seed-0 running 7/20 1.250 1.625 / 1.875 1.750",
        "lstm-150-seed-1 waiting 0/20",
        "losses in nats per character; 1 running, 5 waiting; 1 h 2 min left",
    ]


def test_of_many_runs_only_those_at_work_and_the_failed_have_a_row():
    states = [state_of(number, "done") for number in range(MOST_ROWS)]
    lines = shown([*states, state_of(98, "running"), state_of(99, "failed", error="why")])
    assert [line.split()[0] for line in lines[1:-1]] == ["lstm-150-seed-98", "lstm-150-seed-99"]
    assert lines[-1] == f"losses in nats per character; {MOST_ROWS} done, 1 running, 1 failed"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (59.2, "60 s"), (61, "1 min"), (3599, "1 h 0 min"), (9000, "2 h 30 min")]
)
def test_durations_in_words(seconds, words):
    assert duration(seconds) == words
