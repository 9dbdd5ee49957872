"""Oracles: `sampling.choose`, which says what a choice is, and scipy's softmax for the tallies."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tunewright.sampling.choose import choose, probabilities
from tunewright.sampling.compiled.calling import REMOVED, START_ID, TALLIES, WEIGHT
from tunewright.sampling.compiled.choice import pick
from tunewright.sampling.config import CompositionConfig

OPTIONS = [
    {},
    {"temperature": 0.3},
    {"temperature": 5.0},
    {"temperature": 1e-3},
    {"top_k": 2},
    {"top_p": 0.6},
    {"top_p": 1e-320},
    {"temperature": 1.5, "top_k": 4, "top_p": 0.8},
    {"argmax": True},
]


@st.composite
def situations(draw):
    """Scores, which symbols are allowed, and a draw."""
    symbols = draw(st.integers(2, 12))
    scores = draw(arrays(np.float32, symbols, elements=st.floats(-30, 30, width=32)))
    allowed = np.array(draw(st.lists(st.booleans(), min_size=symbols, max_size=symbols)), dtype=np.int64)
    allowed[START_ID] = 0
    if not allowed.any():
        allowed[-1] = 1
    return scores, allowed, draw(st.floats(0, 1, exclude_max=True))


def picked(scores, allowed, draw, config):
    """What `pick` picks, and the tallies."""
    top_k, temperature = (1, 1.0) if config.argmax else (config.top_k, config.temperature)
    tallies, room = np.zeros(TALLIES), np.zeros((2, len(scores)))
    symbol = pick(scores, allowed.copy(), room[0], room[1], temperature, top_k, config.top_p, draw, tallies)
    return symbol, tallies


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@given(situations())
def test_it_picks_what_choose_picks(options, situation):
    scores, allowed, draw = situation
    config = CompositionConfig(**options)
    chances = probabilities(np.where(allowed, scores, -np.inf)[None], config)
    edges = chances.cumsum()
    whole = probabilities(np.where(allowed, scores, -np.inf)[None], replace(config, top_p=1.0))
    kept = np.sort(whole[0])[::-1].cumsum()
    if min(np.abs(edges - draw).min(), np.abs(kept - config.top_p).min()) < 1e-9:  # as close as rounding
        return
    least = chances[chances > 0].min() * whole[0][chances[0] > 0].sum()
    if len(np.unique(scores[np.abs(whole[0] - least) < 1e-9])) > 1:  # as likely as another, to rounding
        return
    assert picked(scores, allowed, draw, config)[0] == choose(chances, np.array([draw]))[0]


@given(situations(), st.sampled_from([0.2, 1.0, 3.0]))
def test_the_tallies_are_those_of_the_plain_distribution(situation, temperature):
    scores, allowed, draw = situation
    symbol, tallies = picked(scores, allowed, draw, CompositionConfig(temperature=temperature))
    assert tallies[WEIGHT] == pytest.approx(scipy.special.log_softmax(scores.astype(float))[symbol], abs=1e-9)
    chances = scipy.special.softmax(scores[1:].astype(float) / temperature)
    assert tallies[REMOVED] == pytest.approx(chances[allowed[1:] == 0].sum(), abs=1e-9)


def test_the_likeliest_that_is_allowed_comes_where_all_chances_vanish():
    scores, allowed = np.array([0.0, 90.0, -50.0, -40.0, -60.0], np.float32), np.array([0, 0, 1, 1, 1])
    symbol, tallies = picked(scores, allowed, 0.9, CompositionConfig(temperature=0.01))
    assert symbol == 3
    assert tallies[REMOVED] == 1
    assert tallies[WEIGHT] == pytest.approx(-130)


def test_nothing_allowed_is_told():
    assert picked(np.zeros(3, np.float32), np.zeros(3, np.int64), 0.5, CompositionConfig())[0] == -1


def test_start_never_comes_though_it_counts_among_the_probabilities():
    scores, allowed = np.array([50.0, 0.0, 0.0], np.float32), np.ones(3, np.int64)
    symbol, tallies = picked(scores, allowed, 0.0, CompositionConfig())
    assert symbol == 1
    assert tallies[WEIGHT] == pytest.approx(-50)
    assert tallies[REMOVED] == 0


@pytest.mark.parametrize("draw", [0.0, np.nextafter(1, 0)])
def test_a_symbol_without_a_chance_never_comes(draw):
    scores = np.array([0.0, -1e9, 0.0, 1.0, -1e9], np.float32)
    assert picked(scores, np.ones(5, np.int64), draw, CompositionConfig())[0] in (2, 3)
