"""Every example that a help text shows is a command line that the parser takes."""

import os
import pty
import shlex
import subprocess
import sys

import pytest
from command_line import run
from cyclopts import CycloptsError

from tunewright.cli.examples import commands, examples_of
from tunewright.cli.main import app

ESCAPE = "\x1b["


def named(parent, *path):
    """Every command of an app and of the apps in it, such as ``study run``."""
    for name in parent:
        if not name.startswith("-"):
            yield " ".join([*path, name])
            yield from named(parent[name], *path, name)


def parse(example):
    program, *words = shlex.split(example.partition(" > ")[0], comments=True)
    assert program == "tunewright"
    return words, app.parse_args(words, exit_on_error=False, print_error=False)


def test_every_command_has_examples_of_its_own():
    assert set(commands()) == {"", *named(app)}
    shown = [example for command in commands() for example in examples_of(command)]
    assert all(len(example) < 80 for example in shown), "a terminal of 80 columns would break the line"


@pytest.mark.parametrize("command", commands())
def test_help_ends_with_two_examples(capsys, command):
    status, out, _ = run(capsys, *command.split(), "--help")
    assert status == 0
    title, *shown = [line.rstrip() for line in out.splitlines()[-3:]]
    assert title == "Examples:"
    assert tuple(shown) == examples_of(command)


@pytest.mark.parametrize("command", commands())
def test_the_parser_takes_every_example(command):
    for example in examples_of(command):
        words, (function, *_) = parse(example)
        assert words[: len(command.split())] == command.split()
        assert callable(function)


@pytest.mark.parametrize(
    "example",
    ["tunewright check --jsn", "tunewright study run plan", "tunewright compose a b", "tunewright render x --too y"],
)
def test_an_example_that_has_rotted_is_found(example):
    with pytest.raises(CycloptsError):
        parse(example)


def on_a_terminal(*arguments, **environment):
    """What a command writes to a terminal."""
    master, slave = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tunewright", *arguments], stdout=slave, stderr=slave,
        env=inherited | {"TERM": "xterm-256color", "COLUMNS": "80"} | environment,
    )  # fmt: skip
    os.close(slave)
    written = b""
    try:
        while block := os.read(master, 65536):
            written += block
    except OSError:  # how a terminal tells that nobody writes to it any more
        pass
    os.close(master)
    assert process.wait() == 0
    return written.decode()


def colours(text):
    """The parameters of escape sequences that set a colour: 30 to 49 and 90 to 107."""
    parameters = [part.partition("m")[0] for part in text.split(ESCAPE)[1:]]
    return [part for part in parameters if any(30 <= int(one or 0) <= 107 for one in part.split(";") if one.isdigit())]


def test_colours_are_for_terminals_whose_user_wants_them():
    assert colours(on_a_terminal("check", "--help"))
    assert colours(on_a_terminal("check", "--help", NO_COLOR="1")) == []
    piped = subprocess.run([sys.executable, "-m", "tunewright", "check", "--help"], capture_output=True, text=True)
    assert ESCAPE not in piped.stdout
