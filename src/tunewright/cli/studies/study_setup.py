"""What `tunewright study` prepares: the plan with its data, and the number of trainings at once."""

from collections.abc import Sequence
from pathlib import Path

from tunewright.cli.learning_sources import training_data
from tunewright.cli.sources import recorded
from tunewright.cores import cores
from tunewright.study.plans.plan import Plan, read_plan
from tunewright.study.running.perform import StudyData


def plan_with_data(path: Path, data: Sequence[str] | None, validation: Sequence[str] | None) -> tuple[Plan, StudyData]:
    """The plan, with `data` and `validation` in place of its own if they are given, and the tunes that they name."""
    plan = read_plan(path).with_data(recorded(data or ()), recorded(validation or ()))
    sources = {"training_sources": list(plan.data), "validation_sources": list(plan.validation)}
    return plan, StudyData(training_data(plan.data, plan.validation), sources)


def slots_of(workers: int) -> int:
    """The number of trainings at once: `workers`, or the number of processor cores if that is 0."""
    return workers or cores()
