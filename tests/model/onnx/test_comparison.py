import math
import sys
from dataclasses import replace

import numpy as np
import pytest

from tunewright.errors import MissingExtraError
from tunewright.model.onnx.comparison import largest_difference
from tunewright.model.onnx.graph import to_onnx


@pytest.mark.parametrize("look_back", [0, 12])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_good_file_differs_by_rounding_only(untrained, cell, look_back):
    checkpoint = untrained(cell=cell, units=40, layers=2, look_back=look_back)
    assert largest_difference(checkpoint, to_onnx(checkpoint)) < 1e-4


@pytest.mark.parametrize("name", ["layers.0.weight_hh_l0", "layers.1.bias_ih_l0", "embedding.weight", "readout.bias"])
@pytest.mark.parametrize("look_back", [0, 3])
def test_a_change_of_one_weight_shows(untrained, name, look_back):
    checkpoint = untrained(units=8, layers=2, look_back=look_back)
    weights = {**checkpoint.weights, name: checkpoint.weights[name].copy()}
    weights[name].flat[-1] += 0.5
    content = to_onnx(replace(checkpoint, weights=weights))
    assert largest_difference(checkpoint, content) > 1e-3


@pytest.mark.parametrize("name", ["look_back.key.weight", "look_back.gate.bias", "look_back.match"])
def test_a_change_of_one_weight_of_the_head_shows(untrained, name):
    test_a_change_of_one_weight_shows(untrained, name, look_back=3)


def test_numbers_that_are_none_are_not_hidden(untrained):
    checkpoint = untrained(units=8)
    broken = np.full_like(checkpoint.weights["readout.bias"], np.nan)
    content = to_onnx(replace(checkpoint, weights={**checkpoint.weights, "readout.bias": broken}))
    assert math.isnan(largest_difference(checkpoint, content))


def test_without_the_package_it_says_what_to_install(untrained, monkeypatch):
    checkpoint = untrained(units=4)
    content = to_onnx(checkpoint)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tunewright\[onnx\]'"):
        largest_difference(checkpoint, content)
