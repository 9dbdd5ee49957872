"""Training of all runs of a study, several at once, by an executor; resumable at any time.

Finished runs are kept, interrupted ones go on, and failed ones are tried again by the next command. A run that is lost
with its process or machine is tried once more at once. A failed run is reported, and the others finish.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from tunewright.errors import InputError, OptionError
from tunewright.files import write_file
from tunewright.study.plans.plan import Plan, PlannedRun
from tunewright.study.results.run_record import read_run
from tunewright.study.running.perform import Report, StudyData
from tunewright.study.running.search import TRIALS, Outcome, Searcher
from tunewright.study.running.study_folder import RUN, StudyFolder, open_study, status_of, status_text

ATTEMPTS = 2
"""A run fails when it is lost for this many times."""

POLL_SECONDS = 0.25


class Executor(Protocol):
    """Where runs are trained."""

    slots: int
    """Number of runs at once."""

    def start(self, run: PlannedRun) -> None:
        """Start a run; fewer than `slots` are under way."""
        ...

    def wait(self, seconds: float) -> Iterator[Report]:
        """Wait up to `seconds` for reports of the runs, and yield them; a lost run is reported as such."""
        ...

    def cancel(self, run: PlannedRun) -> None:
        """Let a run save and stop; its report will say so."""
        ...

    def close(self) -> None:
        """Let every run save and stop, and end all processes."""
        ...


State = Literal["waiting", "running", "done", "failed", "pruned"]


@dataclass(frozen=True)
class RunState:
    """The state of a run."""

    run: PlannedRun
    state: State
    report: Report
    """The latest."""


@dataclass(frozen=True)
class StudyProgress:
    """The state of a study."""

    states: Mapping[str, RunState]
    """Every run by its name, in the order in which they begin."""
    changed: tuple[str, ...]
    """Names of the runs whose state or report is new."""
    undrawn: int = 0
    """Number of trials of a search that are still to be drawn."""


def study_steps(
    plan: Plan, material: StudyData, out: Path, executor: Callable[[StudyFolder, StudyData], Executor]
) -> Generator[StudyProgress, None, None]:
    """Train the runs of a study that are missing.

    Parameters
    ----------
    plan, material
        The study, and its tunes.
    out
        The folder of the study; see `study_folder`.
    executor
        Makes the executor that trains the runs.

    Yields
    ------
    StudyProgress
        Several times a second. Closing the iterator saves every run; the same call resumes them.

    Raises
    ------
    OptionError
        If the plan is for other tunes.
    OutputError
        If another process trains in `out`, or if it holds anything but this study.
    """
    fingerprint = material.data.fingerprint
    if plan.fingerprint and plan.fingerprint != fingerprint:
        raise OptionError("the plan is for other tunes: those that it names do not have its fingerprint")
    with open_study(out, replace(plan, fingerprint=fingerprint)) as study:
        trains = executor(study, material)
        try:
            yield from _Runner(plan, study, trains).progress()
        finally:
            trains.close()


class _Runner:
    """Hands runs to an executor and keeps their states."""

    def __init__(self, plan: Plan, study: StudyFolder, executor: Executor) -> None:
        self.study, self.executor = study, executor
        self.states: dict[str, RunState] = {}
        self._lost: dict[str, int] = {}
        self._cancelled: set[str] = set()
        for run in in_order(plan):
            done = (status_of(study.run(run)) or {}).get("status") == "done"
            self.states[run.name] = self._state_before(run, "done" if done else None)
        self._searcher = Searcher(plan, plan.search, study.path) if plan.search else None
        for run, outcome in self._searcher.begun() if self._searcher else ():
            self.states[run.name] = self._state_before(run, outcome)

    def _state_before(self, run: PlannedRun, outcome: Outcome | None) -> RunState:
        """The state of a run when the runner begins; if it has ended, with its recorded losses."""
        report = Report(run.name)
        if outcome:
            with suppress(InputError):
                known = read_run(self.study.run(run))
                report = Report(run.name, 1, 1, known.history[-1], known.best, ended=True)
        return RunState(run, outcome or "waiting", report)

    def progress(self) -> Iterator[StudyProgress]:
        changed = [*self.states]
        while True:
            changed += self._start()
            undrawn = self._searcher.undrawn if self._searcher else 0
            yield StudyProgress(dict(self.states), tuple(dict.fromkeys(changed)), undrawn)
            if not self._of("running"):
                return
            changed = [self._take_report(report) for report in self.executor.wait(POLL_SECONDS)]

    def _of(self, state: str) -> list[RunState]:
        return [each for each in self.states.values() if each.state == state]

    def _start(self) -> Iterator[str]:
        while len(self._of("running")) < self.executor.slots:
            run = next((each.run for each in self._of("waiting")), None)
            if not run and self._searcher:
                run = self._searcher.draw()
            if not run:
                return
            self.executor.start(run)
            before = self.states.get(run.name)
            self.states[run.name] = RunState(run, "running", before.report if before else Report(run.name))
            yield run.name

    def _take_report(self, report: Report) -> str:
        run, before = self.states[report.run].run, self.states[report.run].report
        if report.lost:
            report = replace(before, lost=True, error=report.error, ended=self._give_up(run, report))
        self._prune(run, report)
        state = self._state_after(report)
        if self._searcher and run.part == TRIALS and state in ("done", "failed", "pruned"):
            if state == "pruned":
                write_file(self.study.run(run) / RUN, status_text(run, "pruned"))
            self._searcher.tell(run, state, report.best)
        self.states[run.name] = RunState(run, state, report)
        return run.name

    def _state_after(self, report: Report) -> State:
        if report.stopped:
            return "pruned"
        if report.ended:
            return "failed" if report.error else "done"
        return "waiting" if report.lost else "running"

    def _prune(self, run: PlannedRun, report: Report) -> None:
        """Cancel a trial that the pruner gives up after its latest epoch."""
        news = report.record and report.record != self.states[run.name].report.record
        if not (self._searcher and run.part == TRIALS and news) or report.ended or run.name in self._cancelled:
            return
        if report.record and self._searcher.should_prune(run, report.record):
            self._cancelled.add(run.name)
            self.executor.cancel(run)

    def _give_up(self, run: PlannedRun, report: Report) -> bool:
        """Count a lost run; True, and recorded as failed, if it was lost too often."""
        self._lost[run.name] = self._lost.get(run.name, 0) + 1
        if self._lost[run.name] < ATTEMPTS:
            return False
        folder = self.study.run(run)
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / RUN, status_text(run, "failed", f"{self._lost[run.name]} times: {report.error}"))
        return True


def in_order(plan: Plan) -> list[PlannedRun]:
    """The runs of a plan in the order in which they start: seed by seed, the longest first, to end about together."""
    return sorted(plan.runs, key=lambda run: (plan.seeds.index(run.seed), -work(run)))


def work(run: PlannedRun) -> float:
    """The estimated work of a run, in the same arbitrary unit for all runs on the same tunes."""
    network, training = run.network, run.training
    gates = {"lstm": 4, "gru": 3, "rnn": 1, "transformer": 6}[network.cell]
    inputs = network.embedding or network.units
    weights = gates * network.units * (inputs + network.units * (2 * network.layers - 1))
    return training.epochs * (weights + 40_000)
