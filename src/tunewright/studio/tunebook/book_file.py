"""`BookFile`: the SQLite file of a tunebook: opened, brought to the present version, put aside if it is damaged.

The numbered files in ``schema`` make the tables; ``PRAGMA user_version`` in the file is the number of the last one that
was run. Each runs as one transaction, so that a file is always of one version. What is written is on the disk before
`writing` returns (write-ahead log, ``synchronous=FULL``).
"""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

from tunewright.errors import InputError, OutputError

WAIT_SECONDS = 10.0
"""How long a change waits for another program that is changing the same book."""

_WITH_LOG = ("", "-wal", "-shm")
_MARKS_OF_DAMAGE = ("malformed", "not a database", "disk image", "no such", "unsupported file format")


@cache
def schema_steps() -> tuple[str, ...]:
    """The SQL of each version, the first one first."""
    found = sorted(
        (file for file in (files(__package__) / "schema").iterdir() if re.fullmatch(r"\d{3}_\w+\.sql", file.name)),
        key=lambda file: file.name,
    )
    return tuple(file.read_text(encoding="utf-8") for file in found)


class BookFile:
    """The file of a tunebook, and connections to it for any number of threads.

    Parameters
    ----------
    path
        The file; it is made if it does not exist, and its folder too.

    Raises
    ------
    InputError
        If a later version of Tunewright wrote it, or it cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.put_aside: Path | None = None
        """Where the file that was here before lies now, if it was damaged."""
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._write_lock = Lock()
        self._closed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and is_damaged(path):
                self.put_aside = put_aside(path)
            connection = self._taken()
            try:
                migrate(connection, path)
            finally:
                self._given_back(connection)
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise InputError(f"the tunebook cannot be opened: {error}", path=path) from error
        except InputError:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, which no other thread has; all its reads see the book of one moment."""
        connection = self._taken()
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.DatabaseError as error:
            raise self._in_words(error, "read") from error
        finally:
            self._given_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection for a change, which is on the disk when this ends, or did not happen at all."""
        with self._write_lock:
            connection = self._taken()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
            except sqlite3.DatabaseError as error:
                raise self._in_words(error, "changed") from error
            finally:
                self._given_back(connection)

    def close(self) -> None:
        """Close all connections; those in use are closed when they are given back."""
        self._closed = True
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    def _in_words(self, error: sqlite3.DatabaseError, done: str) -> Exception:
        """What the user is told of an error that is none of ours: a full disk, a lock, damage."""
        if _tells_damage(error):
            message = f"the tunebook is damaged ({error}); start the studio again, which rescues what can be read"
            return OutputError(message, path=self.path)
        if isinstance(error, sqlite3.OperationalError):
            return OutputError(f"the tunebook cannot be {done} now: {error}", path=self.path)
        return error

    def _taken(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except Empty:
            return connect(self.path)

    def _given_back(self, connection: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):
            connection.rollback()  # does nothing after a commit
        if self._closed:
            connection.close()
        else:
            self._idle.put(connection)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file; transactions are begun and ended by whoever uses the connection."""
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Run the steps that the file lacks, each as one transaction.

    Raises
    ------
    InputError
        If the file has a version that is not known here.
    """
    steps = schema_steps()
    while True:
        connection.execute("BEGIN IMMEDIATE")  # another program may be doing the same
        try:
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(steps):
                raise InputError(
                    f"the tunebook has version {version}, written by a later Tunewright; this one reads versions up to "
                    f"{len(steps)}. Update Tunewright, or start the studio with another --folder",
                    path=path,
                )
            if version == len(steps):
                return
            for statement in _statements(steps[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.commit()
        finally:
            connection.rollback()


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def is_damaged(path: Path) -> bool:
    """Whether SQLite cannot read the file, finds a fault in it, or misses the tunes in it."""
    try:
        connection = connect(path)
        try:
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                return True
            if connection.execute("PRAGMA user_version").fetchone()[0]:
                connection.execute("SELECT text FROM tunes LIMIT 1").fetchone()
        finally:
            connection.close()
    except UnicodeDecodeError:  # in a message about damaged names
        return True
    except sqlite3.DatabaseError as error:
        if not _tells_damage(error):
            raise  # a lock, or missing rights
        return True
    return False


def _tells_damage(error: sqlite3.DatabaseError) -> bool:
    return any(mark in str(error) for mark in _MARKS_OF_DAMAGE)


def put_aside(path: Path) -> Path:
    """Rename a damaged file, and the log beside it, to a name with the time; nothing is deleted."""
    time = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    aside = path.with_name(f"{path.stem}-damaged-{time}{path.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.stem}-damaged-{time}-{number}{path.suffix}")
    for ending in _WITH_LOG:
        if (part := Path(f"{path}{ending}")).exists():
            shutil.move(part, f"{aside}{ending}")
    return aside
