"""The parts of a study that `tunewright study` prepares: the plan with its data, and the executor of its runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tunewright.cli.learning_sources import training_data
from tunewright.cli.sources import recorded
from tunewright.cores import cores
from tunewright.study.plans.plan import Plan, read_plan
from tunewright.study.running.cluster import ClusterExecutor
from tunewright.study.running.local import LocalExecutor
from tunewright.study.running.perform import StudyData
from tunewright.study.running.runner import Executor
from tunewright.study.running.study_folder import StudyFolder
from tunewright.study.running.together import StackedExecutor, can_stack, explain_unstacked


def plan_with_data(path: Path, data: Sequence[str] | None, validation: Sequence[str] | None) -> tuple[Plan, StudyData]:
    """The plan, with `data` and `validation` in place of its own if they are given, and the tunes that they name."""
    plan = read_plan(path).with_data(recorded(data or ()), recorded(validation or ()))
    sources = {"training_sources": list(plan.data), "validation_sources": list(plan.validation)}
    return plan, StudyData(training_data(plan.data, plan.validation), sources)


def choose_executor(
    plan: Plan, name: str | None, workers: int, address: str | None
) -> Callable[[StudyFolder, StudyData], Executor]:
    """The executor `name`; without a name, the stacked one if a GPU can train these runs at once, else the local one.

    Parameters
    ----------
    plan
        The study.
    name
        ``local``, ``stacked``, ``ray`` or None.
    workers
        How many trainings run at once; 0 leaves it to the executor.
    address
        Address of a Ray cluster.
    """
    if name == "ray":
        return lambda study, shared: ClusterExecutor(study, shared, workers, address)
    if name == "stacked" or (name is None and not workers and can_stack(plan.runs)):
        for line in explain_unstacked(plan.runs):
            print(line)
        return lambda study, shared: StackedExecutor(study, shared, workers)
    return lambda study, shared: LocalExecutor(study, shared, slots_of(workers))


def slots_of(workers: int) -> int:
    """The number of trainings at once: `workers`, or the number of processor cores if that is 0."""
    return workers or cores()
