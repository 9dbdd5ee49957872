"""A study of small networks that is trained again and again, and what it comes to."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

from tunewright.study.plans.plan import PlannedRun
from tunewright.study.running.perform import Report, StudyData, perform
from tunewright.study.running.runner import StudyProgress
from tunewright.study.running.study_folder import RUN, RUNS, StudyFolder

PLAN = """
data = ["{data}"]
preset = "plain"
seeds = [0, 1]

[base]
device = "cpu"
units = 8
embedding = 4
sequence_length = 20
batch_size = 4
epochs = {epochs}

[[question]]
title = "Which cell?"
cell = ["lstm", "gru"]
"""

TINY_PLAN = """
title = "{title}"
data = ["{data}"]
preset = "assignment"
seeds = [0]

[base]
device = "cpu"
units = 4
embedding = 3
batch_size = 8
epochs = {epochs}

[[question]]
title = "{question}"
dropout = [0.0, 0.2]
"""


def outcome(study: Path) -> dict[str, bytes]:
    """Everything that a study found, by file, without what a clock measured."""
    found = {}
    for path in sorted((study / RUNS).rglob("*")):
        name = path.relative_to(study).as_posix()
        if path.name == "history.csv":
            rows = [line.rsplit(",", 1) for line in path.read_text(encoding="utf-8").splitlines()]
            assert rows[0][1] == "seconds"
            found[name] = "\n".join(row[0] for row in rows).encode()
        elif path.name in ("weights.safetensors", RUN):
            found[name] = path.read_bytes()
    return found


class OneByOne:
    """An executor that trains in this process, each run a few steps at a time, and does what its script says."""

    def __init__(self, study: StudyFolder, material: StudyData, *, lose: dict[str, int] | None = None) -> None:
        self.slots, self.study, self.material = 2, study, material
        self.lose = dict(lose or {})
        self.begun: list[str] = []
        self.reports: dict[str, Generator[Report, None, None]] = {}
        self.cancelled: list[str] = []

    def start(self, run: PlannedRun) -> None:
        assert len(self.reports) < self.slots
        self.begun.append(run.name)
        self.reports[run.name] = perform(run, self.study.run(run), self.material)

    def wait(self, _seconds: float) -> Iterator[Report]:
        for name in [*self.reports]:
            report = next(self.reports[name])
            if not report.ended and self.lose.get(name, 0) and report.step > 5:
                self.lose[name] -= 1
                report = Report(name, ended=True, lost=True, error="its process was ended by signal 9")
            if name in self.cancelled and not report.ended:
                report = replace(report, ended=True, stopped=True)
                self.reports[name].close()
            if report.ended:
                del self.reports[name]
            yield report

    def cancel(self, run: PlannedRun) -> None:
        self.cancelled.append(run.name)

    def close(self) -> None:
        for reports in self.reports.values():
            reports.close()
        self.reports.clear()


def states_of(steps: Iterator[StudyProgress]) -> dict[str, str]:
    *_, last = steps
    return {name: state.state for name, state in last.states.items()}
