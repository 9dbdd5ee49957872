"""The command `tunewright musicality`: musical features of composed tunes beside those of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tunewright.cli.figure_file import figure_form
from tunewright.cli.flags import NamedPath
from tunewright.errors import CorpusError, OptionError
from tunewright.files import write_file

if TYPE_CHECKING:
    from collections.abc import Sequence


def musicality(
    *files: str,
    corpus: Annotated[list[str], Parameter(consume_multiple=True)],
    json: bool = False,
    figure: NamedPath | None = None,
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
    from tunewright.cli.books.musicality_tables import print_json, print_tables
    from tunewright.cli.sources import read_sources
    from tunewright.corpus.library import resolve
    from tunewright.corpus.readers import read_tunes
    from tunewright.report.figures.musicality_figure import draw_musicality

    form = figure_form(figure, "--figure") if figure else ""
    if not files:
        raise CorpusError("no composed tunes; name files or folders of them")
    reference = measure_tunes([tune.text for tune in read_sources(*corpus)])
    readings = {name: read_tunes(resolve(source), keep_duplicates=True) for name, source in _names(files).items()}
    composed = {name: measure_tunes([tune.text for tune in reading.tunes]) for name, reading in readings.items()}
    for name, tunes in {" ".join(corpus): reference, **composed}.items():
        if not tunes.profiles:
            raise CorpusError("no tune here holds a note", path=name)
    found = {name: compare_sets(reference, tunes) for name, tunes in composed.items()}
    if figure is not None:
        write_file(figure, draw_musicality(found, form, corpus=" ".join(map(_short, corpus))))
    unread = {name: len(reading.failures) for name, reading in readings.items()}
    (print_json if json else print_tables)(found, unread)


def _names(files: Sequence[str]) -> dict[str, str]:
    """The sets by short names, or by the names that were given where short ones would be alike."""
    twice = [file for file in files if files.count(file) > 1]
    if twice:
        raise OptionError(f"'{twice[0]}' is named twice; each file or folder is a set of its own")
    short = {_short(file): file for file in files}
    return short if len(short) == len(files) else {file: file for file in files}


def _short(source: str) -> str:
    return Path(source).stem or source
