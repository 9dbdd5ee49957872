"""Books brought into the tunebook: files in any form that `tunewright.read_tunes` reads.

A tune that cannot be read is reported with file, line and reason, and never stops the rest. A tune whose text is in the
tunebook already is counted and left out; a deleted one comes back.
"""

import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunewright.corpus.readers import read_tunes
from tunewright.corpus.sources import SUFFIXES
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError
from tunewright.studio.route import Refused, Upload
from tunewright.studio.tunebook.book import Tunebook
from tunewright.studio.tunebook.tune_rows import LONGEST_TAG, add_tags, insert_tune, now, require_name

MOST_FAILURES_TOLD = 200
LONGEST_BOOK_NAME = 100

_INSERTED_AT_ONCE = 200
_PACKED = (".gz", ".zip")


@dataclass(frozen=True)
class ImportFailure:
    """What could not be read as a tune."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """What came of bringing in books."""

    book: int
    """Number of the book, by which all of its tunes can be deleted."""
    name: str
    added: int
    duplicates: int
    """Tunes that were there already."""
    failures: tuple[ImportFailure, ...]
    """The first `MOST_FAILURES_TOLD`."""
    failed: int
    """All failures."""


def import_books(book: Tunebook, uploads: Sequence[Upload], tag: str = "") -> ImportReport:
    """Add the tunes in some files.

    Raises
    ------
    Refused
        If no file was given, or the tag is too long.
    """
    if not uploads:
        raise Refused(400, "no file was given; at least one with tunes is needed")
    tag = require_name("tag", tag, LONGEST_TAG) if tag.strip() else ""
    name = _shown_name(uploads[0].name) + (f" and {len(uploads) - 1} more" if len(uploads) > 1 else "")
    found = [item for upload in uploads for item in _read(upload)]
    tunes = [item for item in found if isinstance(item, Tune)]
    failures = [ImportFailure(str(item.path), item.line, item.reason) for item in found if isinstance(item, Failure)]
    with book.file.writing() as connection:
        row = (name[:LONGEST_BOOK_NAME], now())
        number = connection.execute("INSERT INTO books (name, read_at) VALUES (?, ?)", row).lastrowid or 0
    added = 0
    for first in range(0, len(tunes), _INSERTED_AT_ONCE):
        with book.file.writing() as connection:
            added += sum(_add(connection, tune, number, tag) for tune in tunes[first : first + _INSERTED_AT_ONCE])
    book.index_soon()
    return ImportReport(number, name, added, len(tunes) - added, tuple(failures[:MOST_FAILURES_TOLD]), len(failures))


def delete_book(connection: sqlite3.Connection, number: int) -> int:
    """Delete the tunes that a book brought, which can be restored; returns how many."""
    statement = "UPDATE tunes SET deleted_at = ? WHERE book = ? AND deleted_at IS NULL"
    return connection.execute(statement, (now(), number)).rowcount


def restore_book(connection: sqlite3.Connection, number: int) -> int:
    """Bring back the tunes that a book brought; returns how many."""
    statement = "UPDATE tunes SET deleted_at = NULL WHERE book = ? AND deleted_at IS NOT NULL"
    return connection.execute(statement, (number,)).rowcount


def _add(connection: sqlite3.Connection, tune: Tune, book: int, tag: str) -> bool:
    number, was_there = insert_tune(connection, tune.text, {}, book)
    if tag:
        add_tags(connection, number, [tag])
    return not was_there


def _read(upload: Upload) -> Iterator[Tune | Failure]:
    """Yield the tunes and failures of a file; their paths have the name that the user knows."""
    shown = Path(_shown_name(upload.name))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book" + _suffix(upload.name))
        path.write_bytes(upload.content)
        try:
            reading = read_tunes(path, keep_duplicates=True)
        except CorpusError as error:
            yield Failure(shown, error.line or 1, error.message.replace(str(path), str(shown)))
            return
        for failure in reading.failures:
            inner = str(failure.path).removeprefix(str(path)).strip("/\\")
            yield Failure(shown / inner if inner else shown, failure.line, failure.reason)
        yield from reading.tunes


def _suffix(name: str) -> str:
    """The suffix by which readers tell the form of a file, from a list of known ones."""
    lower = name.lower()
    packed = next((suffix for suffix in _PACKED if lower.endswith(suffix)), "")
    inner = Path(lower.removesuffix(packed)).suffix if packed != ".zip" else ""
    return (inner if inner in SUFFIXES else "") + packed


def _shown_name(name: str) -> str:
    """The last part of a file's name, on one line."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(letter if letter.isprintable() else " " for letter in last).strip()[:LONGEST_BOOK_NAME] or "book"
