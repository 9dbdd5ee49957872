import os
import subprocess
import sys
from pathlib import Path

import pytest

from tunewright.errors import OutputError
from tunewright.files import (
    cache_folder,
    claim_folder,
    remove_folder,
    settle_folder,
    write_file,
    write_folder,
)


def test_a_file_is_replaced_whole_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "tune.abc"
    write_file(path, "old")
    write_file(path, "nyår\n")
    assert path.read_bytes() == "nyår\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["tune.abc"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        write_file(tmp_path / "nowhere" / "tune.abc", "text")


def test_a_folder_in_use_is_refused_unless_forced(tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(OutputError, match="--force"):
        claim_folder(tmp_path)
    assert claim_folder(tmp_path, force=True) == tmp_path
    assert (tmp_path / "kept.txt").read_text() == "kept"


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    assert claim_folder(tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_a_file_is_no_folder(tmp_path, path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        claim_folder(tmp_path / path)


def test_a_folder_is_replaced_whole(tmp_path):
    folder = tmp_path / "last"
    write_folder(folder, {"a": b"1", "b": b"2"})
    write_folder(folder, {"a": b"3"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"3"}
    assert [path.name for path in tmp_path.iterdir()] == ["last"]


def test_what_a_kill_between_two_renames_leaves_is_brought_back(tmp_path):
    folder = tmp_path / "last"
    write_folder(folder, {"a": b"1"})
    folder.rename(tmp_path / ".last.old")
    settle_folder(folder)
    assert (folder / "a").read_bytes() == b"1"


def test_a_former_folder_that_a_kill_left_over_is_cleared_away(tmp_path):
    folder = tmp_path / "last"
    write_folder(folder, {"a": b"1"})
    write_folder(tmp_path / ".last.old", {"a": b"0"})
    settle_folder(folder)
    assert (folder / "a").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["last"]


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/somewhere"}, "/somewhere"),
        ("linux", {"XDG_CACHE_HOME": ""}, "/home/me/.cache"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache"),
        ("darwin", {}, "/home/me/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local"),
        ("win32", {}, "/home/me/AppData/Local"),
    ],
)
def test_the_cache_is_where_the_system_wants_it(platform, environment, expected, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder("originality") == Path(expected, "tunewright", "originality")


def test_what_a_manifest_does_not_name_stays_when_a_folder_is_replaced(tmp_path):
    folder = tmp_path / "last"
    write_folder(folder, {"a": b"1", "b": b"1"})
    (folder / "mine").write_text("mine")
    for _ in range(2):
        write_folder(folder, {"a": b"2"}, lambda _: {"a", "b"})
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"2", "mine": b"mine"}
    remove_folder(folder, lambda _: {"a", "b"})
    assert [path.name for path in folder.iterdir()] == ["mine"]
    assert [path.name for path in tmp_path.iterdir()] == ["last"]


def test_temporary_files_of_processes_that_have_ended_are_swept(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for process in (ended.pid, os.getpid()):
        (tmp_path / f".tune.abc.{process}.new").write_text("half")
    (tmp_path / ".mine.new").write_text("mine")
    write_file(tmp_path / "other.abc", "whole")
    assert {path.name for path in tmp_path.iterdir()} == {f".tune.abc.{os.getpid()}.new", ".mine.new", "other.abc"}


@pytest.mark.parametrize("path", ["", ".", "/", "a\0b", "\ud800"])
def test_what_is_no_name_of_a_file_is_told(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError):
        write_file(Path(path), "text")
