"""Child process that answers lines with lines over pipes, with a time limit on each step.

The child sees the end of its input as soon as this process ends or closes the pipe, since no other process has it open.
Its standard error is kept, and only used to explain why it ended.
"""

import os
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import IO, cast

CLOSE_SECONDS = 3.0
"""Time limit for the child to exit after its input is closed."""

_CAN_POLL = hasattr(select, "poll")  # Windows cannot poll a pipe
_PIPE_BYTES = 2**16


class StoppedError(Exception):
    """The program has ended unexpectedly; the message says how."""


class LineProcess:
    """A running program, for one thread at a time; only `stop` may be called from another.

    Parameters
    ----------
    command
        Program and arguments.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(self, command: list[str]) -> None:
        self.lines_sent = 0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        try:
            self._process = subprocess.Popen(  # noqa: S603 - no shell, and no word of it comes from a tune
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, bufsize=0,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except BaseException:
            self._errors.close()
            raise
        self._input, self._output = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        if _CAN_POLL:
            os.set_blocking(self._input.fileno(), False)

    @property
    def number(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, line: bytes, deadline: float) -> bool:
        """Send it a line; returns False if it has already ended.

        Raises
        ------
        TimeoutError
            If it does not read the line by `deadline`, in seconds of `time.monotonic`.
        """
        self.lines_sent += 1
        if self._process.poll() is not None:
            return False
        rest = memoryview(line)
        try:
            while rest:
                _wait(self._input.fileno(), deadline, writing=True)
                rest = rest[os.write(self._input.fileno(), rest[:_PIPE_BYTES]) :]
        except BrokenPipeError:
            return False
        return True

    def receive(self, deadline: float) -> bytes:
        """Return its next line; it must have been sent one line since the last.

        Raises
        ------
        TimeoutError
            If it does not come by `deadline`, in seconds of `time.monotonic`.
        StoppedError
            If it has ended instead.
        """
        parts = [b""]
        with nullcontext() if _CAN_POLL else self._stopped_at(deadline):
            while not parts[-1].endswith(b"\n"):
                _wait(self._output.fileno(), deadline)
                part = os.read(self._output.fileno(), _PIPE_BYTES)
                if not part:
                    raise StoppedError(self._reason_of_end())
                parts.append(part)
        return b"".join(parts)

    @contextmanager
    def _stopped_at(self, deadline: float) -> Iterator[None]:
        """Kill the program at the deadline, which ends a blocking read."""
        timer = threading.Timer(deadline - time.monotonic(), self.stop)
        timer.start()
        try:
            yield
        except StoppedError:
            if time.monotonic() >= deadline:
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()
            timer.join()

    def close_input(self) -> None:
        """Close its input, so that it can exit before `close` is called."""
        self._input.close()

    def close(self) -> int:
        """Close its input, wait for it to exit, and return its exit status: 0 if all went well."""
        self.close_input()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSE_SECONDS)
        return self.kill()

    def kill(self) -> int:
        """Kill it, close the pipes, and return its exit status."""
        status = self.stop()
        self.forget()
        return status

    def stop(self) -> int:
        """Kill it, from any thread, and return its exit status; a thread that waits for a line gets a StoppedError."""
        self._process.kill()
        return self._process.wait()

    def forget(self) -> None:
        """Close the pipes without waiting for the program: after a fork, the child process may do no more."""
        if self._process.returncode is None:
            self._process.returncode = 0  # or Popen would wait for it and warn
        for file in (self._input, self._output, self._errors):
            file.close()

    def _reason_of_end(self) -> str:
        try:
            status = self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            return "it no longer answers"
        self._errors.seek(0)
        lines = [line.strip("# ") for line in self._errors.read().decode(errors="replace").splitlines()]
        said = [line for line in lines if line.startswith("Fatal")] or [line for line in lines if line]
        return ": ".join([f"signal {-status}" if status < 0 else f"exit status {status}", *said[-1:]])


def _wait(file: int, deadline: float, *, writing: bool = False) -> None:
    if not _CAN_POLL:
        return  # reads and writes block there
    waiting = select.poll()
    waiting.register(file, select.POLLOUT if writing else select.POLLIN)
    if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
