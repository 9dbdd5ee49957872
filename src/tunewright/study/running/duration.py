"""Estimates of how long a study takes: before it begins, from short trials, and while it runs, from its progress."""

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
"""Length of the trial of each setting."""


@dataclass(frozen=True)
class Timing:
    """Estimated duration of one run of a setting, in seconds."""

    setting: str
    learning: float
    """Training, over all epochs."""
    evaluating: float
    """Evaluation, over all epochs."""

    @property
    def seconds(self) -> float:
        """Both together."""
        return self.learning + self.evaluating


def time_settings(plan: Plan, data: TrainingData) -> Iterator[Timing]:
    """Time every setting in a short trial, on one thread."""
    for setting in plan.settings:
        yield time_setting(setting, data)


@flushed_to_zero()  # as in a run
def time_setting(setting: Setting, data: TrainingData) -> Timing:
    """Train a new network briefly, evaluate it once, and extrapolate to all epochs.

    On a CPU, processor time is measured, which does not depend on other processes.
    """
    config = setting.training
    device = choose_device(config)
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    network = CharNetwork.of(setting.network, data.vocabulary).to(device)
    times = [clock()]
    for progress in Trainer(network, data, config).run():
        if progress.record:  # this step includes an evaluation
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


def makespan(durations: Iterable[float], slots: int) -> float:
    """Time from the start of the first run to the end of the last, each starting in order as soon as a slot is free."""
    ends = [0.0] * slots
    for duration in durations:
        heapq.heapreplace(ends, ends[0] + duration)
    return max(ends)


class Pace:
    """The observed speed of a study, for its remaining time."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, int]] = {}
        self._speed: dict[str, float] = {}

    def update(self, progress: StudyProgress, now: float) -> None:
        """Record a progress at the time `now`, in seconds."""
        for name in progress.changed:
            state = progress.states[name]
            if state.state == "running" and state.report.steps > 1:
                began, step = self._seen.setdefault(name, (now, state.report.step))
                if now > began and state.report.step > step:
                    share = (state.report.step - step) / state.report.steps
                    self._speed[name] = work(state.run) * share / (now - began)

    def left(self, progress: StudyProgress, slots: int) -> float | None:
        """Estimated remaining seconds; None until a speed is known.

        The speed of a run is that of other runs of its setting, else the average of all.
        """
        if not self._speed:
            return None
        average = sum(self._speed.values()) / len(self._speed)
        of_setting = {progress.states[name].run.setting: speed for name, speed in self._speed.items()}
        unfinished = [state for state in progress.states.values() if state.state in ("running", "waiting")]
        unfinished.sort(key=lambda state: state.state)  # the running ones first
        speeds = (of_setting.get(state.run.setting, average) for state in unfinished)
        known = [*map(truediv, map(_remaining_work, unfinished), speeds)]
        works = [work(state.run) for state in progress.states.values()]
        return makespan([*known, *[sum(works) / len(works) / average] * progress.undrawn], slots)


def _remaining_work(state: RunState) -> float:
    return work(state.run) * (1 - state.report.step / state.report.steps)
