"""The commands `tunewright study show` and `tunewright study run`."""

from contextlib import closing
from typing import Annotated, Literal

from cyclopts import App, Parameter

from tunewright.cli.console import say, warn
from tunewright.cli.ending import FINDINGS, INTERRUPTED, stop_on_signal
from tunewright.cli.examples import epilogue
from tunewright.cli.flags import NamedPath, Whole
from tunewright.cli.progress import progress_bar
from tunewright.errors import OptionError
from tunewright.options import require_whole
from tunewright.training.config import MOST_THREADS

app = App(
    name="study",
    help="Train many networks as a plan says.",
    help_epilogue=epilogue("study"),
    default_parameter=Parameter(negative=()),
)
app.command(
    "tunewright.cli.studies.results:results",
    name="results",
    help="Say what a study shows; write its tables.",
    help_epilogue=epilogue("study results"),
)

Sources = Annotated[list[str] | None, Parameter(consume_multiple=True)]


@app.command(help_epilogue=epilogue("study show"))
def show(plan: NamedPath, *, data: Sources = None, validation: Sources = None, workers: Whole = 0) -> None:
    """Show what a plan asks, how many trainings answer it, and how long they take on this machine.

    Every setting is tried for a moment, on one core.

    Parameters
    ----------
    plan
        A TOML file.
    data
        Tunes to learn from, in place of those that the plan names.
    validation
        Tunes to measure on; without them, and if --data is given, a tenth of the tunes is kept back.
    workers
        How many trainings run at once; 0 takes one for each processor core.
    """
    from tunewright.cli.studies.study_display import show_plan
    from tunewright.cli.studies.study_setup import plan_with_data, slots_of
    from tunewright.study.running.duration import time_settings

    require_whole("workers", workers, 0, MOST_THREADS)
    asked, shared = plan_with_data(plan, data, validation)
    timings = {}
    with progress_bar() as bar:
        for timing in time_settings(asked, shared.data):
            timings[timing.setting] = timing
            bar(f"trying {timing.setting}", len(timings) / len(asked.settings))
    show_plan(asked, shared.data, timings, slots_of(workers))


@app.command(help_epilogue=epilogue("study run"))
def run(
    plan: NamedPath,
    *,
    out: NamedPath,
    data: Sources = None,
    validation: Sources = None,
    workers: Whole = 0,
    executor: Literal["local", "stacked", "ray"] | None = None,
    address: str | None = None,
) -> int:
    """Train what is missing of a study.

    Finished runs are kept; interrupted ones go on where they stopped, and end as if they had never been interrupted.

    Parameters
    ----------
    plan
        A TOML file.
    out
        The folder of the study.
    data
        Tunes to learn from, in place of those that the plan names.
    validation
        Tunes to measure on; without them, and if --data is given, a tenth of the tunes is kept back.
    workers
        How many trainings run at once, each on one core; 0 takes one for each core of the machine or the cluster, 64
        if they are stacked.
    executor
        Train on this machine, each by itself or many as one stack, or on a Ray cluster. Without it they are stacked if
        there is a GPU for them and --workers is not given, and otherwise local.
    address
        Address of the cluster; without it, that in RAY_ADDRESS, or else a new cluster of this machine alone.
    """
    from tunewright.cli.studies.study_display import follow, show_best_trial
    from tunewright.cli.studies.study_setup import plan_with_data
    from tunewright.study.running.study_run import run_study
    from tunewright.study.running.together import can_stack, explain_unstacked

    require_whole("workers", workers, 0, MOST_THREADS)
    if address and executor != "ray":
        raise OptionError(f"--address {address} needs --executor ray")
    asked, shared = plan_with_data(plan, data, validation)
    if executor == "stacked" or (executor is None and not workers and can_stack(asked.runs)):
        executor = "stacked"
        for line in explain_unstacked(asked.runs):
            say(line)
    steps = run_study(asked, out, data=shared, executor=executor, workers=workers, address=address)
    with stop_on_signal() as stopped, closing(steps):
        states = follow(steps, stopped)
    if any(state.state in ("waiting", "running") for state in states):
        say("stopped and saved; the same command goes on")
        return INTERRUPTED
    if asked.search:
        show_best_trial(asked, out)
    failed = [state for state in states if state.state == "failed"]
    for state in failed:
        warn(f"failed: {state.run.name}: {state.report.error}")
    if failed:
        warn(f"{len(failed)} of {len(states)} runs failed; the same command tries them again")
    return FINDINGS if failed else 0
