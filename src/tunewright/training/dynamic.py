"""Dynamic evaluation: the loss of a network that keeps learning from the tunes as it reads them.

One protocol, `dynamic_full_tune`, which is never compared with those of `tunewright.training.evaluate`, because the
network changes after every step (B. Krause, E. Kahembwe, I. Murray, S. Renals, "Dynamic evaluation of neural sequence
models", 2018):

- Tunes come in the order given. Each is read from a zero state, in segments of a few characters.
- Every character of a segment is predicted first, by weights that have learned only from what came before the segment.
  These predictions count; then the weights take one step on the segment.
- Beside the segment, the step learns from tunes that were read to their end before, each drawn at random (experience
  replay); their mean loss has half the weight of the segment's. They were predicted already and do not count again.
- The step is a gradient divided by the root of its mean square so far, weight by weight (RMSprop, without momentum, its
  mean corrected for the start). After it, the weights go back towards the trained ones by a share `decay`.
- At the end of a tune the weights go back by a share `forget` of the way to where they were at its start: large steps
  follow the tune, small ones stay (as in A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms",
  2018).

The loss is divided by the same number of characters as `full_tune`, and equals it at a `rate` of 0. The network that is
passed in does not change.

Shapes: T characters of a segment, B lanes, the segment itself the first of them.
"""

import copy
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tunewright.corpus.vocabulary import Ids
from tunewright.model.network import CharNetwork, State, detach
from tunewright.model.threads import one_thread
from tunewright.training.config import DynamicConfig
from tunewright.training.evaluate import EvaluationSet, Loss, full_tune_loss

REPLAY_WEIGHT = 0.5
"""Weight of the mean loss of replayed tunes beside that of the segment."""
MEAN_SQUARE_MEMORY = 0.999
"""Decay of the mean square of the gradient."""
FLOOR = 3e-4
"""Added to the root of the mean square, so that weights with small gradients hardly move."""


def dynamic_full_tune(
    network: CharNetwork,
    data: EvaluationSet,
    config: DynamicConfig | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> Loss:
    """Return the loss under the `dynamic_full_tune` protocol.

    Parameters
    ----------
    network
        The trained network, which is copied.
    data
        Tunes in the order in which they are read.
    config
        Options of learning.
    progress
        Called after each tune with a description and the share that is done, 0 to 1.
    """
    nats = np.empty(len(data.tunes))
    for number, of_characters in enumerate(dynamic_nats(network, data.tunes, config or DynamicConfig())):
        nats[number] = of_characters.sum()
        if progress:
            progress("predicting and learning", (number + 1) / len(nats))
    return full_tune_loss(nats, data)


def dynamic_nats(network: CharNetwork, tunes: Sequence[Ids], config: DynamicConfig) -> Iterator[NDArray[np.float64]]:
    """Predict tunes, character by character, and learn from them as in `dynamic_full_tune`.

    Parameters
    ----------
    network
        The trained network, which is copied.
    tunes
        Framed tunes as ids, in the order in which they are read.
    config
        Options of learning.

    Yields
    ------
    nats
        Negative log-probability of each character of a tune after its first, shape=(len(tune) - 1,).
    """
    reader = _Reader(copy.deepcopy(network).eval(), config)
    for tune in tunes:
        yield reader.read(tune)


class _Reader:
    """Reads tunes, each once, and learns from them."""

    def __init__(self, network: CharNetwork, config: DynamicConfig) -> None:
        self._network, self._config = network, config
        self._weights = list(network.parameters())
        self._trained = [weight.detach().clone() for weight in self._weights]
        # Adam without its momentum is RMSprop with its mean corrected for the start.
        self._optimizer = torch.optim.Adam(
            self._weights, config.rate, betas=(0.0, MEAN_SQUARE_MEMORY), eps=FLOOR, fused=True
        )
        self._replay = _Replay(config)
        self._replayed: State = network.zero_state(config.replay)

    def read(self, tune: Ids) -> NDArray[np.float64]:
        """Return the nats of a tune's characters; learns from it, and adds it to the tunes to replay."""
        before = [weight.detach().clone() for weight in self._weights]
        state = self._network.zero_state(1)
        nats = []
        with one_thread():  # several would wait for one another at each short segment
            for start in range(0, len(tune) - 1, self._config.segment):
                losses, state = self._step(tune[start : start + self._config.segment + 1], state)
                nats.append(losses)
        self._move_towards(before, self._config.forget)
        self._replay.add(tune)
        return np.concatenate(nats)

    def _step(self, segment: Ids, state: State) -> tuple[NDArray[np.float64], State]:
        """Predict a segment, then learn from it; returns the nats of its characters and the state after it."""
        others = self._replay.next(len(segment))
        lanes = np.column_stack([segment, *others]).astype(np.int64)
        ids = torch.from_numpy(lanes).to(self._trained[0].device)  # (T + 1, B)
        if others:
            state = self._network.beside(state, self._replayed)
        losses, state = self._network.losses(ids[:-1], ids[1:], state)
        self._learn(losses[:, 0].mean() + (REPLAY_WEIGHT * losses[:, 1:].mean() if others else 0))
        state = detach(state)
        if others:
            self._replayed = tuple(part[:, 1:].contiguous() for part in state)
        nats = losses[:, 0].detach().double().cpu().numpy()  # from before the step
        return nats, tuple(part[:, :1].contiguous() for part in state)

    def _learn(self, loss: Tensor) -> None:
        if not self._config.rate:
            return
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        if self._config.decay:
            self._move_towards(self._trained, self._config.decay)

    def _move_towards(self, goal: list[Tensor], share: float) -> None:
        with torch.no_grad():
            for weight, its_goal in zip(self._weights, goal, strict=True):
                weight.lerp_(its_goal, share)


class _Replay:
    """Experience replay: lanes of former tunes, each tune drawn at random."""

    def __init__(self, config: DynamicConfig) -> None:
        self._former: list[Ids] = []
        self._generator = np.random.default_rng(config.replay_seed)
        self._rest: list[Ids] = [np.empty(0, np.uint8)] * (config.replay if config.rate else 0)

    def add(self, tune: Ids) -> None:
        """Add `tune` to those that may be drawn."""
        self._former.append(tune)

    def next(self, characters: int) -> list[Ids]:
        """Return the next piece of each lane, which overlaps the one after by a character; [] before any tune."""
        if not self._former:
            return []
        pieces = []
        for lane, rest in enumerate(self._rest):
            while len(rest) < characters:
                rest = np.concatenate([rest, self._former[self._generator.integers(len(self._former))]])
            pieces.append(rest[:characters])
            self._rest[lane] = rest[characters - 1 :]
        return pieces
