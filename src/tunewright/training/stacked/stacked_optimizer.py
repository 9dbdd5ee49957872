"""Optimiser of stacked networks, each with its own learning rate, weight decay and clipping.

The rules are those of `tunewright.training.optimizers`, AdamW (Loshchilov and Hutter 2019) and Muon, over one matrix
that has a row for each network. Everything is computed on the device, so that a CUDA graph can hold it.

Shapes: K networks, P weights of one network, H units, G gates of the cell.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from tunewright.training.config import TrainingConfig
from tunewright.training.optimizers import MOMENTUM, RATE, balanced, schedule
from tunewright.training.stacked.stacked_network import StackedNetworks

OPTIMIZERS = ("adamw", "muon")
EPSILON = 1e-8
"""AdamW's, as in torch."""
CLIP_EPSILON = 1e-6
"""As in torch's clip_grad_norm_."""


class StackedOptimizer:
    """Updates the weights of all networks of a stack.

    Parameters
    ----------
    stack
        The networks to update; their biases are not decayed.
    configs
        The options of each network; all have the same optimiser, one of `OPTIMIZERS`, and the same betas.
    """

    def __init__(self, stack: StackedNetworks, configs: Sequence[TrainingConfig]) -> None:
        self.stack, self.configs = stack, configs
        decays, clips = ([getattr(config, name) for config in configs] for name in ("weight_decay", "max_grad_norm"))
        self._rates = torch.zeros(len(configs), 1, device=stack.device)
        self._clips = torch.tensor([clip or math.inf for clip in clips], device=stack.device)[:, None]
        self._decays = torch.zeros_like(stack.flat)  # (K, P)
        for name, tensor in stack.tensors(self._decays).items():
            if len(stack.shapes[name]) > 1:
                tensor.copy_(torch.tensor(decays).view(-1, *[1] * (tensor.ndim - 1)).expand(tensor.shape))
        self.mean, self.square = torch.zeros_like(self._decays), torch.zeros_like(self._decays)
        self.count = torch.zeros((), dtype=torch.float64, device=stack.device)
        self.balanced = [name for name in stack.shapes if configs[0].optimizer == "muon" and is_recurrent(stack, name)]
        self._news = torch.full_like(self._decays[:1], 1 - configs[0].beta1)  # (1, P): what a gradient adds to the mean
        for name in self.balanced:
            stack.tensors(self._news)[name].fill_(1 - MOMENTUM)
            stack.tensors(self._decays)[name].mul_(RATE)

    def set_rates(self, done: float) -> None:
        """Set the learning rates for the moment when a share `done` of training is finished."""
        rates = [config.learning_rate * schedule(done, config) for config in self.configs]
        self._rates.copy_(torch.tensor(rates)[:, None])

    @torch.no_grad()
    def step(self) -> None:
        """Update the weights by their gradients."""
        gradient, first, second = self.stack.flat.grad, self.configs[0].beta1, self.configs[0].beta2
        assert gradient is not None, "no gradient was computed"  # noqa: S101
        gradient = gradient * (self._clips / (gradient.norm(dim=1, keepdim=True) + CLIP_EPSILON)).clamp(max=1)
        self.count += 1
        self.mean.lerp_(gradient, self._news.expand_as(gradient))
        self.square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        spread = (self.square / (1 - second**self.count)).sqrt() + EPSILON
        change = self.mean / (1 - first**self.count) / spread
        self._balance(change, gradient)
        self.stack.flat.mul_(1 - self._rates * self._decays).sub_(self._rates * change)

    def _balance(self, change: Tensor, gradient: Tensor) -> None:
        """Replace AdamW's update of the recurrent layers' matrices by Muon's; both shape=(K, P)."""
        changes, gradients, means = (self.stack.tensors(flat) for flat in (change, gradient, self.mean))
        for name in self.balanced:
            ahead = gradients[name].lerp(means[name], MOMENTUM)  # (K, G * H, inputs)
            update = balanced(ahead.reshape(-1, self.stack.config.units, ahead.shape[2]))  # (K * G, H, inputs)
            changes[name].copy_(update.reshape(ahead.shape))


def is_recurrent(stack: StackedNetworks, name: str) -> bool:
    """Return true for a matrix of a recurrent layer."""
    return name.startswith("layers.") and len(stack.shapes[name]) > 1
