"""Does a bar come from where its characters were copied? A head made to copy after equal characters, and loops."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tunewright.analysis.memory import looked_at
from tunewright.analysis.memory.looked_at import NEW, look_at
from tunewright.errors import OptionError, VocabularyError
from tunewright.model import look_back
from tunewright.model.network import load_network

HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"
BARS = ("ABcd efga|", "gfed cBAG|")
TEXT = HEADER + BARS[0] + BARS[1] + BARS[0] + BARS[1]


@pytest.fixture(scope="module")
def copier(untrained):
    """A network whose head looks at places with the same last three characters only, and believes in them."""
    model = untrained(units=6, look_back=294)
    weights = {name: values.copy() for name, values in model.weights.items()}
    for name in ("query.weight", "query.bias", "key.weight", "gate.weight", "place"):
        weights[f"look_back.{name}"][:] = 0
    equal = 20 * 294**0.5  # each of the three characters that is the same is worth 20
    weights["look_back.recent"] = (equal**0.5 * np.eye(294)).reshape(3, 98, 294).astype("float32")
    weights["look_back.gate.bias"][:] = 54
    weights["look_back.match"][:] = 1
    return replace(model, weights=weights)


def test_bars_come_from_the_bars_that_proposed_their_characters(copier):
    looked = look_at(load_network(copier), copier.vocabulary, TEXT)
    assert [looked.text[bar.start : bar.end] for bar in looked.bars] == [*BARS, *BARS]
    assert [bar.name for bar in looked.bars] == ["1", "2", "3", "4"]
    assert [bar.is_new for bar in looked.bars] == [True, True, False, False]
    third, fourth = looked.from_before
    # The three characters before its fourth are the first that stood together before; all before are new.
    assert (third.source, third.copied) == (0, pytest.approx(0.7, abs=0.01))
    assert (fourth.source, fourth.copied) == (1, pytest.approx(1, abs=0.01))
    assert third.share == pytest.approx(third.copied, abs=0.01)
    start = len(HEADER) + 20
    np.testing.assert_allclose(looked.copied[start : start + 3], 0, atol=0.01)
    np.testing.assert_allclose(looked.copied[start + 3 : -1], 1, atol=0.01)
    np.testing.assert_allclose(looked.gate[start + 3 : -1], 0, atol=0.01)


@pytest.mark.parametrize(("chunk", "memory"), [(128, 1200), (7, 1200), (7, 25), (128, 25)])
def test_shares_are_those_of_loops_over_the_whole_tune(untrained, tiny_tunes, chunk, memory):
    model = untrained(units=8, look_back=5)
    network, text = load_network(model), tiny_tunes[0] + "ABc"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(look_back, "MEMORY", memory)
        patch.setattr(looked_at, "CHUNK", chunk)
        looked = look_at(network, model.vocabulary, text)
        ids = torch.from_numpy(model.vocabulary.encode("\x02" + text + "\x03").astype(np.int64))
        with torch.inference_mode():
            mixed = network(ids[:-1, None])[0][:, 0].exp().numpy() - look_back.FLOOR
            scores, gate, shares, _ = network.looks(ids[:-1, None])
    own = scores[:, 0].softmax(dim=1).numpy()
    here = [place for place, bar in enumerate(looked.bars)]
    parts = np.zeros((len(here), len(here)))
    for place, character in enumerate([*text, "\x03"]):
        number = int(ids[place + 1])
        share = float(gate[place, 0])
        assert looked.gate[place] == pytest.approx(share, abs=1e-5)
        assert looked.copied[place] == pytest.approx(1 - share * own[place, number] / mixed[place, number], abs=1e-3)
        for source in range(place):
            if [*text, "\x03"][source] == character:
                part = (1 - share) * float(shares[place, 0, source]) / mixed[place, number]
                for one in here:
                    for other in here[:one]:
                        inside = looked.bars[one].start <= place < looked.bars[one].end
                        if inside and looked.bars[other].start <= source < looked.bars[other].end:
                            parts[one, other] += part / (looked.bars[one].end - looked.bars[one].start)
    for bar, found in zip(looked.bars, parts, strict=True):
        assert bar.copied == pytest.approx(found.sum(), abs=1e-3)
        assert bar.share == pytest.approx(found.max(), abs=1e-3)
        assert found[bar.source] == pytest.approx(found.max(), abs=1e-3)
        assert bar.is_new == (bar.copied < NEW)


def test_halves_of_a_bar_and_pick_ups_have_names(copier):
    text = HEADER + "A2|ABcd efga|gfed cB:|\n|:AG|ABcd efga|gfed cB:|\n"
    looked = look_at(load_network(copier), copier.vocabulary, text)
    assert [bar.name for bar in looked.bars] == ["0", "1", "2", "2b", "3", "4"]
    assert looked.bars[-1].end == len(text)
    for one, other in zip(looked.bars, looked.bars[1:], strict=False):
        assert one.end == other.start


@pytest.mark.parametrize("text", ["", "X:1\n", "no tune at all", "X:1\nK:C\n|||\n"])
def test_a_text_without_bars_is_read_all_the_same(copier, text):
    looked = look_at(load_network(copier), copier.vocabulary, text)
    assert looked.gate.shape == looked.copied.shape == (len(text) + 1,)
    assert ((looked.gate >= 0) & (looked.gate <= 1)).all()


def test_mistakes_are_told(copier, untrained):
    with pytest.raises(VocabularyError, match="never seen 'é'"):
        look_at(load_network(copier), copier.vocabulary, "é")
    plain = untrained(units=4)
    with pytest.raises(OptionError, match="does not look back"):
        look_at(load_network(plain), plain.vocabulary, TEXT)
