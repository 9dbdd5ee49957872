"""Means, and times to a loss, against values worked out by hand; runs that never reach it have no time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_studies import PLAN, falling, plant_study, record
from scipy import stats

from tunewright.study.results.measures import MEASURES, levels, setting_mean, time_to_loss
from tunewright.study.results.study_results import read_results


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return read_results(plant_study(tmp_path_factory.mktemp("measures") / "study"))


def test_every_measure_of_a_run(found):
    run = found.runs[0]
    best = run.best
    by_hand = {
        "full_tune": best.validation_full_tune,
        "cold_window": best.validation_cold_window,
        "training_full_tune": best.training_full_tune,
        "training_cold_window": best.training_cold_window,
        "gap": 0.2,  # as planted
        "best_epoch": 8,
        "seconds_per_epoch": run.history[0].seconds,
        "rate": 10_000 / run.history[0].seconds,
    }
    assert {name: measure.of(run) for name, measure in MEASURES.items()} == pytest.approx(by_hand)


def test_a_summary_is_the_mean_over_seeds(found):
    losses = [
        falling(run)[-1].validation_cold_window for run in found.plan.runs if run.setting == "LSTM 30, dropout 0.1"
    ]
    low, high = stats.t.interval(0.95, 2, np.mean(losses), stats.sem(losses))
    mean = setting_mean(found, "LSTM 30, dropout 0.1")
    assert (mean.value, mean.low, mean.high, mean.count) == pytest.approx((np.mean(losses), low, high, 3))
    assert setting_mean(found, "LSTM 30, dropout 0.1", "full_tune").value == pytest.approx(np.mean(losses) - 0.1)


def curves(*losses_by_seed):
    """Histories by seed, for a study of one setting besides the baseline."""
    return lambda run: [record(epoch, loss) for epoch, loss in enumerate(losses_by_seed[run.seed], 1)]


def test_times_are_censored_where_a_loss_is_never_reached(tmp_path):
    study = plant_study(tmp_path / "study", history_of=curves([3.0, 1.0, 2.0], [3.0, 2.5, 2.1, 2.0], [3.0, 2.9]))
    time = time_to_loss(read_results(study), "LSTM 30, dropout 0.1", 2.0)
    assert time.epochs == (2, 4, None)
    assert time.seconds == (4.0, 8.0, None)
    assert (time.reached, time.most_epochs, time.median_epochs, time.median_seconds) == (2, 4, 4, 8.0)
    rarely = time_to_loss(read_results(study), "LSTM 30, dropout 0.1", 1.0)
    assert (rarely.epochs, rarely.reached, rarely.median_epochs, rarely.median_seconds) == (
        (2, None, None),
        1,
        None,
        None,
    )
    by_tunes = time_to_loss(read_results(study), "LSTM 30, dropout 0.1", 2.0, "full_tune")  # 0.1 lower, as planted
    assert by_tunes.epochs == (2, 3, None)


@settings(max_examples=100, deadline=None)
@given(losses=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9), level=st.floats(-1e6, 1e6))
def test_the_first_epoch_at_a_loss(losses, level, tmp_path_factory):
    plan = PLAN.replace("[0, 1, 2]", "[0]", 1)
    study = plant_study(tmp_path_factory.mktemp("any") / "study", plan, curves(losses))
    time = time_to_loss(read_results(study), "LSTM 30, dropout 0.1", level)
    reached = np.flatnonzero(np.array(losses) <= level)
    expected = int(reached[0]) + 1 if len(reached) else None
    assert time.epochs == (expected,)
    assert time.median_epochs == expected


def test_the_levels_are_those_that_tell_something(tmp_path):
    # Dropout 0.1 passes 1.9 and the n-gram's 1.88 in epoch 2; 0.2, the baseline, and 0.3 stay above.
    floors = {0.1: 1.8, 0.2: 2.0, 0.3: 2.2}
    study = plant_study(
        tmp_path / "study", history_of=lambda run: [record(1, 3.0), record(2, floors[run.network.dropout])]
    )
    assert [(level.title, level.loss) for level in levels(read_results(study))] == [
        ("counting (n-gram)", 1.88),
        ("a round loss", 1.9),
        ("the worst setting's best", pytest.approx(2.2)),
    ]


def test_levels_that_all_runs_pass_at_once_or_none_ever_are_left_out(tmp_path):
    study = plant_study(tmp_path / "high", history_of=lambda _: [record(1, 3.0), record(2, 2.5)])
    assert [level.loss for level in levels(read_results(study))] == [2.5]
    study = plant_study(tmp_path / "low", history_of=lambda _: [record(1, 1.2), record(2, 1.2)])
    assert levels(read_results(study)) == ()
    assert levels(read_results(plant_study(tmp_path / "empty", history_of=lambda _: None))) == ()
