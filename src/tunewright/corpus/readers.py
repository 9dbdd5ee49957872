"""Which tunes are in what a user gives: files, folders and archives, in whatever format?

The format is told by what a file holds, except that ``.csv`` and ``.tsv`` are told by name. One bad tune or file never
fails a book: it becomes a `Failure`, and the rest is read.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tunewright.corpus.decoding import decode
from tunewright.corpus.sources import Source, existing, find_sources
from tunewright.corpus.tables import is_json, read_csv, read_json
from tunewright.corpus.tagged import is_tagged, read_tagged
from tunewright.corpus.tokens import is_tokens, read_tokens
from tunewright.corpus.tune import Failure, Reading, Tune
from tunewright.corpus.tunebook import read_tunebook
from tunewright.errors import CorpusError

_TABLE_SUFFIXES = frozenset((".csv", ".tsv"))
_REASONS_SHOWN = 3


def read_tunes(*paths: Path | str, keep_duplicates: bool = False, text_field: str | None = None) -> Reading:
    """Read every tune in `paths`.

    Parameters
    ----------
    paths
        Files, folders, ``.gz`` and ``.zip`` archives.
    keep_duplicates
        True keeps a tune whose text was read before among the tunes; otherwise it goes to `Reading.duplicates`. Texts
        are compared without their ``X:`` lines and without blanks at line ends.
    text_field
        The column of a CSV file, or the field of a JSON object, that holds the tune; None looks for the usual names
        (`tunewright.corpus.tables.TEXT_NAMES`). Other formats have no use for it.

    Returns
    -------
    Reading
        The tunes in the order of `paths` and of the files, the failures, the duplicates.

    Raises
    ------
    CorpusError
        If a path does not exist, or if no tune at all was found.
    """
    if not paths:
        raise CorpusError("no file or folder was named; at least one with tunes is needed")
    found = [
        item
        for path in [existing(path) for path in paths]
        for source in find_sources(path)
        for item in _read_source(source, text_field)
    ]
    tunes = [item for item in found if isinstance(item, Tune)]
    failures = tuple(item for item in found if isinstance(item, Failure))
    if not tunes:
        raise _no_tune(paths, failures)
    if keep_duplicates:
        return Reading(tuple(tunes), failures)
    kept, duplicates = _without_duplicates(tunes)
    return Reading(tuple(kept), failures, tuple(duplicates))


def _read_source(source: Source | Failure, text_field: str | None) -> Iterator[Tune | Failure]:
    if isinstance(source, Failure):
        yield source
        return
    try:
        yield from _read_text(decode(source.data, source.path), source, text_field)
    except CorpusError as error:
        yield Failure(source.path, error.line or 1, error.message)


def _read_text(text: str, source: Source, text_field: str | None) -> Iterator[Tune | Failure]:
    if source.suffix in _TABLE_SUFFIXES:
        return read_csv(text, source.path, text_field)
    if is_json(text):
        return read_json(text, source.path, text_field)
    if is_tagged(text):
        return read_tagged(text, source.path)
    if is_tokens(text):
        return read_tokens(text, source.path)
    return read_tunebook(text, source.path)


def _without_duplicates(tunes: Sequence[Tune]) -> tuple[list[Tune], list[Tune]]:
    seen: set[str] = set()
    kept: list[Tune] = []
    duplicates: list[Tune] = []
    for tune in tunes:
        content = "\n".join(line.rstrip() for line in tune.text.split("\n") if not line.startswith("X:"))
        (duplicates if content in seen else kept).append(tune)
        seen.add(content)
    return kept, duplicates


def _no_tune(paths: Sequence[Path | str], failures: Sequence[Failure]) -> CorpusError:
    if len(failures) == 1:
        return CorpusError(failures[0].reason, path=failures[0].path, line=failures[0].line)
    tried = ", ".join(str(path) for path in paths)
    if not failures:
        return CorpusError(
            "no tune: no file in it that could hold tunes (.abc, .txt, .csv, .json, .gz, .zip ...)", path=tried
        )
    shown = "; ".join(str(failure) for failure in failures[:_REASONS_SHOWN])
    more = f"; and {len(failures) - _REASONS_SHOWN} more" if len(failures) > _REASONS_SHOWN else ""
    return CorpusError(f"no tune could be read: {shown}{more}", path=tried)
