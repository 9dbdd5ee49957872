"""Output of `tunewright corpus` and `tunewright corpus build`: statistics, what was left out, built corpora."""

import json as json_format
import shlex
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from tunewright.cli.console import say
from tunewright.cli.safe_console import SafeConsole
from tunewright.cli.sources import DUPLICATES, PIECES, counted
from tunewright.corpus.large.built_corpus import BuiltCorpus
from tunewright.corpus.statistics import CorpusStatistics
from tunewright.corpus.tune import Reading


def show_left_out(reading: Reading, *, json: bool) -> None:
    """Print everything that was left out, a line for each: file, line and reason."""
    equal = "equal to a tune before it"
    found = [(str(failure.path), failure.line, failure.reason) for failure in reading.failures]
    found += [(str(tune.path), tune.line, equal) for tune in reading.duplicates]
    if json:
        names = ("path", "line", "reason")
        say(json_format.dumps([dict(zip(names, one, strict=True)) for one in found], indent=2))
        return
    for path, line, reason in found:
        say(f"{path}:{line}: {reason}")


def show_statistics(statistics: CorpusStatistics, *, json: bool) -> None:
    """Print what is in a corpus, as tables or as JSON."""
    if json:
        say(json_format.dumps(asdict(statistics), indent=2))
        return
    console = SafeConsole()
    console.print(_overview(statistics), _headers(statistics))
    if statistics.failures:
        console.print(_left_out(statistics))


def show_build(corpus: BuiltCorpus, out: Path) -> None:
    """Print what was built into the folder `out`, and how many texts were left out."""
    _show_sides(corpus)
    if told := counted((sum(corpus.failures.values()), *PIECES), (corpus.duplicates, *DUPLICATES)):
        say(f"left out: {told} (reasons by: {shlex.join(['tunewright', 'corpus', str(out)])})")
    say(f"in {corpus.folder}")


def show_built(corpus: BuiltCorpus, *, json: bool) -> None:
    """Print what is in a built corpus, as JSON or a line for each part and for each reason to leave something out."""
    if json:
        say(json_format.dumps(corpus.as_json(), indent=2))
        return
    _show_sides(corpus)
    if corpus.duplicates:
        say(f"left out: {counted((corpus.duplicates, *DUPLICATES))}")
    for reason, count in corpus.failures.items():
        say(f"left out {count:,} times: {reason}")
    say(f"in {corpus.folder}")


def _show_sides(corpus: BuiltCorpus) -> None:
    """Print the sizes of the training and the validation side, and the number of symbols."""
    for name, side in (("to learn from", corpus.training), ("to measure on", corpus.validation)):
        say(f"{name}: {len(side):,} tunes, {side.source_characters:,} characters")
    say(f"{len(corpus.vocabulary)} symbols")


def _overview(statistics: CorpusStatistics) -> Table:
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
    table = _table("field", "tunes", "most common values")
    for field in statistics.fields:
        values = ", ".join(f"{value or '(empty)'} {count:,}" for value, count in field.values)
        table.add_row(f"{field.letter}: {field.name}", f"{field.tunes:,}", Text(values))
    return table


def _left_out(statistics: CorpusStatistics) -> Table:
    table = _table("left out", "times", "first at")
    for failure in statistics.failures:
        table.add_row(Text(failure.reason), f"{failure.count:,}", Text(failure.first, overflow="fold"))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in ("tunes", "times") else "left")
    return table


def _visible(symbol: str) -> str:
    """Return `symbol`, or its escape sequence if it is a blank or unprintable."""
    return symbol if symbol.isprintable() and not symbol.isspace() else repr(symbol)
