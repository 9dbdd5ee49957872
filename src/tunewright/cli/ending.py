"""Exit statuses of commands, and stopping on SIGINT, SIGTERM and SIGHUP without loss of work."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

FINDINGS = 1
"""Everything was read, and something in it is wrong."""

MISTAKE = 2
"""The user's input could not be used, or nothing could be made of it."""

INTERRUPTED = 130
"""It was stopped before its end."""


def _ending_signals() -> list[int]:
    """The signals that end a process and can be caught; not SIGHUP where it is ignored, as nohup has it."""
    if threading.current_thread() is not threading.main_thread():
        return []
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is None or signal.getsignal(hangup) == signal.SIG_IGN:
        return [signal.SIGINT, signal.SIGTERM]
    return [signal.SIGINT, signal.SIGTERM, hangup]


@contextmanager
def interrupt_on_signal() -> Iterator[None]:
    """Let every ending signal interrupt as Ctrl-C does, so that nothing half-written is left."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    former = {number: signal.signal(number, interrupt) for number in _ending_signals()}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def stop_on_signal() -> Iterator[list[int]]:
    """Collect SIGINT, SIGTERM and SIGHUP instead of ending on them; a second one interrupts at once.

    Callbacks from C would swallow a KeyboardInterrupt; a loop that checks the list cannot miss the signal.

    Yields
    ------
    list
        Empty until a signal comes; a loop checks it wherever it can stop.
    """
    caught: list[int] = []

    def catch(number: int, _frame: FrameType | None) -> None:
        if caught:
            raise KeyboardInterrupt
        caught.append(number)

    former = {number: signal.signal(number, catch) for number in _ending_signals()}
    try:
        yield caught
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
