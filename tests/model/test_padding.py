"""Oracle: torch's own layer without padding."""

import copy

import pytest
import torch
from torch import nn
from torch.func import functional_call

from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.model.padding import PaddedLayer, pad_layers, quick_units

KINDS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@pytest.mark.parametrize(
    ("mode", "units", "computed"),
    [
        ("LSTM", 128, 128), ("LSTM", 129, 256), ("LSTM", 150, 256), ("LSTM", 192, 256), ("LSTM", 193, 193),
        ("GRU", 150, 256), ("RNN_TANH", 150, 150), ("RNN_TANH", 300, 448), ("RNN_TANH", 385, 385),
    ],
)  # fmt: skip
def test_only_slow_sizes_are_padded(mode, units, computed):
    assert quick_units(mode, units) == computed


@pytest.mark.parametrize("kind", KINDS.values())
def test_results_and_gradients_are_those_of_the_layer(kind):
    torch.manual_seed(0)
    layer = kind(5, 7)
    padded = PaddedLayer(copy.deepcopy(layer), 12)
    signal = torch.randn(9, 4, 5, requires_grad=True)
    parts = tuple(torch.randn(1, 4, 7, requires_grad=True) for _ in range(2))
    state = parts if kind is nn.LSTM else parts[0]
    results = []
    for module in (layer, padded):
        outputs, after = module(signal, state)
        after = after if isinstance(after, tuple) else (after,)
        total = (outputs * torch.arange(7)).sum() + sum(part.square().sum() for part in after)
        inputs = [signal, *(parts if kind is nn.LSTM else parts[:1]), *module.parameters()]
        results.append([outputs, *after, *torch.autograd.grad(total, inputs)])
    for ours, theirs in zip(results[1], results[0], strict=True):
        assert ours.shape == theirs.shape
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("kind", KINDS.values())
def test_padding_units_stay_silent(kind):
    """The padded weights are looked at themselves: a unit that is not zero at once would be after some steps."""
    torch.manual_seed(0)
    layer = kind(5, 7)
    padded = PaddedLayer(copy.deepcopy(layer), 12)
    wide = kind(5, 12)
    for (_, parameter), weight in zip(wide.named_parameters(), padded._weights(), strict=True):
        parameter.data.copy_(weight)
    outputs, _ = wide(torch.randn(9, 4, 5))
    assert (outputs[..., 7:] == 0).all()
    outputs.sum().backward()
    columns = wide.weight_hh_l0.grad[:, 7:]
    assert (columns == 0).all()
    assert not (outputs[..., :7] == 0).any()


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_padded_network_learns_the_same(cell):
    torch.manual_seed(0)
    units = 300 if cell == "rnn" else 130
    network = CharNetwork(NetworkConfig(cell=cell, units=units, layers=2, embedding=4), 9)
    untouched, padded = network.readout.weight.detach().clone(), copy.deepcopy(network)
    pad_layers(padded.layers)
    assert all(isinstance(layer, PaddedLayer) for layer in padded.layers)
    ids = torch.randint(9, (8, 3))
    losses = []
    for module in (network, padded):
        optimizer = torch.optim.AdamW(module.parameters(), 0.003)
        generator = torch.Generator().manual_seed(0)
        for _ in range(5):
            loss = nn.functional.cross_entropy(
                module(ids[:-1], generator=generator)[0].flatten(0, 1), ids[1:].flatten()
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert losses[1] == pytest.approx(losses[0], abs=1e-5)
    assert not torch.allclose(network.readout.weight, untouched, atol=0.005), "nothing was learned"
    assert {name: weight.shape for name, weight in padded.state_dict().items()} == {
        name: weight.shape for name, weight in network.state_dict().items()
    }


def test_where_weights_stand_in_every_layer_is_replaced_and_heeds_them():
    torch.manual_seed(0)
    network = CharNetwork(NetworkConfig(units=16, layers=2, embedding=4), 9)
    replaced = copy.deepcopy(network)
    pad_layers(replaced.layers, replaced_weights=True)
    assert [layer.padded_size for layer in replaced.layers] == [16, 16]
    signal, state = torch.randn(5, 3, 4), tuple(torch.randn(1, 3, 16) for _ in range(2))
    others = {"weight_hh_l0": torch.randn(64, 16)}
    ours, _ = functional_call(replaced.layers[0], others, (signal, state))
    theirs, _ = functional_call(network.layers[0], others, (signal, state))
    torch.testing.assert_close(ours, theirs)


def test_layers_of_other_sizes_stay_as_they_are():
    network = CharNetwork(NetworkConfig(units=16, layers=2), 9)
    before = list(network.layers)
    pad_layers(network.layers)
    assert all(now is was for now, was in zip(network.layers, before, strict=True))
