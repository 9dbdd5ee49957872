"""Optimisers (Muon, and those of torch) and the learning-rate schedule.

Muon is by K. Jordan, "Muon: an optimizer for hidden layers in neural networks", 2024.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer

from tunewright.model.config import require_equations
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig

MOMENTUM = 0.95
"""Muon's."""
RATE = 5.0
"""Muon's learning rate for AdamW's rate 1: the singular values of the update of a square matrix."""
ITERATIONS = 5
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of a x + b x^3 + c x^5, whose iteration takes every number between 0 and 1 towards 1."""


class Muon(AdamW):
    """Muon for the matrices of recurrent layers, AdamW for all other weights.

    The gradient of such a matrix has few strong directions and many weak ones. Its momentum is replaced by the nearest
    matrix whose singular values are all equal, gate by gate.

    Parameters
    ----------
    groups
        As AdamW's; Muon updates the matrices of groups with ``gates``, each as that many matrices on top of each
        other.
    learning_rate
        Of all groups.
    betas
        AdamW's.
    """

    def __init__(self, groups: list[dict[str, Any]], learning_rate: float, betas: tuple[float, float]) -> None:
        super().__init__(groups, learning_rate, betas=betas, fused=True)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        for group in self.param_groups:
            for weight in group["params"] if "gates" in group else ():
                self._move(weight, group)
                weight.grad = None  # AdamW skips weights without a gradient
        loss: float | None = super().step(closure)
        return loss

    def _move(self, weight: Tensor, group: dict[str, Any]) -> None:
        """Update a matrix, shape=(gates * H, inputs)."""
        state = self.state[weight]
        if not state:
            # By AdamW's names, because it checks them when a state is restored.
            state["step"], state["exp_avg"] = torch.zeros(()), torch.zeros_like(weight)
        assert weight.grad is not None  # noqa: S101 - every layer takes part in every step
        state["exp_avg"].lerp_(weight.grad, 1 - MOMENTUM)
        ahead = weight.grad.lerp(state["exp_avg"], MOMENTUM)  # Nesterov's
        update = balanced(ahead.view(group["gates"], -1, weight.shape[1]))  # (gates, H, inputs)
        weight.mul_(1 - RATE * group["lr"] * group["weight_decay"])
        weight.sub_(group["lr"] * update.flatten(0, 1))  # on a GPU the rate is a tensor, read there


def balanced(matrices: Tensor) -> Tensor:
    """Return Muon's update for a learning rate of 1, shape=(number, rows, columns) as given."""
    return RATE * math.sqrt(max(1.0, matrices.shape[1] / matrices.shape[2])) * orthogonal(matrices)


def orthogonal(matrices: Tensor) -> Tensor:
    """Return approximately the nearest matrices with singular values 1, shape=(number, rows, columns) as given.

    The singular values are between 0.7 and 1.2, smaller where they were below a hundredth of the matrix's norm.
    """
    x = matrices.bfloat16() if multiplies_bfloat16(matrices.device) else matrices
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    a, b, c = NEWTON_SCHULZ
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return (x if wide else x.mT).to(matrices.dtype)


def multiplies_bfloat16(device: torch.device) -> bool:
    """Return true if 16-bit products are faster than 32-bit ones there: on GPUs and some processors."""
    capabilities: Callable[[], dict[str, Any]] = getattr(torch.cpu, "get_capabilities", dict)  # not in every torch
    return device.type != "cpu" or bool(capabilities().get("avx512_bf16"))


def make_optimizer(network: CharNetwork, config: TrainingConfig) -> Optimizer:
    """Return the optimiser of `config`; biases are not decayed.

    Raises
    ------
    OptionError
        If the optimiser cannot train this kind of network.
    """
    recurrent = [weight for weight in network.layers.parameters() if weight.ndim > 1]
    parts = (network.embedding, network.look_back, network.transformer, network.own)
    others = [] if network.own else list(network.readout.parameters())
    others += [weight for part in parts if part for weight in part.parameters()]
    matrices = [weight for weight in others if weight.ndim > 1]
    vectors = [weight for weight in network.parameters() if weight.ndim == 1]
    gates = recurrent[0].shape[0] // network.config.units if recurrent else 0
    groups: list[dict[str, Any]] = [
        {"params": recurrent, "weight_decay": config.weight_decay, "gates": gates},
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    rate, betas = config.learning_rate, (config.beta1, config.beta2)
    match config.optimizer:
        case "muon":
            require_equations(network.config.cell, "optimizer 'muon'")
            return Muon(groups, rate, betas)
        case "adamw":
            return AdamW(groups, rate, betas=betas, fused=True)
        case "adam":
            return torch.optim.Adam(groups, rate, betas=betas, fused=True)
        case "nadam":
            return torch.optim.NAdam(groups, rate, betas=betas)
        case "rmsprop":
            return torch.optim.RMSprop(groups, rate)
        case "sgd":
            return torch.optim.SGD(groups, rate, momentum=0.9, nesterov=True)


def schedule(done: float, config: TrainingConfig) -> float:
    """Return the learning rate as a share of its highest value.

    Parameters
    ----------
    done
        Finished share of training, 0 to 1.
    config
        Gives `warmup` and `schedule`.
    """
    if done < config.warmup:
        # Never zero, so that the first step already learns.
        return max(done / config.warmup, 0.01)
    if config.schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (done - config.warmup) / (1 - config.warmup))))
