"""Choice of the number of threads for each training step, with results that do not depend on it.

A sum over numbers differs in its last bits when it is cut into other parts, and how torch cuts it may depend on the
number of threads. So before several threads share a step, it is rehearsed: once with each number of threads, on a copy.
Only numbers whose results equal those of one thread, to the bit, are used for steps of this shape. Batches of a rare
shape (the last one of an epoch; most, for a network that looks back) are learned by one thread.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import torch

from tunewright.model.threads import most_threads, one_thread, threads
from tunewright.training.threads.thread_choice import ThreadChooser

Shape = tuple[int, ...]
"""T time steps and B lanes of a batch, and the length of each part of the state that is carried into it: the
computation of a network that looks back depends on the number of rows of its memory."""

USUAL = 8
"""Number of steps of a shape after which it is rehearsed."""
PROBE_SECONDS = 0.02
"""Processor time of a probe that tests whether a core is free."""
LATE = 1.25
"""A probe that takes this times as long has shared its core."""
NUMBERS_PER_THREAD = 1 << 16
"""torch gives at least half of this to each thread."""


class StepThreads:
    """Chooses the number of threads of each step.

    Parameters
    ----------
    fixed
        Number of threads for every step; 0 keeps choosing between 1 and `most_threads`.
    """

    def __init__(self, fixed: int) -> None:
        self._fixed = fixed
        self._most = fixed or most_threads()
        self._seen: Counter[Shape] = Counter()
        self._choosers: dict[Shape, ThreadChooser] = {}

    @contextmanager
    def step(self, shape: Shape, rehearse: Callable[[], bytes]) -> Iterator[None]:
        """Run the block, a step, with the number of threads that is best now.

        Parameters
        ----------
        shape
            Shape of the batch; see `Shape`.
        rehearse
            Takes the step on a copy; returns all of its results as bytes.
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
    """Return true if `count` independent threads run at once now, each as fast as alone."""
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
    """Return true if a step of `count` threads ends with the same bits as a step of one."""
    alone, together = (_outcome(rehearse, each) for each in (1, count))
    return alone == together


def _outcome(rehearse: Callable[[], bytes], count: int) -> bytes:
    with threads(count):
        return rehearse() + _products_near_zero(count)


def _products_near_zero(count: int) -> bytes:
    """Return whether each of `count` threads flushes denormals to zero; all must, or none.

    A thread inherits this from the one that started it, perhaps before `torch.set_flush_denormal`.
    """
    numbers = torch.full((count * NUMBERS_PER_THREAD,), torch.finfo(torch.float32).tiny)
    return b"flushed" if not numbers.mul_(0.5).any() else b"kept" if numbers.all() else b"both"
