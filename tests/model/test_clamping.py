"""Oracle: the network with the outputs of the units overwritten at every character."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from known_networks import CELLS, stepped

import tunewright as tw
from tunewright.errors import OptionError
from tunewright.model.checkpoint import read_checkpoint, write_checkpoint
from tunewright.model.clamping import clamp_units, origin, unit_name
from tunewright.model.network import load_network

UNITS = 6


shapes = st.fixed_dictionaries(
    {"cell": st.sampled_from(sorted(CELLS)), "layers": st.integers(1, 3), "embedding": st.sampled_from([0, 5])}
)


@settings(max_examples=40, deadline=None)
@given(shape=shapes, data=st.data())
def test_a_folded_network_computes_what_overwritten_cells_compute(untrained, shape, data):
    model = untrained(units=UNITS, **shape)
    units = st.tuples(st.integers(0, shape["layers"] - 1), st.integers(0, UNITS - 1))
    held = data.draw(st.dictionaries(units, st.floats(-1, 1), min_size=1, max_size=5))
    ids = data.draw(st.lists(st.integers(0, len(model.vocabulary) - 1), min_size=1, max_size=12))
    with torch.inference_mode():
        logits, _ = load_network(clamp_units(model, held))(torch.tensor(ids)[:, None])
    np.testing.assert_allclose(logits[:, 0].numpy(), stepped(model, ids, held), rtol=1e-4, atol=1e-4)


def test_holding_changes_what_is_predicted_and_leaves_the_model_as_it_was(untrained):
    model = untrained(units=UNITS)
    before = {name: values.copy() for name, values in model.weights.items()}
    ids = list(range(5, 15))
    held = {(0, 2): 1.0}
    with torch.inference_mode():
        logits, _ = load_network(model)(torch.tensor(ids)[:, None])
    assert np.abs(stepped(model, ids, held) - logits[:, 0].numpy()).max() > 0.1
    clamp_units(model, held)
    for name, values in model.weights.items():
        np.testing.assert_array_equal(values, before[name])
    assert clamp_units(model, {}) is model


def test_one_after_the_other_is_as_both_at_once(untrained):
    model = untrained(units=UNITS, layers=2)
    both = clamp_units(model, {(0, 1): 0.5, (1, 4): -1})
    one_by_one = clamp_units(clamp_units(model, {(0, 1): 0.5}), {(1, 4): -1})
    for name, values in both.weights.items():
        np.testing.assert_array_equal(values, one_by_one.weights[name])
    assert origin(both) == origin(one_by_one) == {"weights": model.fingerprint, "clamped": "1=0.5 1:4=-1"}


def test_it_is_a_checkpoint_like_any_other(untrained, tmp_path):
    model = replace(untrained(units=UNITS), metrics={"epoch": 3}, training={"config": {"epochs": 3}})
    held = clamp_units(model, {(0, 3): 1})
    write_checkpoint(tmp_path / "held", held)
    again = read_checkpoint(tmp_path / "held")
    assert origin(again) == {"weights": model.fingerprint, "clamped": "3=1"}
    assert (again.metrics, again.training["config"]) == ({}, {"epochs": 3})
    assert again.fingerprint != model.fingerprint
    config = tw.CompositionConfig(max_length=40)
    texts = [next(iter(tw.compose_many(each, 1, config, raw=True))).text for each in (model, held, again)]
    assert texts[1] == texts[2] != texts[0]


def test_a_network_of_its_own_has_its_own_weights(untrained):
    model = untrained(units=UNITS)
    assert origin(model) == {"weights": model.fingerprint}
    assert (unit_name((0, 42)), unit_name((1, 42))) == ("42", "1:42")


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ({(0, UNITS): 1}, "no unit 6; the network has units 0 to 5 in each layer"),
        ({(0, -1): 1}, "no unit -1"),
        ({(2, 0): 1}, "no layer 2; the network has layers 0 to 1"),
        ({(-1, 0): 1}, "no layer -1"),
        ({(0, 1): 1.01}, "the value of unit 1 is 1.01; allowed: -1 to 1"),
        ({(1, 1): float("nan")}, "the value of unit 1:1 is nan; allowed: -1 to 1"),
    ],
)
def test_what_cannot_be_held_is_refused(untrained, held, message):
    with pytest.raises(OptionError, match=message):
        clamp_units(untrained(units=UNITS, layers=2), held)


def test_a_unit_is_held_once(untrained):
    held = clamp_units(untrained(units=UNITS), {(0, 1): -0.25})
    with pytest.raises(OptionError, match=r"unit 1 is clamped to -0\.25 already"):
        clamp_units(held, {(0, 1): 1})


@settings(max_examples=25, deadline=None)
@given(data=st.data(), cell=st.sampled_from(sorted(CELLS)), layers=st.integers(1, 2))
def test_a_network_that_looks_back_no_longer_reads_a_held_unit_either(untrained, data, cell, layers):
    model = untrained(units=UNITS, cell=cell, layers=layers, look_back=4)
    units = st.tuples(st.integers(0, layers - 1), st.integers(0, UNITS - 1))
    held = data.draw(st.dictionaries(units, st.floats(-1, 1), min_size=1, max_size=4))
    ids = torch.tensor(data.draw(st.lists(st.integers(0, 9), min_size=1, max_size=20)))[:, None]
    folded = load_network(clamp_units(model, held)).double()
    network = load_network(clamp_units(model, {unit: value for unit, value in held.items() if unit[0] < layers - 1}))
    network = network.double()
    state, rows = network.zero_state(1), []
    with torch.inference_mode():
        for row in ids:
            for (layer, unit), value in held.items():
                if layer == layers - 1:
                    state[0][layer, :, unit] = value  # its own layer reads it at the next character
            outputs, after = network._recur(row[None], state, None, None)
            for (layer, unit), value in held.items():
                if layer == layers - 1:
                    outputs[..., unit] = value
            logits, memory = network.look_back.logits(outputs, network.readout(outputs), row[None], state[-1])
            state = (*after, memory)
            rows.append(logits)
        found, _ = folded(ids)
    np.testing.assert_allclose(found.numpy(), torch.cat(rows).numpy(), rtol=1e-4, atol=1e-4)
