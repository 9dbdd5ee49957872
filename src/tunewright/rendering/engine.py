"""Calls of abcjs from Python: engines that run it in V8, each in a process of its own, started when first needed.

abcjs is JavaScript for a browser. `engine_process` runs it in V8 (mini-racer), with the few objects of a browser that
it needs (``dom.js``) and the functions that are called (``engine.js``); texts of tunes are data there, never code.
V8 is never loaded into this process. A tune that takes too long, needs too much memory or crashes V8 ends one engine
and raises one `RenderError`; the next call gets a fresh engine.

Any thread may call. An engine answers one call at a time; there are as many engines as there have been calls at one
time, up to `most_engines`. A forked process starts its own. Engines end with the process that started
them, however that ends.
"""

import atexit
import json
import os
import sys
import threading
import time
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tunewright.cores import cores
from tunewright.errors import MissingExtraError, RenderError
from tunewright.rendering.engine_process import ANSWER, MEMORY
from tunewright.rendering.line_process import LineProcess, StoppedError

TIME_LIMIT_SECONDS = 20.0
"""Time limit of one call; a usual tune takes about 0.02 s."""

START_LIMIT_SECONDS = 60.0
"""Time limit for an engine to start; it usually takes 0.3 s."""

MEMORY_LIMIT_BYTES = 512 * 2**20
"""Memory limit of V8 in one engine."""

MOST_ENGINES = 8
"""The limit on any number of cores: each takes up to 200 MB, and one Python process cannot keep more busy."""

QUESTIONS_PER_ENGINE = 10_000
"""After this many calls an engine is replaced: abcjs caches the width of every short text that it has seen."""


def ask(question: str, *arguments: str | float | dict[str, str]) -> Any:
    """Call a function of ``engine.js`` and return what it returns, as plain Python values.

    Raises
    ------
    RenderError
        If abcjs fails on this tune, needs more than the time or memory allowed, or crashes V8; or if no engine can be
        started.
    MissingExtraError
        If mini-racer is not installed.
    """
    seconds, memory = TIME_LIMIT_SECONDS, MEMORY_LIMIT_BYTES
    try:
        answer = _engines.ask(f"{memory} {question} {json.dumps(arguments)}\n".encode(), seconds)
    except TimeoutError:
        raise RenderError(f"abcjs did not finish within {seconds:g} seconds") from None
    except StoppedError as error:
        raise RenderError(f"the engine stopped on this tune ({error})") from None
    outcome, _, content = answer.partition(b" ")
    if outcome == ANSWER:
        return json.loads(content)
    if outcome == MEMORY:
        raise RenderError(f"abcjs needed more than {memory // 2**20} MiB of memory")
    raise RenderError(f"abcjs cannot read this tune ({json.loads(content)})")


def abcjs_script() -> str:
    """Return the script of abcjs, to be embedded in a page."""
    return (files("tunewright.rendering") / "abcjs" / "abcjs-basic-min.js").read_text(encoding="utf-8")


def abcjs_licence() -> str:
    """Return the licence of abcjs, which must accompany it."""
    return (files("tunewright.rendering") / "abcjs" / "LICENSE.md").read_text(encoding="utf-8")


def most_engines() -> int:
    """Return the largest number of engines: one for each core that this process may use, up to `MOST_ENGINES`."""
    return min(cores(), MOST_ENGINES)


def close_engines() -> list[int]:
    """End all engines and return the exit status of each; a call under way raises a RenderError."""
    return _engines.close()


class _Engines:
    """The engines of this process. Each is idle, or in use by one thread."""

    def __init__(self) -> None:
        self.starting = threading.RLock()
        self._places = threading.BoundedSemaphore(most_engines())
        self._all: set[LineProcess] = set()
        self._idle: list[LineProcess] = []

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Return the answer of an engine within `seconds`; errors are those of `LineProcess`."""
        with self._places:
            while True:
                engine = self._next_idle() or self._started()
                try:
                    deadline = time.monotonic() + seconds
                    if not engine.send(question, deadline) and engine.lines_sent > 1:
                        self._drop(engine)  # it ended after an earlier answer: try another engine
                        continue
                    answer = engine.receive(deadline)
                except BaseException:  # an interrupt, too: the answer still to come must not be taken for the next one
                    self._drop(engine)
                    raise
                self._take_back(engine, answer)
                return answer

    def close(self) -> list[int]:
        """End all engines, the idle ones gracefully, and return their exit statuses."""
        idle = list(iter(self._next_idle, None))
        for engine in idle:
            engine.close_input()
        statuses = [engine.close() for engine in idle]
        self._all.difference_update(idle)
        return statuses + [engine.stop() for engine in tuple(self._all)]

    def forget(self) -> None:
        """Close this process's copies of the pipes after a fork; the engines belong to the parent."""
        for engine in self._all:
            engine.forget()

    def _next_idle(self) -> LineProcess | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _take_back(self, engine: LineProcess, answer: bytes) -> None:
        if answer.startswith(MEMORY):
            self._drop(engine)
        elif engine.lines_sent >= QUESTIONS_PER_ENGINE:
            engine.close()
            self._all.discard(engine)
        else:
            self._idle.append(engine)

    def _drop(self, engine: LineProcess) -> None:
        engine.kill()
        self._all.discard(engine)

    def _started(self) -> LineProcess:
        """A fresh engine; a start that fails is tried once more."""
        command, problem = _command(), ""
        for _ in range(2):
            try:
                return self._start(command)
            except TimeoutError:
                problem = f"it was not ready after {START_LIMIT_SECONDS:g} seconds"
            except (StoppedError, OSError) as error:
                problem = str(error)
        raise RenderError(f"the engine that runs abcjs cannot be started ({problem})")

    def _start(self, command: list[str]) -> LineProcess:
        with self.starting:
            engine = LineProcess(command)
            self._all.add(engine)
        try:
            engine.receive(time.monotonic() + START_LIMIT_SECONDS)
        except BaseException:
            self._drop(engine)
            raise
        return engine


def _command() -> list[str]:
    """The command of an engine, with mini-racer's folder: it runs without `site`, whose import takes too long."""
    try:
        racer = find_spec("py_mini_racer")
    except ValueError:  # sys.modules marks it as missing
        racer = None
    if racer is None or racer.origin is None:
        raise MissingExtraError("Rendering a tune", "render")
    if not sys.executable:
        raise RenderError("the engine that runs abcjs needs a Python program (sys.executable), and there is none")
    program = Path(__file__).with_name("engine_process.py")
    return [sys.executable, "-I", "-S", str(program.absolute()), str(Path(racer.origin).absolute().parent.parent)]


def _after_fork() -> None:
    global _engines
    _engines.forget()
    _engines = _Engines()


_engines = _Engines()
atexit.register(close_engines)
if hasattr(os, "register_at_fork"):
    # A fork while another thread starts an engine would keep the pipes of that engine open.
    os.register_at_fork(
        before=lambda: _engines.starting.acquire(),
        after_in_parent=lambda: _engines.starting.release(),
        after_in_child=_after_fork,
    )
