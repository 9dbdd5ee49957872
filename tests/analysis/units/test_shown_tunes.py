"""Do the tunes that are shown come with what every unit of every layer does on them?"""

from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.activations import read_activations
from tunewright.analysis.units.shown_tunes import ShownTune, read_shown, span_of
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError, VocabularyError
from tunewright.model.network import load_network

TUNE = Tune("K:C\nAB|\n", Path("a.abc"), 7, 8)


def test_units_of_all_layers_are_rows(untrained):
    model = untrained(units=4, layers=2)
    (shown,) = read_shown(model, [TUNE], "c")
    cells = read_activations(load_network(model), model.vocabulary.encode(TUNE.text), ["c"])["c"]
    assert shown.tune is TUNE
    assert shown.values.shape == (8, len(TUNE.text))
    np.testing.assert_array_equal(shown.values[5], cells[1, :, 1])


def test_an_unknown_character_is_an_error_with_its_place(untrained):
    with pytest.raises(VocabularyError, match=r"a\.abc:8:2: the network has never seen 'é'"):
        read_shown(untrained(units=4), [Tune("K:C\nAéB|\n", Path("a.abc"), 7, 9)], "h")


def test_units_without_gates_are_an_error(untrained):
    with pytest.raises(OptionError, match="no quantity 'forget'"):
        read_shown(untrained(units=4, cell="rnn"), [TUNE], "forget")


@pytest.mark.parametrize("quantity", ["h", "c", "input", "forget", "candidate", "output"])
def test_a_scale_has_room_for_all_values(untrained, quantity):
    shown = read_shown(untrained(units=4), [TUNE], quantity)
    low, high = span_of(quantity, shown)
    assert low <= shown[0].values.min()
    assert shown[0].values.max() <= high
    assert low == (-high if quantity in ("h", "c", "candidate") else 0)


def test_a_scale_of_cells_grows_with_them():
    assert span_of("c", [ShownTune(TUNE, np.array([[0.5, -3.2]], np.float32))]) == (-4, 4)
    assert span_of("c", []) == (-1, 1)
