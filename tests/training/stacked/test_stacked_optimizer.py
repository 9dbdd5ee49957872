"""Oracle: torch's own optimiser and clipping, for each network alone."""

from dataclasses import replace

import pytest
import torch

from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.optimizers import make_optimizer, schedule
from tunewright.training.stacked.stacked_network import StackedNetworks
from tunewright.training.stacked.stacked_optimizer import StackedOptimizer

CONFIGS = [
    TrainingConfig(learning_rate=0.01, weight_decay=0.5, max_grad_norm=0.0),
    TrainingConfig(learning_rate=0.002, weight_decay=0.0, max_grad_norm=0.1, warmup=0.5),
    TrainingConfig(learning_rate=0.03, weight_decay=0.1, max_grad_norm=1e9, schedule="constant"),
]
LONGER = [replace(config, beta1=0.9, beta2=0.999) for config in CONFIGS]


@pytest.mark.parametrize("configs", [CONFIGS, LONGER], ids=["default betas", "longer memories"])
def test_each_network_is_changed_as_torch_changes_it_alone(configs):
    torch.manual_seed(0)
    networks = [CharNetwork(NetworkConfig(units=5, embedding=3), 7) for _ in configs]
    stack = StackedNetworks(networks, torch.device("cpu"))
    stacked = StackedOptimizer(stack, configs)
    alone = [make_optimizer(network, config) for network, config in zip(networks, configs, strict=True)]
    for step in range(6):
        done = step / 6
        stack.flat.grad = torch.randn_like(stack.flat)
        gaps = torch.ones_like(stack.flat)
        for tensor in stack.tensors(gaps).values():
            tensor.zero_()
        stack.flat.grad[gaps.bool()] = 0  # between the tensors there are no weights
        for number, (network, config, optimizer) in enumerate(zip(networks, configs, alone, strict=True)):
            for name, gradient in stack.tensors(stack.flat.grad).items():
                network.get_parameter(name).grad = gradient[number].clone()
            torch.nn.utils.clip_grad_norm_(network.parameters(), config.max_grad_norm or torch.inf)
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * schedule(done, config)
            optimizer.step()
        stacked.set_rates(done)
        stacked.step()
        for name, weights in stack.tensors(stack.flat.detach()).items():
            for network, weight in zip(networks, weights, strict=True):
                torch.testing.assert_close(weight, network.get_parameter(name).detach(), atol=1e-6, rtol=1e-5)
