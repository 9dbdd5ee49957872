"""How long does a study take, before it begins and while it runs?"""

import heapq
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import truediv

from tunewright.model.network import CharNetwork
from tunewright.study.plans.plan import Plan, Setting
from tunewright.study.running.runner import RunState, StudyProgress, work
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import cold_window, full_tune
from tunewright.training.loop import Trainer
from tunewright.training.precision import flushed_to_zero
from tunewright.training.run import choose_device

TRIAL_SECONDS = 0.5
"""For how long each setting is tried."""


@dataclass(frozen=True)
class Timing:
    """How long one run of a setting takes. Seconds."""

    setting: str
    learning: float
    """All steps of all epochs."""
    evaluating: float
    """After all epochs."""

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.learning + self.evaluating


def time_settings(plan: Plan, data: TrainingData) -> Iterator[Timing]:
    """Try every setting for a moment, on one thread."""
    for setting in plan.settings:
        yield time_setting(setting, data)


@flushed_to_zero()  # as in a run
def time_setting(setting: Setting, data: TrainingData) -> Timing:
    """Train a new network for a moment, measure it once, and reckon how long all epochs take like that.

    On a processor the time that it worked counts, which other processes do not lengthen.
    """
    config = setting.training
    device = choose_device(config)
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    network = CharNetwork.of(setting.network, data.vocabulary).to(device)
    times = [clock()]
    for progress in Trainer(network, data, config).run():
        if progress.record:  # it was measured, too
            break
        times.append(clock())
        if times[-1] - times[1] > TRIAL_SECONDS:
            break
    began = clock()
    full_tune(network, data.sample)
    cold_window(network, data.sample)
    measured, validated = data.sample.source_characters, data.validation.source_characters
    evaluation = (clock() - began) * (measured + validated) / max(1, measured)
    first = 1 if len(times) > 2 else 0  # the first step is slower than all others
    per_step = (times[-1] - times[first]) / max(1, len(times) - 1 - first)
    return Timing(setting.name, per_step * progress.steps, evaluation * config.epochs)


def side_by_side(durations: Iterable[float], slots: int) -> float:
    """How long runs of these durations take if each, in their order, begins as soon as one of `slots` is free."""
    ends = [0.0] * slots
    for duration in durations:
        heapq.heapreplace(ends, ends[0] + duration)
    return max(ends)


class Pace:
    """How fast a study goes on, as far as it was watched."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, int]] = {}
        self._speed: dict[str, float] = {}

    def heed(self, progress: StudyProgress, now: float) -> None:
        """Take note of a progress at the time `now`, in seconds."""
        for name in progress.changed:
            state = progress.states[name]
            if state.state == "running" and state.report.steps > 1:
                began, step = self._seen.setdefault(name, (now, state.report.step))
                if now > began and state.report.step > step:
                    share = (state.report.step - step) / state.report.steps
                    self._speed[name] = work(state.run) * share / (now - began)

    def left(self, progress: StudyProgress, slots: int) -> float | None:
        """Seconds that the study will still take; None as long as nothing is known.

        A run takes as long for its work as those of the same setting did, else as all did on average.
        """
        if not self._speed:
            return None
        average = sum(self._speed.values()) / len(self._speed)
        of_setting = {progress.states[name].run.setting: speed for name, speed in self._speed.items()}
        unfinished = [state for state in progress.states.values() if state.state in ("running", "waiting")]
        unfinished.sort(key=lambda state: state.state)  # the running ones first
        speeds = (of_setting.get(state.run.setting, average) for state in unfinished)
        known = [*map(truediv, map(_undone, unfinished), speeds)]
        works = [work(state.run) for state in progress.states.values()]
        return side_by_side([*known, *[sum(works) / len(works) / average] * progress.undrawn], slots)


def _undone(state: RunState) -> float:
    return work(state.run) * (1 - state.report.step / state.report.steps)
