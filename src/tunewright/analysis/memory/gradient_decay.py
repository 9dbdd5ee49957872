"""Vanishing and exploding gradients: the gradient of the loss k characters back, and the growth of state gradients.

The gradient of the loss at a character is taken with respect to the input, and to the state, k characters earlier. The
growth is that of a random direction of the state after the last character on its way back, multiplied by the Jacobian
of each step. Its squared length, in the mean over directions, is the squared Frobenius norm of the Jacobian of k steps
divided by the size of the state. Growing lengths explode, shrinking ones vanish.

The state is everything that a network carries on: h of all layers, and c of an LSTM. It is the state after reading the
tune from its start. All is computed in float64: gradients may shrink to 1e-200.

Shapes: K distances, P positions, E inputs of the first layer, S symbols, L layers, H units.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tunewright.corpus.vocabulary import Ids
from tunewright.errors import CorpusError
from tunewright.model.config import require_equations
from tunewright.model.network import CharNetwork, State
from tunewright.model.threads import one_thread

DISTANCE = 200
"""Characters that gradients are followed back; fewer if half of the tunes are shorter."""
FEWEST = 10
"""Least number of characters back."""
CHUNK = 64
"""Distance between the starts of windows, in characters from the start of their tune."""
POSITIONS = 128
"""Most characters whose loss is differentiated."""
STATES = 150 * POSITIONS
"""Most units times positions whose states at all distances are in memory at a time."""
SEED = 0
SMALLEST = 1e-300
"""Lower bound of lengths in a geometric mean."""


@dataclass(frozen=True)
class GradientDecay:
    """Gradients against the distance in characters, 0 to K - 1."""

    to_input: tuple[float, ...]
    """Mean length of the gradient of the loss with respect to the input k characters earlier; 0 is the last one."""
    to_state: tuple[float, ...]
    """The same with respect to the state after that character."""
    growth: tuple[float, ...]
    """Typical length (geometric mean over positions) of a state gradient after k steps back; 1 at the start."""
    growth_low: tuple[float, ...]
    """10% quantile of that length over positions."""
    growth_high: tuple[float, ...]
    """90% quantile."""
    exploding: tuple[float, ...]
    """Share of positions where that length is above 1."""
    positions: int

    def per_step(self, distance: int) -> float:
        """Growth factor of a state gradient per step: the geometric mean over `distance` steps, 1 or more."""
        return float(self.growth[distance] ** (1 / distance))

    @property
    def half_distance(self) -> int:
        """Characters that hold half of the summed lengths of the input's gradients."""
        sums = np.cumsum(self.to_input)
        return int(np.searchsorted(sums, sums[-1] / 2)) + 1


@one_thread()
def gradient_decay(
    network: CharNetwork, texts: Sequence[Ids], distance: int = DISTANCE, positions: int = POSITIONS
) -> GradientDecay:
    """Follow gradients back from some characters of `texts`.

    Parameters
    ----------
    network
        Dropout is off while it reads. A look-back head is left out: only the recurrent layers and the read-out count.
    texts
        Framed tunes as ids of its vocabulary.
    distance
        Most characters back.
    positions
        Most positions, drawn at random from those with `distance` characters before them.

    Raises
    ------
    CorpusError
        If the tunes are too short.
    OptionError
        If the network is not recurrent, or a module of one's own.
    """
    require_equations(network.config.cell, "following gradients back")
    exact = deepcopy(network).double().eval()
    exact.look_back = None
    distance = look_back(texts, distance)
    windows, state = _windows(exact, texts, distance, positions)  # (K + 1, P), (L, P, H) each
    lanes = max(1, STATES // (network.config.units * network.config.layers))
    blocks = [
        _lengths_back(exact, windows[:, block], tuple(part[:, block].contiguous() for part in state), block.start)
        for block in (slice(first, first + lanes) for first in range(0, windows.shape[1], lanes))
    ]
    to_input, to_state, growth = np.concatenate(blocks, axis=2)  # (K, P) each
    tenths = np.quantile(growth, [0.1, 0.9], axis=1)
    return GradientDecay(
        _numbers(to_input.mean(axis=1)),
        _numbers(to_state.mean(axis=1)),
        _numbers(np.exp(np.log(np.maximum(growth, SMALLEST)).mean(axis=1))),
        _numbers(tenths[0]),
        _numbers(tenths[1]),
        _numbers((growth > growth[0]).mean(axis=1)),
        windows.shape[1],
    )


def look_back(texts: Sequence[Ids], most: int) -> int:
    """The number of characters that half of the framed tunes have before their last one, but at most `most`.

    Raises
    ------
    CorpusError
        If that is fewer than `FEWEST`.
    """
    found = min(most, int(np.median([len(text) for text in texts])) - 1 if len(texts) else 0)
    if found < FEWEST:
        raise CorpusError(
            f"half of the tunes have fewer than {FEWEST} characters, too few to follow gradients in; give longer tunes"
        )
    return found


@torch.no_grad()
def _windows(network: CharNetwork, texts: Sequence[Ids], distance: int, positions: int) -> tuple[Tensor, State]:
    """Windows of `distance` + 1 characters, shape=(K + 1, P), and the state before each, from its tune's start."""
    starts = [(number, start) for number, text in enumerate(texts) for start in range(0, len(text) - distance, CHUNK)]
    generator = np.random.default_rng(SEED)
    drawn = generator.choice(len(starts), size=min(positions, len(starts)), replace=False)
    chosen = sorted((starts[number] for number in drawn), key=lambda window: -window[1])
    ids = np.stack([texts[number][start : start + distance + 1] for number, start in chosen], axis=1)
    state = network.zero_state(len(chosen))
    for begin in range(0, chosen[0][1], CHUNK):
        active = [(number, start) for number, start in chosen if start > begin]  # the others have reached their start
        read = np.stack([texts[number][begin : begin + CHUNK] for number, _ in active], axis=1)
        before = tuple(part[:, : len(active)].contiguous() for part in state)
        _, after = network(torch.from_numpy(read.astype(np.int64)), before)
        state = tuple(torch.cat([new, old[:, len(active) :]], dim=1) for new, old in zip(after, state, strict=True))
    return torch.from_numpy(ids.astype(np.int64)), state


def _lengths_back(network: CharNetwork, windows: Tensor, state: State, first: int) -> NDArray[np.float64]:
    """Lengths of gradients of input, state and a random direction at the windows from `first` on, shape=(3, K, P)."""
    steps = _read(network, windows[:-1], state)
    loss = functional.cross_entropy(steps.logits, windows[-1], reduction="sum")
    parts = [part for each in steps.states for part in each]
    given = torch.autograd.grad(loss, [*steps.inputs, *parts], retain_graph=True, materialize_grads=True)
    to_input = np.stack([each.norm(dim=-1)[0].numpy() for each in given[: len(windows) - 1]])[::-1]
    to_state = _lengths(given[len(windows) - 1 :], len(state))
    return np.stack([to_input, to_state, _growth(steps, SEED + first)])


@dataclass(frozen=True)
class _Steps:
    """Inputs, states and logits of reading windows, one character at a time."""

    inputs: list[Tensor]
    """Inputs of the first layer, shape=(1, P, E) each."""
    states: list[State]
    """After each character."""
    logits: Tensor
    """After the last one, shape=(P, S)."""


def _read(network: CharNetwork, ids: Tensor, state: State) -> _Steps:
    states = []
    with torch.enable_grad(), _inputs(network) as inputs:
        for row in ids:
            _, state = network(row[None], state)
            states.append(state)
        # Computed from the state, so that the loss depends on it at every distance.
        return _Steps(inputs, states, network.readout(state[0][-1]))


@contextmanager
def _inputs(network: CharNetwork) -> Iterator[list[Tensor]]:
    """Collect inputs of the first layer at each call, detached from the embedding."""
    seen: list[Tensor] = []

    def cut(_: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
        seen.append(given[0].detach().requires_grad_())
        return (seen[-1], *given[1:])

    hook = network.layers[0].register_forward_pre_hook(cut)
    try:
        yield seen
    finally:
        hook.remove()


def _growth(steps: _Steps, seed: int) -> NDArray[np.float64]:
    """Length of a random direction on its way back, 1 at its start, shape=(K, P)."""
    generator = torch.Generator().manual_seed(seed)
    last = steps.states[-1]
    direction = [torch.randn(part.shape, generator=generator, dtype=part.dtype) for part in last]
    length = torch.sqrt(sum((part.square().sum(dim=(0, 2)) for part in direction), torch.zeros(last[0].shape[1])))
    direction = [part / length[:, None] for part in direction]
    parts = [part for each in steps.states for part in each]
    given = torch.autograd.grad(last, parts, direction)
    return _lengths(given, len(last))


def _lengths(gradients: Sequence[Tensor], parts: int) -> NDArray[np.float64]:
    """Length over all parts, layers and units of each state, the last state first, shape=(K, P)."""
    squares = np.stack([each.square().sum(dim=(0, 2)).numpy() for each in gradients])  # (K * parts, P)
    return np.asarray(np.sqrt(squares.reshape(-1, parts, squares.shape[1]).sum(axis=1))[::-1])


def _numbers(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in values)
