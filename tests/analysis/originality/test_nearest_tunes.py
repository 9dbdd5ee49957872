"""Do the candidates hold what is near?"""

import numpy as np
import pytest

from tunewright.analysis.originality import nearest_tunes
from tunewright.analysis.originality.melodic_similarity import compare
from tunewright.analysis.originality.nearest_tunes import GRAM, GramIndex


@pytest.fixture(scope="module")
def melodies():
    """200 unrelated melodies of 30 to 90 moves, within an octave up or down."""
    generator = np.random.default_rng(1)
    return [
        ((generator.integers(24, 49, generator.integers(30, 90)) << 5) | generator.integers(13, 18)).astype(np.uint16)
        for _ in range(200)
    ]


def index_of(melodies):
    return GramIndex.build(np.concatenate(melodies), np.cumsum([0, *map(len, melodies)]))


def test_a_changed_melody_leads_to_the_original(melodies):
    index = index_of(melodies)
    for number in range(0, 200, 20):
        changed = melodies[number].copy()
        changed[::9] ^= 1 << 5
        candidates = index.candidates(changed, 6)
        assert number in candidates
        assert candidates[compare(changed, [melodies[one] for one in candidates]).similarities.argmax()] == number


def test_what_is_left_out_is_no_candidate(melodies):
    index = index_of([melodies[0], *melodies])
    assert list(index.candidates(melodies[0], 2)) == [0, 1]
    assert index.candidates(melodies[0], 2, [0])[0] == 1
    assert not {0, 1} & set(index.candidates(melodies[0], 200, [0, 1]))


def test_all_are_candidates_where_there_are_no_more(melodies):
    index = index_of(melodies[:5])
    assert list(index.candidates(melodies[9], 5)) == [0, 1, 2, 3, 4]
    assert list(index.candidates(melodies[9], 6, [1, 3])) == [0, 2, 4]
    assert list(index.candidates(melodies[9], 4)) == []


def test_candidates_are_different_tunes_with_something_in_common(melodies):
    index = index_of(melodies)
    long = np.concatenate(melodies[:60])
    for count in (1, 7, 30, 60):
        found = index.candidates(long, count).tolist()
        assert len(found) == len(set(found)) == count
        assert set(found) <= set(range(60))
    assert set(range(60)) <= set(index.candidates(long, 199).tolist()) < set(range(200))


def test_short_tunes_have_their_chance(melodies):
    """A tune that is but one phrase of the melody is found beside long ones that share more of it."""
    phrase, shared = melodies[0][:8], [melody[:12] for melody in melodies[1:30]]
    longer = [np.concatenate([part, other]) for part, other in zip(shared, melodies[30:59], strict=True)]
    index = index_of([*longer, phrase])
    assert len(longer) in index.candidates(np.concatenate([*shared, phrase]), 10)


def test_runs_that_everything_has_are_not_looked_at_beyond_a_bound(melodies, monkeypatch):
    common, rare = melodies[0][:20], melodies[1][:20]
    index = index_of([np.concatenate([common, melody]) for melody in melodies[2:]] + [rare])
    assert len(index.candidates(np.concatenate([common, rare]), 20)) == 20
    monkeypatch.setattr(nearest_tunes, "MOST_PAIRS", 100)
    found = index.candidates(np.concatenate([common, rare]), 20)
    assert 198 in found
    assert len(found) < 20


def test_runs_do_not_reach_from_tune_to_tune(melodies):
    first, second = melodies[0][: GRAM - 1], melodies[0][GRAM - 1 : 2 * GRAM - 2]
    index = index_of([first, second])
    assert list(index.candidates(melodies[0], 1)) == []
    assert len(index.tunes) == 0


@pytest.mark.parametrize("corpus", [[np.empty(0, np.uint16)] * 2, [np.empty(0, np.uint16)] * 3])
def test_a_corpus_without_melodies_has_no_candidates(corpus, melodies):
    assert list(index_of(corpus).candidates(melodies[0], 1)) == []
    assert list(index_of(melodies).candidates(corpus[0], 5)) == []


def test_every_array_has_its_name(melodies):
    index = index_of(melodies)
    arrays = index.arrays()
    again = GramIndex(arrays["bucket_starts"], arrays["gram_tunes"], arrays["own_weights"])
    assert np.array_equal(again.candidates(melodies[5], 9), index.candidates(melodies[5], 9))
