"""Sets of the tunebook: tunes in the order in which they are played, within transactions of the caller."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from tunewright.studio.route import Number, Refused
from tunewright.studio.tunebook.tune_rows import now, require_name

LONGEST_SET_NAME = 100
MOST_TUNES_IN_SET = 500

TuneNumbers = Annotated[tuple[Number, ...], Meta(max_length=10_000)]


@dataclass(frozen=True)
class SetTune:
    """A tune in a set."""

    id: int
    title: str
    rhythm: str
    key: str


@dataclass(frozen=True)
class KeptSet:
    """A set; deleted tunes do not show in it."""

    id: int
    name: str
    tunes: tuple[SetTune, ...]


def read_set(connection: sqlite3.Connection, number: int) -> KeptSet:
    """The set with this number.

    Raises
    ------
    Refused
        If there is none, or it was deleted.
    """
    row = connection.execute("SELECT id, name FROM sets WHERE id = ? AND deleted_at IS NULL", (number,)).fetchone()
    if row is None:
        raise Refused(404, f"no set has the number {number}")
    return KeptSet(row["id"], row["name"], _tunes(connection, number))


def read_sets(connection: sqlite3.Connection) -> tuple[KeptSet, ...]:
    """All sets, the newest first."""
    query = "SELECT id, name FROM sets WHERE deleted_at IS NULL ORDER BY made_at DESC, id DESC"
    rows = connection.execute(query).fetchall()
    return tuple(KeptSet(row["id"], row["name"], _tunes(connection, row["id"])) for row in rows)


def _tunes(connection: sqlite3.Connection, number: int) -> tuple[SetTune, ...]:
    rows = connection.execute(
        "SELECT tunes.id, title, rhythm, key FROM set_tunes JOIN tunes ON tunes.id = set_tunes.tune"
        " WHERE set_id = ? AND deleted_at IS NULL ORDER BY place",
        (number,),
    )
    return tuple(SetTune(*row) for row in rows)


def make_set(connection: sqlite3.Connection, name: str, tunes: Sequence[int]) -> KeptSet:
    """Make a set."""
    row = (require_name("name", name, LONGEST_SET_NAME), now())
    number = connection.execute("INSERT INTO sets (name, made_at) VALUES (?, ?)", row).lastrowid or 0
    _fill(connection, number, tunes)
    return read_set(connection, number)


def change_set(connection: sqlite3.Connection, number: int, name: str | None, tunes: Sequence[int] | None) -> KeptSet:
    """Give a set another name, other tunes or another order; None leaves what is there."""
    read_set(connection, number)
    if name is not None:
        row = (require_name("name", name, LONGEST_SET_NAME), number)
        connection.execute("UPDATE sets SET name = ? WHERE id = ?", row)
    if tunes is not None:
        _fill(connection, number, tunes)
    return read_set(connection, number)


def delete_set(connection: sqlite3.Connection, number: int) -> None:
    """Delete a set, which can be restored; its tunes stay."""
    read_set(connection, number)
    connection.execute("UPDATE sets SET deleted_at = ? WHERE id = ?", (now(), number))


def restore_set(connection: sqlite3.Connection, number: int) -> KeptSet:
    """Bring a deleted set back."""
    connection.execute("UPDATE sets SET deleted_at = NULL WHERE id = ?", (number,))
    return read_set(connection, number)


def _fill(connection: sqlite3.Connection, number: int, tunes: Sequence[int]) -> None:
    """Put these tunes into a set, in place of those that show; deleted ones keep a place, at the end."""
    if len(tunes) > MOST_TUNES_IN_SET:
        raise Refused(400, f"{len(tunes)} tunes were given; at most {MOST_TUNES_IN_SET} fit into a set")
    present = "SELECT 1 FROM tunes WHERE id = ? AND deleted_at IS NULL"
    for tune in dict.fromkeys(tunes):
        if connection.execute(present, (tune,)).fetchone() is None:
            raise Refused(404, f"no tune of the book has the number {tune}")
    deleted = connection.execute(
        "SELECT tune FROM set_tunes JOIN tunes ON tunes.id = tune WHERE set_id = ? AND deleted_at IS NOT NULL"
        " ORDER BY place",
        (number,),
    ).fetchall()
    connection.execute("DELETE FROM set_tunes WHERE set_id = ?", (number,))
    rows = [(number, place, tune) for place, tune in enumerate([*tunes, *(row["tune"] for row in deleted)])]
    connection.executemany("INSERT INTO set_tunes (set_id, place, tune) VALUES (?, ?, ?)", rows)
