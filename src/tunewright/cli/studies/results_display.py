"""Output of `tunewright study results`: tables of settings, times and trials, answers to the questions, and figures."""

from collections.abc import Callable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tunewright.cli.console import warn
from tunewright.cli.figure_file import FORMATS
from tunewright.cli.safe_console import SafeConsole
from tunewright.errors import MissingExtraError
from tunewright.files import write_file
from tunewright.report.figures.study_figures import draw_question, draw_sizes, draw_speed
from tunewright.study.results.comparisons import METHOD, answer
from tunewright.study.results.measures import MEASURES, TimeToLoss, levels, setting_mean, time_to_loss
from tunewright.study.results.result_tables import trials_table
from tunewright.study.results.study_results import StudyResults

NAME_WIDTH, CELL_WIDTH = 40, 24
"""Widths of the columns, in characters, where the output is not a terminal."""

MEASURED = ("full_tune", "cold_window", "gap", "best_epoch", "rate")
"""Columns of the table of settings, as names in `MEASURES`."""

TRIALS_SHOWN = 5
"""The number of best trials of a search that are shown."""

STACK_TIMES = "not compared: the networks learned in stacks, and their times are those of whole stacks"
"""Printed in place of differences in time."""


def show_results(found: StudyResults) -> None:
    """Print what a study has found so far."""
    console = SafeConsole(soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, NAME_WIDTH + CELL_WIDTH * len(MEASURED))
    total = len(found.plan.runs)
    console.print(f"{found.plan.title}: {len(found.runs)} of {total} runs finished")
    for run in found.failed:
        console.print(f"failed: {run.name}: {run.error}")
    if found.missing:
        console.print(f"{len(found.missing)} still to come")
    if found.plan.search:
        _show_trials(found, console)
    if not found.runs:
        return
    seeds = _seeds(found)
    over = f"means over seeds, ± half of a 95% interval (Student's t; {seeds} seeds)"
    console.print(over if seeds > 1 else "one seed: there are no intervals, and differences may be chance")
    console.print(_settings(found))
    _show_times(found, console)
    _show_answers(found, console)


def _show_trials(found: StudyResults, console: Console) -> None:
    """Print the best trials of a search."""
    content = trials_table(found)
    place = content.columns.index(f"validation_{found.plan.base.training.select_by}_nats")
    best = sorted(content.rows, key=lambda row: float(row[place]))[:TRIALS_SHOWN]
    console.print(f"trials that have ended: {len(content.rows)}; the best of them, losses in nats per character")
    table = _table(*(column.replace("_", " ").removesuffix(" nats") for column in content.columns))
    for row in best:
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row))
    console.print(table)


def _seeds(found: StudyResults) -> int:
    """The number of finished runs of the setting that has most."""
    return max(len(found.of(setting.name)) for setting in found.settings)


def _settings(found: StudyResults) -> Table:
    table = _table(
        "setting", "runs", "parameters", *(f"{MEASURES[name].title} ({MEASURES[name].unit})" for name in MEASURED)
    )
    for setting in found.settings:
        runs = found.of(setting.name)
        means = [setting_mean(found, setting.name, name).in_words(MEASURES[name].places) for name in MEASURED]
        table.add_row(Text(setting.name), str(len(runs)), f"{runs[0].parameters:,}", *means)
    if found.baselines:
        for name, counted in (("n-gram", found.baselines.ngram), ("unigram", found.baselines.unigram)):
            losses = (counted.full_tune, counted.cold_window)
            table.add_row(f"counting ({name})", "", "", *(f"{loss.nats_per_char:.3f}" for loss in losses))
    return table


def _show_times(found: StudyResults, console: Console) -> None:
    """Print how long the settings took to reach certain losses."""
    waited = levels(found)
    if not waited:
        return
    heads = [f"to {level.loss:.3f}, {level.title}" for level in waited]
    table = _table("epochs and seconds of learning, medians", *heads)
    for setting in found.settings:
        times = [time_to_loss(found, setting.name, level.loss) for level in waited]
        table.add_row(Text(setting.name), *map(_time, times))
    console.print(table)


def _time(time: TimeToLoss) -> str:
    runs = len(time.epochs)
    reached = "" if time.reached == runs else f" ({time.reached} of {runs} runs)"
    if time.median_epochs is None or time.median_seconds is None:
        return f"not in {time.most_epochs} epochs{reached if time.reached else ''}"
    return f"{time.median_epochs:g}, {time.median_seconds:.1f} s{reached}"


def _show_answers(found: StudyResults, console: Console) -> None:
    """Print the comparisons of each question."""
    for question in found.plan.questions:
        console.print(question.title, style="bold")
        for measure in (found.protocol, "seconds_per_epoch"):
            given = answer(found, question, measure)
            console.print(f"  {MEASURES[measure].title}")
            if given.lowest and measure == found.protocol:
                console.print(f"    lowest: {given.lowest}, {_loss(found, given.lowest)}")
            for comparison in given.comparisons:
                console.print(f"    {comparison.in_words}")
            if not given.comparisons:
                timeless = MEASURES[measure].by_clock and any(run.stacked for run in found.runs)
                console.print(f"    {STACK_TIMES}" if timeless else "    nothing to compare yet")
    if _seeds(found) > 1:
        console.print(METHOD)


def _loss(found: StudyResults, setting: str) -> str:
    measure = MEASURES[found.protocol]
    return f"{setting_mean(found, setting).in_words(measure.places)} {measure.unit}"


def draw_figures(found: StudyResults, folder: Path) -> list[Path]:
    """Write every figure in every format, or print that matplotlib is missing; returns the files."""
    if not found.runs:
        return []
    answered = {setting.name for setting in found.settings}
    figures: dict[str, Callable[[str], bytes]] = {
        "speed": lambda form: draw_speed(found, form),
        "sizes": lambda form: draw_sizes(found, form),
    }
    for number, question in enumerate(found.plan.questions, 1):
        if answered.intersection(question.settings):
            figures[f"question-{number}"] = lambda form, asked=question: draw_question(found, asked, form)  # type: ignore[misc]
    written = []
    try:
        for name, draw in figures.items():
            for form in FORMATS:
                write_file(folder / f"{name}.{form}", draw(form))
                written.append(folder / f"{name}.{form}")
    except MissingExtraError as error:
        warn(f"no figures drawn: {error}")
    return written


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left")
    return table
