import pytest
import torch

from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.optimizers import make_optimizer, schedule


@pytest.mark.parametrize("name", ["adamw", "adam", "nadam", "rmsprop", "sgd"])
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


def test_biases_are_not_decayed():
    network = CharNetwork(NetworkConfig(units=8), 5)
    optimizer = make_optimizer(network, TrainingConfig(weight_decay=0.5, learning_rate=0.1))
    before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    for weight in network.parameters():
        weight.grad = torch.zeros_like(weight)
    optimizer.step()
    for name, weight in network.named_parameters():
        expected = before[name] if weight.ndim == 1 else before[name] * (1 - 0.1 * 0.5)
        torch.testing.assert_close(weight.detach(), expected)


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
