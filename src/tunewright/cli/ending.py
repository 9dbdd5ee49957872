"""Exit statuses of commands, and stopping on SIGINT and SIGTERM without loss of work."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

FINDINGS = 1
"""Everything was read, and something in it is wrong."""

MISTAKE = 2
"""The user's input could not be used, or nothing could be made of it."""

INTERRUPTED = 130
"""It was stopped before its end."""


@contextmanager
def stop_on_signal() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of ending on them; a second one interrupts at once.

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

    former = {number: signal.signal(number, catch) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
