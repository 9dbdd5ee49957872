"""Estimated durations of runs and studies."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.readers import read_tunes
from tunewright.model.config import NetworkConfig
from tunewright.study.plans.plan import PlannedRun, Setting
from tunewright.study.running.duration import Pace, makespan, time_setting
from tunewright.study.running.perform import Report
from tunewright.study.running.runner import RunState, State, StudyProgress, work
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData

NETWORK = NetworkConfig(units=8, embedding=4)


def run(name: str, *, units: int = 8) -> PlannedRun:
    return PlannedRun(name, f"LSTM {units}", 0, replace(NETWORK, units=units), TrainingConfig(epochs=10))


def progress(states: dict[PlannedRun, tuple[State, int]], undrawn: int = 0) -> StudyProgress:
    every = {each.name: RunState(each, state, Report(each.name, step, 100)) for each, (state, step) in states.items()}
    return StudyProgress(every, tuple(every), undrawn)


@given(durations=st.lists(st.floats(0, 1e3), max_size=20), slots=st.integers(1, 5))
def test_side_by_side_is_neither_shorter_than_fair_shares_nor_than_the_longest(durations, slots):
    together = makespan(durations, slots)
    shortest = max([sum(durations) / slots, *durations], default=0)
    assert together >= shortest - 1e-6
    assert together <= 2 * shortest + 1e-6  # as is known of every such schedule
    assert makespan(durations, 1) == pytest.approx(sum(durations))


def test_runs_begin_as_soon_as_there_is_room():
    assert makespan([3, 1, 1, 2], 2) == 4  # 3 beside 1 + 1 + 2
    assert makespan([], 2) == 0


def test_what_is_left_follows_what_was_seen():
    pace, first, second = Pace(), run("a"), run("b")
    assert pace.left(progress({first: ("running", 0), second: ("waiting", 0)}), 1) is None
    pace.update(progress({first: ("running", 10), second: ("waiting", 0)}), 100.0)
    assert pace.left(progress({first: ("running", 10)}), 1) is None
    now = progress({first: ("running", 20), second: ("waiting", 0)})
    pace.update(now, 105.0)  # ten of a hundred steps in five seconds
    assert pace.left(now, 1) == pytest.approx(40 + 50)
    assert pace.left(now, 2) == pytest.approx(50)
    assert pace.left(replace(now, undrawn=3), 1) == pytest.approx(40 + 4 * 50)
    ended = progress({first: ("done", 100), second: ("waiting", 0)})
    pace.update(ended, 110.0)
    assert pace.left(ended, 1) == pytest.approx(50)


def test_a_larger_network_that_was_not_seen_yet_takes_longer():
    pace, small, large = Pace(), run("a"), run("b", units=80)
    for step, now in ((10, 0.0), (20, 5.0)):
        state = progress({small: ("running", step), large: ("waiting", 0)})
        pace.update(state, now)
    assert pace.left(state, 1) == pytest.approx(40 + 50 * work(large) / work(small))


def test_a_setting_is_timed_for_all_its_epochs(tiny_corpus, monkeypatch):
    data = TrainingData.of(read_tunes(tiny_corpus).tunes)
    ticks = iter(range(1000))
    monkeypatch.setattr(time, "process_time", lambda: next(ticks) / 4)  # each look at the clock costs 1/4 s
    config = TrainingConfig(epochs=6, sequence_length=20, batch_size=4, threads=1, device="cpu")
    found = time_setting(Setting("x", NETWORK, config), data)
    steps = 6 * -(-(data.characters // 4) // 20)
    assert found.learning == pytest.approx(steps / 4, rel=0.05)
    share = (data.sample.source_characters + data.validation.source_characters) / data.sample.source_characters
    assert found.evaluating == pytest.approx(6 * share / 4)
    assert found.seconds == found.learning + found.evaluating
