"""The table that `tunewright neurons` prints: labels and the units that follow them, with their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from tunewright.cli.safe_console import SafeConsole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tunewright.analysis.neuron_analysis import NeuronResults
    from tunewright.analysis.units.claims import UnitFinding

STRONG_AUC, STRONG_R = 0.95, 0.8
"""The least AUC or correlation of a unit that follows a label closely."""
WIDTH, COLUMN = 110, 16
"""Width of the table, and of each column more, in characters, where the output is not a terminal."""


def show(found: NeuronResults, *, by_unit: bool) -> None:
    """Print a table: for each label the best unit or, if `by_unit`, for each unit the labels that it follows."""
    console = SafeConsole()
    if not console.is_terminal:
        console.width = WIDTH + COLUMN * len(found.others)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("label", "unit", "", "held out", "same character", "corrected p", "untrained", *found.others):
        table.add_column(title, justify="left" if title in ("label", "") else "right")
    floor = {finding.label: _value(finding.held_out_value) for finding in reversed(found.untrained.findings)}
    beside = [{each.label: _value(each.held_out_value) for each in other} for other in found.others.values()]
    for finding in found.reported.findings if by_unit else found.reported.best_of_label().values():
        table.add_row(*_cells(finding), *(some.get(finding.label, "-") for some in (floor, *beside)))
    console.print(table)
    console.print(
        "held out: AUC (0.5 is chance), or r, on tunes not used to choose; same character: the same between places "
        "with one character; * confirmed",
        soft_wrap=True,
    )
    for name, each in (("the network", found.study), ("an untrained one", found.untrained)):
        units = {(finding.layer, finding.unit) for finding in each.findings if _is_strong(finding)}
        console.print(
            f"{name}: {len(units)} units with a confirmed label at AUC {STRONG_AUC} or |r| {STRONG_R} and above",
            soft_wrap=True,
        )


def _cells(finding: UnitFinding) -> Iterator[str]:
    yield finding.label
    yield str(finding.unit) if finding.layer == 0 else f"{finding.unit} of layer {finding.layer}"
    yield finding.direction
    yield f"{_value(finding.held_out_value)} {'*' if finding.confirmed else ' '}"
    yield _value(finding.same_character_value)
    yield f"{finding.p_corrected:.1g}"


def _value(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _is_strong(finding: UnitFinding) -> bool:
    least = STRONG_R if finding.statistic == "r" else STRONG_AUC
    return finding.confirmed and abs(finding.held_out_value or 0.0) >= least
