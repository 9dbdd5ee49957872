"""Are gradients over a distance those of torch's own autograd, and of networks whose memory is known?"""

import numpy as np
import pytest
import torch
from known_networks import SYMBOLS, network_of, shift_register, text_of
from torch.nn import functional

from tunewright.analysis.memory import gradient_decay as module
from tunewright.analysis.memory.gradient_decay import gradient_decay, look_back
from tunewright.errors import CorpusError
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork


def whole_text_at_once(network, ids, last):
    """Length of the gradient of the loss after `last` with respect to each input before, the last one first."""
    exact = network.double().eval()
    numbers = torch.from_numpy(ids.astype(np.int64))
    embedded = exact.embedding(numbers) if exact.embedding else functional.one_hot(numbers, SYMBOLS).double()
    signal = inputs = embedded[:, None].detach().requires_grad_()
    for layer in exact.layers:
        signal, _ = layer(signal)
    loss = functional.cross_entropy(exact.readout(signal[last]), numbers[last + 1][None])
    (gradient,) = torch.autograd.grad(loss, inputs)
    network.float()
    return gradient[: last + 1, 0].norm(dim=-1).numpy()[::-1]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize(("layers", "embedding"), [(1, 4), (2, 0)])
def test_gradients_of_the_input_are_those_of_the_whole_text_read_at_once(cell, layers, embedding):
    network, ids = network_of(cell, layers, embedding), text_of(160)
    found = gradient_decay(network, [ids], distance=20)
    assert found.positions == 3  # windows begin at 0, 64 and 128
    expected = [whole_text_at_once(network, ids, start + 19)[:20] for start in (0, 64, 128)]
    np.testing.assert_allclose(found.to_input, np.mean(expected, axis=0), rtol=1e-4)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_gradients_of_the_state_are_the_slope_of_the_loss(cell):
    """Differences: the state before the last characters is moved a little along each of its directions."""
    network, ids = network_of(cell, units=3), text_of(12)
    found = gradient_decay(network, [ids], distance=11)
    exact = network.double().eval()
    numbers = torch.from_numpy(ids.astype(np.int64))[:, None]

    def loss_of(flat, back):
        state = tuple(part.reshape(1, 1, 3) for part in flat.split(3))
        logits, _ = exact(numbers[11 - back : 11], state)
        return float(functional.cross_entropy(logits[-1], numbers[11]))

    for back in (1, 4):
        with torch.no_grad():
            _, state = exact(numbers[: 11 - back])
            flat = torch.cat([part.flatten() for part in state])
            steps = 1e-5 * torch.eye(len(flat), dtype=torch.float64)
            slopes = [(loss_of(flat + step, back) - loss_of(flat - step, back)) / 2e-5 for step in steps]
        np.testing.assert_allclose(found.to_state[back], np.linalg.norm(slopes), rtol=1e-4)


@pytest.mark.parametrize(("factor", "grows"), [(0.5, 0.0), (1.0, 0.0), (1.25, 1.0)])
def test_an_rnn_that_multiplies_its_state_vanishes_or_explodes_by_that_factor(factor, grows):
    """At a state of zero tanh has slope 1, so each step multiplies by the recurrent matrix alone."""
    network = network_of("rnn")
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.zero_()
            if name.endswith("weight_hh_l0"):
                parameter.copy_(factor * torch.eye(6))
    found = gradient_decay(network, [text_of(31)], distance=30)
    np.testing.assert_allclose(found.growth, factor ** np.arange(30.0), rtol=1e-4)
    np.testing.assert_allclose(found.growth_high, found.growth, rtol=1e-4)
    assert found.per_step(29) == pytest.approx(factor, rel=1e-4)
    assert found.exploding[20] == grows


def test_an_lstm_whose_forget_gate_stays_open_neither_vanishes_nor_explodes():
    network = network_of("lstm")
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "layers" in name:
                parameter.zero_()
            if name.endswith("bias_ih_l0"):
                parameter[6:12] = 50
    found = gradient_decay(network, [text_of(101)], distance=100)
    assert found.growth[99] == pytest.approx(found.growth[1], rel=1e-9)
    assert found.growth[99] > 0.3
    rnn = gradient_decay(network_of("rnn"), [text_of(101)], distance=100)
    assert rnn.growth[99] < 1e-6


@pytest.mark.parametrize("size", [1, 5, 12])
def test_a_network_that_forgets_after_so_many_characters_shows_it(size):
    found = gradient_decay(shift_register(size), [text_of(60), text_of(90)], distance=30)
    assert min(found.to_input[:size]) > 1e-6
    assert max((*found.to_input[size:], *found.to_state[size:])) == 0
    assert found.half_distance <= size


def test_at_its_start_no_gradient_is_longer_than_at_its_start():
    found = gradient_decay(network_of("lstm"), [text_of(8300)], distance=12)
    assert found.positions == 128
    np.testing.assert_allclose(found.growth[0], 1)
    assert found.exploding[0] == 0


def test_the_same_every_time_and_nothing_left_behind():
    network, texts = network_of("gru").train(), [text_of(80), text_of(70)]
    assert gradient_decay(network, texts, distance=15, positions=2) == gradient_decay(
        network, texts, distance=15, positions=2
    )
    assert network.training
    assert next(network.parameters()).dtype == torch.float32
    assert not any(layer._forward_pre_hooks for layer in network.layers)


def test_windows_taken_in_smaller_blocks_have_the_same_gradients(monkeypatch):
    network, texts = network_of("lstm"), [text_of(200), text_of(150)]
    whole = gradient_decay(network, texts, distance=15)
    monkeypatch.setattr(module, "STATES", 12)  # of 6 units: two windows at a time
    parts = gradient_decay(network, texts, distance=15)
    assert parts.positions == whole.positions > 4
    np.testing.assert_allclose(parts.to_input, whole.to_input, rtol=1e-5)
    np.testing.assert_allclose(parts.to_state, whole.to_state, rtol=1e-5)
    np.testing.assert_allclose(parts.growth, whole.growth, rtol=0.9)  # other directions


def test_the_distance_is_one_that_half_of_the_tunes_have():
    texts = [text_of(length) for length in (5, 41, 90)]
    assert look_back(texts, 200) == 40
    assert look_back(texts, 30) == 30
    assert len(gradient_decay(network_of("rnn"), texts).growth) == 40


@pytest.mark.parametrize("lengths", [(), (3,), (module.FEWEST, module.FEWEST, 500)])
def test_tunes_too_short_to_look_back_in_are_an_error(lengths):
    with pytest.raises(CorpusError, match="half of the tunes have fewer than 10 characters"):
        look_back([text_of(length) for length in lengths], 200)


def test_of_a_network_that_looks_back_its_recurrent_layers_are_followed():
    plain = network_of("gru")
    network = CharNetwork(NetworkConfig(cell="gru", units=6, embedding=4, look_back=3), SYMBOLS)
    network.load_state_dict(plain.state_dict(), strict=False)
    texts = [text_of(length) for length in (30, 40)]
    assert gradient_decay(network, texts, 11) == gradient_decay(plain, texts, 11)
    assert network.look_back is not None
