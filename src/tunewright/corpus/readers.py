"""Reader of tunes: files, folders and archives in any supported format.

The format is recognized by the content of a file; only ``.csv`` and ``.tsv`` are recognized by name. One bad tune or
file never fails a book: it becomes a `Failure`, and the rest is read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from tunewright.corpus.decoding import decode
from tunewright.corpus.formats.plain import read_plain
from tunewright.corpus.formats.rows import is_json, read_csv, read_json
from tunewright.corpus.formats.tagged import is_tagged, read_tagged
from tunewright.corpus.formats.tokens import is_tokens, read_tokens
from tunewright.corpus.formats.tunebook import read_tunebook
from tunewright.corpus.formats.wrappers import from_quoted_printable, unwrap
from tunewright.corpus.large.built_corpus import is_built
from tunewright.corpus.library import resolve
from tunewright.corpus.sources import Source, find_sources
from tunewright.corpus.tune import Failure, Reading, Tune
from tunewright.errors import CorpusError

_TABLE_SUFFIXES = frozenset((".csv", ".tsv"))
_REASONS_SHOWN = 3
_BLANK_AT_LINE_END = re.compile(r"[^\S\n](?:\n|\Z)")

Form = Literal["csv", "json", "tagged", "tokens", "tunebook"]
_SIGNS: Mapping[Form, Callable[[str], bool]] = {"json": is_json, "tagged": is_tagged, "tokens": is_tokens}
_WITHOUT_FIELDS: Mapping[Form, Callable[[str, Path], Iterator[Tune | Failure]]] = {
    "tagged": read_tagged,
    "tokens": read_tokens,
    "tunebook": read_tunebook,
}


def read_tunes(
    *paths: Path | str, keep_duplicates: bool = False, text_field: str | None = None, plain_text: bool = False
) -> Reading:
    """Read every tune in `paths`.

    Parameters
    ----------
    paths
        Files, folders, ``.gz`` and ``.zip`` archives, and names of corpora that come with the extra ``corpora``
        (``oneills``, ``ryans``).
    keep_duplicates
        True keeps tunes whose text was read before; otherwise they go to `Reading.duplicates`. Texts are compared
        without their ``X:`` lines and without blanks at line ends.
    text_field
        The column of a CSV file, or the field of a JSON object, that holds the tune; None looks for the usual names
        (`tunewright.corpus.formats.rows.TEXT_NAMES`). Other formats ignore it.
    plain_text
        True takes every file for text of any kind, and its passages for tunes; see `tunewright.corpus.formats.plain`.

    Returns
    -------
    Reading
        A sequence of the tunes, in the order of `paths` and of the files; also the failures and the duplicates.

    Raises
    ------
    CorpusError
        If a path does not exist, or no tune was found.
    """
    if not paths:
        raise CorpusError("no file or folder was named; at least one with tunes is needed")
    for built in filter(is_built, paths):
        raise CorpusError(
            "is a corpus made by tunewright corpus build; give the files that it was built from", path=built
        )
    found = [
        item
        for path in [resolve(path) for path in paths]
        for source in find_sources(path)
        for item in (read_passages(source) if plain_text else read_source(source, text_field))
    ]
    tunes = [item for item in found if isinstance(item, Tune)]
    failures = tuple(item for item in found if isinstance(item, Failure))
    if not tunes:
        raise _no_tune(paths, failures)
    if keep_duplicates:
        return Reading(tuple(tunes), failures)
    kept, duplicates = _without_duplicates(tunes)
    return Reading(tuple(kept), failures, tuple(duplicates))


Tunes = Sequence[Tune] | Path | str
"""Tunes, or the file, folder or name of a corpus to read them from."""


def tunes_of(tunes: Tunes) -> Sequence[Tune]:
    """`tunes` themselves, or what `read_tunes` reads."""
    return read_tunes(tunes) if isinstance(tunes, Path | str) else tunes


def measured_tunes(tunes: Tunes) -> Sequence[Tune]:
    """As `tunes_of`, with duplicates: tunes to measure on count as often as they are there."""
    return read_tunes(tunes, keep_duplicates=True) if isinstance(tunes, Path | str) else tunes


def read_source(source: Source | Failure, text_field: str | None) -> Iterator[Tune | Failure]:
    """Yield the tunes of one file, and what could not be read."""
    if isinstance(source, Failure):
        yield source
        return
    try:
        text = decode(source.data, source.path)
        yield from read_as(form_of(text, source.suffix), text, source.path, text_field)
    except CorpusError as error:
        yield Failure(source.path, error.line or 1, error.message)


def read_passages(source: Source | Failure) -> Iterator[Tune | Failure]:
    """Yield the passages of one file of plain text, or why it could not be read."""
    if isinstance(source, Failure):
        yield source
        return
    try:
        yield from read_plain(decode(source.data, source.path), source.path)
    except CorpusError as error:
        yield Failure(source.path, error.line or 1, error.message)


def form_of(text: str, suffix: str) -> Form:
    """Return the format of a file that begins with `text` (or is no more than that) and whose name ends in `suffix`."""
    if suffix in _TABLE_SUFFIXES:
        return "csv"
    for form, holds in _SIGNS.items():
        if holds(text):
            return form
    return "tunebook"


def read_as(form: Form, text: str, path: Path, text_field: str | None = None) -> Iterator[Tune | Failure]:
    """Yield the tunes and failures of `text`, which has the format `form`; see `read_tunes`."""
    if form == "csv":
        return read_csv(text, path, text_field)
    if form == "json":
        return read_json(text, path, text_field)
    if form == "tunebook":
        text = unwrap(from_quoted_printable(text)).text
    return _WITHOUT_FIELDS[form](text, path)


def comparable(text: str) -> str:
    """Return the text by which tunes are compared: without ``X:`` lines and blanks at line ends."""
    if text.startswith("X:") and "\nX:" not in text and not _BLANK_AT_LINE_END.search(text):
        return text.partition("\n")[2]
    return "\n".join(line.rstrip() for line in text.split("\n") if not line.startswith("X:"))


def _without_duplicates(tunes: Sequence[Tune]) -> tuple[list[Tune], list[Tune]]:
    seen: set[str] = set()
    kept: list[Tune] = []
    duplicates: list[Tune] = []
    for tune in tunes:
        content = comparable(tune.text)
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
