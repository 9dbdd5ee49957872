"""Threads for the steps of a training that ends with the same bits, however many threads took which step.

A sum over numbers comes out differently in its last bits when it is cut into other parts, and how torch cuts it may
depend on the number of threads. So before a step is shared by several threads, it is rehearsed: once with each number
of threads, on a copy. Only numbers whose results equal those of one thread, to the bit, are used for steps of this
shape. Batches of a rare shape (the last one of an epoch; most, where a network looks back) are learned on one thread.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import torch

from tunewright.model.threads import most_threads, one_thread, threads
from tunewright.training.thread_choice import ThreadChooser

Shape = tuple[int, ...]
"""T time steps and B lanes of a batch, and the length of each part of the state that is carried into it: a network that
looks back computes with as many rows as its memory has, which is another computation for each number of them."""

USUAL = 8
"""A shape that came so often is worth a rehearsal."""
PROBE_SECONDS = 0.02
"""Processor time of a thread that finds out whether a core is free."""
LATE = 1.25
"""A thread that takes so many times as long has shared its core."""
NUMBERS_PER_THREAD = 1 << 16
"""torch gives at least half as many to each thread."""


class StepThreads:
    """Chooses the threads of each step.

    Parameters
    ----------
    fixed
        How many threads take every step; 0 chooses among 1 and `most_threads`, and goes on choosing.
    """

    def __init__(self, fixed: int) -> None:
        self._fixed = fixed
        self._most = fixed or most_threads()
        self._seen: Counter[Shape] = Counter()
        self._choosers: dict[Shape, ThreadChooser] = {}

    @contextmanager
    def step(self, shape: Shape, rehearse: Callable[[], bytes]) -> Iterator[None]:
        """Take the step of the block with a number of threads that suits now.

        Parameters
        ----------
        shape
            Of all that the step computes with.
        rehearse
            Takes the step on a copy; gives all that it would change.
        """
        chooser = self._chooser(shape, rehearse) if not self._fixed and self._most > 1 else None
        count = chooser.threads() if chooser else self._fixed or 1
        with threads(count):
            began = time.perf_counter()
            yield
            if chooser:
                chooser.took(count, 1.0, time.perf_counter() - began)

    def _chooser(self, shape: Shape, rehearse: Callable[[], bytes]) -> ThreadChooser | None:
        self._seen[shape] += 1
        if shape not in self._choosers and self._seen[shape] >= USUAL:
            self._choosers[shape] = ThreadChooser(self._most, partial(_equal, rehearse), cores_are_free)
        return self._choosers.get(shape)


def cores_are_free(count: int) -> bool:
    """Say whether `count` threads that do not wait for one another run at once now, each as fast as alone."""
    meeting, taken = threading.Barrier(count), []

    def work() -> None:
        torch.set_num_threads(1)
        numbers = torch.ones(96, 96)
        meeting.wait()
        began, used = time.perf_counter(), time.thread_time()
        while time.thread_time() - used < PROBE_SECONDS:
            torch.mm(numbers, numbers)
        taken.append(time.perf_counter() - began)

    with one_thread():
        probes = [threading.Thread(target=work) for _ in range(count)]
        for probe in probes:
            probe.start()
        for probe in probes:
            probe.join()
    return max(taken) < LATE * PROBE_SECONDS


def _equal(rehearse: Callable[[], bytes], count: int) -> bool:
    """Say whether a step on so many threads ends with the bits of a step on one."""
    alone, together = (_outcome(rehearse, each) for each in (1, count))
    return alone == together


def _outcome(rehearse: Callable[[], bytes], count: int) -> bytes:
    with threads(count):
        return rehearse() + _products_near_zero(count)


def _products_near_zero(count: int) -> bytes:
    """What each of `count` threads makes of numbers near zero: all must flush them to zero, or none.

    A thread does as the one that started it did then, which may have been before `torch.set_flush_denormal`.
    """
    numbers = torch.full((count * NUMBERS_PER_THREAD,), torch.finfo(torch.float32).tiny)
    return b"flushed" if not numbers.mul_(0.5).any() else b"kept" if numbers.all() else b"both"
