"""How is one run of a study trained, so that it may be killed at any moment?

It goes on from its last checkpoint, ends as if it had never stopped, and says so in `run.json`, which is written last.
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
from tunewright.training.history import EpochRecord
from tunewright.training.ngram import Baselines, baselines
from tunewright.training.run import HISTORY, Run, history_as_csv


@dataclass(frozen=True)
class Material:
    """What all runs of a study share."""

    data: TrainingData
    origin: Mapping[str, Any]
    """Where the tunes were read; recorded in every checkpoint."""

    @cached_property
    def baselines(self) -> Baselines:
        """What counting the same tunes reaches; counted once, not for each run."""
        return baselines(self.data.tunes, len(self.data.vocabulary), self.data.validation)


@dataclass(frozen=True)
class Report:
    """How far a run has come."""

    run: str
    """Its name."""
    step: int = 0
    steps: int = 1
    """Batches so far, and in all epochs."""
    record: EpochRecord | None = None
    """Of the newest epoch."""
    best: EpochRecord | None = None
    ended: bool = False
    """Nothing comes after."""
    error: str | None = None
    """Why it failed, where it did."""
    lost: bool = False
    """It was ended from outside, and left no word of its own."""
    stopped: bool = False
    """It was asked to stop, and saved what it had learned."""


def perform(planned: PlannedRun, folder: Path, material: Material) -> Generator[Report, None, None]:
    """Train a run in `folder`, or go on with it there.

    Yields
    ------
    Report
        After every batch, and at the end. Closing the iterator saves, so that nothing is lost.
    """
    (folder / RUN).unlink(missing_ok=True)
    report, error = Report(planned.name), None
    try:
        run = opened(planned, folder, material)
        with contextlib.closing(run.progress()) as steps:
            for progress in steps:
                newest = run.trainer.history[-1] if run.trainer.history else None
                report = Report(planned.name, progress.step, progress.steps, newest, run.trainer.best)
                yield report
        report = last_report(planned, folder, run)
    except Exception as failure:  # noqa: BLE001 - whatever one run does, the others finish
        error = reason(failure)
    yield concluded(planned, folder, report, error)


def last_report(planned: PlannedRun, folder: Path, run: Run) -> Report:
    """The report of a run that has finished; its history is written whole."""
    history = run.trainer.history
    write_file(folder / HISTORY, history_as_csv(history))  # a kill may have come between it and the checkpoint
    return Report(planned.name, 1, 1, history[-1], run.trainer.best)


def reason(failure: Exception) -> str:
    """Why a run failed, in words."""
    if isinstance(failure, DivergenceError):
        return str(failure.__cause__ or failure)  # without what the command line of a single training allows
    return str(failure) if isinstance(failure, TunewrightError) else f"{type(failure).__name__}: {failure}"


def concluded(planned: PlannedRun, folder: Path, report: Report, error: str | None) -> Report:
    """Write down that a run has ended; returns its last report."""
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / RUN, status_text(planned, "failed" if error else "done", error))
    return replace(report, ended=True, error=error)


def opened(planned: PlannedRun, folder: Path, material: Material) -> Run:
    """The run, where it stopped; from its beginning if there is nothing that it could go on from."""
    run = Run(folder, material.data, planned.network, planned.training, material.origin)
    run.baselines = material.baselines
    settle_folder(folder / LAST)
    if (folder / LAST / ABOUT).is_file():
        with contextlib.suppress(CheckpointError):  # damaged, as a power cut may leave it
            run.open(resume=True)
            return run
    run.open(force=True)
    return run
