"""Results of a study as far as it has come: its finished, failed and missing runs.

A run without a `run.json` is missing: it has not begun or is under way (`running.study_folder` has the layout of the
folder). Weights are not read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tunewright.errors import InputError
from tunewright.notebook import ShownInNotebook
from tunewright.options import to_mapping
from tunewright.study.plans.plan import Plan, PlannedRun, Setting, read_plan
from tunewright.study.results.run_record import RecordedRun, read_run, reasons_not_comparable
from tunewright.study.running.study_folder import PLAN, RUN, RUNS, read_status
from tunewright.training.config import Protocol
from tunewright.training.ngram import Baselines
from tunewright.training.run import MAY_CHANGE


@dataclass(frozen=True)
class RunResult(RecordedRun):
    """A finished training of a study."""

    name: str
    """Name of its folder."""
    setting: str
    """Name of its setting."""
    seed: int


@dataclass(frozen=True)
class FailedRun:
    """A failed training of a study."""

    name: str
    setting: str
    seed: int
    error: str
    """The reason."""


@dataclass(frozen=True)
class StudyResults(ShownInNotebook):
    """The results of a study so far."""

    view = "report.pages.result_views:study_html"

    folder: Path
    plan: Plan
    runs: tuple[RunResult, ...]
    """Those that have finished, by setting and seed in the order of the plan; all of the same data and protocol."""
    failed: tuple[FailedRun, ...]
    missing: tuple[PlannedRun, ...]
    """Those that have neither finished nor failed."""

    @property
    def protocol(self) -> Protocol:
        """The protocol by which best epochs are chosen and, by default, losses are compared."""
        return self.runs[0].protocol if self.runs else self.plan.base.training.select_by

    @property
    def data(self) -> Mapping[str, Any]:
        """Counts of the tunes, and their fingerprint; empty until a run has finished."""
        return self.runs[0].data if self.runs else {}

    @property
    def baselines(self) -> Baselines | None:
        """Baselines on the validation tunes, if a run has recorded them."""
        return next((run.baselines for run in self.runs if run.baselines), None)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Settings with a finished run, in the order of the plan."""
        return tuple(setting for setting in self.plan.settings if self.of(setting.name))

    def of(self, setting: str) -> tuple[RunResult, ...]:
        """The finished runs of the setting of this name, in the order of the plan's seeds."""
        return tuple(run for run in self.runs if run.setting == setting)


def read_results(folder: Path | str) -> StudyResults:
    """Read the results of a study so far.

    Raises
    ------
    InputError
        If the folder is not a study, a file is damaged, or the runs differ in data or protocol, so that their losses
        may not be compared.
    """
    folder = Path(folder)
    if not (folder / PLAN).is_file():
        raise InputError(f"is not a study: it holds no {PLAN}; tunewright study run makes one", path=folder)
    plan = read_plan(folder / PLAN)
    finished, failed, missing = [], [], []
    place_of = {setting.name: place for place, setting in enumerate(plan.settings)}
    for planned in sorted(plan.runs, key=lambda run: place_of[run.setting]):
        place = folder / RUNS / planned.name
        match read_status(place):
            case {"status": "done"}:
                finished.append(_result(planned, place))
            case {"status": "failed", **about}:
                error = str(about.get("error") or "no reason was recorded")
                failed.append(FailedRun(planned.name, planned.setting, planned.seed, error))
            case {"status": other}:
                raise InputError(f"status is {other!r}; allowed: 'done', 'failed'", path=place / RUN)
            case _:
                missing.append(planned)
    why = reasons_not_comparable({run.name: run for run in finished}) if finished else []
    if why:
        raise InputError(f"its runs may not be compared: {why[0]}", path=folder)
    return StudyResults(folder, plan, tuple(finished), tuple(failed), tuple(missing))


def _result(planned: PlannedRun, folder: Path) -> RunResult:
    run = read_run(folder)
    for name, wanted in {**to_mapping(planned.network), **to_mapping(planned.training)}.items():
        found = run.options.get(name)
        if found != wanted and name not in MAY_CHANGE:
            raise InputError(f"was trained with {name} {found!r}; the plan says {wanted!r}", path=folder)
    recorded = {column.name: getattr(run, column.name) for column in fields(RecordedRun)}
    return RunResult(**recorded, name=planned.name, setting=planned.setting, seed=planned.seed)
