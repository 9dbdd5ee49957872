"""Output and signals of a command that several processes run under torchrun (distributed data parallel training).

torchrun gives each process its rank in the variable RANK; only the process of rank 0 prints.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from tunewright.errors import WorkerError


@contextmanager
def only_rank_zero_prints() -> Iterator[None]:
    """Discard what is printed, except in the process of rank 0; a traceback that leaves the block is shown."""
    if os.environ.get("RANK", "0") == "0" or "MASTER_ADDR" not in os.environ:
        yield
        return
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


@contextmanager
def ignore_sigterm_after_worker_error() -> Iterator[None]:
    """After a WorkerError, ignore SIGTERM, which torchrun sends at once: the error message must be printed first."""
    try:
        yield
    except WorkerError:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise
