import os
import signal
import subprocess
import sys
import time

import pytest

from tunewright.cli.ending import interrupt_on_signal, stop_on_signal


def test_a_first_signal_is_collected_and_a_second_interrupts():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), stop_on_signal() as stopped:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopped == [signal.SIGTERM]
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_ending_signal_is_collected_within_and_interrupts_outside(number):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interrupt_on_signal():
        with stop_on_signal() as stopped:
            os.kill(os.getpid(), number)
            assert stopped == [number]
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) == before


def test_what_the_caller_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with interrupt_on_signal(), stop_on_signal() as stopped:
            os.kill(os.getpid(), signal.SIGHUP)
        assert stopped == []
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.slow
def test_rendering_stops_where_it_is_told_to(tiny_corpus, tmp_path):
    command = [sys.executable, "-m", "tunewright", "render", str(tiny_corpus), "--to", "opus,html", "--out", "out"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        while not list(tmp_path.glob("out/*.opus")):
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        words = process.communicate(timeout=30)[0]
    assert process.returncode == 130, words
    assert "Traceback" not in words
    assert 1 <= len(list(tmp_path.glob("out/*"))) < 60
