"""The command `tunewright corpus`: what is in a corpus.

A built corpus, which may be larger than memory, is shown by what its index says.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from tunewright.cli.books.corpus_build import build, show_built
from tunewright.errors import OptionError

if TYPE_CHECKING:
    from rich.table import Table

    from tunewright.corpus.statistics import CorpusStatistics
    from tunewright.corpus.tune import Reading


app = App()


@app.default
def corpus(
    *paths: str,
    json: bool = False,
    left_out: bool = False,
    text_field: str | None = None,
    keep_duplicates: bool = False,
) -> None:
    """Show what is in a corpus: tunes, characters, headers, lengths, and what was left out and why.

    Parameters
    ----------
    paths
        Files, folders or archives with tunes, or the names of corpora on this machine (oneills, ryans). Or one corpus
        that was built: its checksums are verified too.
    json
        Print JSON instead of tables.
    left_out
        List instead everything that was left out, a line for each: file, line and reason.
    text_field
        The column of a CSV file, or the field of a JSON object, that holds the tune.
    keep_duplicates
        Count tunes whose text was read before as well.
    """
    from tunewright.corpus.large.built_corpus import FAILURES, is_built
    from tunewright.corpus.readers import read_tunes
    from tunewright.corpus.statistics import describe

    if len(paths) == 1 and is_built(paths[0]):
        if left_out:
            raise OptionError(f"what was left out of a built corpus is listed in {Path(paths[0], FAILURES)}")
        show_built(Path(paths[0]), json=json)
        return
    reading = read_tunes(*paths, text_field=text_field, keep_duplicates=keep_duplicates)
    if left_out:
        _list_left_out(reading, json=json)
        return
    statistics = describe(reading)
    if json:
        _print_json(statistics)
    else:
        _print_tables(statistics)


app.command(build)


def _list_left_out(reading: Reading, *, json: bool) -> None:
    import json as json_format

    equal = "equal to a tune before it"
    found = [(str(failure.path), failure.line, failure.reason) for failure in reading.failures]
    found += [(str(tune.path), tune.line, equal) for tune in reading.duplicates]
    if json:
        names = ("path", "line", "reason")
        print(json_format.dumps([dict(zip(names, one, strict=True)) for one in found], indent=2))
        return
    for path, line, reason in found:
        print(f"{path}:{line}: {reason}")


def _print_json(statistics: CorpusStatistics) -> None:
    import json
    from dataclasses import asdict

    print(json.dumps(asdict(statistics), indent=2))


def _print_tables(statistics: CorpusStatistics) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_overview(statistics), _headers(statistics))
    if statistics.failures:
        console.print(_left_out(statistics))


def _overview(statistics: CorpusStatistics) -> Table:
    from rich.text import Text

    lengths = statistics.lengths
    symbols = " ".join(f"{_visible(symbol)} {count:,}" for symbol, count in statistics.symbols)
    rows = {
        "tunes": f"{statistics.tunes:,}",
        "characters": f"{statistics.characters:,} ({statistics.source_characters:,} in their files)",
        "length of a tune": f"{lengths.least:,} to {lengths.most:,}; half of them "
        f"{lengths.lower_quartile:,} to {lengths.upper_quartile:,}, median {lengths.median:,}",
        "duplicates left out": f"{statistics.duplicates:,}",
        f"{len(statistics.symbols)} symbols": symbols,
    }
    table = _table("", "")
    table.show_header = False
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return table


def _headers(statistics: CorpusStatistics) -> Table:
    from rich.text import Text

    table = _table("field", "tunes", "most common values")
    for field in statistics.fields:
        values = ", ".join(f"{value or '(empty)'} {count:,}" for value, count in field.values)
        table.add_row(f"{field.letter}: {field.name}", f"{field.tunes:,}", Text(values))
    return table


def _left_out(statistics: CorpusStatistics) -> Table:
    from rich.text import Text

    table = _table("left out", "times", "first at")
    for failure in statistics.failures:
        table.add_row(Text(failure.reason), f"{failure.count:,}", Text(failure.first, overflow="fold"))
    return table


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in ("tunes", "times") else "left")
    return table


def _visible(symbol: str) -> str:
    """Return `symbol` as one can see it: blanks and the unprintable by their escapes."""
    return symbol if symbol.isprintable() and not symbol.isspace() else repr(symbol)
