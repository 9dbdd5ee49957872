"""Commands that are given nothing to read, or nowhere to write: one line of error, status 2, no traceback."""

import pytest
from command_line import run

TUNE = "X:1\nT:A\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|]\n"
READ = {
    "corpus": ["corpus", "PATH"],
    "build": ["corpus", "build", "PATH", "--out", "NEW"],
    "build to measure": ["corpus", "build", "TUNE", "--validation", "PATH", "--out", "NEW"],
    "check": ["check", "PATH"],
    "transpose": ["transpose", "PATH", "--semitones", "1"],
    "render": ["render", "PATH", "--to", "abc", "--out", "NEW"],
    "originality": ["originality", "PATH", "--corpus", "TUNE"],
    "musicality": ["musicality", "PATH", "--corpus", "TUNE"],
    "train": ["train", "PATH", "--out", "NEW", "--device", "cpu"],
    "evaluate": ["evaluate", "oneills", "PATH"],
    "adapt": ["adapt", "oneills", "PATH", "--out", "NEW"],
    "study": ["study", "run", "PATH", "--out", "NEW"],
    "study results": ["study", "results", "PATH", "--out", "NEW"],
    "report": ["report", "PATH", "--out", "NEW"],
    "export": ["export", "PATH", "--onnx", "NEW"],
}
"""Every command that reads a file or folder of the user's, and what must follow it."""
WRITE = {
    "build": ["corpus", "build", "TUNE", "--out"],
    "transpose": ["transpose", "TUNE", "--semitones", "1", "--out"],
    "render": ["render", "TUNE", "--to", "abc", "--out"],
    "musicality": ["musicality", "TUNE", "--corpus", "TUNE", "--figure"],
    "compose": ["compose", "oneills", "--out"],
    "export": ["export", "oneills", "--onnx"],
}


def filled(words, tmp_path, path=""):
    (tmp_path / "tune.abc").write_text(TUNE)
    places = {"PATH": path, "TUNE": tmp_path / "tune.abc", "NEW": tmp_path / "new"}
    return [places.get(word, word) for word in words]


def refused(capsys, *words):
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, ""), err
    return err


@pytest.mark.parametrize("command", READ)
def test_an_empty_folder(command, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert str(tmp_path / "empty") in refused(capsys, *filled(READ[command], tmp_path, tmp_path / "empty"))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", READ)
def test_an_empty_name(command, tmp_path, capsys):
    assert "is empty" in refused(capsys, *filled(READ[command], tmp_path))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", [name for name in READ if name != "check"])
def test_a_folder_without_a_tune(command, tmp_path, capsys):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "letter.txt").write_text("Dear reader,\nno tune is here.\n")
    assert "no" in refused(capsys, *filled(READ[command], tmp_path, tmp_path / "words"))


def test_checking_a_folder_without_a_tune_finds_that_there_is_none(tmp_path, capsys):
    (tmp_path / "letter.txt").write_text("Dear reader,\nno tune is here.\n")
    status, out, _ = run(capsys, "check", tmp_path)
    assert (status, "there is no tune" in out) == (1, True)


@pytest.mark.parametrize("command", WRITE)
def test_an_empty_name_to_write_to(command, tmp_path, capsys):
    assert "is empty" in refused(capsys, *filled(WRITE[command], tmp_path), "")


@pytest.mark.parametrize("command", ["transpose", "musicality", "export"])
def test_a_folder_in_place_of_a_file_to_write(command, tmp_path, capsys):
    (tmp_path / "empty.png").mkdir()
    assert "empty.png" in refused(capsys, *filled(WRITE[command], tmp_path), tmp_path / "empty.png")
