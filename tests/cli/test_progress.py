"""Progress bars and their announcements."""

from io import StringIO

import pytest

from tunewright.cli import progress
from tunewright.cli.progress import indexing, progress_bar
from tunewright.cli.safe_console import SafeConsole

WORDS = "indexing 3,054 tunes to look for copies; this happens once ..."


@pytest.fixture
def terminal(monkeypatch):
    console = SafeConsole(file=StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(progress, "error_console", lambda: console)
    return console.file


def test_a_terminal_shows_the_announcement_and_a_bar(terminal):
    with progress_bar(indexing(3054)) as tell:
        assert WORDS not in terminal.getvalue()
        tell("reading tunes", 0.25)
        tell("reading tunes", 0.5)
    shown = terminal.getvalue()
    assert shown.count(WORDS) == 1
    assert shown.index(WORDS) < shown.index("reading tunes")
    assert "50%" in shown


def test_a_bar_may_stand_within_another(terminal):
    with progress_bar() as outer:
        outer("composing", 0.5)
        with progress_bar(indexing(3054)) as inner:
            inner("reading tunes", 0.25)
    assert terminal.getvalue().count(WORDS) == 1


def test_elsewhere_there_is_the_announcement_alone(capsys):
    with progress_bar(indexing(3054)) as tell:
        tell("reading tunes", 0.25)
        tell("sorting", 0.5)
    assert capsys.readouterr().err == WORDS + "\n"


def test_work_that_does_not_begin_is_not_announced(capsys):
    with progress_bar(indexing(3054)):
        pass
    assert capsys.readouterr().err == ""
