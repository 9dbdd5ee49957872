"""Requests of `tunewright neurons`: errors before the work, and short names of other models."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.neuron_analysis import SHARES, check_request, require_known, short_names
from tunewright.analysis.units.labels import label_values
from tunewright.analysis.units.samples import Sides, make_side
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError, VocabularyError


def test_a_unit_that_another_network_lacks_in_kind_is_a_mistake(untrained):
    with pytest.raises(OptionError, match="kind 'rnn' have no quantity 'c'"):
        check_request(untrained(units=4), {"other": untrained(units=3, cell="rnn")}, [], None, "c")


@pytest.mark.slow
def test_units_are_those_of_every_layer_once(untrained):
    request = check_request(untrained(units=4, layers=2), {}, [], [3, 1, 3], "h")
    assert request.pairs == [(0, 3), (0, 1), (1, 3), (1, 1)]
    assert request.composed


def test_another_network_that_knows_fewer_characters_is_a_mistake(untrained):
    model = untrained(units=3)
    texts = ("K:C\nAB|\n", "X:2\nK:D\n(DE)|\n")
    sides = Sides(*(make_side([Tune(text, Path("a.abc"), 1, 1)], model.vocabulary, label_values) for text in texts))
    require_known({"same": model, "gru": untrained(units=4, cell="gru")}, sides)
    with pytest.raises(VocabularyError, match=r"small cannot be compared: it does not know '\(\)', which these tunes"):
        require_known({"same": model, "small": untrained(symbols="23:ABCDEKX|")}, sides)


def test_names():
    assert short_names(["runs/lstm", "runs/gru"]) == ["lstm", "gru"]
    assert short_names(["a/run", "b/run"]) == ["a/run", "b/run"]
    assert short_names(["/runs/" + "x" * 99]) == ["x" * 14 + "…" + "x" * 14]
    assert short_names([]) == []


@given(st.sets(st.text("ab/", min_size=1, max_size=9), min_size=1, max_size=4))
def test_names_are_as_many(paths):
    assert len(short_names(paths)) == len(paths)


def test_the_bar_is_divided_whole():
    assert sum(SHARES.values()) == pytest.approx(1)
