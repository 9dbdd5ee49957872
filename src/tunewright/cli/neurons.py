"""The command `tunewright neurons`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tunewright.analysis.neuron_counterparts import Counterpart
    from tunewright.analysis.neuron_findings import Finding
    from tunewright.analysis.neurons import NeuronStudy

STRONG_AUC, STRONG_R = 0.95, 0.8
"""From which on a unit counts as following a label closely."""
WIDTH, COLUMN = 110, 16
"""Characters of a table that no terminal bounds, and of each column more."""


def neurons(
    model: Path,
    *,
    data: Annotated[list[str], Parameter(consume_multiple=True)],
    out: Path,
    held_out: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    tune: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    unit: Annotated[list[int] | None, Parameter(consume_multiple=True)] = None,
    against: Annotated[list[Path] | None, Parameter(consume_multiple=True)] = None,
    quantity: str = "h",
    characters: int = 100_000,
    force: bool = False,
) -> None:
    """Show what the units of a network follow: header, bar lines, pitch and many more, each by evidence.

    For each unit the labels that it follows best are chosen on one half of the tunes and measured again on the other.
    An untrained network of the same shape goes through the same procedure and stands beside it.

    Parameters
    ----------
    model
        A run or checkpoint folder.
    data
        Files or folders of tunes, or names of corpora on this machine (oneills, ryans).
    out
        Folder for neurons.json and the other files.
    held_out
        Tunes to confirm on, instead of a half of --data.
    tune
        Files of tunes, composed ones for instance; what the units do on them goes to tunes.json.
    unit
        Tell only of these units, counted from 0.
    against
        Other models: has each of them a unit for the same thing?
    quantity
        What of each unit: h, its output; c, input, forget, candidate or output of an LSTM; reset, update or candidate
        of a GRU.
    characters
        Most characters of tunes to choose by, and of tunes to confirm on; of more, tunes are taken evenly.
    force
        Write into a folder that holds something already.
    """
    from tunewright.analysis.neuron_counterparts import counterparts, untrained_like
    from tunewright.analysis.neuron_files import TUNES, study_files, tunes_file
    from tunewright.analysis.neuron_samples import Sides
    from tunewright.analysis.neurons import NeuronConfig, study_neurons
    from tunewright.cli.progress import progress_bar
    from tunewright.cli.sources import read_sources
    from tunewright.files import claim_folder, write_file
    from tunewright.model.checkpoint import read_checkpoint

    checkpoint = read_checkpoint(model)
    others = {str(path): read_checkpoint(path) for path in against or ()}
    config = NeuronConfig(quantity=quantity)
    shown = read_sources(*tune, keep_duplicates=True) if tune else ()
    tunes = read_sources(*data)
    confirming = read_sources(*held_out) if held_out else None
    claim_folder(out, force=force)
    with progress_bar() as tell:
        tell("labelling tunes", 0.0)
        sides = Sides.of(checkpoint, tunes, confirming, characters)
        study = study_neurons(
            checkpoint, sides, config, units=unit, progress=lambda doing, share: tell(doing, share / 2)
        )
        units = [(report.layer, report.unit) for report in study.units]
        content = {TUNES: tunes_file(checkpoint, shown, units, quantity)} if shown else {}
        untrained = study_neurons(
            untrained_like(checkpoint),
            sides,
            config,
            progress=lambda doing, share: tell(f"untrained network: {doing}", 0.5 + share / 2),
        )
        found = {name: tuple(counterparts(each, sides, quantity)) for name, each in others.items()}
    for name, text in (study_files(study, untrained, found) | content).items():
        write_file(out / name, text)
    show(study, untrained, found, by_unit=unit is not None)


def show(
    study: NeuronStudy, untrained: NeuronStudy, others: Mapping[str, Sequence[Counterpart]], *, by_unit: bool
) -> None:
    """Print a table: of each label the unit that follows it best, or of each unit the labels that it follows."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH + COLUMN * len(others)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("label", "unit", "", "held out", "same character", "corrected p", "untrained", *others):
        table.add_column(title, justify="left" if title in ("label", "") else "right")
    floor = {finding.label: _value(finding.held_out_value) for finding in reversed(untrained.findings)}
    beside = [{each.label: _value(each.held_out_value) for each in found} for found in others.values()]
    for finding in study.findings if by_unit else study.best_of_label().values():
        table.add_row(*_cells(finding), *(found.get(finding.label, "-") for found in (floor, *beside)))
    console.print(table)
    console.print(
        "held out: AUC (0.5 says nothing), or r, on tunes not used to choose; same character: the same between places "
        "with one character; * confirmed",
        soft_wrap=True,
    )
    for name, each in (("the network", study), ("an untrained one", untrained)):
        units = {(finding.layer, finding.unit) for finding in each.findings if _is_strong(finding)}
        console.print(
            f"{name}: {len(units)} units with a confirmed label at AUC {STRONG_AUC} or |r| {STRONG_R} and above",
            soft_wrap=True,
        )


def _cells(finding: Finding) -> Iterator[str]:
    yield finding.label
    yield str(finding.unit) if finding.layer == 0 else f"{finding.unit} of layer {finding.layer}"
    yield finding.direction
    yield f"{_value(finding.held_out_value)} {'*' if finding.confirmed else ' '}"
    yield _value(finding.same_character_value)
    yield f"{finding.p_corrected:.1g}"


def _value(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _is_strong(finding: Finding) -> bool:
    least = STRONG_R if finding.statistic == "r" else STRONG_AUC
    return finding.confirmed and abs(finding.held_out_value or 0.0) >= least
