"""Real runs under torchrun, on this machine's loopback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import run

from tunewright.cli.processes import ignore_sigterm_after_worker_error, only_rank_zero_prints
from tunewright.errors import WorkerError

TINY = ["--units", "8", "--embedding", "4", "--batch-size", "8", "--epochs", "100000"]


def torchrun(*arguments):
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m", "tunewright"]
    loopback = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}
    return subprocess.Popen(
        [*start, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **loopback, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def finish(process):
    with process:
        return process.communicate(timeout=400)[0]


def wait_for(path, process):
    deadline = time.monotonic() + 400
    while not path.exists():
        assert process.poll() is None, finish(process)
        assert time.monotonic() < deadline, "nothing was written in 400 s"
        time.sleep(0.02)


def process_of_rank(rank, parent):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"PPid:\t{parent}\n" in (folder / "status").read_text() and f"RANK={rank}" in (
                folder / "environ"
            ).read_text().split("\0"):
                return int(folder.name)
        except OSError:
            continue  # it has ended
    raise AssertionError(f"no process of rank {rank}")


@pytest.mark.slow
def test_a_mistake_is_told_once(tiny_corpus, tmp_path):
    process = torchrun("train", tiny_corpus, "--out", tmp_path / "run", "--units", "0")
    assert finish(process).count("tunewright: ") == 1
    assert process.returncode != 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks the processes up in /proc")
def test_a_killed_process_ends_the_run_and_one_goes_on(capsys, tiny_corpus, tmp_path):
    process = torchrun("train", tiny_corpus, "--out", tmp_path / "run", *TINY)
    wait_for(tmp_path / "run" / "last" / "tunewright.json", process)
    os.kill(process_of_rank(1, process.pid), signal.SIGKILL)
    out = finish(process)
    assert process.returncode != 0
    assert out.count("2 processes") == 1
    assert out.count("tunewright: another process of this training was lost") == 1
    assert f"saved in {tmp_path / 'run' / 'last'}" in out
    status, _, err = run(capsys, "train", "--out", tmp_path / "run", "--resume", "--units", "9")
    assert (status, "units is 9, but the run to go on with has 8" in err) == (2, True)


@pytest.mark.slow
def test_ctrl_c_stops_all_after_the_batch_under_way(tiny_corpus, tmp_path):
    process = torchrun("train", tiny_corpus, "--out", tmp_path / "run", *TINY)
    wait_for(tmp_path / "run" / "last" / "tunewright.json", process)
    process.send_signal(signal.SIGINT)
    assert finish(process).count("stopped and saved; go on with: ") == 1


@pytest.mark.parametrize(("rank", "words"), [("0", "hello\n"), ("1", "")])
def test_process_0_speaks_for_all(capsys, monkeypatch, rank, words):
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
    with only_rank_zero_prints():
        sys.stdout.write("hello\n")
        sys.stderr.write("hello\n")
    assert capsys.readouterr() == (words, words)


def test_a_number_without_torchrun_silences_nobody(capsys, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with only_rank_zero_prints():
        sys.stdout.write("hello\n")
    assert capsys.readouterr().out == "hello\n"


def test_last_words_are_not_cut_short():
    former = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(WorkerError), ignore_sigterm_after_worker_error():
            raise WorkerError("lost")
        os.kill(os.getpid(), signal.SIGTERM)  # would end this process
    finally:
        signal.signal(signal.SIGTERM, former)
