"""Work is done in order, by other processes, none of which outlives this one."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tunewright.corpus.large.workers import workers
from tunewright.errors import CorpusError


def test_one_process_is_this_one():
    with workers(1) as run:
        assert list(run(os.getpid, [(), ()])) == [os.getpid()] * 2


def test_several_processes_answer_in_order():
    with workers(2) as run:
        assert list(run(pow, [(2, exponent) for exponent in range(20)])) == [2**exponent for exponent in range(20)]
        assert os.getpid() not in set(run(os.getpid, [(), ()]))


def end(status):
    os._exit(
        status
    )  # called by a name of ours: a run that measures coverage replaces it by what no process can be sent


def test_a_process_that_is_ended_is_told():
    with pytest.raises(CorpusError, match="was killed"), workers(2) as run:
        list(run(end, [(1,)]))


PROGRAM = """
import os, time
from tunewright.corpus.large.workers import workers
if __name__ == "__main__":
    with workers(2) as run:
        print(*set(run(os.getpid, [()] * 50)), flush=True)
        list(run(time.sleep, [(60,)] * 4))
"""


def test_processes_end_with_the_one_that_started_them(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen([sys.executable, tmp_path / "program.py"], stdout=subprocess.PIPE) as child:
        started = [int(number) for number in child.stdout.readline().split()]
        os.kill(child.pid, signal.SIGKILL)
    assert started
    for _ in range(200):
        if not any(is_running(process) for process in started):
            return
        time.sleep(0.05)
    pytest.fail("a process goes on")


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout
    return bool(status.strip()) and not status.startswith("Z")
