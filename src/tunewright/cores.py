"""Processor cores: how many this process may use (CPU affinity, a container's quota), and work spread over them.

A container's quota (a control group's share of processor time, versions 1 and 2, Linux only) is read as whole cores,
rounded up: a quota of 1.5 cores keeps two processes busier than one.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

AHEAD = 4
"""Pieces per thread that are queued ahead of the first unfinished one, so that memory stays bounded."""

_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")


def cores() -> int:
    """Return the number of processor cores that this process may use, 1 or more."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    allowed = quota()
    return available if allowed is None else max(1, min(available, math.ceil(allowed)))


def in_order(
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    threads: int,
    prepare: Callable[[], object] | None = None,
) -> Iterator[Result]:
    """Yield the result of `work` for each of `pieces`, in order, computed by threads a few pieces ahead.

    Parameters
    ----------
    work
        A function that releases the interpreter's lock most of the time.
    threads
        Number of threads.
    prepare
        A function that is called first in each thread.
    """
    with ThreadPoolExecutor(threads, initializer=prepare) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for piece in pieces:
                waiting.append(pool.submit(work, piece))
                if len(waiting) > AHEAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # the rest is not needed


def quota(own_groups: Path = _OWN_GROUPS, control_groups: Path = _CONTROL_GROUPS) -> float | None:
    """Return the smallest quota of this process's control groups, in cores; None without a quota."""
    found = [share for folder in _folders(own_groups, control_groups) if (share := _share(folder)) is not None]
    return min(found, default=None)


def _folders(own_groups: Path, control_groups: Path) -> Iterator[Path]:
    """Folders of the control groups that may limit processor time, with their parent groups.

    Inside a container the path that the kernel names may not exist; the root is then that of the container.
    """
    for line in _text(own_groups).splitlines():
        _, controllers, place = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        tops = (control_groups, control_groups / "unified") if not controllers else (control_groups / controllers,)
        for top in tops:
            group = top / place.strip("/")
            yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(top))


def _share(folder: Path) -> float | None:
    """The quota of one group, in cores."""
    words = _text(folder / "cpu.max").split() or [  # version 2, else version 1
        word for name in ("quota", "period") for word in _text(folder / f"cpu.cfs_{name}_us").split()
    ]
    try:
        quota_us, period_us = (int(word) for word in words)
    except ValueError:  # "max", or no such file
        return None
    return quota_us / period_us if quota_us > 0 and period_us > 0 else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
