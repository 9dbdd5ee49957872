"""Commands whose output no console can break."""

import os
import subprocess
import sys

import pytest

from tunewright.cli.console import printable

TUNE = "Слова песни\n\nX:1\nT:Калинка\nM:4/4\nL:1/4\nK:C\nCDE|G4|CDEF|]\nX:2\nT:Ω\nK:C\nÅ|\n"
COMMANDS = (["corpus"], ["corpus", "--left-out"], ["check"], ["check", "--json"], ["transpose", "--semitones", "2"])


def run(arguments, **options):
    environment = {**os.environ, **options.pop("environment", {})}
    command = [sys.executable, "-m", "tunewright", *arguments]
    return subprocess.run(command, env=environment, stderr=subprocess.PIPE, check=False, **options)


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "Книга.abc"
    path.write_text(TUNE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_encodings_without_these_letters(encoding, command, book):
    result = run([*command, book], environment={"PYTHONIOENCODING": encoding}, stdout=subprocess.PIPE)
    assert result.returncode in (0, 1)
    assert b"Traceback" not in result.stderr
    assert result.stdout


@pytest.mark.parametrize("command", COMMANDS[::2], ids=" ".join)
def test_the_c_locale(command, book):
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = run([*command, book], environment=environment, stdout=subprocess.PIPE)
    assert result.returncode in (0, 1)
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize("command", COMMANDS[::2], ids=" ".join)
def test_a_closed_pipe(command, book):
    reader, writer = os.pipe()
    os.close(reader)
    result = run([*command, book], stdout=writer)
    os.close(writer)
    assert result.returncode in (0, 1)
    assert b"Traceback" not in result.stderr
    assert b"Broken" not in result.stderr


def test_control_characters_are_written_out():
    assert printable("a\x1b[31mb\u202ec\td\n\udcff") == "a\\x1b[31mb\\u202ec\td\n\\udcff"


def test_names_with_control_characters_are_printed_harmlessly(tmp_path):
    path = tmp_path / "a\x1b[31m\u202e.abc"
    path.write_text("X:1\nT:t\nM:4/4\nL:1/4\nK:C\nCDE|CDE|CDE|\n", encoding="utf-8")
    result = run(["check", str(path)], stdout=subprocess.PIPE)
    assert b"\x1b" not in result.stdout
    assert b"\\x1b" in result.stdout
    result = run(["check", str(path) + "x"], stdout=subprocess.PIPE)
    assert b"\x1b" not in result.stderr
