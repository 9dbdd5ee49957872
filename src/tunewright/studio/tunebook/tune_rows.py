"""Rows of the tunebook's file: a tune read, inserted, rewritten, tagged and indexed, in a transaction of the caller.

Times are milliseconds since 1970, UTC.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from tunewright.notation.check import split
from tunewright.studio.route import Refused
from tunewright.studio.tunebook.descriptions import (
    INDEX_VERSION,
    Searchable,
    describe,
    has_music,
    searchable,
    tidy,
    words_of,
)

MOST_TAGS = 30
LONGEST_TAG = 40
LONGEST_TITLE = 200
LONGEST_PROVENANCE = 20_000

Tag = Annotated[str, Meta(max_length=LONGEST_TAG)]

Provenance = Mapping[str, str | int | float | bool | None]

_TAG_SEPARATOR = "\x1f"
COLUMNS = """
    tunes.id, tunes.title, tunes.rhythm, tunes.meter, tunes.key, tunes.kept_at, tunes.changed_at,
    coalesce((SELECT name FROM books WHERE books.id = tunes.book), '') AS book,
    (SELECT group_concat(name, char(31)) FROM tags WHERE tags.tune = tunes.id) AS tags
"""
"""What `kept_tune_of` reads from a table ``tunes``."""


@dataclass(frozen=True)
class KeptTune:
    """A tune of the book."""

    id: int
    title: str
    rhythm: str
    """As the tune says, in small letters."""
    meter: str
    key: str
    """Such as ``E minor``; empty if the tune names none."""
    tags: tuple[str, ...]
    kept_at: int
    changed_at: int
    book: str
    """Name of the file that it was read from; empty if it was kept by itself."""
    text: str = ""
    """ABC; empty in lists."""
    provenance: dict[str, str | int | float | bool | None] | None = None
    """Where the tune comes from, such as network and seed; None in lists."""
    was_there: bool = False
    """True if a tune that was to be kept is in the book already, and nothing was added."""


@dataclass(frozen=True)
class CountedTunes:
    """How many tunes something was done to."""

    tunes: int


def now() -> int:
    """The present time."""
    return time.time_ns() // 1_000_000


def kept_tune_of(row: sqlite3.Row) -> KeptTune:
    """A tune without its text, from a row with `COLUMNS`."""
    tags = tuple(sorted(row["tags"].split(_TAG_SEPARATOR), key=str.casefold)) if row["tags"] else ()
    names = ("id", "title", "rhythm", "meter", "key", "kept_at", "changed_at", "book")
    return KeptTune(tags=tags, **{name: row[name] for name in names})


def read_tune(connection: sqlite3.Connection, number: int) -> KeptTune:
    """The tune with this number, whole.

    Raises
    ------
    Refused
        If there is none, or it was deleted.
    """
    query = f"SELECT {COLUMNS}, tunes.text, tunes.provenance FROM tunes WHERE id = ? AND deleted_at IS NULL"  # noqa: S608
    row = connection.execute(query, (number,)).fetchone()
    if row is None:
        raise Refused(404, f"no tune of the book has the number {number}")
    return replace(kept_tune_of(row), text=row["text"], provenance=json.loads(row["provenance"]))


def insert_tune(
    connection: sqlite3.Connection, text: str, provenance: Provenance, book: int | None = None
) -> tuple[int, bool]:
    """Add a tune, to be found by words but not yet by notes, unless it is there; restore it if it was deleted.

    Returns
    -------
    tuple
        The tune's number, and whether it was there.
    """
    described = describe(text)
    query = "SELECT id, deleted_at FROM tunes WHERE digest = ? ORDER BY deleted_at IS NOT NULL, id LIMIT 1"
    row = connection.execute(query, (described.digest,)).fetchone()
    if row:
        connection.execute("UPDATE tunes SET deleted_at = NULL WHERE id = ?", (row["id"],))
        return row["id"], row["deleted_at"] is None
    time_kept = now()
    cursor = connection.execute(
        "INSERT INTO tunes (text, digest, title, sort_title, rhythm, meter, key, provenance, book, kept_at, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            text, described.digest, described.title, described.sort_title, described.rhythm, described.meter,
            described.key, stored_provenance(provenance), book, time_kept, time_kept,
        ),
    )  # fmt: skip
    number = cursor.lastrowid or 0
    row = (number, described.title, words_of(text))
    connection.execute("INSERT INTO words (rowid, title, others) VALUES (?, ?, ?)", row)
    return number, False


def rewrite_tune(connection: sqlite3.Connection, number: int, text: str) -> None:
    """Give a tune another text."""
    described = describe(text)
    connection.execute(
        "UPDATE tunes SET text = ?, digest = ?, title = ?, sort_title = ?, rhythm = ?, meter = ?, key = ? WHERE id = ?",
        (
            text, described.digest, described.title, described.sort_title, described.rhythm, described.meter,
            described.key, number,
        ),
    )  # fmt: skip
    index_tune(connection, number, described.title, searchable(text))


def index_tune(connection: sqlite3.Connection, number: int, title: str, what: Searchable) -> None:
    """Make a tune searchable by what its text holds."""
    for table, columns, values in (
        ("words", "rowid, title, others", (number, title, what.others)),
        ("melodies", "rowid, intervals", (number, what.intervals)),
        ("pitches", "tune, notes", (number, what.pitches)),
    ):
        name = columns.partition(",")[0]
        connection.execute(f"DELETE FROM {table} WHERE {name} = ?", (number,))  # noqa: S608
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608
    connection.execute("UPDATE tunes SET indexed = ? WHERE id = ?", (INDEX_VERSION, number))


def add_tags(connection: sqlite3.Connection, number: int, tags: Iterable[str]) -> None:
    """Tag a tune; a tag that it has, in whatever case, stays as it is.

    Raises
    ------
    Refused
        If a tag is empty or too long, or there are too many.
    """
    for tag in tags:
        name = require_name("tag", tag, LONGEST_TAG)
        known = connection.execute("SELECT name FROM tags WHERE name = ? LIMIT 1", (name,)).fetchone()
        row = (number, known["name"] if known else name)
        connection.execute("INSERT INTO tags (tune, name) VALUES (?, ?) ON CONFLICT DO NOTHING", row)
    count = connection.execute("SELECT count(*) FROM tags WHERE tune = ?", (number,)).fetchone()[0]
    if count > MOST_TAGS:
        raise Refused(400, f"the tune would have {count} tags; at most {MOST_TAGS} are allowed")


def stored_provenance(provenance: Provenance) -> str:
    """A provenance as JSON.

    Raises
    ------
    Refused
        If it is too large.
    """
    stored = json.dumps(dict(provenance), ensure_ascii=False)
    if len(stored) > LONGEST_PROVENANCE:
        raise Refused(400, f"the provenance has {len(stored):,} characters; at most {LONGEST_PROVENANCE:,} are allowed")
    return stored


def require_tune(text: str) -> str:
    """The text of one tune, tidied.

    Raises
    ------
    Refused
        If it is not one tune with a note in it.
    """
    text = tidy(text)
    count = len(list(split(text)))
    if count > 1:
        raise Refused(422, f"the text holds {count} tunes; one was expected. Bring them in as a book")
    if not count or not has_music(text):
        raise Refused(422, "the text holds no note; a tune in ABC notation was expected")
    return text


def require_name(kind: str, name: str, longest: int) -> str:
    """A title, tag or name without needless blanks.

    Raises
    ------
    Refused
        If it is empty or too long.
    """
    # a control character, a line end too, would begin another field in ABC
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not name:
        raise Refused(400, f"the {kind} is empty; at least one letter is needed")
    if len(name) > longest:
        raise Refused(400, f"the {kind} has {len(name)} characters; at most {longest} are allowed")
    return name
