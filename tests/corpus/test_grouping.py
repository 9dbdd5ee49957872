"""Groups are the tunes with keys in common, and the keys are as documented."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.grouping import MOST_SETTINGS, group_labels, hash_of, tune_keys
from tunewright.corpus.tune import Tune

COUNT = 12
small_columns = st.lists(st.lists(st.integers(0, 6), min_size=COUNT, max_size=COUNT), max_size=4)
NO_TITLES = (np.empty(0, np.uint64), np.empty(0, np.int64))


def tune(text, identity=None):
    return Tune(text, Path("book.abc"), 1, len(text), identity)


def groups_by_search(columns):
    """The least number that each tune reaches from neighbour to neighbour."""
    labels = []
    for start in range(COUNT):
        reached, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            for column in columns:
                near = {there for there in range(COUNT) if column[here] and column[here] == column[there]} - reached
                reached |= near
                waiting += near
        labels.append(min(reached))
    return labels


@settings(deadline=None)
@given(small_columns)
def test_groups_are_what_keys_join(columns):
    arrays = [np.array(column, np.uint64) for column in columns]
    assert group_labels(COUNT, arrays, *NO_TITLES).tolist() == groups_by_search(columns)


def test_a_long_chain_is_one_group():
    count = 3000
    order = np.random.default_rng(0).permutation(count).astype(np.uint64)
    columns = [order // 2 + 1, (order + 1) // 2 + 1]
    assert not group_labels(count, columns, *NO_TITLES).any()


def test_a_title_of_many_tunes_joins_none():
    for count, joins in ((MOST_SETTINGS, True), (MOST_SETTINGS + 1, False)):
        labels = group_labels(count, [], np.full(count, 5, np.uint64), np.arange(count))
        assert (labels == 0).all() == joins


def test_keys_of_texts_depend_on_the_seed_and_others_do_not():
    tunes = [tune("X:1\nT:One\nT:The One\nK:C\nabc|\n", identity="7"), tune("no field\n")]
    keys, others = tune_keys(tunes), tune_keys(tunes, seed=1)
    assert (keys.columns[0] != others.columns[0]).all()
    assert (keys.columns[1:] == others.columns[1:]).all()
    assert keys.columns[1].tolist() == [hash_of("7"), 0]
    assert (keys.titles.tolist(), keys.titled.tolist()) == ([hash_of("one")], [0])
