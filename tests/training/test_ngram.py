"""Oracle: the textbook's recursion over dictionaries, one character at a time."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.corpus.readers import read_tunes
from tunewright.training import ngram
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import WINDOWS_PER_TUNE, EvaluationSet
from tunewright.training.ngram import NgramModel, baselines, discounts, spread


class ByHand:
    """Interpolated modified Kneser-Ney, from its definition."""

    def __init__(self, sequences, symbols, order):
        self.symbols, self.order = symbols, order
        raw = [Counter() for _ in range(order + 1)]
        before = defaultdict(set)
        for sequence_number, sequence in enumerate(sequences):
            for at in range(1, len(sequence)):
                for length in range(min(at, order) + 1):
                    gram = tuple(sequence[at - length : at + 1])
                    raw[length][gram] += 1
                    # A tune's start differs from every other surrounding, also from another tune's start.
                    left = sequence[at - length - 1] if at > length else ("start", sequence_number)
                    before[gram].add(left)
        self.followers = [defaultdict(dict) for _ in range(order + 1)]
        self.taken = []
        for length in range(order + 1):
            counts = {gram: raw[length][gram] if length == order else len(before[gram]) for gram in raw[length]}
            for gram, count in counts.items():
                self.followers[length][gram[:-1]][gram[-1]] = count
            self.taken.append(self.discounts_by_hand(list(counts.values())))

    @staticmethod
    def discounts_by_hand(counts):
        n = [counts.count(number) for number in (1, 2, 3, 4)]
        if 0 in n[:3]:
            return [0, 0.5, 1, 1.5]
        y = n[0] / (n[0] + 2 * n[1])
        found = [0, 1 - 2 * y * n[1] / n[0], 2 - 3 * y * n[2] / n[1], 3 - 4 * y * n[3] / n[2]]
        return found if min(found[1:]) > 0 else [0, 0.5, 1, 1.5]

    def chance(self, context, symbol):
        if context is None:
            return 1 / (self.symbols - 1)
        shorter = self.chance(context[1:] if context else None, symbol)
        followers = self.followers[len(context)].get(context)
        if not followers:
            return shorter
        total = sum(followers.values())
        taken = {other: self.taken[len(context)][min(count, 3)] for other, count in followers.items()}
        own = followers.get(symbol, 0) - taken.get(symbol, 0)
        return own / total + sum(taken.values()) / total * shorter

    def nats(self, sequence):
        places = range(1, len(sequence))
        return -sum(math.log(self.chance(tuple(sequence[max(0, at - self.order) : at]), sequence[at])) for at in places)


SYMBOLS = 6
texts = st.lists(st.lists(st.integers(1, SYMBOLS - 1), max_size=30).map(lambda rest: np.array([0, *rest], np.uint8)))


@given(counted=texts, asked=texts, order=st.integers(0, 5))
def test_it_says_what_the_textbook_says(counted, asked, order):
    oracle = ByHand([list(map(int, text)) for text in counted], SYMBOLS, order)
    expected = [oracle.nats(list(map(int, text))) for text in asked]
    found = NgramModel(counted, SYMBOLS, order).nats_per_sequence(asked)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(counted=texts, context=st.lists(st.integers(1, SYMBOLS - 1), max_size=6), order=st.integers(0, 5))
def test_chances_of_all_next_characters_make_one(counted, context, order):
    model = NgramModel(counted, SYMBOLS, order)
    start = np.array([0, *context], np.uint8)
    before = model.nats_per_sequence([start])
    after = model.nats_per_sequence([np.append(start, np.uint8(symbol)) for symbol in range(1, SYMBOLS)])
    assert np.exp(before - after).sum() == pytest.approx(1)


def test_real_counts_lead_to_estimated_discounts(tiny_corpus):
    data = TrainingData.of(read_tunes(tiny_corpus).tunes)
    symbols = len(data.vocabulary)
    oracle = ByHand([ids.tolist() for ids in data.tunes], symbols, 4)
    assert oracle.taken[4] != [0, 0.5, 1, 1.5]
    found = NgramModel(data.tunes, symbols, 4).nats_per_sequence(data.validation.tunes)
    np.testing.assert_allclose(found, [oracle.nats(ids.tolist()) for ids in data.validation.tunes], rtol=1e-9)


def test_both_protocols_as_networks_are_measured(tiny_corpus):
    data = TrainingData.of(read_tunes(tiny_corpus).tunes)
    assert isinstance(data.validation, EvaluationSet)
    symbols = len(data.vocabulary)
    found = baselines(data.tunes, symbols, data.validation)
    for order, reached in ((0, found.unigram), (found.context, found.ngram)):
        oracle = ByHand([ids.tolist() for ids in data.tunes], symbols, order)
        full = sum(oracle.nats(ids.tolist()) for ids in data.validation.tunes) / data.validation.source_characters
        assert reached.full_tune.nats_per_char == pytest.approx(full)
        windows = data.validation.windows
        cold = np.mean([oracle.nats(window.tolist()) / (len(window) - 1) for window in windows])
        assert len(windows) == WINDOWS_PER_TUNE * len(data.validation.tunes)
        assert reached.cold_window.nats_per_char == pytest.approx(cold)
    assert found.ngram.full_tune.nats_per_char < found.unigram.full_tune.nats_per_char
    assert found.counted_characters == data.characters


def test_of_a_large_corpus_evenly_spread_tunes_are_counted(monkeypatch, tiny_corpus):
    tunes = [np.full(10, number, np.uint8) for number in range(100)]
    assert [int(ids[0]) for ids in spread(tunes, 250)] == list(range(0, 100, 4))
    assert len(spread(tunes, 1000)) == 100
    data = TrainingData.of(read_tunes(tiny_corpus).tunes)
    monkeypatch.setattr(ngram, "MOST_CHARACTERS", data.characters // 2)
    assert baselines(data.tunes, len(data.vocabulary), data.validation).counted_characters < data.characters * 0.6


@given(counts=st.lists(st.integers(0, 6), min_size=1, max_size=80).map(np.array))
def test_something_is_always_left_for_what_was_never_seen(counts):
    taken = discounts(counts)
    assert taken[0] == 0
    assert (taken[1:] > 0).all()
    assert (taken <= [0, 1, 2, 3]).all()


def test_discounts_of_chen_and_goodman():
    # n1..n4 = 6, 3, 2, 1: Y = 1/2.
    counts = np.repeat([1, 2, 3, 4], [6, 3, 2, 1])
    np.testing.assert_allclose(discounts(counts), [0, 0.5, 1, 2])
