"""Choice of the number of compute threads while a training runs, by the time that its steps take.

Several threads share each step of a training, and each step waits for the slowest of them. On an idle machine two
threads are up to 1.7 times as fast as one; beside other work they wait for one another, and are up to 17 times slower.
This changes from minute to minute, so `ThreadChooser` keeps trying: now and then a few steps are taken with another
number of threads, which stays if it is faster. The time that trials lose is limited to the share `TRIAL_SHARE`.

Nothing here computes. A cost is in seconds per unit of work, in units of the caller (such as characters).
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

TRIAL_STEPS = 3
"""Number of steps in a trial; the costs of as many are kept."""
TRIAL_SHARE = 0.04
"""Largest share of the time that trials of other numbers of threads may lose."""
SHORTEST_WAIT, LONGEST_WAIT = 4.0, 30.0
"""Seconds until a number of threads that lost is tried again: after the first trial, and after several; more if its
trial was expensive."""
BETTER = 0.95
"""A number of threads wins if its cost is less than this share of the present one's."""
HOPELESS = 1.5
"""A trial ends at once at a step that costs this times the usual."""


@dataclass
class _Candidate:
    """Measurements of one number of threads."""

    costs: deque[float] = field(default_factory=lambda: deque(maxlen=TRIAL_STEPS))
    """Of its last steps."""
    affordable: float = -math.inf
    """Time at which the loss of its last trial is within `TRIAL_SHARE`."""
    due: float = -math.inf
    """Time of its next trial."""
    wait: float = SHORTEST_WAIT
    """Seconds to the next trial, should it lose again."""

    @property
    def cost(self) -> float:
        """Mean of its last steps; infinite before the first."""
        return sum(self.costs) / len(self.costs) if self.costs else math.inf

    def lose(self, now: float, seconds: float, share: float) -> None:
        """Delay the next trial until the `seconds` that the last one lost are at most `share` of the time."""
        self.affordable = now + max(0.0, seconds) / share
        self.due = max(self.affordable, now + self.wait)
        self.wait = min(2 * self.wait, LONGEST_WAIT)


class ThreadChooser:
    """Chooses the number of threads of the next step from the times of former steps.

    Parameters
    ----------
    most
        Largest number of threads; the powers of two below it and this number are tried.
    suits
        Returns whether a number of threads may be used at all; called before its first trial.
    free
        Returns whether a number of cores is idle; called before every trial of more threads than now, which is
        expensive on busy cores.
    clock
        Returns the time in seconds.
    """

    def __init__(
        self,
        most: int,
        suits: Callable[[int], bool] = lambda _count: True,
        free: Callable[[int], bool] = lambda _count: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        counts = sorted({*(2**power for power in range(most.bit_length())), most})
        self._suits, self._free, self._suited = suits, free, {1}
        self._candidates = {count: _Candidate() for count in counts}
        self._share = TRIAL_SHARE / max(1, len(counts) - 1)
        self._clock = clock
        self._present, self._trial = 1, 0
        self._yardstick, self._lost = math.inf, 0.0
        """A cost, and the seconds lost against it: in the trial, or else since the present number won."""

    @property
    def counts(self) -> tuple[int, ...]:
        """Numbers of threads that may be chosen."""
        return tuple(self._candidates)

    def threads(self) -> int:
        """Return the number of threads for the next step."""
        present = self._candidates[self._present]
        if not self._trial and len(present.costs) == TRIAL_STEPS:
            now = self._clock()
            for count, other in tuple(self._candidates.items()):
                # A number that was faster than the present one is tried as soon as its last loss is made up.
                due = now >= (other.affordable if other.cost < present.cost else other.due)
                if count != self._present and due and self._worth_a_trial(count, other, now):
                    self._begin_trial(count, self._clock() - now)
                    break
        return self._trial or self._present

    def _worth_a_trial(self, count: int, candidate: _Candidate, now: float) -> bool:
        if count > self._present and not self._free(count):
            candidate.lose(now, self._clock() - now, self._share)
            return False
        if count not in self._suited:
            if not self._suits(count):
                del self._candidates[count]
                return False
            self._suited.add(count)
        return True

    def took(self, threads: int, work: float, seconds: float) -> None:
        """Record that a step of `work` took `seconds`; steps with another number of threads are ignored."""
        if threads != (self._trial or self._present) or work <= 0:
            return
        tried, cost = self._candidates[threads], seconds / work
        tried.costs.append(cost)
        if self._yardstick < math.inf:
            self._lost += seconds - self._yardstick * work
        if self._trial and (len(tried.costs) == TRIAL_STEPS or cost > HOPELESS * self._yardstick):
            self._end_trial()

    def _begin_trial(self, count: int, lost: float) -> None:
        self._reign = self._yardstick, self._lost
        self._trial, self._yardstick, self._lost = count, self._candidates[self._present].cost, lost
        self._candidates[count].costs.clear()

    def _end_trial(self) -> None:
        tried, present, now = self._candidates[self._trial], self._candidates[self._present], self._clock()
        if len(tried.costs) == TRIAL_STEPS and tried.cost < BETTER * self._yardstick:
            present.lose(now, self._reign[1], self._share)
            tried.wait = SHORTEST_WAIT
            self._present, self._lost = self._trial, 0.0
        else:
            tried.lose(now, self._lost, self._share)
            self._yardstick, self._lost = self._reign
        self._trial = 0
