"""Tables and JSON of `tunewright musicality`: overlap, distance and mean of each feature for each set of tunes."""

import json
from collections.abc import Iterator, Mapping

from rich import box
from rich.table import Table
from rich.text import Text

from tunewright.analysis.musicality.distributions import Estimate
from tunewright.analysis.musicality.musicality_study import Musicality
from tunewright.cli.console import say
from tunewright.cli.safe_console import SafeConsole

FEW_TUNES = 50
"""With fewer composed tunes, intervals are so wide that the figures say little."""

NAME_WIDTH, CELL_WIDTH = 22, 20
"""Widths of the columns, in characters, where the output is not a terminal."""


def print_json(found: Mapping[str, Musicality], unread: Mapping[str, int]) -> None:
    """Print all figures and distributions of each set; `unread` counts what could not be read as a tune."""
    sets = [{"name": name, "unread": unread[name], **result.to_mapping()} for name, result in found.items()]
    say(json.dumps(sets, indent=2))


def print_tables(found: Mapping[str, Musicality], unread: Mapping[str, int]) -> None:
    """Print a line for the corpus and each set, then the tables; `unread` counts what could not be read as a tune."""
    console = SafeConsole()
    if not console.is_terminal:
        console.width = max(console.width, NAME_WIDTH + CELL_WIDTH * (2 + 2 * len(found)))
    first = next(iter(found.values()))
    console.print(f"corpus: {first.reference_tunes:,} tunes, {first.reference_without_notes:,} more without a note")
    for name, result in found.items():
        left_out = f"{result.composed_without_notes:,} more without a note, {unread[name]:,} more that cannot be read"
        few = "; few, so that the figures say little" if result.composed_tunes < FEW_TUNES else ""
        console.print(f"{name}: {result.composed_tunes:,} tunes, {left_out}{few}")
    console.print(_overlaps(found), _distances(found), _means(found))


def _overlaps(found: Mapping[str, Musicality]) -> Table:
    table = _table("overlap with the corpus")
    columns: list[list[str]] = []
    for name, result in _columns(found):
        held_out = name is None
        table.add_column(f"{result.held_out:,} held out" if name is None else Text(name))
        rows = [row.overlap_ceiling if held_out else row.overlap for row in result.features]
        equal = [not held_out and row.as_near_as_held_out for row in result.features]
        mean = result.mean_overlap_ceiling if held_out else result.mean_overlap
        columns.append([*map(_cell, rows, equal), _number(mean)])
    names = [*(row.name for row in next(iter(found.values())).features), "mean of all"]
    for row in zip(names, *columns, strict=True):
        table.add_row(*row, end_section=row[0] == names[-2])
    return table


def _distances(found: Mapping[str, Musicality]) -> Table:
    table = _table("distance from the corpus")
    columns: list[list[str]] = []
    for name, result in _columns(found):
        table.add_column(f"{result.held_out:,} held out" if name is None else Text(name))
        columns.append([_cell(row.distance_ceiling if name is None else row.distance) for row in result.features])
    table.add_column("unit")
    for row, *cells in zip(next(iter(found.values())).features, *columns, strict=True):
        table.add_row(row.name, *cells, row.distance_unit)
    return table


def _columns(found: Mapping[str, Musicality]) -> Iterator[tuple[str | None, Musicality]]:
    """Each set with its name, after the held-out column (None) that it is measured by; equal ones stand once."""
    size = None
    for name, result in found.items():
        if result.held_out != size:
            yield None, result
        yield name, result
        size = result.held_out


def _means(found: Mapping[str, Musicality]) -> Table:
    table = _table("mean")
    for name in ("corpus", *found):
        table.add_column(Text(name))
    table.add_column("unit")
    for rows in zip(*(result.features for result in found.values()), strict=True):
        if rows[0].kind != "categorical":
            means = [rows[0].reference_mean, *(row.composed_mean for row in rows)]
            table.add_row(rows[0].name, *map(_number, means), rows[0].unit)
    return table


def _table(title: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(title)
    return table


def _cell(estimate: Estimate | None, equal: bool = False) -> str:
    if estimate is None:
        return "-"
    return f"{_number(estimate.value)} ({_number(estimate.low)}-{_number(estimate.high)}){' =' if equal else ''}"


def _number(value: float | None) -> str:
    """A number with three decimals below 10, else with four significant digits."""
    if value is None:
        return "-"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}"
