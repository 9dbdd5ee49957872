"""Choosing the number of threads, on made-up machines whose load changes."""

import random

import pytest

from tunewright.training.threads.thread_choice import ThreadChooser


class Machine:
    """Steps of 0.02 s on one idle core, with other work now and then.

    Idle, n threads take 1 / gain of the time of one. Beside other work one thread gets half of its core, and several
    wait for one another: `waiting` times as long.
    """

    def __init__(self, busy, gain, waiting=13.0, noise=0.3, seed=0):
        self.now, self.busy, self.gain, self.waiting, self.noise = 0.0, busy, gain, waiting, noise
        self.generator = random.Random(seed)

    def seconds(self, threads):
        step = 0.02 * (1 + self.noise * self.generator.random())
        if self.busy(self.now):
            return step * 2 * (1 if threads == 1 else self.waiting * self.generator.choice((0.2, 1.0, 1.0, 1.5)))
        return step / self.gain(threads)

    def rate(self, choose, until):
        """Steps a second up to a time, the number of threads chosen anew before each."""
        self.now, steps = 0.0, 0
        while self.now < until:
            threads = choose()
            seconds = self.seconds(threads)
            self.now += seconds
            if isinstance(getattr(choose, "__self__", None), ThreadChooser):
                choose.__self__.took(threads, 640, seconds)
            steps += 1
        return steps / self.now


NEVER, ALWAYS = (lambda _now: False), (lambda _now: True)
MACHINES = {
    "idle, two cores that gain": (NEVER, lambda threads: 1.5 if threads == 2 else 1.0, 2),
    "idle, two cores that do not gain": (NEVER, lambda threads: 0.8 if threads == 2 else 1.0, 2),
    "idle, eight cores": (NEVER, lambda threads: {1: 1.0, 2: 1.6, 4: 2.2, 8: 1.5}[threads], 8),
    "busy, two cores": (ALWAYS, lambda threads: 1.5 if threads == 2 else 1.0, 2),
    "busy, sixteen cores": (ALWAYS, lambda threads: threads**0.5, 16),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", MACHINES)
def test_it_is_nearly_as_fast_as_the_best_number_of_threads(name, seed):
    busy, gain, most = MACHINES[name]
    chooser = ThreadChooser(most, clock=lambda: machine.now)
    machine = Machine(busy, gain, seed=seed)
    chosen = machine.rate(chooser.threads, until=60)
    best = max(machine.rate(lambda count=count: count, until=60) for count in chooser.counts)
    assert chosen >= 0.9 * best


@pytest.mark.parametrize("period", [20, 60])
def test_it_follows_a_load_that_comes_and_goes(period):
    machine = Machine(lambda now: now % period > period / 2, lambda threads: 1.5 if threads == 2 else 1.0)
    chooser = ThreadChooser(2, clock=lambda: machine.now)
    one = machine.rate(lambda: 1, until=240)
    assert machine.rate(chooser.threads, until=240) >= 0.97 * one
    assert chooser.counts == (1, 2)


def test_a_number_that_turns_slow_gives_way_within_some_steps():
    machine = Machine(lambda now: now > 10, lambda threads: 1.6 if threads == 2 else 1.0)
    chooser = ThreadChooser(2, clock=lambda: machine.now)
    machine.rate(chooser.threads, until=10)
    assert chooser.threads() == 2
    slow = 0
    while machine.now < 20:
        threads = chooser.threads()
        seconds = machine.seconds(threads)
        machine.now += seconds
        chooser.took(threads, 640, seconds)
        slow += threads == 2
    assert slow <= 12
    assert chooser.threads() == 1


def test_one_core_has_no_choice():
    chooser = ThreadChooser(1)
    assert chooser.counts == (1,)
    for _ in range(50):
        assert chooser.threads() == 1
        chooser.took(1, 1, 0.01)


def test_steps_without_work_or_with_other_threads_teach_nothing():
    chooser = ThreadChooser(2)
    for _ in range(20):
        chooser.took(2, 640, 0.001)
        chooser.took(1, 0, 0.5)
    assert chooser.threads() == 1


def test_a_number_that_does_not_suit_is_never_taken():
    chooser, taken = ThreadChooser(4, suits=lambda count: count != 2), set()
    for _ in range(50):
        taken.add(chooser.threads())
        chooser.took(chooser.threads(), 1, 0.01)
    assert taken == {1, 4}
    assert chooser.counts == (1, 4)


def test_more_threads_are_not_tried_while_other_programs_use_the_cores():
    machine = Machine(ALWAYS, lambda threads: threads)
    chooser = ThreadChooser(2, free=lambda _count: not machine.busy(machine.now), clock=lambda: machine.now)
    assert machine.rate(chooser.threads, until=60) >= 0.98 * machine.rate(lambda: 1, until=60)
    machine.busy = NEVER
    machine.rate(chooser.threads, until=200)  # from 0 again: the chooser waits until it tries anew
    assert chooser.threads() == 2
