"""Comparisons of settings against paired t tests of scipy, with correction and wording."""

import json

import numpy as np
import pytest
from planted_studies import PLAN, falling, plant_study, record
from scipy import stats

from tunewright.study.results.comparisons import answer, compare_settings
from tunewright.study.results.study_results import read_results
from tunewright.study.results.uncertainty import holm

CROSSED = """
title = "Crossed"
data = ["ryans"]
preset = "assignment"
seeds = [0, 1, 2, 3]
[[question]]
title = "Which cell, at which size?"
cell = ["lstm", "rnn"]
units = [20, 30, 40]
"""


def losses_of(found, setting):
    return np.array([run.best.validation_cold_window for run in found.of(setting)])


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    return read_results(plant_study(tmp_path_factory.mktemp("crossed") / "study", CROSSED))


def test_two_settings_are_compared_by_a_paired_t_test(crossed):
    first, second = losses_of(crossed, "LSTM 40"), losses_of(crossed, "RNN 40")
    test = stats.ttest_rel(first, second)
    interval = test.confidence_interval(0.95)
    found = compare_settings(crossed, "LSTM 40", "RNN 40")
    assert found.p == found.adjusted_p == pytest.approx(test.pvalue)
    assert (found.difference.value, found.difference.low, found.difference.high) == pytest.approx(
        (np.mean(first - second), interval.low, interval.high)
    )
    assert compare_settings(crossed, "LSTM 40", "RNN 40", "full_tune").difference.value == pytest.approx(
        np.mean(first - second)
    )


def test_a_question_of_two_options_averages_settings_that_differ_in_one(crossed):
    found = answer(crossed, crossed.plan.questions[0])
    assert [(each.option, each.first, each.second, each.pairs) for each in found.comparisons] == [
        ("cell", "rnn", "lstm", 3),
        ("units", 30, 20, 2),
        ("units", 40, 20, 2),
        ("units", 40, 30, 2),
    ]
    by_seed = {  # (cells, sizes, seeds)
        "cell": np.mean(
            [losses_of(crossed, f"RNN {n}") - losses_of(crossed, f"LSTM {n}") for n in (20, 30, 40)], axis=0
        ),
        "units": np.mean(
            [losses_of(crossed, f"{c} 40") - losses_of(crossed, f"{c} 30") for c in ("LSTM", "RNN")], axis=0
        ),
    }
    for comparison, differences in ((found.comparisons[0], by_seed["cell"]), (found.comparisons[3], by_seed["units"])):
        assert comparison.difference.value == pytest.approx(differences.mean())
        assert comparison.p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)
        assert comparison.difference.count == 4
    assert [each.adjusted_p for each in found.comparisons] == holm([each.p for each in found.comparisons])
    assert set(found.settings) == set(crossed.plan.questions[0].settings)
    assert found.lowest == min(found.settings, key=lambda name: losses_of(crossed, name).mean())


def planted(tmp_path, differences, plan=PLAN):
    """A study in which dropout 0.1 is at 2 nats, and 0.2 and 0.3 above it by so much with each seed."""

    def history(run):
        above = {0.1: 0.0, 0.2: differences[0][run.seed], 0.3: differences[1][run.seed]}[run.network.dropout]
        return [record(1, 2.0 + 0.1 * run.seed + above)]

    return read_results(plant_study(tmp_path / "study", plan, history))


def test_words_for_a_difference_and_for_none(tmp_path):
    found = planted(tmp_path, [(-0.032, -0.031, -0.030), (0.1, -0.1, 0.03)])
    given = answer(found, found.plan.questions[0])
    words = [each.in_words for each in given.comparisons]
    assert words[0] == "dropout 0.2 against 0.1: -0.031 ± 0.002 nats, 3 seeds"
    assert words[1] == "dropout 0.3 against 0.1: +0.010 ± 0.252 nats, 3 seeds: no difference shown"
    assert [each.verdict for each in given.comparisons] == ["shown", "not shown", "not shown"]
    # Seeds move all settings alike here, so that pairing is much sharper than an unpaired test.
    losses = losses_of(found, "LSTM 30, dropout 0.2"), losses_of(found, "LSTM 30, dropout 0.1")
    assert stats.ttest_ind(*losses).pvalue > 0.5 > given.comparisons[0].p


def test_a_difference_that_several_comparisons_explain_is_not_shown(tmp_path):
    found = planted(tmp_path, [(0.05, 0.06, 0.10), (0.03, -0.05, 0.01)])
    comparison = answer(found, found.plan.questions[0]).comparisons[0]
    assert comparison.p < 0.05 < comparison.adjusted_p
    assert comparison.verdict == "not shown after correction"
    assert comparison.in_words.endswith("3 seeds: no difference shown, since several comparisons were made")


def test_one_seed_has_no_interval_and_says_so(tmp_path):
    found = planted(tmp_path, [(0.05,), (0.1,)], PLAN.replace("[0, 1, 2]", "[0]", 1))
    comparison = answer(found, found.plan.questions[0]).comparisons[0]
    assert comparison.in_words == "dropout 0.2 against 0.1: +0.050 nats, 1 seed: no interval, it may be chance"
    assert (comparison.p, comparison.adjusted_p, comparison.verdict) == (None, None, "one seed")


def test_only_seeds_that_finished_on_both_sides_count(tmp_path):
    study = plant_study(
        tmp_path / "study",
        history_of=lambda run: None if run.name == "lstm-30-dropout-0.3-seed-1" else falling(run),
    )
    found = read_results(study)
    counts = [each.difference.count for each in answer(found, found.plan.questions[0]).comparisons]
    assert counts == [3, 2, 2]
    assert compare_settings(found, "LSTM 30, dropout 0.3", "LSTM 30, dropout 0.1").difference.count == 2


def test_times_of_a_stack_are_not_compared(tmp_path):
    """All seeds of a stack have the same time: its difference from another's would seem to be certain."""
    study = plant_study(tmp_path / "study", history_of=lambda run: [record(1, 2.0, seconds=1 + run.network.dropout)])
    for path in study.glob("runs/*/best/tunewright.json"):
        about = json.loads(path.read_text(encoding="utf-8"))
        about["training"]["stacked"] = 9
        path.write_text(json.dumps(about), encoding="utf-8")
    found = read_results(study)
    assert len(answer(found, found.plan.questions[0]).comparisons) == 3
    for measure in ("seconds_per_epoch", "rate"):
        assert answer(found, found.plan.questions[0], measure).comparisons == ()


def test_what_has_not_finished_is_not_compared(tmp_path):
    study = plant_study(tmp_path / "study", history_of=lambda run: None if run.network.dropout == 0.3 else falling(run))
    found = read_results(study)
    given = answer(found, found.plan.questions[0])
    assert [(each.first, each.second) for each in given.comparisons] == [(0.2, 0.1)]
    assert "LSTM 30, dropout 0.3" not in given.settings
    assert compare_settings(found, "LSTM 30, dropout 0.3", "LSTM 30, dropout 0.1") is None
    nothing = read_results(plant_study(tmp_path / "empty", history_of=lambda _: None))
    given = answer(nothing, nothing.plan.questions[0])
    assert (given.settings, given.comparisons, given.lowest) == ((), (), None)
