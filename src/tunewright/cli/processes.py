"""Where several processes run the same command, which one speaks?

torchrun tells each process that it starts its number, in the variable RANK; process 0 speaks for all.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from tunewright.errors import WorkerError


@contextmanager
def one_voice() -> Iterator[None]:
    """Drop what is printed, unless this process speaks; a traceback that leaves the block is shown."""
    if os.environ.get("RANK", "0") == "0" or "MASTER_ADDR" not in os.environ:
        yield
        return
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


@contextmanager
def last_words() -> Iterator[None]:
    """Once another process is lost, heed no SIGTERM: torchrun sends it at once, and our words shall come first."""
    try:
        yield
    except WorkerError:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise
