"""Character-level networks (LSTM, GRU, Elman RNN or Transformer): characters and a state in, logits and a state out.

A recurrent network may have a pointer head beside its read-out (see `tunewright.model.look_back`); for the Transformer
see `tunewright.model.transformer`, for a module of one's own `tunewright.model.own_network`.

Shapes
------
T  time steps (characters)
B  batch size (independent lanes)
S  symbols of the vocabulary
H  hidden units
L  layers
M  rows of the memory
W  width of its keys

Time is the first axis, as in torch's own recurrent layers. The state is an argument and a result; the network keeps
nothing between calls.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CheckpointError, OptionError
from tunewright.model.checkpoint import OWN_NAME, Build, Checkpoint
from tunewright.model.config import OWN, RECURRENT, NetworkConfig
from tunewright.model.dropout import Lanes, dropout_mask
from tunewright.model.look_back import MEMORY, LookBack, breaks_of, with_empty_rows, without_empty_rows
from tunewright.model.own_network import own_network, require_build
from tunewright.model.transformer import Transformer, newest_tune, rows_of

State = tuple[Tensor, ...]
"""``(h, c)`` for LSTM, ``(h,)`` for GRU and RNN; each of shape=(L, B, H).

A network that looks back has one more part at the end, its memory, shape=(M, B, W + 4); M differs from call to call.
The state of a Transformer is one part, the characters of the tune so far, shape=(M, B, 1).
"""

IGNORED = -100
"""In place of a target that does not count; torch's cross-entropy skips it."""

CELLS: dict[str, Callable[[int, int], nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}

FORGET_BIAS = 1.0
"""Initial forget-gate bias of the LSTM: gates are open at first, so that gradients reach back (Jozefowicz et al.
2015)."""


class CharNetwork(nn.Module):
    """A character-level network: embedding or one-hot, recurrent layers or a Transformer, linear read-out.

    Parameters
    ----------
    config
        The architecture.
    symbols
        S, the number of characters in the vocabulary.
    breaks
        Ids of the characters from which a network that looks back counts places; see `breaks_of`.
    own
        What makes a module of one's own, in place of embedding, layers and read-out; see `OwnNetwork`.
    """

    def __init__(
        self, config: NetworkConfig, symbols: int, breaks: Sequence[int] = (), own: Build | None = None
    ) -> None:
        super().__init__()
        self.config, self.symbols = config, symbols
        self.own = own_network(config, own, symbols)
        self.embedding = nn.Embedding(symbols, config.embedding) if config.embedding else None
        # One module per layer, because nn.LSTM(dropout=) has no dropout after the last layer, so none with one layer.
        inputs = [config.embedding or symbols] + [config.units] * (config.layers - 1)
        self.transformer = None if config.is_recurrent else Transformer(config, inputs[0])
        cells = [CELLS[config.cell](width, config.units) for width in inputs] if config.cell in RECURRENT else []
        self.layers = nn.ModuleList(cells)
        if not self.own:
            self.readout = nn.Linear(config.units, symbols)
        if config.cell == "lstm":
            for layer in self.layers:
                nn.init.constant_(layer.get_parameter("bias_ih_l0")[config.units : 2 * config.units], FORGET_BIAS)
        self.look_back = LookBack(config.look_back, config.units, symbols, breaks) if config.look_back else None

    @classmethod
    def of(cls, config: NetworkConfig, vocabulary: Vocabulary, own: Build | None = None) -> "CharNetwork":
        """Return a network with random weights for the characters of `vocabulary`."""
        return cls(config, len(vocabulary), breaks_of(vocabulary), own)

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return next(self.parameters()).device

    @property
    def recurrent_parts(self) -> int:
        """Number of parts of the state, the first ones, that belong to the recurrent layers."""
        return 2 if self.config.cell == "lstm" else 1

    @property
    def weight_count(self) -> int:
        """Number of weights."""
        return sum(parameter.numel() for parameter in self.parameters())

    def zero_state(self, batch: int) -> State:
        """Return the state before the first character; each part shape=(L, B, H), a memory shape=(0, B, W + 4 or 1)."""
        if self.own:
            return self.own.zero_state(batch)
        if self.transformer:
            return (self.readout.weight.new_zeros(0, batch, 1),)
        shape = (self.config.layers, batch, self.config.units)
        zeros = tuple(self.readout.weight.new_zeros(shape) for _ in range(self.recurrent_parts))
        return zeros if self.look_back is None else (*zeros, self.look_back.zero_memory(batch))

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
            Result of the previous call; None is the zero state.
        generator
            Source of the masks of dropout and weight-drop (training mode only); torch's default if None.
        lanes
            Which lanes of a larger batch these are; they get the dropout masks that they would get in it. None: all.

        Returns
        -------
        logits, state
            Unnormalised log-probabilities of the character after each one read, shape=(T, B, S), and the state after
            the last one.
        """
        state = state if state is not None else self.zero_state(ids.shape[1])
        outputs, own, after = self._read(ids, state, generator, lanes)
        if self.look_back is None:
            return own, after
        logits, memory = self.look_back.logits(outputs, own, ids, state[-1])
        return logits, (*after, memory)

    def losses(
        self,
        ids: Tensor,
        targets: Tensor,
        state: State | None = None,
        *,
        mean: bool = False,
        generator: torch.Generator | None = None,
        lanes: Lanes | None = None,
    ) -> tuple[Tensor, State]:
        """Read characters, and compute the cross-entropy of those that follow.

        The same as from the logits of `forward`, but cheaper for a network that looks back.

        Parameters
        ----------
        ids, state, generator, lanes
            See `forward`.
        targets
            The character after each one read, or `IGNORED`, shape=(T, B).
        mean
            Return the mean, without `IGNORED` targets, instead of each.

        Returns
        -------
        nats, state
            Negative log-probabilities, 0 where a target is `IGNORED`, shape=(T, B) or (), and the state.
        """
        state = state if state is not None else self.zero_state(ids.shape[1])
        outputs, own, after = self._read(ids, state, generator, lanes)
        if self.look_back is None:
            reduction = "mean" if mean else "none"
            nats = functional.cross_entropy(own.flatten(0, 1), targets.flatten(), reduction=reduction)
            return nats if mean else nats.view_as(targets), after
        counted = targets != IGNORED
        nats, memory = self.look_back.losses(outputs, own, ids, targets.where(counted, 0), state[-1])
        nats = nats.where(counted, 0.0)
        return nats.sum() / counted.sum() if mean else nats, (*after, memory)

    def looks(self, ids: Tensor, state: State | None = None) -> tuple[Tensor, Tensor, Tensor, State]:
        """Read characters, and return where a network that looks back attends to, and its own logits.

        Parameters
        ----------
        ids, state
            See `forward`.

        Returns
        -------
        own, gate, shares, state
            Logits without the head, shape=(T, B, S), and the state; for `gate` and `shares` see `LookBack.looks`.

        Raises
        ------
        OptionError
            If the network does not look back.
        """
        if self.look_back is None:
            raise OptionError("the network does not look back: its look_back is 0")
        state = state if state is not None else self.zero_state(ids.shape[1])
        outputs, own, after = self._read(ids, state, None, None)
        gate, shares, memory = self.look_back.looks(outputs, ids, state[-1])
        return own, gate, shares, (*after, memory)

    def beside(self, *states: State) -> State:
        """Return one state with the lanes of several."""
        if self.look_back is not None or self.transformer is not None:
            rows = max(len(state[-1]) for state in states)
            states = tuple((*state[:-1], with_empty_rows(state[-1], rows)) for state in states)
        return tuple(torch.cat(parts, dim=1) for parts in zip(*states, strict=True))

    def with_fixed_memory(self, state: State) -> State:
        """Return the state in a shape that does not depend on what was read; see `without_empty_rows`."""
        return state if self.look_back is None else (*state[:-1], with_empty_rows(state[-1], MEMORY))

    def without_empty_rows(self, state: State) -> State:
        """Return the state with the smallest memory that holds it."""
        return state if self.look_back is None else (*state[:-1], without_empty_rows(state[-1]))

    def _read(
        self, ids: Tensor, state: State, generator: torch.Generator | None, lanes: Lanes | None
    ) -> tuple[Tensor, Tensor, State]:
        """Return the outputs of the last layer, the logits of the read-out, shape=(T, B, S), and the state."""
        if self.own:
            logits, after = self.own(ids, state, generator)
            return logits, logits, after
        outputs, after = self._recur(ids, state, generator, lanes)
        return outputs, self.readout(outputs), after

    def _recur(
        self, ids: Tensor, state: State, generator: torch.Generator | None, lanes: Lanes | None
    ) -> tuple[Tensor, State]:
        """Return the outputs of the last layer, shape=(T, B, H), and the state of all layers after them."""
        if self.transformer:
            return self._attend(ids, state, generator, lanes)
        signal = self._embed(ids)  # (T, B, E)
        signal = self._drop(signal, self.config.input_dropout, generator, lanes)
        ends = []
        for number, layer in enumerate(self.layers):
            before = tuple(part[number : number + 1] for part in state[: self.recurrent_parts])
            inputs = (signal, before if self.config.cell == "lstm" else before[0])
            signal, after = functional_call(layer, self._dropped_weights(layer, generator), inputs)  # (T, B, H)
            ends.append(after if isinstance(after, tuple) else (after,))
            signal = self._drop(signal, self.config.dropout, generator, lanes)
        return signal, tuple(torch.cat(parts) for parts in zip(*ends, strict=True))

    def _attend(
        self, ids: Tensor, state: State, generator: torch.Generator | None, lanes: Lanes | None
    ) -> tuple[Tensor, State]:
        """The same for a Transformer."""
        assert self.transformer is not None  # noqa: S101
        known = rows_of(ids, state[0])  # (M + T, B)
        signal = self._embed((known - 1).clamp(min=0).long())  # (M + T, B, E)
        signal = self._drop(signal, self.config.input_dropout, generator, lanes)
        return self.transformer(signal, known, len(ids), generator=generator), (newest_tune(known),)

    def _embed(self, ids: Tensor) -> Tensor:
        if self.embedding is not None:
            embedded: Tensor = self.embedding(ids)
            return embedded
        return functional.one_hot(ids.long(), self.symbols).to(self.readout.weight.dtype)

    def _dropped_weights(self, layer: nn.Module, generator: torch.Generator | None) -> dict[str, Tensor]:
        """Return replacements of weights of `layer` for this call (weight-drop, Merity et al. 2018)."""
        if not self.training or self.config.recurrent_weight_dropout == 0:
            return {}
        name = "weight_hh_l0"
        return {name: self._drop(layer.get_parameter(name), self.config.recurrent_weight_dropout, generator)}

    def _drop(
        self, signal: Tensor, share: float, generator: torch.Generator | None, lanes: Lanes | None = None
    ) -> Tensor:
        if not self.training or share == 0:
            return signal
        if lanes is None:
            return signal * dropout_mask(torch.empty_like(signal), share, generator)
        of_all = signal.new_empty(signal.shape[0], lanes.total, signal.shape[2])  # (T, B, E or H)
        return signal * dropout_mask(of_all, share, generator)[:, lanes.read]


def keep_lanes(state: State, keep: Tensor) -> State:
    """Reset the state of some lanes to zero.

    Parameters
    ----------
    state
        Each part shape=(., B, .).
    keep
        1 for lanes whose state stays, 0 for those that are reset, shape=(B,).
    """
    return tuple(part * keep[None, :, None] for part in state)


def detach(state: State) -> State:
    """Return the state without its autograd graph."""
    return tuple(part.detach() for part in state)


def load_network(checkpoint: Checkpoint) -> CharNetwork:
    """Build the network of `checkpoint`, in evaluation mode.

    Raises
    ------
    CheckpointError, OptionError
        If its weights do not fit its configuration; if nothing is given that makes a module of one's own.
    """
    require_build(checkpoint.config, checkpoint.own, checkpoint.training.get(OWN_NAME, OWN))
    network = CharNetwork.of(checkpoint.config, checkpoint.vocabulary, checkpoint.own)
    try:
        network.load_state_dict({name: torch.from_numpy(values) for name, values in checkpoint.weights.items()})
    except RuntimeError as error:
        raise CheckpointError(f"its weights do not fit its configuration: {error}", path=checkpoint.path) from error
    return network.eval()


def weights_of(network: CharNetwork) -> dict[str, NDArray[np.float32]]:
    """Return a copy of every weight by its name, as in a checkpoint."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in network.state_dict().items()}
