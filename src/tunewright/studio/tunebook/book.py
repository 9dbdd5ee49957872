"""`Tunebook`: the tunes that a user keeps, in one SQLite file: keep, read, change, tag, delete and restore.

A change is on the disk before its function returns. A deleted tune stays in the file for `DAYS_TO_RESTORE`, with its
tags and its places in sets, and can be restored until then.

Tunes are indexed for searching when they are kept. The notes of those of a book that is brought in, and everything of a
file from before the present way of indexing, are indexed in a thread, some at a time: notes take a millisecond a tune.
"""

import math
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Event, Lock, Thread

from tunewright.studio.settings import Settings
from tunewright.studio.tunebook.book_file import BookFile
from tunewright.studio.tunebook.descriptions import INDEX_VERSION, renamed, searchable
from tunewright.studio.tunebook.salvage import salvage
from tunewright.studio.tunebook.tune_rows import (
    LONGEST_TITLE,
    KeptTune,
    Provenance,
    add_tags,
    index_tune,
    insert_tune,
    now,
    read_tune,
    require_name,
    require_tune,
    rewrite_tune,
    stored_provenance,
)

FILE_NAME = "tunebook.sqlite"
DAYS_TO_RESTORE = 30

_DAY = 24 * 3600 * 1000  # milliseconds
_INDEXED_AT_ONCE = 50
_PAUSE_SECONDS = 0.005


class Tunebook:
    """The tunebook of a studio.

    Raises
    ------
    InputError
        If the file is of a later version, or cannot be opened.
    """

    def __init__(self, settings: Settings) -> None:
        self.file = BookFile(settings.folder / FILE_NAME)
        self.notice = ""
        """What the user must be told about the book as it was found; empty if all is well."""
        self._index_lock, self._ending = Lock(), Event()
        self._indexer: Thread | None = None
        if self.file.put_aside:
            self.notice = salvage(self.file.put_aside, self.file)
        self.sweep()
        self.index_soon()

    def close(self) -> None:
        """End the thread that indexes, and close the file."""
        self._ending.set()
        if self._indexer:
            self._indexer.join()
        self.file.close()

    def keep(self, text: str, tags: Sequence[str] = (), provenance: Provenance | None = None) -> KeptTune:
        """Add a tune; one that is there already is returned as it is, or restored if it was deleted.

        Raises
        ------
        Refused
            If the text is not one tune with music, or a tag or the provenance is too long.
        """
        text = require_tune(text)
        with self.file.writing() as connection:
            number, was_there = insert_tune(connection, text, provenance or {})
            add_tags(connection, number, tags)
            tune = read_tune(connection, number)
            index_tune(connection, number, tune.title, searchable(tune.text))
            return replace(tune, was_there=was_there)

    def tune(self, number: int) -> KeptTune:
        """The tune with this number.

        Raises
        ------
        Refused
            If there is none, or it was deleted.
        """
        with self.file.reading() as connection:
            return read_tune(connection, number)

    def change(
        self,
        number: int,
        *,
        text: str | None = None,
        title: str | None = None,
        tags: Sequence[str] | None = None,
        provenance: Provenance | None = None,
    ) -> KeptTune:
        """Change what is not None; `tags` replaces all tags, `title` is written into the text.

        Raises
        ------
        Refused
            If there is no such tune, or a value cannot be taken.
        """
        text = None if text is None else require_tune(text)
        title = None if title is None else require_name("title", title, LONGEST_TITLE)
        with self.file.writing() as connection:
            before = read_tune(connection, number).text
            changed = before if text is None else text
            changed = changed if title is None else renamed(changed, title)
            if changed != before:
                rewrite_tune(connection, number, changed)
            if provenance is not None:
                row = (stored_provenance(provenance), number)
                connection.execute("UPDATE tunes SET provenance = ? WHERE id = ?", row)
            if tags is not None:
                connection.execute("DELETE FROM tags WHERE tune = ?", (number,))
                add_tags(connection, number, tags)
            connection.execute("UPDATE tunes SET changed_at = ? WHERE id = ?", (now(), number))
            return read_tune(connection, number)

    def delete(self, numbers: Iterable[int]) -> int:
        """Delete tunes, which can be restored; returns how many were there."""
        with self.file.writing() as connection:
            statement = "UPDATE tunes SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"
            return connection.executemany(statement, [(now(), number) for number in numbers]).rowcount

    def restore(self, numbers: Iterable[int]) -> int:
        """Bring deleted tunes back; returns how many were."""
        with self.file.writing() as connection:
            statement = "UPDATE tunes SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL"
            return connection.executemany(statement, [(number,) for number in numbers]).rowcount

    def sweep(self) -> int:
        """Remove for good what was deleted more than `DAYS_TO_RESTORE` ago; returns how many tunes that were."""
        before = now() - DAYS_TO_RESTORE * _DAY
        with self.file.writing() as connection:
            connection.execute("DELETE FROM sets WHERE deleted_at < ?", (before,))
            return connection.execute("DELETE FROM tunes WHERE deleted_at < ?", (before,)).rowcount

    def index_soon(self) -> None:
        """Index in a thread what is not yet."""
        if self._indexer is None or not self._indexer.is_alive():
            self._indexer = Thread(target=self._index_in_thread, name="tunebook-index", daemon=True)
            self._indexer.start()

    def index_for(self, seconds: float = math.inf) -> int:
        """Index what is not yet, for at most this time; returns how many tunes are not indexed then."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit and self._index_some():
            pass
        with self.file.reading() as connection:
            query = "SELECT count(*) FROM tunes WHERE indexed <> ?"
            count: int = connection.execute(query, (INDEX_VERSION,)).fetchone()[0]
        return count

    def _index_in_thread(self) -> None:
        with suppress(sqlite3.Error):  # a search meets the same error, and can tell it
            while not self._ending.is_set() and self._index_some():
                self._ending.wait(_PAUSE_SECONDS)  # requests come first

    def _index_some(self) -> bool:
        """Index some tunes; returns whether there may be more."""
        with self._index_lock:
            with self.file.reading() as connection:
                query = "SELECT id, title, text FROM tunes WHERE indexed <> ? LIMIT ?"
                rows = connection.execute(query, (INDEX_VERSION, _INDEXED_AT_ONCE)).fetchall()
            if rows:
                found = [(row, searchable(row["text"])) for row in rows]  # takes long, so not while writing
                with self.file.writing() as connection:
                    for row, what in found:
                        still = connection.execute("SELECT text FROM tunes WHERE id = ?", (row["id"],)).fetchone()
                        if still and still["text"] == row["text"]:
                            index_tune(connection, row["id"], row["title"], what)
        return bool(rows)
