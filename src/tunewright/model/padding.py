"""How does a layer of 150 units compute at a size that a GPU is faster at, with the very same results?

cuDNN has a fast algorithm for small layers, and a good one for large ones. Between them torch takes the fast one
forward and another one backward (`use_rnn_persist_small_h` in ATen's ``cudnn/RNN.cpp``): an LSTM or GRU of 129 to 192
units and an RNN of 257 to 384 then learn more slowly than much larger ones.

A `PaddedLayer` keeps the weights of such a layer and fills them up with zeros as it computes. A unit whose weights are
all zero has the output zero, for ever: an LSTM's candidate is tanh(0), a GRU's too. No other unit reads it, so that
nothing flows back to it. Weights, gradients, dropout, optimiser and checkpoints do not know of it.

Shapes: T time steps, B lanes, E inputs, H units, P units after padding, G gates of the cell.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

SLOW_UNITS = {"LSTM": (128, 192), "GRU": (128, 192), "RNN_TANH": (256, 384)}
"""Most units with which the fast algorithm goes backward, and forward; in between it is slow."""
STEP = 64
"""Padded sizes are multiples of it."""

COMPUTE: dict[str, Callable[..., Any]] = {"LSTM": torch._VF.lstm, "GRU": torch._VF.gru, "RNN_TANH": torch._VF.rnn_tanh}
"""What torch's own modules call."""


def quick_units(mode: str, units: int) -> int:
    """Units at which a layer of `units` is computed; `mode` is torch's name of the cell."""
    backward, forward = SLOW_UNITS[mode]
    return (forward // STEP + 1) * STEP if backward < units <= forward else units


class PaddedLayer(nn.Module):
    """A recurrent layer, computed with more units than it has.

    Parameters
    ----------
    layer
        One layer in one direction; its weights become those of this module, by the same names.
    units
        P, no less than H.
    """

    def __init__(self, layer: nn.RNNBase, units: int) -> None:
        super().__init__()
        self.mode, self.hidden_size, self.padded_size = layer.mode, layer.hidden_size, units
        for name, weight in layer.named_parameters():
            self.register_parameter(name, weight)

    def forward(self, signal: Tensor, state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, Tensor | tuple[Tensor, ...]]:
        """As the layer's own: signal of shape=(T, B, E), state, each part, of shape=(1, B, H); results like them."""
        parts = state if isinstance(state, tuple) else (state,)
        padded = tuple(functional.pad(part, (0, self.padded_size - self.hidden_size)) for part in parts)  # (1, B, P)
        given = padded if isinstance(state, tuple) else padded[0]
        options = (True, 1, 0.0, self.training, False, False)  # biases, layers, dropout, -, one direction, time first
        outputs, *after = COMPUTE[self.mode](signal, given, self._weights(), *options)
        ends = tuple(part[..., : self.hidden_size] for part in after)
        return outputs[..., : self.hidden_size], ends if isinstance(state, tuple) else ends[0]

    def _weights(self) -> list[Tensor]:
        """The padded weights, in one piece of memory, in the order in which cuDNN wants them."""
        padded = [self._padded(weight) for weight in self.parameters()]
        flat = torch.cat([weight.flatten() for weight in padded])
        pieces = torch.split(flat, [weight.numel() for weight in padded])
        return [piece.view(weight.shape) for piece, weight in zip(pieces, padded, strict=True)]

    def _padded(self, weight: Tensor) -> Tensor:
        """Shape=(G * H,) or (G * H, E or H) to (G * P,) or (G * P, E or P)."""
        more = self.padded_size - self.hidden_size
        gates = weight.reshape(-1, self.hidden_size, *weight.shape[1:])
        if weight.ndim == 1:
            return functional.pad(gates, (0, more)).flatten()
        columns = more if weight is self.weight_hh_l0 else 0
        return functional.pad(gates, (0, columns, 0, more)).flatten(0, 1)


def pad_layers(layers: nn.ModuleList, *, loose: bool = False) -> None:
    """Put a `PaddedLayer` in the place of each layer that a GPU would be slow at.

    Parameters
    ----------
    layers
        Changed in place; weights, their names and results stay as they are.
    loose
        True where other weights stand in at every call (weight-drop), which then do not lie in one piece of memory:
        every layer is replaced, because a `PaddedLayer` puts its weights together anyway.
    """
    for number, layer in enumerate(layers):
        if isinstance(layer, nn.RNNBase):
            units = quick_units(layer.mode, layer.hidden_size)
            if loose or units > layer.hidden_size:
                layers[number] = PaddedLayer(layer, units)
