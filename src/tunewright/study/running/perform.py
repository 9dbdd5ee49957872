"""Training of one run of a study, which may be killed at any moment.

A run goes on from its last checkpoint with the same result as without interruption. Its end is recorded in `run.json`,
which is written last.
"""

import contextlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from tunewright.errors import CheckpointError, DivergenceError, TunewrightError
from tunewright.files import settle_folder, write_file
from tunewright.model.checkpoint import ABOUT, LAST
from tunewright.study.plans.plan import PlannedRun
from tunewright.study.running.study_folder import RUN, status_text
from tunewright.training.data import TrainingData
from tunewright.training.history import EpochRecord, history_as_csv
from tunewright.training.ngram import Baselines, baselines
from tunewright.training.run import HISTORY, Run


@dataclass(frozen=True)
class StudyData:
    """The tunes that all runs of a study share."""

    data: TrainingData
    origin: Mapping[str, Any]
    """Sources of the tunes; recorded in every checkpoint."""

    @cached_property
    def baselines(self) -> Baselines:
        """N-gram and unigram baselines of the same tunes, computed once for all runs."""
        return baselines(self.data.tunes, len(self.data.vocabulary), self.data.validation)


@dataclass(frozen=True)
class Report:
    """The progress of a run."""

    run: str
    """Name of the run."""
    step: int = 0
    steps: int = 1
    """Batches so far, and in all epochs."""
    record: EpochRecord | None = None
    """The latest epoch."""
    best: EpochRecord | None = None
    ended: bool = False
    """Whether this is the last report."""
    error: str | None = None
    """Why it failed; None if it did not."""
    lost: bool = False
    """Whether its process or machine was lost before it could report its end."""
    stopped: bool = False
    """Whether it was asked to stop, and has saved its progress."""


def perform(planned: PlannedRun, folder: Path, material: StudyData) -> Generator[Report, None, None]:
    """Train a run in `folder`, or resume it there.

    Yields
    ------
    Report
        After every batch, and at the end. Closing the iterator saves the progress.
    """
    (folder / RUN).unlink(missing_ok=True)
    report, error = Report(planned.name), None
    try:
        run = open_run(planned, folder, material)
        with contextlib.closing(run.progress()) as steps:
            for progress in steps:
                newest = run.trainer.history[-1] if run.trainer.history else None
                report = Report(planned.name, progress.step, progress.steps, newest, run.trainer.best)
                yield report
        report = last_report(planned, folder, run)
    except Exception as failure:  # noqa: BLE001 - whatever one run does, the others finish
        error = reason(failure)
    yield record_end(planned, folder, report, error)


def last_report(planned: PlannedRun, folder: Path, run: Run) -> Report:
    """The last report of a finished run; writes its whole history."""
    history = run.trainer.history
    write_file(
        folder / HISTORY, history_as_csv(history)
    )  # it may lack epochs if the process was killed after a checkpoint
    return Report(planned.name, 1, 1, history[-1], run.trainer.best)


def reason(failure: Exception) -> str:
    """Why a run failed, for its report."""
    if isinstance(failure, DivergenceError):
        return str(failure.__cause__ or failure)  # without the advice for a single training
    return str(failure) if isinstance(failure, TunewrightError) else f"{type(failure).__name__}: {failure}"


def record_end(planned: PlannedRun, folder: Path, report: Report, error: str | None) -> Report:
    """Record the end of a run in `run.json`; returns its last report."""
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / RUN, status_text(planned, "failed" if error else "done", error))
    return replace(report, ended=True, error=error)


def open_run(planned: PlannedRun, folder: Path, material: StudyData) -> Run:
    """The run, resumed from its last checkpoint; from its beginning if there is none that can be read."""
    run = Run(folder, material.data, planned.network, planned.training, material.origin)
    run.baselines = material.baselines
    settle_folder(folder / LAST)
    if (folder / LAST / ABOUT).is_file():
        with contextlib.suppress(CheckpointError):  # damaged, as a power cut may leave it
            run.open(resume=True)
            return run
    run.open(force=True)
    return run
