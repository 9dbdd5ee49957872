"""The loop is compiled once, by a process that nobody waits for and that leaves no mark behind."""

import os
import subprocess
import sys
import time

import pytest

from tunewright.sampling.compiled import compiling, kernel

READY = "from tunewright.sampling.compiled.kernel import is_ready; print(is_ready())"


@pytest.fixture
def never_compiled(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(kernel, "_loaded", [])
    monkeypatch.setattr(compiling, "_running", [])


@pytest.fixture
def started(monkeypatch):
    """Commands that would have been started."""
    commands = []

    class Process:
        def __init__(self, command, **_options):
            commands.append(command)

        def poll(self):
            return None

    monkeypatch.setattr(subprocess, "Popen", Process)
    return commands


@pytest.mark.usefixtures("never_compiled")
def test_it_is_started_once(started):
    compiling.start()
    assert compiling.under_way()
    compiling.start()
    assert [command[1:] for command in started] == [["-m", "tunewright.sampling.compiled.compiling"]]


@pytest.mark.usefixtures("never_compiled")
def test_it_is_not_started_while_another_process_is_at_it(started):
    compiling._mark().parent.mkdir(parents=True)
    compiling._mark().touch()
    compiling.start()
    assert started == []
    long_ago = time.time() - 2 * compiling.LONGEST_SECONDS  # that process was killed
    os.utime(compiling._mark(), (long_ago, long_ago))
    compiling.start()
    assert len(started) == 1


@pytest.mark.usefixtures("never_compiled")
def test_without_numba_nothing_is_started(started, monkeypatch):
    monkeypatch.setattr(kernel, "_loaded", [None])
    compiling.start()
    assert started == []


def test_what_is_compiled_already_is_not_compiled_again(started):
    kernel.ready()
    compiling.start()
    compiling.finish()
    assert started == []


@pytest.mark.slow
@pytest.mark.usefixtures("never_compiled")
def test_the_process_compiles_and_leaves_the_loop_in_the_cache():
    compiling.start()
    compiling.finish()
    assert [process.wait(60) for process in compiling._running] == [0]
    result = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True)
    assert result.stdout == "True\n", result.stderr
    assert not compiling._mark().exists()
