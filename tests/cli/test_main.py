import os
import subprocess
import sys

import pytest
from command_line import run
from conftest import require_package

from tunewright import __version__
from tunewright.cli.main import app


def test_the_version_is_told(capsys):
    assert run(capsys, "--version") == (0, f"{__version__}\n", "")


def test_help_names_every_command(capsys):
    status, out, _ = run(capsys, "--help")
    assert status == 0
    for command in ("demo", "corpus", "train", "evaluate", "compose", "render"):
        assert f" {command} " in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trian"], "trian"),
        (["train", "--out", "r", "--epocs", "3"], "--epochs"),
        (["train", "book.abc"], "--out"),
        (["train", "book.abc", "--out", "r", "--epochs", "many"], "many"),
        (["evaluate", "nowhere", "book.abc"], "nowhere: no such model"),
        (["compose", "nowhere"], "nowhere: no such model"),
    ],
)
def test_a_mistake_is_one_line_and_status_two(capsys, tmp_path, monkeypatch, arguments, words):
    if arguments[0] == "evaluate":
        require_package("torch")
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert words in err
    assert err.startswith("tunewright: ")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_numpy_computes_on_one_thread_unless_the_user_says_otherwise():
    code = "import os, sys; from tunewright.cli.main import main\ntry: main(['--version'])\nexcept SystemExit: pass\n"
    code += "assert 'numpy' not in sys.modules\nprint(os.environ['OPENBLAS_NUM_THREADS'])"
    for told, expected in ((None, "1"), ("3", "3")):
        environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
        environment |= {"OPENBLAS_NUM_THREADS": told} if told else {}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
        assert done.stdout.splitlines()[-1] == expected, done.stderr


@pytest.mark.parametrize(
    ("flag", "present"), [("--lanes", "--batch-size"), ("--weight-drop=0.1", "--recurrent-weight-dropout")]
)
def test_a_flag_of_a_former_version_is_told_by_its_name_of_today(capsys, flag, present):
    status, _, err = run(capsys, "train", "ryans", flag, "8")
    assert status == 2
    assert err.endswith(f" is now called {present}.\n")


def test_with_debug_a_mistake_comes_with_its_traceback(capsys):
    status, _, err = run(capsys, "compose", "nowhere", "--debug")
    assert status == 2
    assert err.startswith("Traceback")
    assert "CheckpointError" in err
    assert err.splitlines()[-1].startswith("tunewright: nowhere: no such model")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell):
    script = app.generate_completion(shell=shell)
    for word in ("compose", "temperature", "doctor"):
        assert word in script
