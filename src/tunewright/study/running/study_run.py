"""A study as a library call: `run_study`, and the run that it returns.

A run is an iterator of `StudyProgress`, several times a second. Closing it saves every training, so that nothing is
lost, and the same call goes on with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tunewright.cores import cores
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.errors import OptionError
from tunewright.options import require_whole
from tunewright.study.plans.plan import Plan, read_plan
from tunewright.study.results.study_results import StudyResults, read_results
from tunewright.study.running.perform import StudyData
from tunewright.study.running.runner import Executor, StudyProgress, study_steps
from tunewright.training.config import MOST_THREADS
from tunewright.training.data import TrainingData

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tunewright.study.running.study_folder import StudyFolder

    MakeExecutor = Callable[[StudyFolder, StudyData], Executor]

ExecutorName = Literal["local", "stacked", "ray"]


class StudyRun(Iterator[StudyProgress]):
    """A study under way, as `run_study` returns it."""

    def __init__(self, plan: Plan, data: StudyData, out: Path, executor: MakeExecutor) -> None:
        self.plan, self.folder = plan, out
        self._steps = study_steps(plan, data, out, executor)

    def __next__(self) -> StudyProgress:
        return next(self._steps)

    def close(self) -> None:
        """Stop and save every training; the same call goes on."""
        self._steps.close()

    def finish(self) -> StudyResults:
        """Train all that is missing; returns what the study has found."""
        for _ in self:
            pass
        return read_results(self.folder)

    def __enter__(self) -> StudyRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def run_study(
    plan: Plan | Path | str,
    out: Path | str,
    *,
    data: StudyData | None = None,
    executor: ExecutorName | None = None,
    workers: int = 0,
    address: str | None = None,
) -> StudyRun:
    """Train what is missing of a study.

    Processes that are started anew read the calling program again: call this below ``if __name__ == "__main__":``.

    Parameters
    ----------
    plan
        What is asked, or the TOML file that says it.
    out
        The folder of the study.
    data
        The tunes; without it, those that the plan names.
    executor
        ``local`` trains each run by itself, ``stacked`` many as one stack, ``ray`` on a cluster. Without it they are
        stacked if there is a GPU for them and `workers` is 0, and otherwise local.
    workers
        How many trainings run at once; 0 takes one for each core of the machine or the cluster, 64 if they are stacked.
    address
        Of the cluster; without it, the one that RAY_ADDRESS names, or else one of this machine alone.

    Raises
    ------
    OptionError
        For a plan that cannot be used, or one for other tunes.
    CorpusError
        If a source does not exist or holds no tune.
    OutputError
        If another runner is at work in `out`, or if it holds anything but this study.
    """
    require_whole("workers", workers, 0, MOST_THREADS)
    if address and executor != "ray":
        raise OptionError(f"the address {address} goes with the executor ray")
    asked = plan if isinstance(plan, Plan) else read_plan(Path(plan))
    return StudyRun(asked, data or data_of(asked), Path(out), make_executor(asked, executor, workers, address))


def data_of(plan: Plan) -> StudyData:
    """The tunes that `plan` names."""
    sources = {"training_sources": list(plan.data), "validation_sources": list(plan.validation)}
    if corpus := built_corpus(plan.data):
        return StudyData(TrainingData.built(corpus), sources)
    held_out = read_tunes(*plan.validation, keep_duplicates=True) if plan.validation else ()
    return StudyData(TrainingData.of(read_tunes(*plan.data), held_out), sources)


def make_executor(plan: Plan, name: ExecutorName | None, workers: int, address: str | None = None) -> MakeExecutor:
    """What trains the runs of `plan`; see `run_study`."""
    if name == "ray":
        from tunewright.study.running.cluster import ClusterExecutor

        return lambda study, material: ClusterExecutor(study, material, workers, address)
    from tunewright.study.running.together import StackedExecutor, can_stack

    if name == "stacked" or (name is None and not workers and can_stack(plan.runs)):
        return lambda study, material: StackedExecutor(study, material, workers)
    from tunewright.study.running.local import LocalExecutor

    return lambda study, material: LocalExecutor(study, material, workers or cores())
