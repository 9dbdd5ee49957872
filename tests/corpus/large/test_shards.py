"""Oracle: the same ids in memory."""

import hashlib
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.batches import WholeTunes, streams, windows
from tunewright.corpus.large import shards
from tunewright.corpus.large.shards import MappedTunes, ShardFile, Shards, count_characters, joined, lengths_of
from tunewright.errors import CorpusError


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A function that writes tunes, so many to a file, and maps them; and one dtype for each number of symbols."""
    folder, names = tmp_path_factory.mktemp("shards"), itertools.count()

    def write(tunes, tunes_per_file=3, symbols=256):
        dtype = np.dtype("u1" if symbols <= 256 else "<u2")
        files = []
        for first in range(0, len(tunes), tunes_per_file):
            path = folder / str(next(names))
            content = np.concatenate(tunes[first : first + tunes_per_file]).astype(dtype).tobytes()
            path.write_bytes(content)
            files.append(ShardFile(path, len(content), hashlib.sha256(content).hexdigest()))
        return MappedTunes(Shards(tuple(files), dtype, symbols), np.array([len(tune) for tune in tunes], np.uint32))

    return write


def made_up(lengths, symbols=256):
    generator = np.random.default_rng(len(lengths))
    return [generator.integers(symbols, size=length).astype(np.uint16) for length in lengths]


tune_lengths = st.lists(st.integers(2, 40), min_size=1, max_size=12)


@settings(deadline=None)
@given(lengths=tune_lengths, symbols=st.sampled_from([256, 300]), tunes_per_file=st.integers(1, 12))
def test_tunes_are_read_one_by_one_in_slices_and_all(store, lengths, symbols, tunes_per_file):
    tunes = made_up(lengths, symbols)
    mapped = store(tunes, tunes_per_file, symbols)
    assert (len(mapped), mapped.characters, count_characters(mapped)) == (len(tunes), sum(lengths), sum(lengths))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "_READ_AHEAD", 4)
        expected = [tune.tolist() for tune in tunes]
        assert [ids.tolist() for ids in mapped] == expected
    assert [mapped[number].tolist() for number in range(len(tunes))] == expected
    assert [ids.tolist() for ids in mapped[1:5]] == expected[1:5]
    assert mapped[-1].tolist() == expected[-1]


@settings(deadline=None)
@given(lengths=tune_lengths, seed=st.integers(0, 9), shuffle=st.booleans(), symbols=st.sampled_from([256, 300]))
def test_a_text_is_taken_from_as_from_an_array(store, lengths, seed, shuffle, symbols):
    tunes, generator = made_up(lengths, symbols), np.random.default_rng(seed)
    order = generator.permutation(len(tunes)) if shuffle else None
    text, mapped = joined(tunes, order), joined(store(tunes, symbols=symbols), order)
    assert len(mapped) == len(text)
    places = generator.integers(3 * len(text), size=(5, 4))
    assert (mapped.take(places, mode="wrap") == text.take(places, mode="wrap")).all()


@settings(deadline=None)
@given(lengths=tune_lengths, length=st.integers(1, 40), lanes=st.integers(1, 9), seed=st.integers(0, 9))
def test_the_same_seed_gives_the_same_batches(store, lengths, length, lanes, seed):
    tunes = made_up(lengths)
    for feed, options in ((windows, {}), (streams, {"state_reset_probability": 0.5})):
        both = [
            feed(kind, sequence_length=length, batch_size=lanes, generator=np.random.default_rng(seed), **options)
            for kind in (tunes, store(tunes))
        ]
        for one, other in zip(*both, strict=True):
            assert one.ids.tolist() == other.ids.tolist()
            assert one.keep.tolist() == other.keep.tolist()


def test_nothing_stays_mapped(store):
    mapped = store(made_up([30] * 10))
    names = [str(file.path) for file in mapped.shards.files]
    mapped[3], joined(mapped).take(np.arange(200), mode="wrap")
    try:
        with open("/proc/self/maps", encoding="utf-8") as file:  # noqa: PTH123 - no file on any disk
            maps = file.read()
    except OSError:
        pytest.skip("this system does not tell what is mapped")
    assert not any(name in maps for name in names)


def test_a_number_for_no_symbol_is_an_error(store):
    mapped = store(made_up([30] * 10), symbols=100)
    for read in (lambda: mapped[3], lambda: joined(mapped).take(np.arange(200), mode="wrap")):
        with pytest.raises(CorpusError, match="an id is out of range"):
            read()


def test_size_and_content_of_a_file_are_checked(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    file = ShardFile(path, 3, hashlib.sha256(b"abc").hexdigest())
    file.check_size()
    file.check_content()
    path.write_bytes(b"abd")
    file.check_size()
    with pytest.raises(CorpusError, match="checksum"):
        file.check_content()
    path.write_bytes(b"ab")
    with pytest.raises(CorpusError, match="has 2 bytes instead of 3"):
        file.check_size()
    path.unlink()
    with pytest.raises(CorpusError, match="cannot be read"):
        file.check_size()


@pytest.mark.parametrize("symbols", [256, 300])
def test_whole_tunes_are_read_from_disk_as_from_memory(store, symbols):
    tunes = made_up([12, 30, 2, 7, 25, 40, 9], symbols)
    mapped = store(tunes, symbols=symbols)
    assert lengths_of(mapped).tolist() == lengths_of(tunes).tolist() == [12, 30, 2, 7, 25, 40, 9]
    ways = [
        list(WholeTunes(each, sequence_length=8, batch_size=3, generator=np.random.default_rng(4)))
        for each in (mapped, tunes)
    ]
    for ours, theirs in zip(*ways, strict=True):
        np.testing.assert_array_equal(ours.ids, theirs.ids)
        np.testing.assert_array_equal(ours.ends, theirs.ends)
