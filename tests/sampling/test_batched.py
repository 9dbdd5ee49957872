"""Oracle: `sampling.compose`, which writes each tune by itself and without torch."""

import pytest

from tunewright.acceptor.grammar import Grammar
from tunewright.errors import OptionError
from tunewright.sampling.compose import compose_many
from tunewright.sampling.config import CompositionConfig

TORCH_CPU = "cpu:0"


SHAPES = pytest.mark.parametrize("shape", [{}, {"look_back": 8}], ids=["plain", "looking back"])


@SHAPES
@pytest.mark.parametrize("options", [{}, {"temperature": 0.5, "top_p": 0.9}, {"argmax": True}], ids=str)
def test_side_by_side_the_tunes_are_those_of_their_seeds(untrained, options, shape):
    model = untrained(units=20, layers=2, **shape)
    config = CompositionConfig(seed=3, max_length=60, **options)
    expected = list(compose_many(model, 4, config, prime="X:1\nT:a", raw=True))
    found = list(compose_many(model, 4, config, prime="X:1\nT:a", device=TORCH_CPU, raw=True))
    assert [tune.text for tune in found] == [tune.text for tune in expected]
    for tune, other in zip(found, expected, strict=True):
        assert (tune.ended, tune.seed, tune.composed) == (other.ended, other.seed, other.composed)
        assert tune.likelihood == pytest.approx(other.likelihood, rel=1e-4)
        assert tune.removed == pytest.approx(other.removed, abs=1e-5)


@pytest.mark.slow
@SHAPES
def test_side_by_side_every_tune_is_one_of_the_grammar(untrained, shape):
    model = untrained(units=20, layers=2, **shape)
    grammar = Grammar(model.vocabulary.symbols)
    config = CompositionConfig(seed=3, max_length=180)
    for tune in compose_many(model, 8, config, prime="X:1\nT:a", grammar=grammar, device=TORCH_CPU):
        assert tune.ended
        assert grammar.refusal(tune.text) is None
        assert 0 < tune.removed < 1
        assert tune.discarded > 0


@pytest.mark.slow
@SHAPES
def test_side_by_side_pieces_are_written_anew_as_alone(untrained, shape):
    model = untrained(units=20, **shape)
    grammar, config = Grammar(model.vocabulary.symbols), CompositionConfig(seed=1, max_length=150)
    expected = list(compose_many(model, 6, config, grammar=grammar))
    found = list(compose_many(model, 6, config, grammar=grammar, device=TORCH_CPU))
    # A draw close to an edge may turn a choice, and with it the rest of a tune.
    same = [tune for tune, other in zip(found, expected, strict=True) if tune.text == other.text]
    assert len(same) >= 4
    for tune, other in zip(found, expected, strict=True):
        if tune in same:
            assert (tune.composed, tune.discarded, tune.ended) == (other.composed, other.discarded, other.ended)
            assert tune.likelihood == pytest.approx(other.likelihood, rel=1e-4)
            assert tune.removed == pytest.approx(other.removed, abs=1e-5)


def test_more_tunes_than_lanes_come_in_turns(untrained, monkeypatch):
    from tunewright.sampling import batched

    monkeypatch.setattr(batched, "MOST_LANES", 2)
    tunes = compose_many(untrained(units=6), 5, CompositionConfig(max_length=9), device=TORCH_CPU, raw=True)
    assert [tune.seed for tune in tunes] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("device", ["abacus", "cuda:77"])
def test_a_device_that_is_not_there_is_told(untrained, device):
    with pytest.raises(OptionError, match=f"device is '{device}'"):
        list(compose_many(untrained(units=6), 2, CompositionConfig(max_length=9), device=device, raw=True))
