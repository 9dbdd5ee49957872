"""Compute threads of torch: how many there may be, and work that is done with a given number of them.

Two ways to use several cores, after what was measured with networks of 100 to 500 units:

- Separate pieces of work, each on one thread (`side_by_side`): as fast as the cores are, idle or busy.
- One piece shared by several threads that wait for one another: faster on an idle machine only; beside other work, up
  to 17 times slower (`training.thread_choice` finds out which it is).
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import torch

from tunewright.cores import Piece, Result, cores, in_order


def told_threads() -> int:
    """Return how many threads the user's OMP_NUM_THREADS asks for; 0 if it does not."""
    told = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    return int(told) if told.isdecimal() else 0


def most_threads() -> int:
    """Return how many threads may compute: as many as OMP_NUM_THREADS says, else one for each core."""
    return told_threads() or cores()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch compute with `count` threads; as many as before do so afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread; as many as before do so afterwards."""
    with threads(1):
        yield


def side_by_side(
    work: Callable[[Piece], Result], pieces: Iterable[Piece], most: int = 0
) -> Generator[Result, None, None]:
    """Yield the results of `work` for each of `pieces` in their order, each worked out on one thread.

    Up to `most` are worked on at once, as many as `most_threads` says if that is 0. The results do not depend on it.
    """
    most = most or most_threads()
    with one_thread():
        if most == 1:
            yield from map(work, pieces)
            return
        # torch counts threads for each thread that asks; a new one would begin with all cores.
        yield from in_order(work, pieces, most, partial(torch.set_num_threads, 1))
