"""The program that runs abcjs in V8 (mini-racer): a process of its own, which answers questions on its standard input.

    python -I -S engine_process.py FOLDER

`engine` starts it, with the folder that holds mini-racer. It imports nothing of Tunewright, so that it starts fast and
from wherever Tunewright came. Its first line of output is ``ready``. From then on each line of input is a question:

    BYTES NAME [ARGUMENT, ...]

how much memory V8 may hold, a function of ``engine.js``, and JSON; the next line of output is one of `ANSWER`,
`FAILURE` and `MEMORY`, then JSON: what the function returned, or why it could not. After `MEMORY` the process is of no
further use. How long an answer takes is the business of whoever asks.

On some processors V8 protects its tables by a memory protection key. Only the thread that initialised V8, and threads
started from it later, have the rights; any other ends in SIGSEGV. So one thread makes V8, asks it and closes it. The
other thread, started from it, reads; it ends the process when there is nothing more to read, since then whoever asked
has gone, killed perhaps.
"""

import json
import os
import signal
import sys
import threading
import time
from queue import SimpleQueue
from typing import BinaryIO

ANSWER, FAILURE, MEMORY = b"answer", b"failure", b"memory"

GRACE_SECONDS = 2.0
"""How long V8 may take to close, or be busy, after the last question."""

_SCRIPTS = ("dom.js", "abcjs/abcjs-basic-min.js", "repairs.js", "engine.js")


def main() -> None:
    """Answer questions until there are no more."""
    import asyncio  # which `engine`, who takes but three words from here, does without

    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the process that asks decides
        signal.signal(number, signal.SIG_IGN)
    output = _own_output()
    sys.path.append(sys.argv[1])
    asyncio.run(_serve(output))
    os._exit(0)  # while the reading thread waits, Python could not end in good order


async def _serve(output: BinaryIO) -> None:
    from py_mini_racer import init_mini_racer

    init_mini_racer()
    questions: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    engine = _Engine()
    _write(output, b"ready")
    while question := questions.get():
        _write(output, engine.answer(question.decode()))
    engine.close()


class _Engine:
    """V8 with abcjs in it, for the thread that made it.

    mini-racer adopts the event loop that runs in this thread, and so starts no thread for one; asked from it, it waits
    for V8 without the loop, which saves a third of the time that a short question takes.
    """

    def __init__(self) -> None:
        from py_mini_racer import MiniRacer

        self._thread = threading.get_ident()
        self._racer = MiniRacer()
        folder = os.path.dirname(__file__)  # noqa: PTH120 - pathlib takes a while to load
        for script in _SCRIPTS:
            with open(f"{folder}/{script}", encoding="utf-8") as file:  # noqa: PTH123
                self._racer.eval(file.read())

    def answer(self, question: str) -> bytes:
        """Return a line that answers a question."""
        from py_mini_racer import JSEvalException, JSOOMException

        self._require_own_thread()
        memory, name, arguments = question.split(" ", 2)
        self._racer.set_hard_memory_limit(int(memory))
        try:
            answer = str(self._racer.eval(f"JSON.stringify(tunewright.{name}(...{arguments}))"))
        except JSOOMException:
            return MEMORY + b" null"
        except JSEvalException as error:
            reason = str(error).splitlines()[0].removeprefix("<anonymous>:1: ")
            return FAILURE + b" " + json.dumps(reason).encode()
        return ANSWER + b" " + answer.encode()

    def close(self) -> None:
        """End V8."""
        self._require_own_thread()
        self._racer.close()

    def _require_own_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("V8 was made in another thread")


def _own_output() -> BinaryIO:
    """Standard output for answers alone; whatever else is printed joins the errors."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _write(output: BinaryIO, line: bytes) -> None:
    output.write(line + b"\n")
    output.flush()


def _read(questions: SimpleQueue[bytes]) -> None:
    for line in iter(sys.stdin.buffer.readline, b""):
        if line.endswith(b"\n"):  # else cut short
            questions.put(line)
    questions.put(b"")
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
