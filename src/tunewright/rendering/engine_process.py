"""The program that runs abcjs in V8 (mini-racer): a process of its own, which answers questions on its standard input.

    python -I -S engine_process.py FOLDER

`engine` starts it, with the folder that holds mini-racer. It imports nothing of Tunewright, so that it starts fast and
wherever Tunewright came from. Its first line of output is ``ready``. From then on each line of input is a question:

    SECONDS BYTES NAME [ARGUMENT, ...]

how long it may take, how much memory it may need, a function of ``engine.js``, and JSON; the next line of output is a
word of `OUTCOMES`, then JSON: what the function returned, or why it could not. After ``time`` and ``memory`` the
process is of no further use.

On some processors V8 protects its tables by a memory protection key. Only the thread that initialised V8, and threads
started from it later, have the rights; any other ends in SIGSEGV. So one thread makes V8, asks it and closes it. The
other thread, started from it, reads; it ends the process when there is nothing more to read, since then whoever asked
has gone, killed perhaps.
"""

import os
import sys
import threading
import time
from queue import SimpleQueue
from typing import BinaryIO

OUTCOMES = ANSWER, FAILURE, TIME, MEMORY = b"answer", b"failure", b"time", b"memory"

GRACE_SECONDS = 2.0
"""How long V8 may take to close, or be busy, after the last question."""

_SCRIPTS = ("dom.js", "abcjs/abcjs-basic-min.js", "repairs.js", "engine.js")


def main() -> None:
    """Answer questions until there are no more."""
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the process that asks decides
        signal.signal(number, signal.SIG_IGN)
    output = _own_output()
    sys.path.append(sys.argv[1])
    import asyncio

    asyncio.run(_serve(output))
    os._exit(0)  # while the reading thread waits, Python could not end in good order


async def _serve(output: BinaryIO) -> None:
    from py_mini_racer import init_mini_racer

    init_mini_racer()
    questions: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    engine = _Engine()
    _write(output, b"ready")
    while question := questions.get():  # V8 works in a thread of its own, so the event loop may stand still here
        outcome, content = await engine.answer(question.decode())
        _write(output, outcome + b" " + content.encode())
    engine.close()


class _Engine:
    """V8 with abcjs in it, for the thread that made it."""

    def __init__(self) -> None:
        from py_mini_racer import MiniRacer

        self._thread = threading.get_ident()
        self._racer = MiniRacer()  # adopts the event loop that runs here, and so needs no thread for one
        folder = os.path.dirname(__file__)  # noqa: PTH120 - pathlib takes a while to load
        for script in _SCRIPTS:
            with open(f"{folder}/{script}", encoding="utf-8") as file:  # noqa: PTH123
                self._racer.eval(file.read())

    async def answer(self, question: str) -> tuple[bytes, str]:
        """Return what became of a question, and the JSON that goes with it."""
        import asyncio
        import json

        from py_mini_racer import JSEvalException, JSOOMException

        assert threading.get_ident() == self._thread, "V8 asked in another thread than it was made in"
        seconds, memory, name, arguments = question.split(" ", 3)
        self._racer.set_hard_memory_limit(int(memory))
        call = f"JSON.stringify(tunewright.{name}(...{arguments}))"
        try:
            return ANSWER, str(await asyncio.wait_for(self._racer.eval_cancelable(call), float(seconds)))
        except TimeoutError:
            return TIME, "null"
        except JSOOMException:
            return MEMORY, "null"
        except JSEvalException as error:
            return FAILURE, json.dumps(str(error).splitlines()[0].removeprefix("<anonymous>:1: "))

    def close(self) -> None:
        assert threading.get_ident() == self._thread, "V8 closed in another thread than it was made in"
        self._racer.close()


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
