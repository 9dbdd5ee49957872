"""Is nothing lost, whatever happens? Are files of other versions, and damaged ones, met with words?"""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from tunewright.errors import InputError
from tunewright.studio.settings import Settings
from tunewright.studio.tunebook import book_file
from tunewright.studio.tunebook.book import FILE_NAME, Tunebook
from tunewright.studio.tunebook.book_file import BookFile, schema_steps
from tunewright.studio.tunebook.melody_search import find_melody
from tunewright.studio.tunebook.tune_list import TuneFilter, list_tunes
from tunewright.studio.tunebook.typed_notes import readings

TUNE = "X:1\nT:The First\nM:4/4\nL:1/8\nK:G\nGABc dedB|cAFA G4|\n"

WRITER = """
import sys
from pathlib import Path
from tunewright.studio.settings import Settings
from tunewright.studio.tunebook.book import Tunebook

book = Tunebook(Settings(folder=Path(sys.argv[1])))
print("open", flush=True)
for number in range(100):
    kept = book.keep(f"X:1\\nT:Written {number}\\nK:D\\nDEFG A{number + 1}|\\n", tags=["written"])
    print("keep", kept.id, kept.title, flush=True)
    if number % 3 == 0:
        print("rename", kept.id, book.change(kept.id, title=f"Renamed {number}").title, flush=True)
    if number % 5 == 0:
        book.delete([kept.id])
        print("delete", kept.id, "-", flush=True)
print("end", flush=True)
"""


def opened(folder):
    return closing(Tunebook(Settings(folder=folder)))


def titles(book):
    with book.file.reading() as connection:
        return [tune.title for tune in list_tunes(connection, TuneFilter(), 0, 1000).tunes]


def killed_while_writing(folder, after):
    """What was acknowledged by a process that was killed after so many lines."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline().split(maxsplit=2) for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        lines += [line.split(maxsplit=2) for line in writer.stdout if line.endswith("\n")]
    assert writer.returncode == -signal.SIGKILL, "it was done before it was killed"
    return [(what[0], int(what[1]), what[2].strip()) for what in lines if len(what) == 3]


def check_nothing_was_lost(folder, acknowledged):
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = connection.execute("SELECT id, title, deleted_at IS NOT NULL FROM tunes").fetchall()
    found = {number: (title, bool(deleted)) for number, title, deleted in rows}
    expected = {}
    for what, number, title in acknowledged:
        before = expected.get(number, ("", False))
        expected[number] = (before[0], True) if what == "delete" else (title, False)
    last = max(expected, default=0)  # something that was not yet acknowledged may have happened to this one
    assert expected.keys() <= found.keys()
    assert {number: found[number] for number in expected if number != last} == {
        number: state for number, state in expected.items() if number != last
    }
    assert len(found) - len(expected) <= 1
    with opened(folder) as book:
        assert len(titles(book)) == sum(not deleted for _, deleted in found.values())


@pytest.mark.parametrize("after", [2, 47])
def test_nothing_acknowledged_is_lost_if_the_program_is_killed(tmp_path, after):
    acknowledged = killed_while_writing(tmp_path, after)
    assert len(acknowledged) >= after - 1
    check_nothing_was_lost(tmp_path, acknowledged)


@pytest.mark.slow
def test_nor_is_it_at_any_of_many_moments(tmp_path):
    generator = random.Random(1850)
    for number in range(20):
        folder = tmp_path / str(number)
        check_nothing_was_lost(folder, killed_while_writing(folder, generator.randrange(1, 140)))


def test_every_change_is_flushed_to_the_disk(tmp_path):
    with closing(BookFile(tmp_path / "book.sqlite")) as file, file.writing() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


def test_a_change_that_fails_leaves_nothing(tmp_path):
    with closing(BookFile(tmp_path / "book.sqlite")) as file:
        with pytest.raises(KeyError), file.writing() as connection:
            connection.execute("INSERT INTO books (name, read_at) VALUES ('half', 0)")
            raise KeyError
        with file.reading() as connection:
            assert connection.execute("SELECT count(*) FROM books").fetchone()[0] == 0


def of_version(path, version):
    """A file as an earlier version left it, with one tune in it."""
    with closing(sqlite3.connect(path)) as connection:
        for number, step in enumerate(schema_steps()[:version], 1):
            connection.executescript(f"{step}\nPRAGMA user_version = {number};")
        if version:
            connection.execute(
                "INSERT INTO tunes (text, digest, title, sort_title, rhythm, meter, key, provenance, kept_at,"
                " changed_at) VALUES (?, x'00', 'The First', 'first', '', '4/4', 'G', '{}', 7, 7)",
                (TUNE,),
            )
            connection.execute("INSERT INTO tags (tune, name) VALUES (1, 'old')")
        connection.commit()


@pytest.mark.parametrize("version", range(len(schema_steps()) + 1))
def test_an_older_file_is_brought_up_to_date(tmp_path, version):
    of_version(tmp_path / FILE_NAME, version)
    with opened(tmp_path) as book:
        with book.file.reading() as connection:
            assert connection.execute("PRAGMA user_version").fetchone()[0] == len(schema_steps())
        if version:
            assert (book.tune(1).text, book.tune(1).tags, book.tune(1).kept_at) == (TUNE, ("old",), 7)
            book.index_for()
            with book.file.reading() as connection:
                assert [match.tune for match in find_melody(connection, readings("GABc dedB"))] == [1]
                assert list_tunes(connection, TuneFilter(words="first"), 0, 9).total == 1
        assert book.keep(TUNE.replace("First", "Second")).id == (2 if version else 1)
        assert book.notice == ""


def test_a_step_that_fails_changes_nothing(tmp_path, monkeypatch):
    of_version(tmp_path / FILE_NAME, 1)
    steps = (schema_steps()[0], "CREATE TABLE other (a);\nCREATE TABLE tunes (b);")
    monkeypatch.setattr(book_file, "schema_steps", lambda: steps)
    with pytest.raises(InputError, match="cannot be opened"):
        BookFile(tmp_path / FILE_NAME)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'other'").fetchall() == []
        assert connection.execute("SELECT text FROM tunes").fetchall() == [(TUNE,)]


def test_a_newer_file_is_refused_with_words_and_stays_as_it_is(tmp_path):
    path = tmp_path / FILE_NAME
    of_version(path, len(schema_steps()))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"version 99, written by a later Tunewright; this one reads versions up to 3"):
        Tunebook(Settings(folder=tmp_path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT text FROM tunes").fetchall() == [(TUNE,)]
    assert path.read_bytes()[100:] == before[100:]  # the head says which journal is used
    assert [file.name for file in tmp_path.glob("*damaged*")] == []


def test_many_programs_may_open_a_new_book_at_once(tmp_path):
    problems = []

    def open_it():
        try:
            with opened(tmp_path) as book:
                book.keep(TUNE)
        except Exception as error:  # noqa: BLE001 - shown below
            problems.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with opened(tmp_path) as book:
        assert titles(book) == ["The First"]


def filled(folder, count=60):
    with opened(folder) as book:
        for number in range(count):
            book.keep(f"X:1\nT:Tune {number}\nK:D\n{'DEFG ABcd ' * 20}D{number + 1}|\n", tags=["dear"])


@pytest.mark.parametrize("content", [b"This is no database. " * 500, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_file_that_is_no_database_is_put_aside_whole(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    with opened(tmp_path) as book:
        (aside,) = tmp_path.glob("tunebook-damaged-*.sqlite")
        assert aside.read_bytes() == content
        assert aside.name in book.notice
        assert "nothing was deleted; no tune in it could be read" in book.notice
        assert book.keep(TUNE).id == 1
    with opened(tmp_path) as book:
        assert (titles(book), book.notice) == (["The First"], "")


def test_what_can_be_read_of_a_damaged_book_is_rescued(tmp_path):
    filled(tmp_path)
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tunes_by_title'").fetchone()
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    damaged = bytearray(path.read_bytes())
    start = (pages[0] - 1) * size
    damaged[start : start + size] = b"\xa5" * size  # one page: that of an index
    path.write_bytes(damaged)
    with opened(tmp_path) as book:
        (aside,) = tmp_path.glob("tunebook-damaged-*.sqlite")
        assert aside.read_bytes() == damaged
        assert "60 of its tunes could be read and are here" in book.notice
        assert sorted(titles(book)) == sorted(f"Tune {number}" for number in range(60))
        assert book.tune(1).tags == ("dear",)


@pytest.mark.parametrize("seed", range(8))
def test_damage_anywhere_never_ends_the_studio_nor_deletes_anything(tmp_path, seed):
    filled(tmp_path, 25)
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    generator = random.Random(seed)
    damaged = bytearray(path.read_bytes())
    for _ in range(6):
        start = generator.randrange(0, len(damaged) - 600)
        damaged[start : start + 600] = generator.randbytes(600)
    path.write_bytes(damaged)
    with opened(tmp_path) as book:
        aside = list(tmp_path.glob("tunebook-damaged-*.sqlite"))
        if aside:
            assert aside[0].read_bytes() == damaged
            assert book.notice
        book.keep(TUNE)
        assert "The First" in titles(book)
