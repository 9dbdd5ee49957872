"""The table of `tunewright compare`: options that differ, losses of the best epoch, size and time of each run."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from tunewright.study.results.measures import MEASURES
from tunewright.study.results.run_record import RecordedRun

NOT_RECORDED = "-"


def comparison_table(runs: Mapping[str, RecordedRun], *, ranked: bool) -> Table:
    """The table, a column for each run; stars mark the lowest losses if the runs are `ranked`."""
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
