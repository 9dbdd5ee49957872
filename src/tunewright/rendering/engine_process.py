"""The engine program: runs abcjs in V8 (mini-racer) in a process of its own, and answers calls on its standard input.

    python -I -S engine_process.py FOLDER

`engine` starts it, with the folder that holds mini-racer. It imports nothing of Tunewright, so that it starts fast and
wherever Tunewright is installed. Its first line of output is ``ready``. After that each line of input is a call:

    BYTES NAME [ARGUMENT, ...]

the memory limit of V8, a function of ``engine.js``, and its arguments as JSON. The next line of output is one of
`ANSWER`, `FAILURE` and `MEMORY`, then JSON: the result, or the reason of the failure. After `MEMORY` the process must
not be used again. Time limits are up to the caller.

On some processors V8 protects its tables by a memory protection key. Only the thread that initialised V8, and threads
started from it later, have the rights; any other ends in SIGSEGV. So one thread makes, calls and closes V8. A second
thread, started from it, reads the input; at its end it ends the process, since then the caller has gone.
"""

import json
import os
import signal
import sys
import threading
import time
from queue import SimpleQueue
from types import ModuleType
from typing import BinaryIO

ANSWER, FAILURE, MEMORY = b"answer", b"failure", b"memory"

GRACE_SECONDS = 2.0
"""Time that V8 may take to finish and close after the last call."""

_SCRIPTS = ("dom.js", "abcjs/abcjs-basic-min.js", "repairs.js", "engine.js")


def main() -> None:
    """Answer calls until the input ends."""
    import asyncio  # here, because `engine` imports this module for three constants only

    # They reach the whole process group; the caller decides what to do.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    output = _own_output()
    sys.path.append(sys.argv[1])
    asyncio.run(_serve(output))
    os._exit(0)  # Python cannot exit normally while the reading thread waits


async def _serve(output: BinaryIO) -> None:
    import py_mini_racer

    py_mini_racer.init_mini_racer()
    questions: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    engine = _Engine(py_mini_racer)
    _write(output, b"ready")
    while question := questions.get():
        _write(output, engine.answer(question.decode()))
    engine.close()


class _Engine:
    """V8 with abcjs in it, for the thread that made it.

    mini-racer uses the event loop that runs in this thread, and so starts no thread for one; called from it, it waits
    for V8 without the loop, which saves a third of the time of a short call.

    Parameters
    ----------
    library
        The package py_mini_racer, initialised.
    """

    def __init__(self, library: ModuleType) -> None:
        self._thread = threading.get_ident()
        self._library, self._racer = library, library.MiniRacer()
        folder = os.path.dirname(__file__)  # noqa: PTH120 - pathlib takes a while to load
        for script in _SCRIPTS:
            with open(f"{folder}/{script}", encoding="utf-8") as file:  # noqa: PTH123
                self._racer.eval(file.read())

    def answer(self, question: str) -> bytes:
        """Return the line that answers a call."""
        self._require_own_thread()
        memory, name, arguments = question.split(" ", 2)
        self._racer.set_hard_memory_limit(int(memory))
        try:
            answer = str(self._racer.eval(f"JSON.stringify(tunewright.{name}(...{arguments}))"))
        except self._library.JSOOMException:
            return MEMORY + b" null"
        except self._library.JSEvalException as error:
            reason = str(error).splitlines()[0].removeprefix("<anonymous>:1: ")
            return FAILURE + b" " + json.dumps(reason).encode()
        return ANSWER + b" " + answer.encode()

    def close(self) -> None:
        """Close V8."""
        self._require_own_thread()
        self._racer.close()

    def _require_own_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("V8 was made in another thread")


def _own_output() -> BinaryIO:
    """Standard output for answers only; everything else that is printed goes to standard error."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _write(output: BinaryIO, line: bytes) -> None:
    output.write(line + b"\n")
    output.flush()


def _read(questions: SimpleQueue[bytes]) -> None:
    for line in iter(sys.stdin.buffer.readline, b""):
        if line.endswith(b"\n"):  # else it was cut short
            questions.put(line)
    questions.put(b"")
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
