"""Is every activation what torch itself computes, step by step, in whatever company a text is read?"""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from tunewright.analysis import activations
from tunewright.analysis.activations import QUANTITIES, read_activations, stream_activations
from tunewright.errors import OptionError
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork

SYMBOLS = 12
STEPS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell, "rnn": nn.RNNCell}
CLOSE = 2e-6


def network_of(cell, layers=2, embedding=5):
    torch.manual_seed(1)
    network = CharNetwork(NetworkConfig(cell=cell, units=7, layers=layers, embedding=embedding), SYMBOLS)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2)
    return network


def texts_of(*lengths):
    generator = np.random.default_rng(0)
    return [generator.integers(2, SYMBOLS, size=length, dtype=np.uint8) for length in lengths]


@torch.inference_mode()
def step_by_step(network, ids):
    """h, and c, of every layer after each character of `ids`, from torch's own cells."""
    cell = network.config.cell
    steps = []
    for layer in network.layers:
        step = STEPS[cell](layer.input_size, layer.hidden_size)
        step.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
        steps.append(step)
    states: list[Any] = [None] * len(steps)
    rows = []
    for symbol in [0, *ids]:
        signal = network.embedding(torch.tensor([int(symbol)])) if network.embedding else None
        if signal is None:
            signal = nn.functional.one_hot(torch.tensor([int(symbol)]), SYMBOLS).float()
        for number, step in enumerate(steps):
            states[number] = step(signal, states[number])
            signal = states[number][0] if cell == "lstm" else states[number]
        rows.append([state if cell == "lstm" else (state,) for state in states])
    parts = zip(*[[torch.cat(part) for part in zip(*row, strict=True)] for row in rows[1:]], strict=True)
    return [torch.stack(part, dim=1).numpy() for part in parts]  # each (L, T, H)


@pytest.mark.parametrize("cell", STEPS)
@pytest.mark.parametrize("embedding", [0, 5])
def test_outputs_and_cells_are_those_of_torchs_own_cells(cell, embedding):
    network = network_of(cell, embedding=embedding)
    (ids,) = texts_of(150)  # more than two chunks
    wanted = ("h", "c")[: 2 if cell == "lstm" else 1]
    found = read_activations(network, ids, wanted)
    expected = step_by_step(network, ids)
    assert list(found) == list(wanted)
    for name, values in zip(wanted, expected, strict=True):
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], values, atol=CLOSE)


@pytest.mark.parametrize("cell", STEPS)
def test_the_last_row_is_the_state_that_the_network_returns(cell):
    network = network_of(cell).eval()
    (ids,) = texts_of(90)
    found = read_activations(network, ids, QUANTITIES[cell][: 2 if cell == "lstm" else 1])
    with torch.inference_mode():
        _, state = network(torch.tensor([0, *map(int, ids)])[:, None])
    for values, part in zip(found.values(), state, strict=True):
        np.testing.assert_allclose(values[:, -1], part[:, 0], atol=CLOSE)


def test_the_gates_of_an_lstm_make_its_cell_and_its_output():
    network = network_of("lstm")
    (ids,) = texts_of(100)
    found = read_activations(network, ids, QUANTITIES["lstm"])
    cells = found["forget"][:, 1:] * found["c"][:, :-1] + found["input"][:, 1:] * found["candidate"][:, 1:]
    np.testing.assert_allclose(found["c"][:, 1:], cells, atol=CLOSE)
    np.testing.assert_allclose(found["h"], found["output"] * np.tanh(found["c"]), atol=CLOSE)


def test_the_gates_of_a_gru_make_its_output():
    network = network_of("gru")
    (ids,) = texts_of(100)
    found = read_activations(network, ids, QUANTITIES["gru"])
    update = found["update"][:, 1:]
    outputs = (1 - update) * found["candidate"][:, 1:] + update * found["h"][:, :-1]
    np.testing.assert_allclose(found["h"][:, 1:], outputs, atol=CLOSE)
    assert ((found["reset"] > 0) & (found["reset"] < 1)).all()
    with torch.inference_mode():  # the reset gate of the first layer, from its definition
        layer = network.layers[0]
        signal = network.embedding(torch.tensor([int(ids[7])]))
        given = nn.functional.linear(signal, layer.weight_ih_l0, layer.bias_ih_l0)[:, :7]
        before = torch.from_numpy(found["h"][:1, 6])
        recalled = nn.functional.linear(before, layer.weight_hh_l0, layer.bias_hh_l0)[:, :7]
    np.testing.assert_allclose(found["reset"][:1, 7], (given + recalled).sigmoid(), atol=CLOSE)


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(0, 140), max_size=9), lanes=st.integers(1, 5))
def test_a_text_is_read_the_same_in_whatever_company(lengths, lanes):
    network, texts = network_of("lstm", layers=1), texts_of(*lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activations, "LANES", lanes)
        found = list(stream_activations(network, iter(texts), ("h", "c")))
    assert len(found) == len(texts)
    for text, each in zip(texts, found, strict=True):
        assert each["h"].shape == (1, len(text), 7)
        if len(text):
            alone = read_activations(network, text, ("h", "c"))
            np.testing.assert_allclose(each["h"], alone["h"], atol=CLOSE)
            np.testing.assert_allclose(each["c"], alone["c"], atol=CLOSE)


def test_texts_are_taken_a_block_at_a_time():
    taken = []

    def texts():
        for text in texts_of(*[3] * 200):
            taken.append(len(text))
            yield text

    stream = stream_activations(network_of("rnn"), texts())
    next(stream)
    assert len(taken) == activations.LANES


def test_dropout_is_off_and_the_network_left_as_it_was():
    network = network_of("lstm").train()
    (ids,) = texts_of(30)
    first, second = read_activations(network, ids), read_activations(network, ids)
    np.testing.assert_array_equal(first["h"], second["h"])
    assert network.training
    assert not any(layer._forward_hooks for layer in network.layers)


@pytest.mark.parametrize(("cell", "quantity"), [("rnn", "forget"), ("gru", "c"), ("lstm", "reset"), ("lstm", "gate")])
def test_a_quantity_that_the_units_lack_is_an_error_at_once(cell, quantity):
    with pytest.raises(OptionError, match=rf"{cell}.*{quantity}.*they have: h"):
        stream_activations(network_of(cell), [], ["h", quantity])


def test_units_of_a_network_that_looks_back_are_those_of_its_recurrent_layers():
    plain = network_of("lstm")
    config = NetworkConfig(units=7, layers=2, embedding=5, look_back=4)
    network = CharNetwork(config, SYMBOLS)
    network.load_state_dict(plain.state_dict(), strict=False)
    texts = texts_of(70, 3, 150)
    for ours, theirs in zip(
        stream_activations(network, texts, QUANTITIES["lstm"]),
        stream_activations(plain, texts, QUANTITIES["lstm"]),
        strict=True,
    ):
        for name, values in ours.items():
            np.testing.assert_array_equal(values, theirs[name])
