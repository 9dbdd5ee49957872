"""Pool of worker processes that end with this process, however it ends."""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from tunewright.errors import CorpusError

Result = TypeVar("Result")
Run = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterator[Any]]
"""Calls a function with each of several tuples of arguments; yields the results in order."""


@contextmanager
def workers(processes: int) -> Iterator[Run]:
    """Provide a `Run` that uses `processes` processes; with 1, this process.

    Raises
    ------
    CorpusError
        If a process was killed.
    """
    if processes == 1:
        yield lambda function, arguments: (function(*each) for each in arguments)
        return
    # a fork of a process that has threads may hang
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=end_with_parent)
    try:
        yield lambda function, arguments: pool.map(_call, ((function, each) for each in arguments))
    except BrokenProcessPool as error:
        raise CorpusError(
            "a process that reads tunes was killed, perhaps for lack of memory; the same command continues the build"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _call(job: tuple[Callable[..., Result], tuple[Any, ...]]) -> Result:
    function, arguments = job
    return function(*arguments)


def end_with_parent() -> None:
    """End this process when its parent ends; only the parent handles Ctrl-C and a closed terminal."""
    for name in ("SIGINT", "SIGHUP"):  # they reach the whole process group; Windows lacks the second
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_wait_for_end, args=(parent.sentinel,), daemon=True).start()


def _wait_for_end(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
