"""How does a gradient change the weights, and how large is the step at each moment of training?"""

import math

import torch
from torch.optim import Optimizer

from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig

ADAM_BETAS = (0.9, 0.99)
"""Shorter memory of squared gradients than the usual 0.999: these trainings are a few thousand steps long."""


def make_optimizer(network: CharNetwork, config: TrainingConfig) -> Optimizer:
    """The optimiser that `config` names; biases are not decayed."""
    matrices = [weight for weight in network.parameters() if weight.ndim > 1]
    vectors = [weight for weight in network.parameters() if weight.ndim == 1]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    rate = config.learning_rate
    match config.optimizer:
        case "adamw":
            return torch.optim.AdamW(groups, rate, betas=ADAM_BETAS, fused=True)
        case "adam":
            return torch.optim.Adam(groups, rate, betas=ADAM_BETAS, fused=True)
        case "nadam":
            return torch.optim.NAdam(groups, rate, betas=ADAM_BETAS)
        case "rmsprop":
            return torch.optim.RMSprop(groups, rate)
        case "sgd":
            return torch.optim.SGD(groups, rate, momentum=0.9, nesterov=True)


def schedule(done: float, config: TrainingConfig) -> float:
    """Learning rate as a share of its highest value.

    Parameters
    ----------
    done
        Share of training that lies behind, 0 to 1.
    config
        Gives `warmup` and `schedule`.
    """
    if done < config.warmup:
        # Never zero, so that the first step already learns.
        return max(done / config.warmup, 0.01)
    if config.schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (done - config.warmup) / (1 - config.warmup))))
