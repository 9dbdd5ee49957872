"""How does a long command stop without loss when the user or the system asks it to?"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_on_signal() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of dying of them; a second one interrupts at once.

    Code that calls back from C would swallow a KeyboardInterrupt; what only looks at the list cannot miss it.

    Yields
    ------
    list
        Empty until a signal comes; a loop looks at it where it can stop.
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
