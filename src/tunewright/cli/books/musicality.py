"""The command `tunewright musicality`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tunewright.cli.figure_file import figure_form
from tunewright.errors import CorpusError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tunewright.analysis.musicality.distributions import Estimate
    from tunewright.analysis.musicality.musicality_study import Musicality
    from tunewright.analysis.musicality.paired_sets import TuneSet

FEW_TUNES = 50
"""With fewer composed tunes, intervals are so wide that the figures say little."""

NAME_WIDTH, CELL_WIDTH = 22, 20
"""Characters of the columns of a table that no terminal bounds."""


def musicality(
    *files: str,
    corpus: Annotated[list[str], Parameter(consume_multiple=True)],
    json: bool = False,
    figure: Path | None = None,
) -> None:
    """Show how near composed tunes are to a corpus as music: pitches, intervals, rhythms, form, length.

    Each file or folder is a set of tunes of its own; the sets stand side by side. Overlap is 1 where a set has the
    distribution of the corpus, 0 where they have nothing in common; a distance is 0 where they are equal. In brackets
    stand bootstrap intervals of confidence .95. The column "held out" is what as many tunes of the corpus itself reach
    against the rest of it; "=" marks sets that are as near.

    Parameters
    ----------
    files
        Files or folders of composed tunes, each one set.
    corpus
        Files or folders of tunes, or the names of corpora on this machine (oneills, ryans).
    json
        Print JSON, with the distributions.
    figure
        Draw the distributions to this file: .png, .svg or .pdf.
    """
    from tunewright.analysis.musicality.musicality_study import compare_sets, measure_tunes
    from tunewright.cli.sources import read_sources

    form = figure_form(figure, "--figure") if figure else ""
    if not files:
        raise CorpusError("no composed tunes; name files or folders of them")
    reference = measure_tunes([tune.text for tune in read_sources(*corpus)])
    composed = {name: _read_set(source) for name, source in _names(files).items()}
    for name, (tunes, _) in {" ".join(corpus): (reference, 0), **composed}.items():
        if not tunes.profiles:
            raise CorpusError("no tune here holds a note", path=name)
    found = {name: compare_sets(reference, tunes) for name, (tunes, _) in composed.items()}
    if figure is not None:
        _draw(found, figure, form, " ".join(map(_short, corpus)))
    (_print_json if json else _print_tables)(found, {name: unread for name, (_, unread) in composed.items()})


def _names(files: Sequence[str]) -> dict[str, str]:
    """The sets by short names, or by the names that were given where short ones would be alike."""
    twice = [file for file in files if files.count(file) > 1]
    if twice:
        raise OptionError(f"'{twice[0]}' is named twice; each file or folder is a set of its own")
    short = {_short(file): file for file in files}
    return short if len(short) == len(files) else {file: file for file in files}


def _short(source: str) -> str:
    return Path(source).stem or source


def _read_set(source: str) -> tuple[TuneSet, int]:
    """The features of one set, and how much of it could not be read as a tune."""
    from tunewright.analysis.musicality.musicality_study import measure_tunes
    from tunewright.corpus.readers import read_tunes

    reading = read_tunes(source, keep_duplicates=True)
    return measure_tunes([tune.text for tune in reading]), len(reading.failures)


def _draw(found: Mapping[str, Musicality], figure: Path, form: str, corpus: str) -> None:
    from tunewright.files import write_file
    from tunewright.report.figures.musicality_figure import draw_musicality

    write_file(figure, draw_musicality(found, form, corpus=corpus))


def _print_json(found: Mapping[str, Musicality], unread: Mapping[str, int]) -> None:
    import json

    sets = [{"name": name, "unread": unread[name], **result.to_mapping()} for name, result in found.items()]
    print(json.dumps(sets, indent=2))


def _print_tables(found: Mapping[str, Musicality], unread: Mapping[str, int]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, NAME_WIDTH + CELL_WIDTH * (2 + 2 * len(found)))
    first = next(iter(found.values()))
    console.print(f"corpus: {first.reference_tunes:,} tunes, {first.reference_without_notes:,} more without a note")
    for name, result in found.items():
        left_out = f"{result.composed_without_notes:,} more without a note, {unread[name]:,} more that cannot be read"
        few = "; few, so that the figures say little" if result.composed_tunes < FEW_TUNES else ""
        console.print(f"{name}: {result.composed_tunes:,} tunes, {left_out}{few}", markup=False)
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
    """Each set by its name; before it, by None, its ceiling, unless that is the one of the set before."""
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
    """Three places for what is below 10, else four figures."""
    if value is None:
        return "-"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}"
