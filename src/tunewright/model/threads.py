"""Compute threads of torch: their greatest number, and work that is done with a given number of them.

There are two ways to use several cores (measured with networks of 100 to 500 units):

- Separate pieces of work, each on one thread (`side_by_side`): scales with the cores, idle or busy.
- One piece of work shared by several threads, which wait for one another: faster only on an idle machine; beside other
  work up to 17 times slower (`tunewright.training.threads.thread_choice` finds out which).
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import torch

from tunewright.cores import Piece, Result, cores, in_order


def told_threads() -> int:
    """Return the number of threads in the environment's OMP_NUM_THREADS; 0 if it has none."""
    told = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    return int(told) if told.isdecimal() else 0


def most_threads() -> int:
    """Return the largest number of compute threads: that of OMP_NUM_THREADS, else one for each core."""
    return told_threads() or cores()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch compute with `count` threads within this context."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread within this context."""
    with threads(1):
        yield


def side_by_side(
    work: Callable[[Piece], Result], pieces: Iterable[Piece], most: int = 0
) -> Generator[Result, None, None]:
    """Yield the results of `work` for each of `pieces` in their order, each computed on one thread.

    Up to `most` are computed at once, up to `most_threads` if that is 0. The results do not depend on it.
    """
    most = most or most_threads()
    with one_thread():
        if most == 1:
            yield from map(work, pieces)
            return
        # torch has a number of threads for each Python thread; a new one would begin with all cores.
        yield from in_order(work, pieces, most, partial(torch.set_num_threads, 1))
