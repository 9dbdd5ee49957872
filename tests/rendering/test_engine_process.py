"""Engine processes: V8 crashes, kills, forks, signals and threads."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from conftest import missing

from tunewright.errors import RenderError
from tunewright.rendering import engine, engine_process
from tunewright.rendering.engine import ask, close_engines
from tunewright.rendering.line_process import LineProcess

SECONDS_ALLOWED = 20

TUNE = "X:1\nT:A Tune\nR:reel\nM:4/4\nL:1/8\nQ:1/4=90\nK:G\nGABc|\n"
ENDLESS = "X:1\nK:C\n|:C:|[1-999999999 D:|\n"


def engines_of(process):
    """Numbers of the living engines that a process has started."""
    if not Path("/proc/self/stat").exists():
        missing("/proc", remedy="these tests look there for processes")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if int(parent) == process and state != "Z" and b"engine_process.py" in command:
            found.append(int(entry.name))
    return found


def has_ended(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until(condition, what):
    end = time.monotonic() + SECONDS_ALLOWED
    while not (found := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.01)
    return found


def kill(process):
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: has_ended(process), "it does not end")


def ask_endlessly(outcome):
    try:
        ask("sequence", ENDLESS, 30)
    except RenderError as error:
        outcome.append(str(error))


@pytest.fixture
def only_engine():
    close_engines()
    assert ask("open", TUNE)["notes"] == 4
    (number,) = engines_of(os.getpid())
    return number


def test_an_engine_killed_while_it_answers_is_an_error_and_the_next_tune_works(only_engine):
    outcome = []
    asking = threading.Thread(target=ask_endlessly, args=(outcome,))
    asking.start()
    time.sleep(0.3)
    kill(only_engine)
    asking.join()
    assert outcome == ["the engine stopped on this tune (signal 9)"]
    assert ask("open", TUNE)["notes"] == 4


def test_an_engine_killed_between_questions_is_replaced(only_engine):
    os.kill(only_engine, signal.SIGKILL)
    os.waitid(os.P_PID, only_engine, os.WEXITED | os.WNOWAIT)  # until its last thread has ended
    assert ask("open", TUNE)["notes"] == 4
    assert only_engine not in engines_of(os.getpid())


class Killed(LineProcess):
    """Dies while it starts, some times."""

    to_kill = 0

    def __init__(self, command):
        super().__init__(command)
        if Killed.to_kill:
            Killed.to_kill -= 1
            os.kill(self.number, signal.SIGKILL)


def test_an_engine_killed_while_it_starts_is_replaced_once(monkeypatch):
    close_engines()
    monkeypatch.setattr(engine, "LineProcess", Killed)
    monkeypatch.setattr(Killed, "to_kill", 1)
    assert ask("open", TUNE)["notes"] == 4
    close_engines()
    monkeypatch.setattr(Killed, "to_kill", 3)
    with pytest.raises(RenderError, match=r"cannot be started \(signal 9\)"):
        ask("open", TUNE)
    assert Killed.to_kill == 1
    assert engines_of(os.getpid()) == []


def test_an_engine_that_hangs_is_an_error_and_the_next_tune_works(only_engine, monkeypatch):
    monkeypatch.setattr(engine, "TIME_LIMIT_SECONDS", 0.3)
    os.kill(only_engine, signal.SIGSTOP)
    with pytest.raises(RenderError, match=r"within 0\.3 seconds"):
        ask("open", TUNE + "%" * 500_000)
    monkeypatch.undo()
    assert has_ended(only_engine)
    assert ask("open", TUNE)["notes"] == 4


def test_an_interrupt_leaves_no_answer_to_be_taken_for_the_next(only_engine):
    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            ask("sequence", ENDLESS, 30)
    finally:
        signal.signal(signal.SIGALRM, former)
    assert has_ended(only_engine)
    assert ask("open", TUNE)["notes"] == 4


def test_a_mini_racer_that_cannot_be_loaded_is_one_clear_error(monkeypatch, tmp_path):
    close_engines()
    (tmp_path / "py_mini_racer").mkdir()
    (tmp_path / "py_mini_racer" / "__init__.py").write_text("raise OSError('libmini_racer.so: no such file')")
    command = engine._command()
    monkeypatch.setattr(engine, "_command", lambda: [*command[:-1], str(tmp_path)])
    with pytest.raises(RenderError, match=r"cannot be started \(exit status 1: OSError: libmini_racer"):
        ask("open", TUNE)
    monkeypatch.setattr(engine, "_command", lambda: [str(tmp_path / "no-python")])
    with pytest.raises(RenderError, match=r"cannot be started \(.*no-python"):
        ask("open", TUNE)


def test_no_python_is_one_clear_error(monkeypatch):
    close_engines()
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(RenderError, match="Python program"):
        ask("open", TUNE)


class Racer:
    """In the place of V8, in this process."""

    def eval(self, _code):
        return "{}"

    def set_hard_memory_limit(self, _bytes):
        pass

    def close(self):
        pass


def test_v8_is_made_asked_and_closed_in_one_thread(monkeypatch):
    import py_mini_racer

    monkeypatch.setattr(py_mini_racer, "MiniRacer", Racer)
    made = engine_process._Engine(py_mini_racer)
    assert made.answer("1000 open []") == b"answer {}"
    made.close()
    problems = []

    def use():
        for step in (lambda: made.answer("1000 open []"), made.close):
            try:
                step()
            except RuntimeError as error:
                problems.append(str(error))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert problems == ["V8 was made in another thread"] * 2


RENDERED = "len(render(TUNE, 'midi')) > 100"
BEGINNING = f"""
import asyncio, os, pathlib, signal, sys, threading, time, multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from tunewright.rendering import render
from tunewright.rendering.engine import ask
TUNE, ENDLESS = {TUNE!r}, {ENDLESS!r}
def rendered(_=None): return {RENDERED}
async def soon(): return rendered()
def in_thread(function):
    with ThreadPoolExecutor(1) as pool: return pool.submit(function).result()
"""
PROGRAMS = {
    "plain": "print(rendered())",
    # The failure of old: V8 made in one thread and closed, at exit, in another. It ended in SIGSEGV, status 139, where
    # the processor has memory protection keys (`ospke` in /proc/cpuinfo).
    "first in another thread": "print(in_thread(rendered))",
    "first in another thread, then here": "in_thread(rendered); print(rendered())",
    "in a thread that outlives us": "asking = lambda: ask('sequence', ENDLESS, 30)\n"
    "threading.Thread(target=asking, daemon=True).start(); time.sleep(1); print(rendered())",
    "event loop": "print(asyncio.run(soon()))",
    "event loop in a thread": "print(in_thread(lambda: asyncio.run(soon())))",
    "event loop and its threads": "async def every(): return await asyncio.gather(*[asyncio.to_thread(rendered)] * 3)\n"
    "print(set(asyncio.run(every())) == {True})",
    "notebook": "space = {'__name__': '__main__', 'rendered': rendered}\n"
    "async def cell(): exec('shown = rendered()', space)\n"
    "in_thread(lambda: asyncio.run(cell())); print(space['shown'])",
    "fork": "rendered(); child = os.fork()\nif not child: os._exit(0 if rendered() and rendered() else 1)\n"
    "print(os.waitpid(child, 0)[1] == 0 and rendered())",
    "fork that ends like a program": "rendered(); child = os.fork()\nif not child: sys.exit(0 if rendered() else 1)\n"
    "print(os.waitpid(child, 0)[1] == 0 and rendered())",
    "pool, forked": "rendered()\nwith ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool:\n"
    "    print(all(pool.map(rendered, range(8))) and rendered())",
    "pool, spawned": "if __name__ == '__main__':\n"
    "    with ProcessPoolExecutor(2, multiprocessing.get_context('spawn')) as pool:\n"
    "        print(all(pool.map(rendered, range(4))) and rendered())",
    "no V8 here": "rendered(); loaded = pathlib.Path('/proc/self/maps').read_text() + ' '.join(sys.modules)\n"
    "print('mini_racer' not in loaded)",
}


def run(arguments, **options):
    """Status, output and errors of a Python program, when all engines that it or its children started have ended."""
    mark = f"TEST={uuid.uuid4()}"
    environment = options.pop("env", os.environ) | dict([mark.split("=")])
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
        **options,
    )
    wait_until(lambda: not marked(mark.encode()), "an engine is left")
    return done.returncode, done.stdout, done.stderr


def marked(mark):
    """Processes that have `mark` in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has just ended, or is another user's
            if mark in entry.read_bytes():
                found.append(entry.parent.name)
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_process_that_rendered_ends_well_and_leaves_nothing(name, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(f"{BEGINNING}\n{PROGRAMS[name]}\n")
    assert run(["-W", "error", "-W", "ignore:This process:DeprecationWarning", path]) == (0, "True\n", "")


def test_a_program_need_not_be_a_file():
    program = f"{BEGINNING}\nprint(rendered())"
    assert run(["-"], input=program) == (0, "True\n", "")
    assert run(["-P", "-c", program]) == (0, "True\n", "")


def test_packages_may_be_where_only_this_process_knows():
    lines = [f"import sys; sys.path[:0] = {[path for path in sys.path if path]!r}", BEGINNING, "print(rendered())"]
    assert run(["-I", "-S", "-c", "\n".join(lines)], env={}) == (0, "True\n", "")


ENDS = {"sys.exit(3)": 3, "raise SystemExit(4)": 4, "os._exit(5)": 5, "os.kill(os.getpid(), signal.SIGTERM)": -15}


@pytest.mark.parametrize("end", ENDS)
def test_engines_end_with_the_process_that_asks_without_keeping_it(end):
    program = f"{BEGINNING}\nrendered(); print(time.monotonic(), flush=True); {end}"
    status, began, err = run(["-c", program])
    assert time.monotonic() - float(began) < 3
    assert (status, err) == (ENDS[end], "")


PHASES = {
    "while it starts": "from tunewright.rendering import line_process\n"
    "line_process.LineProcess.receive = lambda *_: (print('now', flush=True), time.sleep(60))\nrendered()",
    "while it waits": "rendered(); print('now', flush=True); time.sleep(60)",
    "while it answers": "rendered(); print('now', flush=True); ask('sequence', ENDLESS, 30)",
}


@pytest.mark.parametrize("phase", PHASES)
def test_engines_end_with_a_process_that_is_killed(phase):
    with subprocess.Popen(
        [sys.executable, "-c", BEGINNING + PHASES[phase]], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout.readline() == "now\n"
        (number,) = engines_of(program.pid)
        if phase == "while it answers":
            time.sleep(0.5)
        kill(program.pid)
    wait_until(lambda: has_ended(number), "an engine is left")


def test_a_forked_process_does_not_keep_an_engine_alive():
    program = "rendered(); child = os.fork()\nif not child: time.sleep(60)\nprint(child, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", BEGINNING + program], stdout=subprocess.PIPE, text=True) as asking:
        child = int(asking.stdout.readline())
        (number,) = engines_of(asking.pid)
        kill(asking.pid)
        try:
            wait_until(lambda: has_ended(number), "the engine lives on")
        finally:
            os.kill(child, signal.SIGKILL)


def test_an_interrupt_from_the_keyboard_is_left_to_the_process_that_asks():
    program = (
        "signal.signal(signal.SIGINT, lambda *_: None); rendered(); print('now', flush=True)\n"
        "sys.stdin.readline(); rendered(); print('still', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", BEGINNING + program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as asking:  # fmt: skip
        assert asking.stdout.readline() == "now\n"
        before = engines_of(asking.pid)
        os.killpg(asking.pid, signal.SIGINT)
        asking.stdin.write("\n")
        asking.stdin.flush()
        assert asking.stdout.readline() == "still\n"
        assert engines_of(asking.pid) == before
        assert asking.communicate("\n")[1] == ""
    assert asking.returncode == 0
