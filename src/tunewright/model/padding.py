"""Padding of recurrent layers to sizes at which cuDNN is faster, with the same results.

cuDNN has a fast algorithm for small layers, and a good one for large ones. Between them torch takes the fast one
forward and another one backward (`use_rnn_persist_small_h` in ATen's ``cudnn/RNN.cpp``): an LSTM or GRU of 129 to 192
units and an RNN of 257 to 384 then train more slowly than much larger ones.

A `PaddedLayer` keeps the weights of such a layer and pads them with zeros when it computes. A unit whose weights are
all zero always has the output zero: an LSTM's candidate is tanh(0), a GRU's too. No other unit reads it, so no gradient
flows back to it. Weights, gradients, dropout, optimiser and checkpoints do not change.

Shapes: T time steps, B lanes, E inputs, H units, P units after padding, G gates of the cell.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

SLOW_UNITS = {"LSTM": (128, 192), "GRU": (128, 192), "RNN_TANH": (256, 384)}
"""Most units with which the fast algorithm is used backward, and forward; between them training is slow."""
STEP = 64
"""Padded sizes are multiples of it."""

COMPUTE: dict[str, Callable[..., Any]] = {"LSTM": torch._VF.lstm, "GRU": torch._VF.gru, "RNN_TANH": torch._VF.rnn_tanh}
"""The functions that torch's own modules call."""


def quick_units(mode: str, units: int) -> int:
    """Return the number of units with which a layer of `units` is computed; `mode` is torch's name of the cell."""
    backward, forward = SLOW_UNITS[mode]
    return (forward // STEP + 1) * STEP if backward < units <= forward else units


class PaddedLayer(nn.Module):
    """A recurrent layer that is computed with more units than it has.

    Parameters
    ----------
    layer
        A layer in one direction; its weights become those of this module, by the same names.
    units
        P, at least H.
    """

    def __init__(self, layer: nn.RNNBase, units: int) -> None:
        super().__init__()
        self.mode, self.hidden_size, self.padded_size = layer.mode, layer.hidden_size, units
        for name, weight in layer.named_parameters():
            self.register_parameter(name, weight)

    def forward(self, signal: Tensor, state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, Tensor | tuple[Tensor, ...]]:
        """As the layer itself: signal of shape=(T, B, E), each part of the state of shape=(1, B, H), results alike."""
        parts = state if isinstance(state, tuple) else (state,)
        padded = tuple(functional.pad(part, (0, self.padded_size - self.hidden_size)) for part in parts)  # (1, B, P)
        given = padded if isinstance(state, tuple) else padded[0]
        options = (True, 1, 0.0, self.training, False, False)  # biases, layers, dropout, -, one direction, time first
        outputs, *after = COMPUTE[self.mode](signal, given, self._weights(), *options)
        ends = tuple(part[..., : self.hidden_size] for part in after)
        return outputs[..., : self.hidden_size], ends if isinstance(state, tuple) else ends[0]

    def _weights(self) -> list[Tensor]:
        """Return the padded weights, contiguous in memory, in the order of cuDNN."""
        padded = [self._padded(weight) for weight in self.parameters()]
        flat = torch.cat([weight.flatten() for weight in padded])
        pieces = torch.split(flat, [weight.numel() for weight in padded])
        return [piece.view(weight.shape) for piece, weight in zip(pieces, padded, strict=True)]

    def _padded(self, weight: Tensor) -> Tensor:
        """Pad from shape=(G * H,) or (G * H, E or H) to (G * P,) or (G * P, E or P)."""
        more = self.padded_size - self.hidden_size
        gates = weight.reshape(-1, self.hidden_size, *weight.shape[1:])
        if weight.ndim == 1:
            return functional.pad(gates, (0, more)).flatten()
        columns = more if weight is self.weight_hh_l0 else 0
        return functional.pad(gates, (0, columns, 0, more)).flatten(0, 1)


def pad_layers(layers: nn.ModuleList, *, replaced_weights: bool = False) -> None:
    """Replace each layer that would be slow on a GPU by a `PaddedLayer`.

    Parameters
    ----------
    layers
        Changed in place; weights, their names and results do not change.
    replaced_weights
        True if the weights are replaced at every call (weight-drop) and so not contiguous: then every layer is
        replaced, because a `PaddedLayer` copies its weights together anyway.
    """
    for number, layer in enumerate(layers):
        if isinstance(layer, nn.RNNBase):
            units = quick_units(layer.mode, layer.hidden_size)
            if replaced_weights or units > layer.hidden_size:
                layers[number] = PaddedLayer(layer, units)
