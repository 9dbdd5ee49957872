import pytest

from tunewright.errors import GrammarError, OptionError
from tunewright.notation.melody import read_melody
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.vary import bars_numbered, vary

TUNE = """X:1
T:Made-up
M:4/4
L:1/8
K:D
|:A2|DEFG ABcd|d2A2 F2A2|
BAGF E2e2|D4 D2:|
"""


@pytest.fixture(scope="module")
def model(untrained):
    return untrained(units=24)


def test_only_the_named_bars_change_and_the_rest_stays(model):
    found = vary(model, TUNE, 2, 3, CompositionConfig(seed=4), candidates=6)
    assert found
    old = read_melody(TUNE)
    for variation in found:
        new = read_melody(variation.text)
        assert [bar.length for bar in new.bars] == [bar.length for bar in old.bars]
        changed = [
            before.number
            for before, after in zip(old.bars, new.bars, strict=True)
            if TUNE[before.start : before.end] != variation.text[after.start : after.end]
        ]
        assert changed
        assert set(changed) <= {2, 3}
        assert variation.bars in variation.text


def test_the_likeliest_comes_first_beside_the_tune_as_it_was(model):
    found = vary(model, TUNE, 2, 2, candidates=6)
    likelihoods = [variation.likelihood for variation in found]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert len({variation.text for variation in found}) == len(found)
    assert len({variation.before for variation in found}) == 1
    assert found == vary(model, TUNE, 2, 2, candidates=6)


def test_the_whole_tune_is_scored(model):
    """The figure is the log-probability that torch gives to what stands from the first new bar on."""
    import torch

    from tunewright.corpus.tune import END, START
    from tunewright.model.network import load_network

    best = vary(model, TUNE, 2, 2, candidates=4)[0]
    ids = torch.from_numpy(model.vocabulary.encode(START + best.text + END).astype("int64"))
    with torch.inference_mode():
        chances = load_network(model)(ids[:-1, None])[0][:, 0].double().log_softmax(dim=1)
    first = best.text.index(best.bars)
    expected = chances[torch.arange(len(ids) - 1), ids[1:]][first:].sum().item()
    assert best.likelihood == pytest.approx(expected, abs=0.01)


def test_a_network_that_looks_back_scores_what_follows_too(untrained):
    """The same as torch gives, though many candidates share one memory."""
    import torch

    from tunewright.corpus.tune import END, START
    from tunewright.model.network import load_network

    model = untrained(units=24, look_back=8)
    found = vary(model, TUNE, 2, 3, CompositionConfig(seed=4), candidates=6)
    assert len(found) > 1
    for variation in found:
        ids = torch.from_numpy(model.vocabulary.encode(START + variation.text + END).astype("int64"))
        with torch.inference_mode():
            chances = load_network(model)(ids[:-1, None])[0][:, 0].double().log_softmax(dim=1)
        first = variation.text.index(variation.bars)
        expected = chances[torch.arange(len(ids) - 1), ids[1:]][first:].sum().item()
        assert variation.likelihood == pytest.approx(expected, abs=0.02)
    assert found == vary(model, TUNE, 2, 3, CompositionConfig(seed=4), candidates=6)


def test_bars_are_counted_as_a_musician_does():
    assert [bar.number for bar in bars_numbered(TUNE, 0, 2)] == [0, 1, 2]
    for first, last in ((0, 9), (3, 2), (-1, 2)):
        with pytest.raises(OptionError, match="allowed: from bar 0 up to bar 4"):
            bars_numbered(TUNE, first, last)
    with pytest.raises(OptionError, match="no bars"):
        bars_numbered("X:1\nK:D\n", 1, 1)


def test_a_tune_that_does_not_play_is_refused(model):
    with pytest.raises(GrammarError, match=r"^7:"):
        vary(model, TUNE.replace("BAGF E2e2", "BAGF E2e"), 1, 1)
