"""Is measured what a network does whose units somebody overwrites with their means?"""

from pathlib import Path

import numpy as np
import pytest
import torch
from known_networks import stepped

import tunewright as tw
from tunewright.analysis.ablation import losses_and_tunes
from tunewright.analysis.ablation.losses_and_tunes import ClampedNetwork
from tunewright.analysis.character_kinds import KINDS, character_kinds
from tunewright.analysis.character_losses import TunesByKind
from tunewright.analysis.units.labels import label_values
from tunewright.analysis.units.samples import make_side
from tunewright.corpus.tune import Tune
from tunewright.model.network import load_network

CONFIG = tw.CompositionConfig(temperature=0.7, max_length=80, seed=5)


@pytest.fixture(scope="module")
def texts(tiny_tunes):
    return tiny_tunes[:8]


@pytest.fixture
def held_of(untrained, texts):
    def build(**shape):
        model = untrained(units=6, **shape)
        tunes = [Tune(text, Path("t.abc"), 1, len(text)) for text in texts]
        side = make_side(tunes, model.vocabulary, label_values)
        return ClampedNetwork(model, TunesByKind.of(side, model.vocabulary, 100_000))

    return build


def test_means_are_those_of_all_characters(held_of, texts):
    held = held_of(layers=2)
    network, outputs = load_network(held.model), []
    for text in texts:
        state = None
        for number, symbol in enumerate(held.model.vocabulary.encode("\x02" + text).tolist()):
            with torch.inference_mode():
                _, state = network(torch.tensor([[symbol]]), state)
            if number:
                outputs.append(state[0][:, 0].numpy().copy())
    means = np.mean(outputs, axis=0)
    units = ((0, 2), (1, 5))
    np.testing.assert_allclose(held.values(units), [means[unit] for unit in units], atol=1e-5)


@pytest.mark.parametrize("shape", [{"cell": "lstm"}, {"cell": "gru", "layers": 2}, {"cell": "rnn", "embedding": 0}])
def test_losses_are_those_of_overwritten_cells(held_of, texts, shape):
    held = held_of(**shape)
    units = ((0, 1), (0, 4))
    values = dict(zip(units, held.values(units), strict=True))
    expected = np.zeros((len(texts), len(KINDS)))
    for number, text in enumerate(texts):
        ids = held.model.vocabulary.encode("\x02" + text + "\x03").tolist()
        logits = torch.from_numpy(stepped(held.model, ids[:-1], values))
        nats = -torch.log_softmax(logits, 1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]
        for kind, loss in zip(character_kinds(text), nats.tolist(), strict=True):
            expected[number, kind] += loss
    told = []
    found = held.losses([(), units, units], told.append)
    np.testing.assert_allclose(found[units], expected, rtol=1e-4, atol=1e-3)
    assert np.abs(found[units] - found[()]).max() > 0.1
    assert told == [0.5, 1.0]


def test_bars_are_those_of_tunes_composed_from_headers(held_of, monkeypatch):
    monkeypatch.setattr(losses_and_tunes, "HEADERS", 2)
    held = held_of()
    units = ((0, 3),)
    found = held.bars([(), units], 5, CONFIG, lambda _: None)
    for each in ((), units):
        assert found[each].shape == (5, 2)
    headers = losses_and_tunes.headers_of(held.model, held.reading)
    assert [header.splitlines()[0] for header in headers] == ["X:1", "X:5"]
    assert all(header.splitlines()[-1].startswith("K:") for header in headers)
    wrong = []
    for header, count, seed in ((headers[0], 3, 5), (headers[1], 2, 10)):
        order = tw.CompositionConfig(temperature=0.7, max_length=80, seed=seed)
        composed = list(tw.compose_many(held.at_means(units), count, order, prime=header, raw=True))
        wrong += [sum(each.code in ("bar-too-long", "bar-too-short") for each in tw.check(c.text)) for c in composed]
    assert found[units][:, 0].tolist() == wrong


def test_fewer_tunes_than_headers_are_enough(held_of):
    found = held_of().bars([()], 1, CONFIG, lambda _: None)
    assert found[()].shape == (1, 2)


def test_the_number_of_threads_is_left_as_it_was(held_of):
    before = torch.get_num_threads()
    held_of().losses([()], lambda _: None)
    assert torch.get_num_threads() == before
