"""Executor that trains many runs of a study at once, as a stack of networks on one device, usually a GPU.

Runs of one shape (see `training.stacked.stacked_training`) train together in this process, one shape after the other.
Runs that cannot be stacked, and the only run of a shape, are trained alone, one after the other.
"""

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import torch

from tunewright.errors import OptionError, TunewrightError
from tunewright.study.plans.plan import PlannedRun
from tunewright.study.results.run_record import STACKED
from tunewright.study.running.perform import Report, StudyData, last_report, open_run, perform, reason, record_end
from tunewright.study.running.study_folder import RUN, StudyFolder
from tunewright.training.history import EpochRecord
from tunewright.training.run import Run
from tunewright.training.stacked.stacked_runs import StackedRuns
from tunewright.training.stacked.stacked_training import Member, require_alike, shape_of

AT_ONCE = 64
"""Default number of networks in a stack."""


class StackedExecutor:
    """Trains runs of one shape at once; see `Executor`.

    Parameters
    ----------
    study, material
        The study, and what its runs share.
    slots
        Number of runs at once; 0 takes `AT_ONCE`.
    """

    def __init__(self, study: StudyFolder, material: StudyData, slots: int = 0) -> None:
        self.slots = slots or AT_ONCE
        self._study, self._material = study, material
        self._begun: list[PlannedRun] = []
        self._stopped: set[str] = set()
        self._reported: dict[str, EpochRecord | None] = {}
        self._reports: Generator[Report, None, None] | None = None

    def start(self, run: PlannedRun) -> None:
        """Queue a run; it starts when those before it have ended."""
        self._stopped.discard(run.name)
        self._begun.append(run)

    def wait(self, seconds: float) -> Iterator[Report]:
        """Train for `seconds`; yield the latest report of each run, and every report of an epoch or of the end."""
        ends = time.monotonic() + seconds
        newest: dict[str, Report] = {}
        self._reports = self._reports or self._next()
        for report in self._reports:
            newest[report.run] = report
            if report.ended or report.record != self._reported.get(report.run):
                self._reported[report.run] = report.record
                yield newest.pop(report.run)
            if time.monotonic() > ends:
                break
        else:
            self._reports = None
        yield from newest.values()

    def cancel(self, run: PlannedRun) -> None:
        """Let a run save and stop; its report will say so."""
        self._stopped.add(run.name)

    def close(self) -> None:
        """Let every run save and stop."""
        if self._reports:
            self._reports.close()

    def _next(self) -> Generator[Report, None, None]:
        """Train the first queued run, with all others that can be stacked with it."""
        first = self._begun[0]
        together = [run for run in self._begun if shape_of(_member(run)) == shape_of(_member(first))]
        if len(together) == 1 or reason_unstacked(first):
            together = [first]
        self._begun = [run for run in self._begun if run not in together]
        return self._together(together) if len(together) > 1 else self._alone(first)

    def _alone(self, run: PlannedRun) -> Generator[Report, None, None]:
        report = Report(run.name)
        try:
            with closing(perform(run, self._study.run(run), self._material)) as reports:
                for report in reports:
                    yield report
                    if run.name in self._stopped and not report.ended:
                        break
            if not report.ended:
                yield replace(report, ended=True, stopped=True)
        except OSError as failure:  # a full disk, say
            yield replace(report, ended=True, error=str(failure))

    def _together(self, planned: Sequence[PlannedRun]) -> Generator[Report, None, None]:
        runs: dict[PlannedRun, Run] = {}
        for run in planned:
            try:
                (self._study.run(run) / RUN).unlink(missing_ok=True)
                runs[run] = open_run(run, self._study.run(run), self._material)
                runs[run].notes[STACKED] = len(planned)
            except Exception as failure:  # noqa: BLE001 - whatever one run does, the others finish
                yield self._concluded(run, Report(run.name), reason(failure))
        if not runs:
            return
        reports, error = {run: Report(run.name) for run in runs}, None
        try:
            stack = StackedRuns([*runs.values()])
            with closing(stack.progress()) as steps:
                for _ in steps:
                    for number, run in enumerate(runs):
                        if not reports[run].ended:
                            reports[run] = self._report(run, stack, number, reports[run])
                            yield reports[run]
            learned = [run for run in runs if not reports[run].ended]
            reports |= {run: last_report(run, self._study.run(run), runs[run]) for run in learned}
        except Exception as failure:  # noqa: BLE001 - memory ran out, say; runs of other shapes go on
            error = reason(failure)
        for run in runs:
            if not reports[run].ended:
                yield self._concluded(run, reports[run], error)

    def _report(self, run: PlannedRun, stack: StackedRuns, number: int, before: Report) -> Report:
        """The report of run `number` of a stack, after the report `before`; stops the run if that was asked for."""
        trainer = stack.runs[number].trainer
        newest = trainer.history[-1] if trainer.history else None
        best = before.best if newest == before.record else trainer.best
        report = Report(run.name, *stack.steps(number), newest, best)
        if number in stack.failed:
            return self._concluded(run, report, reason(stack.failed[number]))
        if run.name in self._stopped:
            stack.release(number)
            return replace(report, ended=True, stopped=True)
        return report

    def _concluded(self, run: PlannedRun, report: Report, error: str | None) -> Report:
        """Record the end of a run; returns its last report."""
        try:
            return record_end(run, self._study.run(run), report, error)
        except (OSError, TunewrightError) as failure:  # a full disk, say
            return replace(report, ended=True, error=reason(failure))


def reason_unstacked(run: PlannedRun) -> str | None:
    """Why a run cannot be stacked with others; None if it can."""
    if run.network.look_back:
        return "networks that look back gain nothing from being stacked"
    try:
        require_alike([_member(run)])
    except OptionError as error:
        return str(error)
    return None


def explain_unstacked(runs: Sequence[PlannedRun]) -> Iterator[str]:
    """Lines that say how many of `runs` are trained alone, and why."""
    whys = Counter(why for run in runs if (why := reason_unstacked(run)))
    shapes = Counter(shape_of(_member(run)) for run in runs if not reason_unstacked(run))
    if single := sum(1 for count in shapes.values() if count == 1):
        whys["no other run has the same shape"] = single
    for why, count in whys.items():
        yield f"{count} of {len(runs)} runs are trained alone, one after the other: {why}"


def can_stack(runs: Sequence[PlannedRun]) -> bool:
    """Whether there is a GPU on which some of `runs` can be stacked."""
    free = all(run.training.device != "cpu" for run in runs)
    return free and torch.cuda.is_available() and not all(map(reason_unstacked, runs))


def _member(run: PlannedRun) -> Member:
    return Member(run.network, run.training)
