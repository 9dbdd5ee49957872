"""Worker processes of one machine: training, reports, cancelling and ending."""

import os
import signal
from pathlib import Path

import pytest
from study_runs import PLAN, outcome

from tunewright.corpus.readers import read_tunes
from tunewright.errors import OutputError
from tunewright.study.plans.plan import read_plan
from tunewright.study.running import study_folder
from tunewright.study.running.local import LocalExecutor
from tunewright.study.running.perform import StudyData, perform
from tunewright.study.running.study_folder import RUNS, open_study, status_of
from tunewright.training.data import TrainingData

ENDED = 2**22 + 1
"""A process of this number cannot be."""


@pytest.fixture(scope="module")
def plan(tiny_corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_text(PLAN.format(data=tiny_corpus, epochs=30), encoding="utf-8")
    return read_plan(path)


@pytest.fixture(scope="module")
def material(tiny_corpus):
    return StudyData(TrainingData.of(read_tunes(tiny_corpus).tunes), {})


def first_epoch_of(executor, name: str):
    """Wait until a run has a checkpoint; gives its report."""
    while True:
        for report in executor.wait(0.1):
            if report.run == name and (report.record or report.ended):
                return report


@pytest.mark.slow
def test_it_reports_is_cancelled_lost_and_goes_on_and_keeps_others_out(plan, material, tmp_path, monkeypatch):
    monkeypatch.setattr(study_folder, "LOCK_WAIT_SECONDS", 0.0)
    first, second = plan.runs[:2]
    with open_study(tmp_path / "study", plan) as study:
        executor = LocalExecutor(study, material, 1)
        executor.start(first)
        assert not first_epoch_of(executor, first.name).ended
        (worker,) = executor._workers
        executor.cancel(first)
        while not (report := first_epoch_of(executor, first.name)).ended:
            pass
        assert report.stopped
        assert 1 <= report.record.epoch < 30
        assert status_of(study.run(first)) is None

        executor.start(second)  # in the same process
        assert first_epoch_of(executor, second.name).record
        assert executor._workers == [worker]
        study.lock.close()  # as if the runner were gone: its process keeps the study locked
        (tmp_path / "study" / study_folder.LOCK).write_text(str(ENDED), encoding="ascii")
        with pytest.raises(OutputError, match="another runner"), open_study(tmp_path / "study", plan):
            pass
        os.kill(worker.process.pid, signal.SIGKILL)
        while not (report := first_epoch_of(executor, second.name)).ended:
            pass
        assert report.lost
        assert "by signal 9" in report.error
        assert executor._workers == []

    with open_study(tmp_path / "study", plan) as study:  # nobody holds it any more
        executor = LocalExecutor(study, material, 1)
        executor.start(first)
        while not (report := first_epoch_of(executor, first.name)).ended:
            pass
        assert (report.error, report.record.epoch) == (None, 30)
        executor.close()
    list(perform(first, tmp_path / "alone" / RUNS / first.name, material))
    found = {name: content for name, content in outcome(tmp_path / "study").items() if first.name in name}
    assert found == outcome(Path(tmp_path / "alone"))
