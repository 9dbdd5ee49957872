"""Many networks of one shape computed at once, as batched matrix products.

One small network cannot fill a GPU; some dozens can. The weights of all are one matrix, a row for each network, and
each product of the networks is one batched product. The networks do not depend on each other.

Shapes
------
K  networks
T  time steps
B  lanes of each network
S  symbols
E  inputs of a layer
H  hidden units
L  layers
G  gates of the cell
P  weights of one network, each tensor padded to a multiple of `ALIGNMENT`
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tunewright.model.dropout import dropout_mask
from tunewright.model.network import CharNetwork

ALIGNMENT = 64
"""Tensors begin at multiples of this number of elements, for the fast algorithms of products."""

Masks = Callable[[tuple[int, ...], Sequence[float]], Tensor]
"""Function of a shape, (K, ...), and each network's share of zeros; returns dropout masks with mean 1."""

StackedState = tuple[Tensor, ...]
"""As `State`, each part shape=(L, K, B, H)."""


class StackedNetworks:
    """Networks of the same shape.

    Parameters
    ----------
    networks
        Networks whose weights are copied; each has its own shares of dropout.
    device
        Device of the computation.
    factors
        Type of the factors of the large products; all else is float32.
    """

    def __init__(
        self, networks: Sequence[CharNetwork], device: torch.device, factors: torch.dtype = torch.float32
    ) -> None:
        self.config, self.symbols, self.count = networks[0].config, networks[0].symbols, len(networks)
        self.device, self.factors = device, factors
        self.dropout = [network.config.dropout for network in networks]
        self.input_dropout = [network.config.input_dropout for network in networks]
        self.weight_drop = [network.config.recurrent_weight_dropout for network in networks]
        self.shapes = {name: weight.shape for name, weight in networks[0].named_parameters()}
        rows = [
            torch.cat(
                [functional.pad(weight.detach().flatten(), (0, _gap(weight.numel()))) for weight in row.parameters()]
            )
            for row in networks
        ]
        self.flat = torch.stack(rows).to(device).requires_grad_()  # (K, P)

    def tensors(self, flat: Tensor) -> dict[str, Tensor]:
        """Return views of a matrix of shape=(K, P), by the names of the weights, each shape=(K, ...)."""
        sizes = [(shape.numel(), _gap(shape.numel())) for shape in self.shapes.values()]
        pieces = torch.split(flat, [size for pair in sizes for size in pair], dim=1)[::2]
        return {name: piece.view(-1, *shape) for (name, shape), piece in zip(self.shapes.items(), pieces, strict=True)}

    def write_back(self, networks: Sequence[CharNetwork]) -> None:
        """Copy the weights to `networks`, in the order of the constructor."""
        with torch.no_grad():
            for name, stacked in self.tensors(self.flat).items():
                for network, weight in zip(networks, stacked, strict=True):
                    network.get_parameter(name).copy_(weight)

    def zero_state(self, lanes: int) -> StackedState:
        """Return the state before the first character."""
        shape = (self.config.layers, self.count, lanes, self.config.units)
        return tuple(torch.zeros(shape, device=self.device) for _ in range(2 if self.config.cell == "lstm" else 1))

    def read(self, ids: Tensor, state: StackedState, masks: Masks) -> tuple[Tensor, StackedState]:
        """Read characters, with dropout.

        Parameters
        ----------
        ids
            Ids that each network reads, int64, shape=(K, T, B).
        state
            Before it.
        masks
            Makes the dropout masks.

        Returns
        -------
        logits, state
            Scores of the character after each, shape=(K, T, B, S), and the state after the last one.
        """
        weights = self.tensors(self.flat)
        signal = _drop(self._letters(ids, weights), self.input_dropout, masks)  # (K, T, B, E)
        ends = []
        for layer in range(self.config.layers):
            w_ih, w_hh, b_ih, b_hh = (
                weights[f"layers.{layer}.{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            totals = self._product(signal, w_ih, b_ih)  # (K, T, B, G * H)
            before = tuple(part[layer] for part in state)
            w_hh = _drop(w_hh, self.weight_drop, masks)
            signal, after = CELLS[self.config.cell](totals, before, w_hh.to(self.factors), b_hh[:, None])
            ends.append(after)
            signal = _drop(signal, self.dropout, masks)  # (K, T, B, H)
        logits = self._product(signal, weights["readout.weight"], weights["readout.bias"])
        return logits, tuple(torch.stack(parts) for parts in zip(*ends, strict=True))

    def _letters(self, ids: Tensor, weights: dict[str, Tensor]) -> Tensor:
        """Return the input of the first layer, shape=(K, T, B, E)."""
        if "embedding.weight" not in weights:
            return functional.embedding(ids, torch.eye(self.symbols, device=self.device))
        rows = weights["embedding.weight"].flatten(0, 1)  # (K * S, E)
        first = self.symbols * torch.arange(self.count, device=self.device)
        return functional.embedding(ids + first[:, None, None], rows)

    def _product(self, signal: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """A linear layer of each network: (K, T, B, E) by (K, N, E) to (K, T, B, N)."""
        flat = signal.flatten(1, 2).to(self.factors)  # (K, T * B, E)
        product = torch.bmm(flat, weight.to(self.factors).transpose(1, 2)).float() + bias[:, None]
        return product.view(*signal.shape[:3], -1)


class _RecurrentProduct(torch.autograd.Function):
    """State times recurrent weights at one time step.

    The gradient of the weights would be a sum of T products, one per step; here it is one product over all steps,
    computed at the first step, which the backward pass reaches last.
    """

    @staticmethod
    def forward(ctx: Any, state: Tensor, weight: Tensor, later: list[tuple[Tensor, Tensor]], first: bool) -> Tensor:
        """(K, B, H) by (K, G * H, H) to (K, B, G * H); `later` is shared by all steps of one layer."""
        factor = state.to(weight.dtype)
        ctx.save_for_backward(factor, weight)
        ctx.later, ctx.first = later, first
        return torch.bmm(factor, weight.transpose(1, 2)).float()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor | None, None, None]:
        factor, weight = ctx.saved_tensors
        gradient = gradients[0].to(weight.dtype)
        to_state = torch.bmm(gradient, weight).float()
        ctx.later.append((gradient, factor))
        if not ctx.first:
            return to_state, None, None, None
        all_gradients, all_states = (torch.cat(parts, dim=1) for parts in zip(*ctx.later, strict=True))  # (K, T * B, .)
        ctx.later.clear()
        return to_state, torch.bmm(all_gradients.transpose(1, 2), all_states), None, None


def _recur(h: Tensor, weight: Tensor, later: list[tuple[Tensor, Tensor]], *, first: bool) -> Tensor:
    product: Tensor = _RecurrentProduct.apply(h, weight, later, first)  # type: ignore[no-untyped-call]
    return product


def _lstm(totals: Tensor, before: StackedState, weight: Tensor, bias: Tensor) -> tuple[Tensor, StackedState]:
    """Outputs of all steps, shape=(K, T, B, H), and the state after them, each part shape=(K, B, H)."""
    h, c = before
    later: list[tuple[Tensor, Tensor]] = []
    outputs = []
    for step, total in enumerate((totals + bias[:, None]).unbind(1)):
        gates = total + _recur(h, weight, later, first=step == 0)
        i, f, g, o = gates.chunk(4, dim=-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)


def _gru(totals: Tensor, before: StackedState, weight: Tensor, bias: Tensor) -> tuple[Tensor, StackedState]:
    (h,) = before
    later: list[tuple[Tensor, Tensor]] = []
    outputs = []
    for step, total in enumerate(totals.unbind(1)):
        product = _recur(h, weight, later, first=step == 0) + bias
        r, z, n = total.chunk(3, dim=-1)
        from_r, from_z, from_n = product.chunk(3, dim=-1)
        candidate = (n + (r + from_r).sigmoid() * from_n).tanh()
        h = candidate + (z + from_z).sigmoid() * (h - candidate)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h,)


def _rnn(totals: Tensor, before: StackedState, weight: Tensor, bias: Tensor) -> tuple[Tensor, StackedState]:
    (h,) = before
    later: list[tuple[Tensor, Tensor]] = []
    outputs = []
    for step, total in enumerate((totals + bias[:, None]).unbind(1)):
        h = (total + _recur(h, weight, later, first=step == 0)).tanh()
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h,)


CELLS = {"lstm": _lstm, "gru": _gru, "rnn": _rnn}


def own_masks(generators: Sequence[torch.Generator]) -> Masks:
    """Return masks that each network draws from its own generator, as if it were trained alone."""

    def draw(shape: tuple[int, ...], shares: Sequence[float]) -> Tensor:
        masks = []
        for share, generator in zip(shares, generators, strict=True):
            mask = torch.ones(shape[1:], device=generator.device)
            masks.append(dropout_mask(mask, share, generator) if share else mask)
        return torch.stack(masks)

    return draw


def shared_masks(generator: torch.Generator) -> Masks:
    """Return masks that are drawn for all networks at once."""

    @cache  # a graph cannot copy from the processor
    def kept(shares: tuple[float, ...], dimensions: int) -> Tensor:
        return 1 - torch.tensor(shares, device=generator.device).view(-1, *[1] * (dimensions - 1))

    def draw(shape: tuple[int, ...], shares: Sequence[float]) -> Tensor:
        share = kept(tuple(shares), len(shape))
        return (torch.rand(shape, device=generator.device, generator=generator) < share) / share

    return draw


def _drop(signal: Tensor, shares: Sequence[float], masks: Masks) -> Tensor:
    return signal * masks(tuple(signal.shape), shares) if any(shares) else signal


def _gap(size: int) -> int:
    """Return the padding after a tensor of `size` numbers."""
    return math.ceil(size / ALIGNMENT) * ALIGNMENT - size
