"""The command `tunewright study results`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tunewright.cli.figure_file import FORMATS
from tunewright.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tunewright.study.results.measures import TimeToLoss
    from tunewright.study.results.study_results import StudyResults

NAME_WIDTH, CELL_WIDTH = 40, 24
"""Characters of the columns of a table that no terminal bounds."""

MEASURED = ("full_tune", "cold_window", "gap", "best_epoch", "rate")
"""What stands in the table of settings."""

TRIALS_SHOWN = 5
"""Of a search."""

STACK_TIMES = "not compared: the networks learned in stacks, and their times are those of whole stacks"
"""Said in place of differences in time."""


def results(folder: Path, *, out: Path | None = None) -> None:
    """Say what a study shows: means with intervals, an answer to each question; write tables and figures.

    Losses are those of each run's best epoch, in nats per character.

    Parameters
    ----------
    folder
        The folder of the study; it may be under way.
    out
        Where to write tables (.csv) and figures (.pdf, .svg, .png); the folder "results" of the study if left out.
    """
    from tunewright.study.results.result_tables import write_tables
    from tunewright.study.results.study_results import read_results

    found = read_results(folder)
    show_results(found)
    place = out or folder / "results"
    written = [*write_tables(found, place), *_draw(found, place)]
    print(f"{len(written)} files of tables and figures in {place}")


def show_results(found: StudyResults) -> None:
    """Print what a study has found so far."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, NAME_WIDTH + CELL_WIDTH * len(MEASURED))
    total = len(found.plan.runs)
    console.print(f"{found.plan.title}: {len(found.runs)} of {total} runs finished", markup=False)
    for run in found.failed:
        console.print(f"failed: {run.name}: {run.error}", markup=False)
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
    from tunewright.study.results.result_tables import trials_table

    content = trials_table(found)
    place = content.columns.index(f"validation_{found.plan.base.training.select_by}_nats")
    best = sorted(content.rows, key=lambda row: float(row[place]))[:TRIALS_SHOWN]
    console.print(f"trials that have ended: {len(content.rows)}; the best of them, losses in nats per character")
    table = _table(*(column.replace("_", " ").removesuffix(" nats") for column in content.columns))
    for row in best:
        table.add_row(*(f"{value:.4g}" if isinstance(value, float) else str(value) for value in row))
    console.print(table)


def _seeds(found: StudyResults) -> int:
    """How many have finished, of the setting that is farthest."""
    return max(len(found.of(setting.name)) for setting in found.settings)


def _settings(found: StudyResults) -> Table:
    from tunewright.study.results.measures import MEASURES, setting_mean

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
    """Print when losses were reached."""
    from tunewright.study.results.measures import levels, time_to_loss

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
    from tunewright.study.results.comparisons import METHOD, answer
    from tunewright.study.results.measures import MEASURES

    for question in found.plan.questions:
        console.print(question.title, style="bold", markup=False)
        for measure in (found.protocol, "seconds_per_epoch"):
            given = answer(found, question, measure)
            console.print(f"  {MEASURES[measure].title}", markup=False)
            if given.lowest and measure == found.protocol:
                console.print(f"    lowest: {given.lowest}, {_loss(found, given.lowest)}", markup=False)
            for comparison in given.comparisons:
                console.print(f"    {comparison.in_words}", markup=False)
            if not given.comparisons:
                timeless = MEASURES[measure].by_clock and any(run.stacked for run in found.runs)
                console.print(f"    {STACK_TIMES}" if timeless else "    nothing to compare yet")
    if _seeds(found) > 1:
        console.print(METHOD)


def _loss(found: StudyResults, setting: str) -> str:
    from tunewright.study.results.measures import MEASURES, setting_mean

    measure = MEASURES[found.protocol]
    return f"{setting_mean(found, setting).in_words(measure.places)} {measure.unit}"


def _draw(found: StudyResults, folder: Path) -> list[Path]:
    """Write every figure in every format; without matplotlib, say so."""
    if not found.runs:
        return []
    from tunewright.files import write_file
    from tunewright.report.figures.study_figures import draw_question, draw_sizes, draw_speed

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
        print(f"no figures drawn: {error}", file=sys.stderr)
    return written


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left")
    return table
