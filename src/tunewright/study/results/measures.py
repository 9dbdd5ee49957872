"""Measures of a run (losses, epochs, speed, time to a loss), and their means over the seeds of a setting.

A run that never reaches a loss has no time to it. Such runs are counted; for the median over seeds their time is taken
as longer than any other.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tunewright.study.results.run_record import RecordedRun
from tunewright.study.results.study_results import StudyResults
from tunewright.study.results.uncertainty import SeedMean
from tunewright.training.config import Protocol
from tunewright.training.history import EpochRecord

ROUND_LOSS = 1.9
"""Nats per character; networks of the assignment reach it within a few epochs or never."""


@dataclass(frozen=True)
class Measure:
    """A number that describes a run."""

    title: str
    unit: str
    places: int
    """Number of decimals to show."""
    of: Callable[[RecordedRun], float]
    by_clock: bool = False
    """Whether it depends on the machine and its load, and so differs each time."""


def _gap(run: RecordedRun) -> float:
    trained = run.best.training_full_tune if run.protocol == "full_tune" else run.best.training_cold_window
    return run.best.validation(run.protocol) - trained


MEASURES: Mapping[str, Measure] = {
    "full_tune": Measure("validation loss, whole tunes", "nats", 3, lambda run: run.best.validation_full_tune),
    "cold_window": Measure("validation loss, cold windows", "nats", 3, lambda run: run.best.validation_cold_window),
    "training_full_tune": Measure("training loss, whole tunes", "nats", 3, lambda run: run.best.training_full_tune),
    "training_cold_window": Measure("training loss, cold windows", "nats", 3, lambda r: r.best.training_cold_window),
    "gap": Measure("validation loss less training loss", "nats", 3, _gap),
    "best_epoch": Measure("best epoch", "epochs", 1, lambda run: run.best.epoch),
    "seconds_per_epoch": Measure("learning time", "s per epoch", 2, lambda r: r.seconds / r.history[-1].epoch, True),
    "rate": Measure("rate of learning", "characters/s", 0, lambda run: run.rate, True),
}
"""By name. Losses are those of the best epoch, in nats per character."""


def setting_mean(results: StudyResults, setting: str, measure: str = "") -> SeedMean:
    """Mean of a measure over the finished runs of a setting, one or more; the loss of the study's protocol if ""."""
    of = MEASURES[measure or results.protocol].of
    return SeedMean.of([of(run) for run in results.of(setting)])


@dataclass(frozen=True)
class Level:
    """A validation loss to which the time is measured."""

    title: str
    loss: float
    """Nats per character."""


@dataclass(frozen=True)
class TimeToLoss:
    """The time that each run of a setting took to reach a loss."""

    epochs: tuple[int | None, ...]
    """The first epoch after which each run was at the loss or below, by seed; None if it never was."""
    seconds: tuple[float | None, ...]
    """Training time to the end of that epoch."""
    most_epochs: int
    """Number of epochs of the longest run."""

    @property
    def reached(self) -> int:
        """The number of runs that reached it."""
        return sum(epoch is not None for epoch in self.epochs)

    @property
    def median_epochs(self) -> float | None:
        """None if half of the runs never reached the loss."""
        return _median(self.epochs)

    @property
    def median_seconds(self) -> float | None:
        """None if half of the runs never reached the loss."""
        return _median(self.seconds)


def levels(results: StudyResults) -> tuple[Level, ...]:
    """Losses for `time_to_loss`, under the study's protocol: some run reaches them, and not all in the first epoch."""
    ngram = getattr(results.baselines.ngram, results.protocol).nats_per_char if results.baselines else None
    means = [setting_mean(results, setting.name).value for setting in results.settings]
    asked = [
        Level("counting (n-gram)", ngram) if ngram is not None else None,
        Level("a round loss", ROUND_LOSS),
        Level("the worst setting's best", max(means)) if len(means) > 1 else None,
    ]
    return tuple(level for level in asked if level and _separates_runs(results, level.loss))


def time_to_loss(results: StudyResults, setting: str, loss: float, protocol: Protocol | None = None) -> TimeToLoss:
    """Time of the finished runs of a setting to a validation loss; without `protocol`, under that of the study."""
    runs = results.of(setting)
    first = [first_at(run, loss, protocol or results.protocol) for run in runs]
    return TimeToLoss(
        tuple(record.epoch if record else None for record in first),
        tuple(record.seconds if record else None for record in first),
        max((run.history[-1].epoch for run in runs), default=0),
    )


def first_at(run: RecordedRun, loss: float, protocol: Protocol) -> EpochRecord | None:
    """The first epoch after which the validation loss is `loss` or less."""
    return next((record for record in run.history if record.validation(protocol) <= loss), None)


def _separates_runs(results: StudyResults, loss: float) -> bool:
    reached = [first_at(run, loss, results.protocol) for run in results.runs]
    return any(reached) and any(record is None or record.epoch > 1 for record in reached)


def _median(times: tuple[float | None, ...]) -> float | None:
    known = sorted(math.inf if time is None else time for time in times)
    middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if known else math.inf
    return middle if math.isfinite(middle) else None
