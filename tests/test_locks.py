"""Locks of files and folders, as POSIX has them and as Windows has them."""

import subprocess
import sys
import types

import pytest

from tunewright import locks
from tunewright.errors import OutputError
from tunewright.locks import FolderLock, try_lock

fcntl = pytest.importorskip("fcntl")
TAKE = "from pathlib import Path; from tunewright.locks import FolderLock; FolderLock.take(Path({!r}), 'works in')"


@pytest.fixture
def windows(monkeypatch, tmp_path):
    """A system that locks one byte of a file, at its place, and no folder."""

    def locking(descriptor, mode, count):
        assert (mode, count) == (2, 1)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PermissionError(13, "Permission denied") from None

    monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture(params=["posix", "windows"])
def system(request):
    """Each kind of system in turn."""
    if request.param == "windows":
        request.getfixturevalue("windows")
    return request.param


@pytest.mark.usefixtures("system")
def test_a_file_is_locked_until_it_is_closed(tmp_path):
    path = tmp_path / "lock"
    with path.open("ab") as first, path.open("ab") as second:
        assert try_lock(first.fileno())
        assert not try_lock(second.fileno())
        first.write(b"17")
        first.flush()
        assert path.read_bytes() == b"17"
        first.close()
        assert try_lock(second.fileno())


def test_where_there_are_no_locks_nothing_is_locked(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (tmp_path / "lock").open("ab") as file:
        assert try_lock(file.fileno())
    FolderLock.take(tmp_path, "works in").release()


def test_a_folder_is_locked_until_it_is_released(tmp_path):
    lock = FolderLock.take(tmp_path, "works in")
    program = [sys.executable, "-c", TAKE.format(str(tmp_path))]
    assert "another process works in it" in subprocess.run(program, capture_output=True, text=True).stderr
    lock.release()
    assert not lock.held
    assert subprocess.run(program).returncode == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("system")
def test_a_lock_of_this_process_may_be_taken_over(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    first = FolderLock.take(folder, "works in")
    with pytest.raises(OutputError, match="another process works in it"):
        FolderLock.take(folder, "works in")
    second = FolderLock.take(folder, "works in", take_over=True)
    assert (first.held, second.held) == (False, True)
    first.release()
    with pytest.raises(OutputError, match="another process works in it"):
        FolderLock.take(folder, "works in")
    second.release()
    FolderLock.take(folder, "works in").release()
    assert not list(folder.iterdir())
