"""Is there always a tune to show?"""

import pytest

from tunewright.cli.composed_tune import CONFIG, composed_tune
from tunewright.errors import OptionError
from tunewright.notation.check import check


def test_it_is_playable_and_always_the_same(untrained):
    model = untrained(units=6)
    tune = composed_tune(model)
    assert tune == composed_tune(model)
    assert not [finding for finding in check(tune.text) if finding.severity == "error"]


def test_a_network_that_knows_few_characters_writes_as_it_can(untrained):
    text = composed_tune(untrained(units=4, symbols="abc|")).text
    assert set(text) <= set("abc|\n")
    assert 0 < len(text) <= CONFIG.max_length


def test_a_network_that_composes_nothing_is_an_error(untrained):
    model = untrained(units=4, symbols="ab")
    model.weights["readout.bias"][:] = [0, 100, 0, 0, 0]  # the end of a tune, whatever came
    with pytest.raises(OptionError, match="name a tune"):
        composed_tune(model)
