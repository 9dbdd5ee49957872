"""Output of `tunewright study`: a plan with its durations, the progress of a study, and the best trial of a search."""

import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tunewright.cli.console import say
from tunewright.cli.safe_console import SafeConsole
from tunewright.study.plans.plan import Plan, Value, value_words
from tunewright.study.plans.search_space import Range
from tunewright.study.running.duration import Pace, Timing, makespan
from tunewright.study.running.runner import RunState, StudyProgress, in_order
from tunewright.study.running.search import TRIALS, best_trial
from tunewright.training.data import TrainingData

MOST_ROWS = 30
"""With more runs than this, those that are waiting or done are only counted."""
WIDTH = 100
"""Width of the tables, in characters, where the output is not a terminal."""


def show_plan(plan: Plan, data: TrainingData, timings: Mapping[str, Timing], slots: int) -> None:
    """Print questions, settings and durations."""
    console = _console()
    console.print(
        f"{plan.title}: {len(plan.settings)} settings x {len(plan.seeds)} seeds = {len(plan.runs)} runs; "
        f"{len(data.tunes):,} tunes of {data.characters:,} characters, measured on {len(data.validation.tunes):,} more"
    )
    for question in plan.questions:
        varied = "; ".join(f"{name} {', '.join(map(value_words, question.options[name]))}" for name in question.options)
        console.print(f"  {question.title}  {varied}")
    table = Table("setting", box=None, pad_edge=False)
    for heading in ("epochs", "s/epoch", "s/evaluation", "min/run"):
        table.add_column(heading, justify="right")
    for setting in plan.settings:
        timing, epochs = timings[setting.name], setting.training.epochs
        mark = " (baseline)" if setting.name == plan.baseline else ""
        table.add_row(
            setting.name + mark,
            str(epochs),
            f"{timing.learning / epochs:.1f}",
            f"{timing.evaluating / epochs:.1f}",
            f"{timing.seconds / 60:.1f}",
        )
    console.print(table)
    seconds = [timings[run.setting].seconds for run in in_order(plan)]
    if plan.search:
        seconds += [timings[plan.baseline].seconds] * plan.search.trials
        console.print(
            f"{plan.search.trials} trials ({plan.search.sampler}, pruner {plan.search.pruner}) of "
            + "; ".join(f"{name} {_space(space)}" for name, space in plan.search.options.items())
            + ", each assumed to take as long as the baseline"
        )
    console.print(
        f"about {duration(sum(seconds))} of one core; {duration(makespan(seconds, slots))} with {slots} workers, "
        "if each has an idle core and they do not slow one another (estimated from a short trial of each setting)"
    )


def _space(space: Range | tuple[Value, ...]) -> str:
    """The values of an option that are searched, in words."""
    if not isinstance(space, Range):
        return " or ".join(map(value_words, space))
    return f"{value_words(space.low)} to {value_words(space.high)}" + (" (log)" if space.log else "")


def follow(steps: Iterator[StudyProgress], stopped: Sequence[int]) -> list[RunState]:
    """Show a study until it ends or a signal stands in `stopped`; returns the state of every run."""
    console, pace, slots = _console(), Pace(), 1
    states: Mapping[str, RunState] = {}
    summary = ""
    with Live(console=console, refresh_per_second=2) if console.is_terminal else nullcontext() as live:
        for progress in steps:
            pace.update(progress, time.monotonic())
            slots = max(slots, sum(state.state == "running" for state in progress.states.values()))
            left = pace.left(progress, slots)
            if live:
                live.update(table_of(progress, left))
            else:
                _print_changes(console, progress, states, left)
            states, summary = progress.states, _summary(progress, None)
            if stopped:
                console.print("stopping as soon as every run has saved its progress")
                break
        else:
            console.print(summary)
    return list(states.values())


def table_of(progress: StudyProgress, left: float | None) -> Group:
    """A row for every run, or of many runs for those that are running or failed; below it, a summary."""
    table = Table("run", "state", box=None, pad_edge=False)
    for heading in ("epoch", "learned", "validation full/cold", "best"):
        table.add_column(heading, justify="right")
    all_fit = len(progress.states) <= MOST_ROWS
    for name, state in progress.states.items():
        if all_fit or state.state in ("running", "failed"):
            table.add_row(name, state.state, *_figures(state))
    return Group(table, Text(f"losses in nats per character; {_summary(progress, left)}"))


def _figures(state: RunState) -> tuple[str, ...]:
    """Epoch and losses of a run, in nats per character."""
    newest, best, epochs = state.report.record, state.report.best, state.run.training.epochs
    if not newest or not best:
        return (f"0/{epochs}", "", "", "")
    select_by = state.run.training.select_by
    return (
        f"{newest.epoch}/{epochs}",
        f"{newest.training_loss:.3f}",
        f"{newest.validation_full_tune:.3f} / {newest.validation_cold_window:.3f}",
        f"{best.validation(select_by):.3f}",
    )


def _print_changes(
    console: Console, progress: StudyProgress, before: Mapping[str, RunState], left: float | None
) -> None:
    """Print a line for every run that began or ended since `before`."""
    for name in progress.changed:
        state = progress.states[name]
        label = f"{name} ({state.run.setting})" if state.run.part == TRIALS else name
        if name in before and before[name].state == state.state and not state.report.lost:
            continue
        if state.report.error:
            again = "" if state.report.ended else "; tried again"
            console.print(f"{state.state:8} {label}: {state.report.error}{again}")
        elif state.state in ("done", "running", "pruned") and (before or state.state == "running"):
            best = state.report.best
            loss = f": {best.validation(state.run.training.select_by):.3f} in epoch {best.epoch}" if best else ""
            console.print(f"{state.state:8} {label}{loss}  ({_summary(progress, left)})")


def _summary(progress: StudyProgress, left: float | None) -> str:
    counts = Counter[str](state.state for state in progress.states.values())
    counts["waiting"] += progress.undrawn
    states = ("done", "pruned", "running", "waiting", "failed")
    words = ", ".join(f"{counts[state]} {state}" for state in states if counts[state])
    return f"{words}; {duration(left)} left" if left and counts["running"] else words


def show_best_trial(plan: Plan, folder: Path) -> None:
    """Print the best trial of the search in the study `folder`, as options of a plan."""
    best = best_trial(folder)
    if best and plan.search:
        run = best.run
        say(f"best trial: {best.name}, {best.loss:.4f} nats per character ({run.protocol}) in epoch {run.best.epoch}")
        say("\n".join(f"  {name} = {run.options[name]!r}" for name in plan.search.options))


def duration(seconds: float) -> str:
    """A duration in words, with two units at most: ``1 h 5 min``."""
    if seconds < 60:
        return f"{math.ceil(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _console() -> Console:
    console = SafeConsole(soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDTH
    return console
