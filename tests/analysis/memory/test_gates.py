"""Is the time that gates are open, and what they keep, told as it is?"""

import numpy as np
import pytest
import torch
from known_networks import SYMBOLS, network_of, text_of
from scipy.special import logit

from tunewright.analysis.activations import read_activations
from tunewright.analysis.memory.gates import GATES, LONGEST, gate_use
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork


def with_constant_gates(cell, **levels):
    """A network whose gates have the same value at each character: for each gate one value for each unit."""
    units = len(next(iter(levels.values())))
    network = CharNetwork(NetworkConfig(cell=cell, units=units, embedding=2), SYMBOLS)
    order = {"lstm": ("input", "forget", "candidate", "output"), "gru": ("reset", "update", "candidate")}[cell]
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.zero_()
            if name.endswith("bias_ih_l0"):
                for gate, values in levels.items():
                    place = order.index(gate) * units
                    parameter[place : place + units] = torch.tensor(logit(values))
    return network


def test_gates_that_never_change():
    network = with_constant_gates("lstm", forget=[0.95, 0.5, 0.05, 0.8], input=[0.99, 0.99, 0.01, 0.91])
    gates = {gate.name: gate for gate in gate_use(network, [text_of(30), text_of(50)])}
    assert list(gates) == ["input", "forget", "output"]
    forget = gates["forget"]
    assert (forget.open, forget.shut) == (0.25, 0.25)
    assert forget.mean == pytest.approx(0.575, abs=1e-5)
    assert forget.unit_open == (1, 0, 0, 0)
    assert forget.unit_shut == (0, 0, 1, 0)
    for constant, level in zip(forget.time_constants, (0.95, 0.5, 0.05, 0.8), strict=True):
        assert level**constant == pytest.approx(np.exp(-1), rel=1e-3)
    assert (gates["input"].open, gates["input"].shut, gates["input"].time_constants) == (0.75, 0.25, ())
    assert gates["output"].unit_means == (0.5, 0.5, 0.5, 0.5)


def test_the_update_gate_is_what_keeps_a_gru():
    network = with_constant_gates("gru", update=[0.9, 1 - 1e-9])
    gates = {gate.name: gate for gate in gate_use(network, [text_of(30)])}
    assert gates["reset"].time_constants == ()
    assert gates["update"].time_constants == pytest.approx((-1 / np.log(0.9), LONGEST), rel=1e-3)
    network.eval()
    with torch.inference_mode():  # nothing is written: what a unit holds is multiplied by its gate
        _, state = network(torch.zeros(10, 1, dtype=torch.long), (torch.ones(1, 1, 2),))
    assert float(state[0][0, 0, 0]) == pytest.approx(0.9**10, rel=1e-4)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_shares_are_those_of_all_characters_of_all_texts(cell):
    network, texts = network_of(cell, layers=2), [text_of(length) for length in (40, 0, 90)]
    for parameter in network.parameters():
        parameter.data *= 3
    for gate in gate_use(network, texts):
        values = np.concatenate([read_activations(network, ids, [gate.name])[gate.name] for ids in texts], axis=1)
        assert gate.mean == pytest.approx(values.mean(), abs=1e-5)
        assert gate.open == pytest.approx((values > 0.9).mean(), abs=1e-5)
        assert gate.shut == pytest.approx((values < 0.1).mean(), abs=1e-5)
        assert gate.open + gate.shut > 0.1
        np.testing.assert_allclose(gate.unit_means, values.mean(axis=1).ravel(), rtol=1e-3)
        if gate.time_constants:
            np.testing.assert_allclose(gate.time_constants, -1 / np.log(values).mean(axis=1).ravel(), rtol=1e-3)


def test_an_rnn_has_none():
    assert GATES["rnn"] == gate_use(network_of("rnn"), [text_of(20)]) == ()
