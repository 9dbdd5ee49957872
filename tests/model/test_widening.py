"""Oracle: the network before, on the same text."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tunewright.corpus.tune import START
from tunewright.model.network import load_network
from tunewright.model.widening import widen

SHAPES = [{"cell": "lstm"}, {"cell": "gru", "layers": 2}, {"cell": "rnn", "embedding": 0}]


def logits_of(model, text):
    ids = torch.from_numpy(model.vocabulary.encode(text).astype(np.int64))[:, None]
    with torch.inference_mode():
        return load_network(model)(ids)[0][:, 0].numpy()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_was_known_is_answered_as_before(untrained, shape):
    model = untrained(units=9, **shape)
    wide = widen(model, "Aéδa")
    assert wide.vocabulary.symbols == model.vocabulary.symbols + "éδ"
    text = START + "K:D\nABc def|"
    before, after = logits_of(model, text), logits_of(wide, text)
    known = len(model.vocabulary)
    np.testing.assert_allclose(after[:, :known], before, rtol=1e-5, atol=1e-5)
    opening = model.vocabulary.symbols.index(START)
    for new in range(known, known + 2):
        np.testing.assert_allclose(after[:, new], before[:, opening], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_new_character_is_read_as_the_mean_of_all(untrained, shape):
    model = untrained(units=9, **shape)
    wide = widen(model, "é")
    if model.config.embedding:
        np.testing.assert_allclose(wide.weights["embedding.weight"][-1], model.weights["embedding.weight"].mean(axis=0))
    else:
        inputs = "layers.0.weight_ih_l0"
        np.testing.assert_allclose(wide.weights[inputs][:, -1], model.weights[inputs].mean(axis=1))
    assert np.isfinite(logits_of(wide, "é")).all()


def test_without_new_characters_nothing_changes(untrained):
    model = untrained(units=5)
    assert widen(model, "abc") is model


def test_more_characters_than_fit_one_byte(untrained):
    wide = widen(untrained(units=4), map(chr, range(0x4E00, 0x4E00 + 300)))
    assert wide.vocabulary.dtype == np.uint16
    assert logits_of(wide, "\u4e00a").shape == (2, len(wide.vocabulary))


def test_where_places_are_compared_a_new_character_is_the_mean_of_all_too(untrained):
    model = untrained(units=9, look_back=6)
    tables = widen(model, "éδ").weights["look_back.recent"]
    text = START + "K:D\nABc def|éAδ"
    wide = widen(model, "éδ")
    wide = replace(
        wide, weights={**wide.weights, "readout.bias": wide.weights["readout.bias"] - 100 * (np.arange(100) > 97)}
    )
    known = text[:-3]
    np.testing.assert_allclose(logits_of(wide, known)[:, :98], logits_of(model, known), rtol=1e-5, atol=1e-5)
    assert np.isfinite(logits_of(wide, text)).all()
    assert tables.shape == (3, len(model.vocabulary) + 2, 6)
    for new in (-2, -1):
        np.testing.assert_allclose(tables[:, new], model.weights["look_back.recent"].mean(axis=1))
