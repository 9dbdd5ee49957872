"""The command `tunewright compare`: trainings side by side, and their loss curves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tunewright.cli.figure_file import figure_form
from tunewright.cli.flags import NamedPath
from tunewright.cli.safe_console import SafeConsole
from tunewright.errors import OptionError
from tunewright.files import write_file

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME_WIDTH, CELL_WIDTH = 50, 14
"""Widths of the columns, in characters, where the output is not a terminal."""


def compare(*runs: str, out: NamedPath | None = None) -> None:
    """Show two or more trainings side by side: options that differ, losses, time.

    Losses are those of each run's best epoch, in nats per character; the lowest of each row has a star. Runs that may
    not be compared, because of other tunes or another protocol, are shown with the reason and without stars.

    Parameters
    ----------
    runs
        Run or checkpoint folders, or names of networks that come with Tunewright.
    out
        Draw the loss curves to this file: .png, .svg or .pdf.
    """
    from tunewright.cli.learning.comparison_table import comparison_table
    from tunewright.report.figures.compare_figure import draw_runs
    from tunewright.study.results.run_record import read_run, reasons_not_comparable

    form = figure_form(out, "--out") if out else ""
    if len(runs) < 2:
        raise OptionError(f"{'1 run' if runs else 'no runs'} to compare; name two or more")
    recorded = {name: read_run(run) for name, run in distinct_names(runs).items()}
    console = SafeConsole(soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, NAME_WIDTH + sum(max(CELL_WIDTH, len(name) + 3) for name in recorded))
    reasons = reasons_not_comparable(recorded)
    for reason in reasons:
        console.print(f"not to be compared: {reason}")
    console.print(comparison_table(recorded, ranked=not reasons))
    if out:
        write_file(out, draw_runs(recorded, form))


def distinct_names(runs: Sequence[str]) -> dict[str, str]:
    """The runs by the names of their folders, or by what was typed if two folders have the same name."""
    places = [os.path.normpath(run) for run in runs]
    if twice := [run for run, place in zip(runs, places, strict=True) if places.count(place) > 1]:
        raise OptionError(f"'{twice[0]}' is named twice")
    short = {Path(place).name: run for run, place in zip(runs, places, strict=True)}
    return short if len(short) == len(runs) else {run: run for run in runs}
