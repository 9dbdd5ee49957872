import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.batches import END_ID, WholeTunes, count_streams, count_windows, streams, windows

tune_lists = st.lists(st.integers(2, 60), min_size=1, max_size=12)
sizes = {"length": st.integers(1, 40), "lanes": st.integers(1, 9)}


def numbered_tunes(lengths):
    """Tunes whose ids are all different, so that each id says where it stands."""
    edges = np.cumsum([0, *lengths])
    return [np.arange(first, last) for first, last in itertools.pairwise(edges)]


@settings(deadline=None)
@given(lengths=tune_lists, **sizes, seed=st.integers(0, 9))
def test_windows_are_slices_of_the_text_and_cover_it(lengths, length, lanes, seed):
    tunes = numbered_tunes(lengths)
    characters = sum(lengths)
    batches = list(windows(tunes, sequence_length=length, batch_size=lanes, generator=np.random.default_rng(seed)))
    assert len(batches) == count_windows(characters, sequence_length=length, batch_size=lanes)
    for batch in batches:
        assert batch.ids.shape == (length + 1, len(batch.keep))
        assert not batch.keep.any()
        assert ((batch.ids[1:] - batch.ids[:-1]) % characters == 1 % characters).all()
    if characters >= length:
        times_predicted = Counter(np.concatenate([batch.ids[1:].ravel() for batch in batches]).tolist())
        assert max(times_predicted.values()) == 1
        assert len(times_predicted) > characters - length


@settings(deadline=None)
@given(lengths=tune_lists, **sizes, seed=st.integers(0, 9))
def test_streams_walk_through_every_tune_in_order(lengths, length, lanes, seed):
    tunes = numbered_tunes(lengths)
    generator = np.random.default_rng(seed)
    batches = list(
        streams(tunes, sequence_length=length, batch_size=lanes, state_reset_probability=0.0, generator=generator)
    )
    assert len(batches) == count_streams(sum(lengths), sequence_length=length, batch_size=lanes)
    rows = [batches[0].ids[:1]] + [batch.ids[1:] for batch in batches]
    for before, after in itertools.pairwise(batches):
        assert (before.ids[-1] == after.ids[0]).all()  # the state that is carried belongs to this character
        assert after.keep.all()
    assert not batches[0].keep.any()
    lane_texts = np.concatenate(rows)  # (time, B)
    first_ids = {tune[0] for tune in tunes}
    inside = lane_texts[1:] - lane_texts[:-1] == 1
    assert all(inside.ravel() | np.isin(lane_texts[1:].ravel(), list(first_ids)))
    assert set(lane_texts[1:].ravel()) == set(range(sum(lengths)))


def test_resets_come_as_often_as_asked():
    tunes = numbered_tunes([100_000])
    batches = list(
        streams(
            tunes, sequence_length=5, batch_size=20, state_reset_probability=0.3, generator=np.random.default_rng(0)
        )
    )
    kept = np.mean([batch.keep for batch in batches[1:]])
    assert kept == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("feed", [windows, streams])
def test_the_order_depends_on_the_generator_alone(feed):
    options = {"state_reset_probability": 0.5} if feed is streams else {}
    tunes = numbered_tunes([50, 60, 70])

    def ids(seed):
        return [
            batch.ids.tolist()
            for batch in feed(tunes, sequence_length=7, batch_size=4, generator=np.random.default_rng(seed), **options)
        ]

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)


@settings(deadline=None)
@given(lengths=tune_lists, **sizes, seed=st.integers(0, 9))
def test_whole_tunes_are_read_from_their_beginning_to_their_end(lengths, length, lanes, seed):
    tunes = numbered_tunes(lengths)
    whole = WholeTunes(tunes, sequence_length=length, batch_size=lanes, generator=np.random.default_rng(seed))
    batches = list(whole)
    assert len(batches) == len(whole)
    begins, ends = {int(tune[0]) for tune in tunes}, {int(tune[-1]) for tune in tunes}
    seen, reached = [], np.zeros(0)
    for batch in batches:
        assert 1 <= batch.length < 1.25 * length or batch.length == 1
        assert 1 <= len(batch.starts) <= lanes
        ids, predicted = batch.ids, batch.predicted
        if batch.keep.all():
            assert (ids[0] == reached[: len(ids[0])]).all()  # the state that is carried belongs to this character
        else:
            assert not batch.keep.any()
            assert set(ids[0].tolist()) <= begins
        assert predicted.sum() == batch.characters
        assert (np.diff(batch.ends) <= 0).all()
        for lane, count in enumerate(batch.ends):
            assert (np.diff(ids[: count + 1, lane]) == 1).all()
            assert (ids[count + 1 :, lane] == END_ID).all()
            assert predicted[:count, lane].all()
            assert not predicted[count:, lane].any()
            assert count == batch.length or int(ids[count, lane]) in ends
        seen += ids[1:][predicted].tolist()
        reached = ids[-1]
    assert sorted(seen) == sorted(set(range(sum(lengths))) - begins)


def test_whole_tunes_come_in_another_order_and_are_cut_elsewhere_in_another_epoch():
    tunes = numbered_tunes([300, 200, 310, 250, 190, 305] * 9)
    epochs = [
        list(WholeTunes(tunes, sequence_length=40, batch_size=4, generator=np.random.default_rng(seed)))
        for seed in (1, 1, 2)
    ]
    first, again, other = [[batch.starts.tolist() for batch in epoch] for epoch in epochs]
    assert first == again != other
    assert len({batch.length for batch in epochs[0]}) > 8
    assert (
        sum(batch.ends.sum() for batch in epochs[0]) / sum(batch.ends.size * batch.length for batch in epochs[0]) > 0.9
    )


def test_some_lanes_are_a_batch_of_their_own():
    tunes = numbered_tunes([30, 20, 31, 25])
    for batch in WholeTunes(tunes, sequence_length=12, batch_size=4, generator=np.random.default_rng(0)):
        part = batch.some(slice(0, 2))
        np.testing.assert_array_equal(part.ids, batch.ids[:, :2])
        np.testing.assert_array_equal(part.predicted, batch.predicted[:, :2])
        np.testing.assert_array_equal(part.keep, batch.keep[:2])
