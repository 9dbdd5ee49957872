"""Rescue of what can still be read in a damaged tunebook; the damaged file itself is not changed."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from tunewright.studio.tunebook.book_file import BookFile
from tunewright.studio.tunebook.tune_rows import add_tags, insert_tune

_WITH_LOG = ("", "-wal")


def salvage(damaged: Path, book: BookFile) -> str:
    """Copy what can be read of a damaged book into `book`.

    Returns
    -------
    str
        What is to be told to the user.
    """
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder, "book.sqlite")
        for ending in _WITH_LOG:
            with suppress(OSError):
                shutil.copyfile(f"{damaged}{ending}", f"{copied}{ending}")
        with closing(sqlite3.connect(copied)) as connection:
            connection.row_factory = sqlite3.Row
            tunes = list(_tunes(connection))
            tags = {row["id"]: _tags(connection, row["id"]) for row in tunes}
    with book.writing() as connection:
        for row in tunes:
            with suppress(ValueError):
                number, _ = insert_tune(connection, row["text"], json.loads(row["provenance"]))
                add_tags(connection, number, tags[row["id"]])
    rescued = f"{len(tunes):,} of its tunes could be read and are here" if tunes else "no tune in it could be read"
    return f"The tunebook was damaged. It was put aside as {damaged.name}, and nothing was deleted; {rescued}."


def _tunes(connection: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yield the tunes that were not deleted, page by page of the file; what is damaged is passed over."""
    query = "SELECT id, text, provenance FROM tunes WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT 1"
    number, failed = 0, 0
    while failed < 1000:
        try:
            row = connection.execute(query, (number,)).fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            number, failed = number + 1, failed + 1
            continue
        if row is None:
            return
        number, failed = row["id"], 0
        if isinstance(row["text"], str) and isinstance(row["provenance"], str):
            yield row


def _tags(connection: sqlite3.Connection, number: int) -> list[str]:
    with suppress(sqlite3.Error):
        return [row["name"] for row in connection.execute("SELECT name FROM tags WHERE tune = ?", (number,))]
    return []
