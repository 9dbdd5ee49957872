"""The list of the tunebook: tunes by words, notes, tag, set, book, rhythm and key, in an order, a page at a time."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tunewright.studio.tunebook.melody_search import MelodyMatch
from tunewright.studio.tunebook.tune_rows import COLUMNS, KeptTune, kept_tune_of
from tunewright.studio.tunebook.tune_sets import KeptSet, read_sets

Order = Literal["best", "title", "newest", "oldest", "changed", "rhythm", "key", "meter", "set"]
"""``best``: by how well words or notes fit; ``set``: as the set has it. Without these both mean ``title``."""

MOST_WORDS = 12

_ORDERS = {
    "title": "tunes.sort_title, tunes.id",
    "newest": "tunes.kept_at DESC, tunes.id DESC",
    "oldest": "tunes.kept_at, tunes.id",
    "changed": "tunes.changed_at DESC, tunes.id DESC",
    "rhythm": "tunes.rhythm, tunes.sort_title, tunes.id",
    "key": "tunes.key, tunes.sort_title, tunes.id",
    "meter": "tunes.meter, tunes.sort_title, tunes.id",
    "set": "set_tunes.place",
    "best": "bm25(words, 10.0, 1.0), tunes.sort_title, tunes.id",
}


@dataclass(frozen=True)
class TuneFilter:
    """Which tunes are listed, and in what order."""

    words: str = ""
    """All of these, or words that begin with them, stand in the title, the other fields or the lyrics."""
    tag: str = ""
    set_id: int | None = None
    book: str = ""
    rhythm: str = ""
    key: str = ""
    sort: Order = "title"


@dataclass(frozen=True)
class ListedTunes:
    """A page of the list."""

    tunes: tuple[KeptTune, ...]
    total: int
    """Tunes of the whole list."""
    unread: int = 0
    """Tunes that could not be found by their notes, because these are not yet read."""
    heard: tuple[int, ...] = ()
    """The notes that were searched, as MIDI numbers."""


@dataclass(frozen=True)
class _Query:
    tables: str
    where: str
    values: tuple[str | int, ...]
    order: str


def list_tunes(connection: sqlite3.Connection, wanted: TuneFilter, offset: int, limit: int) -> ListedTunes:
    """A page of the tunes that fit."""
    query = _query(wanted)
    source = f"FROM {query.tables} WHERE {query.where}"
    total = connection.execute(f"SELECT count(*) {source}", query.values).fetchone()[0]
    page = f"SELECT {COLUMNS} {source} ORDER BY {query.order} LIMIT ? OFFSET ?"
    rows = connection.execute(page, (*query.values, limit, offset)).fetchall()
    return ListedTunes(tuple(map(kept_tune_of, rows)), total)


def list_matches(
    connection: sqlite3.Connection, matches: Sequence[MelodyMatch], wanted: TuneFilter, offset: int, limit: int
) -> ListedTunes:
    """A page of the tunes that were found by their notes and fit; the nearest first, unless another order is asked."""
    query = _query(wanted)
    numbers = ",".join(str(match.tune) for match in matches)
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM {query.tables} WHERE {query.where} AND tunes.id IN ({numbers})"  # noqa: S608
        f" ORDER BY {query.order}",
        query.values,
    ).fetchall()
    if wanted.sort == "best":
        places = {match.tune: place for place, match in enumerate(matches)}
        rows.sort(key=lambda row: places[row["id"]])
    return ListedTunes(tuple(map(kept_tune_of, rows[offset : offset + limit])), len(rows))


def all_numbers(connection: sqlite3.Connection, wanted: TuneFilter) -> list[int]:
    """The numbers of all tunes that fit, in order."""
    query = _query(wanted)
    statement = f"SELECT tunes.id FROM {query.tables} WHERE {query.where} ORDER BY {query.order}"  # noqa: S608
    return [row["id"] for row in connection.execute(statement, query.values)]


def _query(wanted: TuneFilter) -> _Query:
    tables, where = "tunes", ["tunes.deleted_at IS NULL"]
    values: list[str | int] = []
    sort: str = wanted.sort
    if found := _words_query(wanted.words):
        tables += " JOIN words ON words.rowid = tunes.id"
        where.append("words MATCH ?")
        values.append(found)
    elif sort == "best":
        sort = "title"
    if wanted.set_id is not None:
        tables += " JOIN set_tunes ON set_tunes.tune = tunes.id"
        where.append("set_tunes.set_id = ?")
        values.append(wanted.set_id)
    elif sort == "set":
        sort = "title"
    for column in ("rhythm", "key"):
        if value := getattr(wanted, column):
            where.append(f"tunes.{column} = ?")
            values.append(value)
    if wanted.book:
        where.append("tunes.book IN (SELECT id FROM books WHERE name = ?)")
        values.append(wanted.book)
    if wanted.tag:
        where.append("tunes.id IN (SELECT tune FROM tags WHERE name = ?)")
        values.append(wanted.tag)
    return _Query(tables, " AND ".join(where), tuple(values), _ORDERS[sort])


def _words_query(words: str) -> str:
    """The query of FTS5 for all words, each as the beginning of a word; empty without words."""
    found = re.findall(r"\w+", words.replace("'", " ").replace("’", " "))[:MOST_WORDS]
    return " ".join(f'"{word}"*' for word in found)


@dataclass(frozen=True)
class Counted:
    """A value of a field, and how many tunes have it."""

    name: str
    tunes: int


@dataclass(frozen=True)
class BookSummary:
    """What the book holds, for choosing from."""

    tunes: int
    tags: tuple[Counted, ...]
    rhythms: tuple[Counted, ...]
    keys: tuple[Counted, ...]
    books: tuple[Counted, ...]
    """Files that tunes were read from."""
    sets: tuple[KeptSet, ...]
    notice: str
    """What must be told about the book as it was found; empty if all is well."""


def summary(connection: sqlite3.Connection, notice: str = "") -> BookSummary:
    """The summary of the whole book."""

    def counted(query: str) -> tuple[Counted, ...]:
        return tuple(Counted(*row) for row in connection.execute(query))

    present = "tunes.deleted_at IS NULL"
    by_name = f"{present} GROUP BY name ORDER BY name"
    by_column = "SELECT {0}, count(*) FROM tunes WHERE {1} AND {0} <> '' GROUP BY {0} ORDER BY 2 DESC, 1"
    return BookSummary(
        connection.execute(f"SELECT count(*) FROM tunes WHERE {present}").fetchone()[0],  # noqa: S608
        counted(f"SELECT name, count(*) FROM tags JOIN tunes ON tunes.id = tune WHERE {by_name}"),  # noqa: S608
        counted(by_column.format("rhythm", present)),
        counted(by_column.format("key", present)),
        counted(f"SELECT name, count(*) FROM books JOIN tunes ON book = books.id WHERE {by_name}"),  # noqa: S608
        read_sets(connection),
        notice,
    )
