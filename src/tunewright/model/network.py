"""What does the network compute? Characters and a state in, a score for every next character and the new state out.

Shapes
------
T  time steps (characters)
B  batch (independent lanes)
S  symbols of the vocabulary
H  hidden units
L  layers

Time is the first axis, as torch's own recurrent layers have it. The state is an argument and a result; the network
keeps nothing between calls.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig

State = tuple[Tensor, ...]
"""``(h, c)`` for LSTM, ``(h,)`` for GRU and RNN; each of shape=(L, B, H)."""

CELLS: dict[str, Callable[[int, int], nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}

FORGET_BIAS = 1.0
"""Start of the LSTM's forget-gate bias: gates open at first, so that gradients reach back (Jozefowicz et al. 2015)."""


@dataclass(frozen=True)
class Lanes:
    """Neighbouring lanes of a batch, those of one process of several; none, if it has fewer lanes than processes."""

    first: int
    end: int
    """After the last."""
    total: int
    """B, lanes of the whole batch."""

    @property
    def read(self) -> slice:
        """These lanes; one other if there are none, so that its process draws the same dropout masks as all do."""
        first = min(self.first, self.total - 1)
        return slice(first, max(self.end, first + 1))

    @property
    def share(self) -> float:
        """Of the whole batch."""
        return (self.end - self.first) / self.total

    def spread(self, part: Tensor) -> Tensor:
        """A state of the lanes read, shape=(L, lanes read, H), in its place between zeros, shape=(L, B, H)."""
        whole = part.new_zeros(part.shape[0], self.total, part.shape[2])
        whole[:, self.first : self.end] = part[:, : self.end - self.first]
        return whole


class CharNetwork(nn.Module):
    """A character-level recurrent network: embedding or one-hot, recurrent layers, linear read-out.

    Parameters
    ----------
    config
        The architecture.
    symbols
        S, the number of characters in the vocabulary.
    """

    def __init__(self, config: NetworkConfig, symbols: int) -> None:
        super().__init__()
        self.config, self.symbols = config, symbols
        self.embedding = nn.Embedding(symbols, config.embedding) if config.embedding else None
        # One module per layer, because nn.LSTM(dropout=) leaves the last layer, so a network of one, without dropout.
        inputs = [config.embedding or symbols] + [config.units] * (config.layers - 1)
        self.layers = nn.ModuleList(CELLS[config.cell](width, config.units) for width in inputs)
        self.readout = nn.Linear(config.units, symbols)
        if config.cell == "lstm":
            for layer in self.layers:
                nn.init.constant_(layer.get_parameter("bias_ih_l0")[config.units : 2 * config.units], FORGET_BIAS)

    @property
    def weight_count(self) -> int:
        """How many numbers the network has learned."""
        return sum(parameter.numel() for parameter in self.parameters())

    def zero_state(self, batch: int) -> State:
        """State before anything was read; each part shape=(L, B, H)."""
        shape = (self.config.layers, batch, self.config.units)
        return tuple(self.readout.weight.new_zeros(shape) for _ in range(2 if self.config.cell == "lstm" else 1))

    def forward(
        self,
        ids: Tensor,
        state: State | None = None,
        *,
        generator: torch.Generator | None = None,
        lanes: Lanes | None = None,
    ) -> tuple[Tensor, State]:
        """Read characters.

        Parameters
        ----------
        ids
            Characters as integers, shape=(T, B).
        state
            Result of the call before; None is the zero state.
        generator
            Source of the masks of dropout and weight-drop (training mode only); torch's default if None.
        lanes
            Which of a larger batch these are; they get the masks that they would get in it. None: they are all.

        Returns
        -------
        logits, state
            Unnormalised log-probabilities of the character after each one read, shape=(T, B, S), and the state after
            the last one.
        """
        state = state if state is not None else self.zero_state(ids.shape[1])
        signal = self._embed(ids)  # (T, B, E)
        signal = self._drop(signal, self.config.input_dropout, generator, lanes)
        ends = []
        for number, layer in enumerate(self.layers):
            before = tuple(part[number : number + 1] for part in state)
            inputs = (signal, before if self.config.cell == "lstm" else before[0])
            signal, after = functional_call(layer, self._dropped_weights(layer, generator), inputs)  # (T, B, H)
            ends.append(after if isinstance(after, tuple) else (after,))
            signal = self._drop(signal, self.config.dropout, generator, lanes)
        return self.readout(signal), tuple(torch.cat(parts) for parts in zip(*ends, strict=True))

    def _embed(self, ids: Tensor) -> Tensor:
        if self.embedding is not None:
            embedded: Tensor = self.embedding(ids)
            return embedded
        return functional.one_hot(ids.long(), self.symbols).to(self.readout.weight.dtype)

    def _dropped_weights(self, layer: nn.Module, generator: torch.Generator | None) -> dict[str, Tensor]:
        """What stands in for some weights of `layer` in this call (weight-drop, Merity et al. 2018)."""
        if not self.training or self.config.weight_drop == 0:
            return {}
        name = "weight_hh_l0"
        return {name: self._drop(layer.get_parameter(name), self.config.weight_drop, generator)}

    def _drop(
        self, signal: Tensor, share: float, generator: torch.Generator | None, lanes: Lanes | None = None
    ) -> Tensor:
        if not self.training or share == 0:
            return signal
        if lanes is None:
            return signal * dropout_mask(torch.empty_like(signal), share, generator)
        of_all = signal.new_empty(signal.shape[0], lanes.total, signal.shape[2])  # (T, B, E or H)
        return signal * dropout_mask(of_all, share, generator)[:, lanes.read]


def dropout_mask(empty: Tensor, share: float, generator: torch.Generator | None) -> Tensor:
    """Fill `empty` with zeros, in random places, and with what makes up for them: the mean is 1."""
    # Several times as fast as bernoulli_, which took a fifth of all the time of training.
    return empty.uniform_(generator=generator).ge_(share).div_(1 - share)


def keep_lanes(state: State, keep: Tensor) -> State:
    """Set the state of some lanes back to zero.

    Parameters
    ----------
    state
        Each part shape=(L, B, H).
    keep
        1 for lanes whose state stays, 0 for those set back, shape=(B,).
    """
    return tuple(part * keep[None, :, None] for part in state)


def detach(state: State) -> State:
    """The same numbers, cut off from the graph that made them."""
    return tuple(part.detach() for part in state)


def load_network(checkpoint: Checkpoint) -> CharNetwork:
    """Build the network that `checkpoint` holds, ready to predict.

    Raises
    ------
    CheckpointError
        If its weights do not fit its configuration.
    """
    network = CharNetwork(checkpoint.network, len(checkpoint.vocabulary))
    try:
        network.load_state_dict({name: torch.from_numpy(values) for name, values in checkpoint.weights.items()})
    except RuntimeError as error:
        raise CheckpointError(f"its weights do not fit its configuration: {error}", path=checkpoint.path) from error
    return network.eval()


def weights_of(network: CharNetwork) -> dict[str, NDArray[np.float32]]:
    """A copy of every weight by its name, as a checkpoint holds them."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in network.state_dict().items()}
