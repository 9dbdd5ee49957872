"""Do two sets of tunes meet over the same categories, and do resamples depend on the seed alone?"""

import numpy as np
import pytest

from tunewright.analysis.musicality.paired_sets import FIRST, RESAMPLES, SECOND, SPLITS, PairedSets, TuneSet, held_out
from tunewright.analysis.musicality.tune_features import FEATURES

ROW = {feature.name: number for number, feature in enumerate(FEATURES)}


def made_up(name, observations):
    """A set of tunes that say nothing but this about the feature called `name`."""
    profiles = [[{} for _ in FEATURES] for _ in observations]
    for profile, observation in zip(profiles, observations, strict=True):
        profile[ROW[name]] = observation
    return TuneSet(tuple(map(tuple, profiles)), 0)


def paired(name, reference, composed):
    return PairedSets.of(ROW[name], made_up(name, reference), made_up(name, composed))


def test_categories_are_those_of_both_sets_in_order():
    pair = paired("interval", [{2: 0.5, -1: 0.5}, {2: 1.0}], [{7: 1.0}])
    assert pair.categories == [-1, 2, 7]
    assert pair.reference.mean().tolist() == [0.25, 0.75, 0]
    assert pair.composed.mean().tolist() == [0, 0, 1]
    assert pair.value() == (0, 1)


def test_values_of_one_bin_overlap_and_are_still_apart():
    pair = paired("notes", [{100: 1.0}], [{101: 1.0}])
    assert pair.value() == (pytest.approx(1), pytest.approx(1))
    assert paired("notes", [{100: 1.0}], [{300: 1.0}]).value() == (0, 200)


@pytest.mark.parametrize("value", [0, 61, 1000])
def test_no_value_is_beyond_the_bins(value):
    pair = paired("range", [{value: 1.0}], [{value: 1.0}, {12: 1.0}])
    assert pair.value()[0] == 0.5
    assert 0 <= pair.bin.min() <= pair.bin.max() < len(FEATURES[ROW["range"]].edges)


def test_tunes_without_the_feature_are_left_out():
    pair = paired("interval", [{2: 1.0}, {}, {}], [{}])
    assert (pair.reference.tunes, pair.composed.tunes, pair.empty) == (1, 0, True)
    assert not paired("interval", [{2: 1.0}], [{2: 1.0}]).empty


def test_resamples_of_the_corpus_are_the_same_for_every_composed_set():
    corpus = [{interval: 1.0} for interval in range(20)]
    for composed in ([{0: 1.0}], [{19: 1.0}]):  # a set of one tune: only the corpus is resampled
        pair = paired("interval", corpus, composed)
        assert np.array_equal(pair.draws(5, FIRST), pair.draws(5, SECOND))
        assert not np.array_equal(pair.draws(5, FIRST), pair.draws(6, FIRST))
    several = paired("interval", corpus, corpus)
    assert several.draws(5, FIRST).shape == (2, RESAMPLES)
    assert not np.array_equal(several.draws(5, FIRST), several.draws(5, SECOND))


def test_the_ceiling_holds_out_as_many_tunes_as_were_composed_and_half_at_most():
    corpus = [
        {interval: 1.0} for interval in range(20)
    ]  # all apart, so that held-out tunes share nothing with the rest
    pair = paired("interval", corpus, corpus[:3])
    assert (held_out(20, 3), pair.ceiling(0).shape) == (3, (2, SPLITS))
    assert pair.ceiling(0)[0].max() == 0
    shared = paired("interval", [{0: 1.0}] * 10 + [{1: 1.0}] * 10, [{0: 1.0}] * 100)
    halves = shared.ceiling(0)[0]
    assert len(set(halves.round(6))) > 1
    assert set((halves * 10 % 1).round(6)) <= {0, 1}  # ten of twenty are held out
    assert paired("interval", [{0: 1.0}], [{0: 1.0}]).ceiling(0) is None
