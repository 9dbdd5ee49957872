"""Processes that answer lines: time limits on each step, and the reason of an end."""

import sys
import time

import pytest

from tunewright.rendering import line_process
from tunewright.rendering.line_process import LineProcess, StoppedError

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


def start(program):
    return LineProcess([sys.executable, "-I", "-S", "-c", program])


def soon(seconds=10.0):
    return time.monotonic() + seconds


@pytest.fixture(params=[True, False], ids=["poll", "no poll"])
def waits(request, monkeypatch):
    """Systems that can wait for a pipe, and those that cannot."""
    if request.param and not line_process._CAN_POLL:
        pytest.skip("this system has no poll")
    monkeypatch.setattr(line_process, "_CAN_POLL", request.param)


@pytest.mark.usefixtures("waits")
def test_lines_go_and_come_whatever_their_length():
    process = start(ECHO)
    for line in (b"short\n", b"long " * 100_000 + b"\n"):
        assert process.send(line, soon())
        assert process.receive(soon()) == line
    assert process.lines_sent == 2
    assert process.close() == 0


@pytest.mark.usefixtures("waits")
def test_an_answer_may_be_late():
    process = start("import time; time.sleep(60)")
    with pytest.raises(TimeoutError):
        process.receive(soon(0.2))
    assert process.kill() == -9


@pytest.mark.usefixtures("waits")
def test_an_end_is_told_with_the_last_words():
    process = start("import sys; sys.exit('no more')")
    with pytest.raises(StoppedError, match=r"^exit status 1: no more$"):
        process.receive(soon())
    assert not process.send(b"line\n", soon())
    process.kill()


def test_a_line_may_not_be_taken():
    process = start("import time; time.sleep(60)")
    with pytest.raises(TimeoutError):
        process.send(b"x" * 1_000_000, soon(0.2))
    process.kill()


def test_one_that_does_not_end_by_itself_is_ended(monkeypatch):
    monkeypatch.setattr(line_process, "CLOSE_SECONDS", 0.2)
    assert start("import time; time.sleep(60)").close() == -9


def test_what_closes_its_output_and_goes_on_has_stopped(monkeypatch):
    monkeypatch.setattr(line_process, "CLOSE_SECONDS", 0.2)
    process = start("import os, time; os.close(1); time.sleep(60)")
    with pytest.raises(StoppedError, match="no longer answers"):
        process.receive(soon())
    process.kill()


def test_a_program_that_does_not_exist_cannot_be_started(tmp_path):
    with pytest.raises(OSError, match="no-such"):
        LineProcess([str(tmp_path / "no-such")])
