"""The core without torch and numba: stand-ins that cannot be imported lie before the real ones on the path."""

import os
import subprocess
import sys

import pytest

ADVICE = "pip install 'tunewright[train]'"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stand-ins")
    for name in ("torch", "numba", "llvmlite"):
        (folder / name).mkdir()
        text = f"raise ModuleNotFoundError({f'No module named {name!r}'!r}, name={name!r})\n"
        (folder / name / "__init__.py").write_text(text, encoding="utf-8")
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])

    def python(*arguments):
        environment = os.environ | {"PYTHONPATH": path, "XDG_CACHE_HOME": str(folder)}
        return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment)

    return python


def test_composes_checks_and_transposes(run, tmp_path):
    composed = run("-m", "tunewright", "compose", "oneills", "--seed", "1", "--accept", "1", "--bars", "8", "--out",
                   str(tmp_path / "t"), "--format", "abc")  # fmt: skip
    assert composed.returncode == 0, composed.stderr
    tune = tmp_path / "t" / "tune-1.abc"
    assert run("-m", "tunewright", "check", str(tune)).returncode == 0
    transposed = run("-m", "tunewright", "transpose", str(tune), "--semitones", "2")
    assert transposed.returncode == 0, transposed.stderr
    assert transposed.stdout.count("|") == tune.read_text(encoding="utf-8").count("|")


@pytest.mark.parametrize(
    "command",
    [["train", "tunes.abc", "--out", "run"], ["evaluate", "oneills", "tunes.abc"], ["compose", "--device", "cpu:0"]],
)
def test_a_command_that_needs_torch_says_what_to_install(run, tmp_path, command):
    (tmp_path / "tunes.abc").write_text("X:1\nK:D\nDEFG|\n", encoding="utf-8")
    name, *rest = command
    arguments = (
        ["oneills", *rest] if name == "compose" else [word.replace("tunes", f"{tmp_path}/tunes") for word in rest]
    )
    ended = run("-m", "tunewright", name, *arguments)
    assert ended.returncode == 2
    assert ADVICE in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_so_does_the_library(run):
    code = (
        "import tunewright\ntry:\n    tunewright.train\nexcept tunewright.MissingExtraError as error:\n    print(error)"
    )
    ended = run("-c", code)
    assert ADVICE in ended.stdout, ended.stderr
