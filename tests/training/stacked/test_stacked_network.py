"""Oracle: each network alone."""

import pytest
import torch

from tunewright.model.config import NetworkConfig
from tunewright.model.dropout import dropout_mask
from tunewright.model.network import CharNetwork
from tunewright.training.stacked.stacked_network import ALIGNMENT, StackedNetworks, own_masks, shared_masks

CPU = torch.device("cpu")
SYMBOLS = 9


def some_networks(count=3, **shape):
    torch.manual_seed(0)
    return [
        CharNetwork(
            NetworkConfig(**{"units": 7, "embedding": 5, "dropout": 0.0, "recurrent_weight_dropout": 0.0, **shape}),
            SYMBOLS,
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("embedding", [0, 5])
def test_scores_states_and_gradients_are_those_of_each_alone(cell, layers, embedding):
    networks = some_networks(cell=cell, layers=layers, embedding=embedding)
    stack = StackedNetworks(networks, CPU)
    ids = torch.randint(SYMBOLS, (3, 6, 4))  # (K, T, B)
    state = tuple(torch.randn_like(part) for part in stack.zero_state(4))
    logits, after = stack.read(ids, state, own_masks([]))
    weigh = torch.randn_like(logits)
    (logits * weigh).sum().backward()
    gradients = stack.tensors(stack.flat.grad)
    for number, network in enumerate(networks):
        expected, expected_after = network(ids[number], tuple(part[:, number] for part in state))
        (expected * weigh[number]).sum().backward()
        torch.testing.assert_close(logits[number], expected)
        for part, expected_part in zip(after, expected_after, strict=True):
            torch.testing.assert_close(part[:, number], expected_part)
        for name, weight in network.named_parameters():
            torch.testing.assert_close(gradients[name][number], weight.grad)


def test_every_tensor_begins_at_a_whole_block():
    stack = StackedNetworks(some_networks(), CPU)
    start = stack.flat.data_ptr()
    assert stack.flat.shape[1] % ALIGNMENT == 0
    for tensor in stack.tensors(stack.flat.detach()).values():
        assert (tensor.data_ptr() - start) % (4 * ALIGNMENT) == 0


def test_weights_come_back_as_they_went():
    networks, others = some_networks(), some_networks()
    stack = StackedNetworks(networks, CPU)
    for network in others:
        for weight in network.parameters():
            weight.data.zero_()
    stack.write_back(others)
    for network, other in zip(networks, others, strict=True):
        for name, weight in network.named_parameters():
            assert torch.equal(other.get_parameter(name), weight)


def test_own_masks_are_those_that_a_network_draws_alone():
    masks = own_masks([torch.Generator().manual_seed(seed) for seed in (1, 2)])((2, 50, 4, 30), [0.25, 0.0])
    expected = dropout_mask(torch.empty(50, 4, 30), 0.25, torch.Generator().manual_seed(1))
    assert torch.equal(masks[0], expected)
    assert (masks[1] == 1).all()


def test_shared_masks_have_each_networks_share_and_keep_the_mean():
    masks = shared_masks(torch.Generator().manual_seed(0))((3, 100, 10, 30), [0.25, 0.0, 0.5])
    assert [float((mask == 0).float().mean()) for mask in masks] == pytest.approx([0.25, 0.0, 0.5], abs=0.01)
    assert [float(mask.mean()) for mask in masks] == pytest.approx([1, 1, 1], abs=0.02)
    assert not torch.equal(masks[0] == 0, masks[2] == 0)


def test_shared_masks_fit_weights_too():
    draw = shared_masks(torch.Generator().manual_seed(0))
    assert draw((2, 5, 3), [0.25, 0.5]).shape == (2, 5, 3)
    assert draw((2, 5, 3, 4), [0.25, 0.5]).shape == (2, 5, 3, 4)
