"""How are the runs of a study trained, as many at once as there is room for, whatever happens on the way?

What is done is kept, what was begun goes on, what failed is tried again by the next command. A run that is lost with
its process or machine is tried once more at once. One that fails is reported, and the others finish.
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
from tunewright.study.running.perform import Material, Report
from tunewright.study.running.search import TRIALS, Outcome, Searcher
from tunewright.study.running.study_folder import RUN, StudyFolder, open_study, status_of, status_text

ATTEMPTS = 2
"""How often a run may be lost before it has failed."""

POLL_SECONDS = 0.25


class Executor(Protocol):
    """Where runs are trained."""

    slots: int
    """How many at once."""

    def start(self, run: PlannedRun) -> None:
        """Begin with a run; of those that are under way there are fewer than `slots`."""
        ...

    def wait(self, seconds: float) -> Iterator[Report]:
        """Yield what the runs report, waiting so long for the first; a run that is lost is reported as such."""
        ...

    def cancel(self, run: PlannedRun) -> None:
        """Let a run save and stop; its report will say so."""
        ...

    def close(self) -> None:
        """Let every run save and stop, and leave nothing behind."""
        ...


State = Literal["waiting", "running", "done", "failed", "pruned"]


@dataclass(frozen=True)
class RunState:
    """Where a run stands."""

    run: PlannedRun
    state: State
    report: Report
    """The newest."""


@dataclass(frozen=True)
class StudyProgress:
    """Where a study stands."""

    states: Mapping[str, RunState]
    """Every run by its name, in the order in which they begin."""
    changed: tuple[str, ...]
    """Those of which there is news."""
    undrawn: int = 0
    """Trials of a search that are still to be drawn."""


def study_steps(
    plan: Plan, material: Material, out: Path, executor: Callable[[StudyFolder, Material], Executor]
) -> Generator[StudyProgress, None, None]:
    """Train what is missing of a study.

    Parameters
    ----------
    plan, material
        What is asked, and of which tunes.
    out
        The folder of the study; see `folder`.
    executor
        What trains the runs.

    Yields
    ------
    StudyProgress
        Several times a second. Closing the iterator saves every run, and the same call goes on with them.

    Raises
    ------
    OptionError
        If the plan is for other tunes.
    OutputError
        If another runner is at work in `out`, or if it holds anything but this study.
    """
    fingerprint = material.data.fingerprint
    if plan.fingerprint and plan.fingerprint != fingerprint:
        raise OptionError("the plan is for other tunes: those that it names have another fingerprint than it says")
    with open_study(out, replace(plan, fingerprint=fingerprint)) as study:
        trains = executor(study, material)
        try:
            yield from _Runner(plan, study, trains).progress()
        finally:
            trains.close()


class _Runner:
    """Hands out runs and keeps account of them."""

    def __init__(self, plan: Plan, study: StudyFolder, executor: Executor) -> None:
        self.study, self.executor = study, executor
        self.states: dict[str, RunState] = {}
        self._lost: dict[str, int] = {}
        self._hopeless: set[str] = set()
        for run in in_order(plan):
            done = (status_of(study.run(run)) or {}).get("status") == "done"
            self.states[run.name] = self._state_before(run, "done" if done else None)
        self._searcher = Searcher(plan, plan.search, study.path) if plan.search else None
        for run, outcome in self._searcher.begun() if self._searcher else ():
            self.states[run.name] = self._state_before(run, outcome)

    def _state_before(self, run: PlannedRun, outcome: Outcome | None) -> RunState:
        """Where a run stands when the runner begins; if it has ended, with the losses that it reported then."""
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
            changed = [self._heed(report) for report in self.executor.wait(POLL_SECONDS)]

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

    def _heed(self, report: Report) -> str:
        run, before = self.states[report.run].run, self.states[report.run].report
        if report.lost:
            report = replace(before, lost=True, error=report.error, ended=self._give_up(run, report))
        self._consult(run, report)
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

    def _consult(self, run: PlannedRun, report: Report) -> None:
        """End a trial after an epoch that shows it to be hopeless."""
        news = report.record and report.record != self.states[run.name].report.record
        if not (self._searcher and run.part == TRIALS and news) or report.ended or run.name in self._hopeless:
            return
        if report.record and self._searcher.is_hopeless(run, report.record):
            self._hopeless.add(run.name)
            self.executor.cancel(run)

    def _give_up(self, run: PlannedRun, report: Report) -> bool:
        """Count a loss; True, and written down, if there were too many."""
        self._lost[run.name] = self._lost.get(run.name, 0) + 1
        if self._lost[run.name] < ATTEMPTS:
            return False
        folder = self.study.run(run)
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / RUN, status_text(run, "failed", f"{self._lost[run.name]} times: {report.error}"))
        return True


def in_order(plan: Plan) -> list[PlannedRun]:
    """The runs of a plan as they begin: seed by seed, of each the longest first, lest one ends alone."""
    return sorted(plan.runs, key=lambda run: (plan.seeds.index(run.seed), -work(run)))


def work(run: PlannedRun) -> float:
    """About how much longer this run takes than another, on the same tunes."""
    network, training = run.network, run.training
    gates = {"lstm": 4, "gru": 3, "rnn": 1, "transformer": 6}[network.cell]
    inputs = network.embedding or network.units
    weights = gates * network.units * (inputs + network.units * (2 * network.layers - 1))
    return training.epochs * (weights + 40_000)
