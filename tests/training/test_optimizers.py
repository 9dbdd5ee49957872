"""Oracles: torch's own AdamW, and the singular value decomposition."""

import copy

import pytest
import torch

from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training import optimizers
from tunewright.training.config import TrainingConfig
from tunewright.training.optimizers import RATE, make_optimizer, orthogonal, schedule


@pytest.mark.parametrize("name", ["muon", "adamw", "adam", "nadam", "rmsprop", "sgd"])
def test_every_optimiser_lowers_a_loss(name):
    torch.manual_seed(0)
    network = CharNetwork(NetworkConfig(units=8), 5)
    rate = 0.3 if name == "sgd" else 0.01
    optimizer = make_optimizer(network, TrainingConfig(optimizer=name, learning_rate=rate, weight_decay=0.0))
    ids = torch.randint(5, (20, 3))
    losses = []
    for _ in range(15):
        loss = torch.nn.functional.cross_entropy(network(ids[:-1])[0].flatten(0, 1), ids[1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.05


@pytest.mark.parametrize("optimizer_name", ["muon", "adamw"])
def test_biases_are_not_decayed(optimizer_name):
    network = CharNetwork(NetworkConfig(units=8), 5)
    optimizer = make_optimizer(network, TrainingConfig(optimizer=optimizer_name, weight_decay=0.5, learning_rate=0.1))
    before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    for weight in network.parameters():
        weight.grad = torch.zeros_like(weight)
    optimizer.step()
    for name, weight in network.named_parameters():
        times = RATE if "layers" in name and optimizer_name == "muon" else 1
        expected = before[name] if weight.ndim == 1 else before[name] * (1 - 0.1 * 0.5 * times)
        torch.testing.assert_close(weight.detach(), expected)


@pytest.mark.parametrize("options", [{}, {"beta1": 0.9, "beta2": 0.999}])
@pytest.mark.parametrize(("name", "theirs"), [("adamw", torch.optim.AdamW), ("nadam", torch.optim.NAdam)])
def test_the_means_of_gradients_remember_as_long_as_asked(name, theirs, options):
    torch.manual_seed(0)
    network = CharNetwork(NetworkConfig(units=8), 5)
    other = copy.deepcopy(network)
    betas = (options.get("beta1", 0.8), options.get("beta2", 0.95))
    ours = make_optimizer(network, TrainingConfig(optimizer=name, learning_rate=0.01, weight_decay=0.0, **options))
    expected = theirs(other.parameters(), 0.01, betas=betas, weight_decay=0.0)
    for _ in range(5):
        for weight, copied in zip(network.parameters(), other.parameters(), strict=True):
            weight.grad = torch.randn_like(weight)
            copied.grad = weight.grad.clone()
        ours.step()
        expected.step()
    for weight, copied in zip(network.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(weight, copied)


@pytest.fixture(params=[True, False], ids=["bfloat16", "float32"])
def multiplied(request, monkeypatch):
    monkeypatch.setattr(optimizers, "multiplies_bfloat16", lambda _device: request.param)


def with_singular_values(values, rows, columns, seed=0):
    generator = torch.Generator().manual_seed(seed)
    left = torch.linalg.qr(torch.randn(rows, len(values), generator=generator))[0]
    right = torch.linalg.qr(torch.randn(columns, len(values), generator=generator))[0]
    return left @ torch.diag(values) @ right.T, left @ right.T


@pytest.mark.usefixtures("multiplied")
@pytest.mark.parametrize(("rows", "columns"), [(12, 12), (12, 30), (30, 12)])
def test_an_orthogonal_matrix_keeps_the_directions_and_evens_out_their_strengths(rows, columns):
    values = torch.logspace(0.5, -1, 12)
    matrix, nearest = with_singular_values(values, rows, columns)
    result = orthogonal(torch.stack([matrix, 1e-4 * matrix, -matrix]))
    torch.testing.assert_close(result[1], result[0], atol=0.03, rtol=0)  # whatever the size of the gradient
    torch.testing.assert_close(result[2], -result[0])
    assert result.dtype == torch.float32
    strengths = torch.linalg.svdvals(result[0])
    assert 0.65 < strengths.min() <= strengths.max() < 1.25
    # In the basis of the nearest orthogonal matrix nothing is turned: the product is symmetric and positive.
    turned = nearest.mT @ result[0] if rows >= columns else nearest @ result[0].mT
    torch.testing.assert_close(turned, turned.mT, atol=0.03, rtol=0)
    assert torch.linalg.eigvalsh(turned + turned.mT).min() > 1.2


@pytest.mark.usefixtures("multiplied")
@pytest.mark.parametrize(("cell", "gates"), [("lstm", 4), ("gru", 3), ("rnn", 1)])
def test_muon_moves_each_gate_by_an_orthogonal_matrix_and_the_rest_as_adamw_does(cell, gates):
    torch.manual_seed(0)
    network = CharNetwork(NetworkConfig(cell=cell, units=12, embedding=3, layers=2), 5)
    other = copy.deepcopy(network)
    config = TrainingConfig(weight_decay=0.5, learning_rate=0.1)
    for name, moved in (("muon", network), ("adamw", other)):
        optimizer = make_optimizer(moved, TrainingConfig(**{**vars(config), "optimizer": name}))
        for number, weight in enumerate(moved.parameters()):
            weight.grad = torch.randn(weight.shape, generator=torch.Generator().manual_seed(number))
        before = copy.deepcopy(moved)
        optimizer.step()
    for name, weight in network.named_parameters():
        if name.startswith("layers") and weight.ndim == 2:
            number = [each for each, _ in network.named_parameters()].index(name)
            gradient = torch.randn(weight.shape, generator=torch.Generator().manual_seed(number))
            size = 0.1 * RATE * max(1, 12 / weight.shape[1]) ** 0.5
            moves = (before.get_parameter(name) * (1 - 0.1 * RATE * 0.5) - weight.detach()).view(gates, 12, -1) / size
            for move, part in zip(moves, gradient.view(gates, 12, -1), strict=True):
                # A random matrix has some weak directions, which stay behind; the strong ones count.
                left, values, right = torch.linalg.svd(part, full_matrices=False)
                strengths = (left.mT @ move @ right.mT).diagonal()
                assert ((strengths > 0.6) & (strengths < 1.25))[values > 0.1 * values.max()].all()
        else:
            torch.testing.assert_close(weight, other.get_parameter(name))


def test_muon_goes_on_in_the_direction_of_the_steps_before():
    network = CharNetwork(NetworkConfig(units=12), 5)
    optimizer = make_optimizer(network, TrainingConfig(optimizer="muon", weight_decay=0.0))
    weight = network.get_parameter("layers.0.weight_hh_l0")
    for gradient in (torch.ones_like(weight), torch.zeros_like(weight)):
        before = weight.detach().clone()
        for parameter in network.parameters():
            parameter.grad = torch.zeros_like(parameter)
        weight.grad = gradient
        optimizer.step()
        assert (weight < before).all()


def test_the_rate_rises_then_falls_to_zero():
    config = TrainingConfig(warmup=0.1, schedule="cosine")
    rates = [schedule(done / 100, config) for done in range(101)]
    assert rates[0] > 0
    assert rates[:11] == sorted(rates[:11])
    assert rates[10] == 1
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(0.5)
    assert rates[100] == pytest.approx(0, abs=1e-12)


def test_a_constant_rate_stays():
    config = TrainingConfig(warmup=0.0, schedule="constant")
    assert {schedule(done / 10, config) for done in range(11)} == {1.0}
