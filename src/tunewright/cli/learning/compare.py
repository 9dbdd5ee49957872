"""The command `tunewright compare`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tunewright.cli.figure_file import figure_form
from tunewright.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tunewright.study.results.run_record import RecordedRun

NAME_WIDTH, CELL_WIDTH = 50, 14
"""Characters of the columns of a table that no terminal bounds."""

NOT_RECORDED = "-"


def compare(*runs: str, out: Path | None = None) -> None:
    """Show two or more trainings side by side: options that differ, losses, time.

    Losses are those of each run's best epoch, in nats per character; the lowest of each row has a star. Runs of other
    tunes, or whose best epochs are chosen by other protocols, are shown as well, with a word about it.

    Parameters
    ----------
    runs
        Run or checkpoint folders, or networks that come along, by name.
    out
        Draw the loss curves to this file: .png, .svg or .pdf.
    """
    from tunewright.study.results.run_record import read_run, unlike

    form = figure_form(out, "--out") if out else ""
    if len(runs) < 2:
        raise OptionError(f"{'1 run' if runs else 'no runs'} to compare; name two or more")
    recorded = {name: read_run(run) for name, run in short_names(runs).items()}
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, NAME_WIDTH + sum(max(CELL_WIDTH, len(name) + 3) for name in recorded))
    reasons = unlike(recorded)
    for reason in reasons:
        console.print(f"not to be compared: {reason}", markup=False)
    console.print(table_of(recorded, ranked=not reasons))
    if out:
        from tunewright.files import write_file
        from tunewright.report.figures.compare_figure import draw_runs

        write_file(out, draw_runs(recorded, form))


def short_names(runs: Sequence[str]) -> dict[str, str]:
    """The runs by the names of their folders, or by what was typed where two folders have the same name."""
    places = [os.path.normpath(run) for run in runs]
    if twice := [run for run, place in zip(runs, places, strict=True) if places.count(place) > 1]:
        raise OptionError(f"'{twice[0]}' is named twice")
    short = {Path(place).name: run for run, place in zip(runs, places, strict=True)}
    return short if len(short) == len(runs) else {run: run for run in runs}


def table_of(runs: Mapping[str, RecordedRun], *, ranked: bool) -> Table:
    """All that is compared, a column for each run; stars mark the lowest losses if they are `ranked`."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in runs:
        table.add_column(Text(name), justify="right", overflow="fold")
    _add(table, _options(runs), "options that differ")
    _add(table, _losses(runs, ranked), "losses of the best epoch (nats per character)")
    _add(table, _time(runs), "size and time")
    return table


def _add(table: Table, rows: Mapping[str, Sequence[str]], title: str) -> None:
    table.add_row(Text(title, "bold"))
    for name, cells in rows.items():
        table.add_row(Text(f"  {name}"), *map(Text, cells))
    if not rows:
        table.add_row("  none")
    table.add_section()


def _options(runs: Mapping[str, RecordedRun]) -> dict[str, list[str]]:
    names = {name: None for run in runs.values() for name in run.options}
    cells = {name: [_option(run.options.get(name)) for run in runs.values()] for name in names}
    return {name.replace("_", " "): row for name, row in cells.items() if len(set(row)) > 1}


def _option(value: Any) -> str:
    return NOT_RECORDED if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _losses(runs: Mapping[str, RecordedRun], ranked: bool) -> dict[str, list[str]]:
    from tunewright.study.results.measures import MEASURES

    rows = {}
    for name in ("full_tune", "cold_window", "training_full_tune", "training_cold_window"):
        measure = MEASURES[name]
        losses = [measure.of(run) for run in runs.values()]
        stars = [" *" if ranked and loss == min(losses) else "  " for loss in losses]
        title = measure.title.replace(" loss", "")
        rows[title] = [f"{loss:.{measure.places}f}{star}" for loss, star in zip(losses, stars, strict=True)]
    for protocol, words in (("full_tune", "whole tunes"), ("cold_window", "cold windows")):
        rows[f"counting (n-gram), {words}"] = [_counting(run, protocol) for run in runs.values()]
    return rows


def _counting(run: RecordedRun, protocol: str) -> str:
    known = run.baselines and f"{getattr(run.baselines.ngram, protocol).nats_per_char:.3f}"
    return f"{known or NOT_RECORDED}  "


def _time(runs: Mapping[str, RecordedRun]) -> dict[str, list[str]]:
    of = list(runs.values())
    return {
        "parameters": [f"{run.parameters:,}" for run in of],
        "best epoch, of": [f"{run.best.epoch}, {run.history[-1].epoch}" for run in of],
        "best epoch chosen by": [run.protocol for run in of],
        "learning time (s)": [f"{run.seconds:,.1f}" for run in of],
        "characters/s": [f"{run.rate:,.0f}" for run in of],
    }
