"""Is the unit of another network that follows a label best found, and is the untrained network untrained?"""

from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.units.counterparts import counterparts, untrained_like
from tunewright.analysis.units.labels import LABELS
from tunewright.analysis.units.samples import Sides
from tunewright.analysis.units.selectivity import strengths, usable_labels
from tunewright.corpus.tune import Tune
from tunewright.model.network import load_network


@pytest.fixture(scope="module")
def tunes(tiny_tunes):
    return [Tune(text, Path("made-up.abc"), 1, len(text)) for text in tiny_tunes]


def test_each_label_has_the_unit_that_follows_it_best_measured_again_on_the_other_tunes(untrained, tunes):
    model = untrained(units=5, layers=2)
    sides = Sides.of(model, tunes)
    found = list(counterparts(model, sides))
    choosing, confirming = (
        side.read(load_network(model), model.vocabulary, "h") for side in (sides.choosing, sides.confirming)
    )
    usable = usable_labels(choosing)
    assert [each.label for each in found] == [LABELS[number].name for number in np.flatnonzero(usable)]
    assert found
    best, again = strengths(choosing, usable), strengths(confirming, usable)
    for each, number in zip(found, np.flatnonzero(usable), strict=True):
        row = 5 * each.layer + each.unit
        assert abs(best[row, number]) == np.abs(best[:, number]).max()
        size, held_out = abs(best[row, number]), np.sign(best[row, number]) * again[row, number]
        if LABELS[number].kind == "yes/no":
            size, held_out = (1 + size) / 2, (1 + held_out) / 2
        assert (each.value, each.held_out_value) == (pytest.approx(size, abs=1e-5), pytest.approx(held_out, abs=1e-5))


def test_an_untrained_network_has_the_shape_and_nothing_else_of_a_trained_one(untrained):
    model = untrained(cell="gru", units=6)
    fresh = untrained_like(model)
    assert (fresh.config, fresh.vocabulary, fresh.metrics) == (model.config, model.vocabulary, {})
    assert {name: values.shape for name, values in fresh.weights.items()} == {
        name: values.shape for name, values in model.weights.items()
    }
    assert fresh.fingerprint != model.fingerprint
    assert fresh.fingerprint == untrained_like(model).fingerprint != untrained_like(model, seed=1).fingerprint
