"""Does each character have the loss that a network gives it when it reads one character at a time?"""

from pathlib import Path

import numpy as np
import pytest
import torch

from tunewright.analysis.character_kinds import KINDS, character_kinds
from tunewright.analysis.character_losses import TunesByKind, character_losses
from tunewright.analysis.units.labels import label_values
from tunewright.analysis.units.samples import make_side
from tunewright.corpus.tune import Tune
from tunewright.model.network import load_network
from tunewright.training.evaluate import nats_per_sequence


@pytest.fixture(scope="module")
def side_of():
    def build(model, texts):
        return make_side([Tune(text, Path("t.abc"), 1, len(text)) for text in texts], model.vocabulary, label_values)

    return build


def one_by_one(model, text):
    """Nats of each character of a text and of its end, read one at a time."""
    network, symbols = load_network(model), model.vocabulary.symbols
    state, nats, before = None, [], "\x02"
    for character in text + "\x03":
        with torch.inference_mode():
            logits, state = network(torch.tensor([[symbols.index(before)]]), state)
        nats.append(-float(torch.log_softmax(logits[0, 0].double(), 0)[symbols.index(character)]))
        before = character
    return nats


@pytest.mark.parametrize(
    "shape", [{"cell": "lstm"}, {"look_back": 6}, {"cell": "gru", "layers": 2}, {"cell": "rnn", "embedding": 0}]
)
def test_losses_are_those_of_reading_one_character_at_a_time(untrained, side_of, tiny_tunes, shape):
    model = untrained(units=6, **shape)
    texts = [tiny_tunes[0], tiny_tunes[1] * 2, "A", tiny_tunes[2]]
    reading = TunesByKind.of(side_of(model, texts), model.vocabulary, 10_000)
    losses = np.concatenate(character_losses(load_network(model), reading.tunes))
    np.testing.assert_allclose(losses, np.concatenate([one_by_one(model, text) for text in texts]), atol=2e-5)
    totals = nats_per_sequence(load_network(model), reading.tunes)
    np.testing.assert_allclose(reading.sums(losses).sum(axis=1), totals, rtol=1e-6)


def test_many_sequences_are_read_in_parts(untrained, side_of, tiny_tunes, monkeypatch):
    network = load_network(model := untrained(units=4))
    tunes = TunesByKind.of(side_of(model, tiny_tunes[:7]), model.vocabulary, 10_000).tunes
    together = character_losses(network, tunes)
    monkeypatch.setattr("tunewright.analysis.character_losses.LANES", 3)
    in_parts = character_losses(network, tunes)
    assert [len(each) for each in in_parts] == [len(ids) - 1 for ids in tunes]
    for one, other in zip(together, in_parts, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)
    assert character_losses(network, []) == []


def test_sums_are_over_the_kinds_of_each_tune(untrained, side_of, tiny_tunes):
    model = untrained(units=4)
    texts = tiny_tunes[:3]
    reading = TunesByKind.of(side_of(model, texts), model.vocabulary, 10_000)
    values = np.random.default_rng(0).random(len(reading.bins))
    expected = np.zeros((3, len(KINDS)))
    places = iter(values)
    for number, text in enumerate(texts):
        for kind in character_kinds(text):
            expected[number, kind] += next(places)
    np.testing.assert_allclose(reading.sums(values), expected)
    assert reading.counts.sum() == sum(map(len, texts)) + 3


def test_characters_that_the_network_does_not_know_are_left_out_with_their_kinds(untrained, side_of):
    model = untrained(symbols="X:1TK DAB|é")
    text, known = "X:1\nT:Zéro\nK:D\nAüB|\n", "X:1\nT:é\nK:D\nAB|\n"
    reading = TunesByKind.of(side_of(model, [text]), model.vocabulary, 100)
    assert model.vocabulary.decode(reading.tunes[0].tolist()) == f"\x02{known}\x03"
    assert [KINDS[kind] for kind in reading.bins][:7] == ["header"] * 7
    assert [KINDS[kind] for kind in reading.bins][-5:-2] == ["notes and rests", "notes and rests", "bar lines, endings"]


def test_no_more_characters_are_read_than_allowed(untrained, side_of, tiny_tunes):
    model = untrained(units=4)
    side = side_of(model, tiny_tunes)
    total = sum(map(len, side.texts)) + len(side.texts)
    assert len(TunesByKind.of(side, model.vocabulary, total).tunes) == len(tiny_tunes)
    some = TunesByKind.of(side, model.vocabulary, total // 3, seed=1)
    assert total // 6 < len(some.bins) <= total // 3
    other = TunesByKind.of(side, model.vocabulary, total // 3, seed=2)
    assert [ids.tolist() for ids in some.tunes] != [ids.tolist() for ids in other.tunes]
    assert len(TunesByKind.of(side, model.vocabulary, 1).tunes) == 1
