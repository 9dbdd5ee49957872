"""Oracle: the batches that `corpus.batches` cuts out of the text itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.batches import streams, windows
from tunewright.corpus.places import shuffled_text, stream_places, window_places

LENGTHS = st.lists(st.integers(1, 12), min_size=1, max_size=8)


def made_up(lengths):
    """Tunes whose characters are all different, so that a wrong place shows."""
    return [ids.astype(np.uint16) for ids in np.split(np.arange(sum(lengths)), np.cumsum(lengths)[:-1])]


def cut(text, place):
    return text.take(np.arange(place.length + 1)[:, None] + place.starts, mode="wrap")


@given(LENGTHS, st.integers(1, 9), st.integers(1, 5), st.integers(0, 99))
def test_windows_lie_where_they_are_cut(lengths, length, lanes, seed):
    tunes = made_up(lengths)
    batches = list(windows(tunes, length=length, lanes=lanes, generator=np.random.default_rng(seed)))
    text = np.concatenate(tunes)
    places = list(window_places(len(text), length=length, lanes=lanes, generator=np.random.default_rng(seed)))
    for batch, place in zip(batches, places, strict=True):
        assert (cut(text, place) == batch.ids).all()
        assert (place.keep == batch.keep).all()
        assert (place.starts < len(text)).all()


@given(LENGTHS, st.integers(1, 9), st.integers(1, 5), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 99))
def test_streams_lie_where_they_are_cut(lengths, length, lanes, reset, seed):
    tunes, options = made_up(lengths), {"length": length, "lanes": lanes, "reset": reset}
    batches = list(streams(tunes, **options, generator=np.random.default_rng(seed)))
    generator = np.random.default_rng(seed)
    text = shuffled_text(tunes, generator)
    places = list(stream_places(len(text), **options, generator=generator))
    for batch, place in zip(batches, places, strict=True):
        assert (cut(text, place) == batch.ids).all()
        assert (place.keep == batch.keep).all()
        assert (place.starts < len(text)).all()
