"""Training on a GPU with the corpus in its memory: the processor sends only places in the text.

The text of an epoch is copied to the GPU once, one byte per character. The input of a step is the place of its batch (a
few hundred bytes) and the learning rate; everything else, from cutting out the batch to updating the weights, is one
CUDA graph (see `tunewright.training.gpu.replay`). The result is two numbers: the loss, and the norm of the gradient.

On other devices the same code runs without the graph, which is how it is tested.

Shapes: T time steps, B lanes, N characters of the text.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer

from tunewright.corpus.batches import Batch
from tunewright.corpus.vocabulary import Ids
from tunewright.model.network import CharNetwork, State, keep_lanes
from tunewright.training.config import Precision
from tunewright.training.gpu.replay import ReplayedStep
from tunewright.training.precision import casting, multiplying

PIECE = 1 << 20
"""Number of characters that are copied at once."""
SPARE = 8
"""A text may grow by one part in this number, from one epoch to the next, without being moved."""


class ResidentText:
    """A text on a device, from which batches are cut there."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._text = torch.empty(0, dtype=torch.uint8, device=device)
        self._characters = torch.zeros((), dtype=torch.int64, device=device)

    def hold(self, ids: Ids) -> bool:
        """Replace the text by `ids`, shape=(N,); returns True if it moved, which makes graphs invalid."""
        kind = kind_of(ids)
        moves = len(ids) > len(self._text) or kind != self._text.dtype
        if moves:
            self._text = torch.empty(len(ids) + len(ids) // SPARE, dtype=kind, device=self.device)
        copy_text(ids, self._text)
        self._characters.fill_(len(ids))
        return moves

    def cut(self, starts: Tensor, length: int) -> Tensor:
        """Return `length` + 1 ids of each lane from `starts`, shape=(B,), on; int64, shape=(T + 1, B)."""
        reach = torch.arange(length + 1, device=self.device)
        return self._text[(reach[:, None] + starts) % self._characters].long()


class ResidentLearner:
    """Learns batch after batch on one device.

    Parameters
    ----------
    network
        Changed in place.
    optimizer
        Optimiser of its weights. On a GPU it is made capturable, if it is one of torch's Adams.
    dropout
        Generator of the dropout masks, on the network's device.
    clip
        Largest norm of the gradient; 0 does not clip.
    precision
        See `tunewright.training.precision`.
    """

    def __init__(
        self,
        network: CharNetwork,
        optimizer: Optimizer,
        *,
        dropout: torch.Generator,
        clip: float,
        precision: Precision = "float32",
    ) -> None:
        self.network, self.optimizer, self.dropout = network, optimizer, dropout
        self.clip, self.precision = clip or math.inf, precision
        self.device = network.device
        self._text = ResidentText(self.device)
        self._held: Ids = np.empty(0, np.uint8)
        self._told = torch.zeros(2, device=self.device)
        self._recurrent: dict[int, State] = {}
        self._places: dict[int, Tensor] = {}
        self._steps: dict[tuple[int, int], ReplayedStep] = {}
        self._recordable = self.device.type == "cuda" and make_recordable(optimizer, self.device)

    def recurrent(self, lanes: int) -> State:
        """Return a copy of the state after the last batch of `lanes`, each part shape=(L, B, H)."""
        return tuple(part.clone() for part in self._state_of(lanes))

    def restart(self, state: State | None) -> None:
        """Prepare for a restored optimiser; the next batch begins from `state`, in lanes that continue."""
        self._steps.clear()
        self._recordable = self.device.type == "cuda" and make_recordable(self.optimizer, self.device)
        for part, given in zip(self._state_of(state[0].shape[1]), state, strict=True) if state else ():
            part.copy_(given)

    def learn(self, batch: Batch, learning_rate: float) -> tuple[float, float]:
        """Take one step of the optimiser; a batch of another text than the one before copies the text first.

        Returns
        -------
        loss, norm
            Loss of the batch before the step, in nats per character, and norm of the gradient before it is clipped. If
            one is not finite, the weights are no longer usable.
        """
        if batch.text is not self._held:
            self._held = batch.text
            if self._text.hold(batch.text):
                self._steps.clear()
        shape = batch.length, len(batch.starts)
        if shape not in self._steps:
            step = self._step_for(*shape)
            self._steps[shape] = ReplayedStep(step, self.device, [self.dropout], recordable=self._recordable)
        self._place_of(len(batch.starts)).copy_(torch.from_numpy(packed(batch)))
        set_learning_rate(self.optimizer, learning_rate)
        self._steps[shape]()
        loss, norm = self._told.tolist()
        return loss, norm

    def _step_for(self, length: int, lanes: int) -> Callable[[], None]:
        """Return the step for batches of one shape, which uses only tensors that stay in place."""
        place, recurrent = self._place_of(lanes), self._state_of(lanes)

        def step() -> None:
            starts, keep = place
            ids = self._text.cut(starts, length)  # (T + 1, B)
            self.network.train()
            with multiplying(self.precision):
                with casting(self.precision, self.device):
                    logits, state = self.network(ids[:-1], keep_lanes(recurrent, keep.float()), generator=self.dropout)
                loss = functional.cross_entropy(logits.float().flatten(0, 1), ids[1:].flatten())
                self.optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
            norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
            self.optimizer.step()
            with torch.no_grad():
                for kept, part in zip(recurrent, state, strict=True):
                    kept.copy_(part)
                self._told.copy_(torch.stack([loss, norm]))

        return step

    def _state_of(self, lanes: int) -> State:
        if lanes not in self._recurrent:
            self._recurrent[lanes] = self.network.zero_state(lanes)
        return self._recurrent[lanes]

    def _place_of(self, lanes: int) -> Tensor:
        """Return the place of the input of a step (see `packed`) on the device, shape=(2, B)."""
        if lanes not in self._places:
            self._places[lanes] = torch.zeros((2, lanes), dtype=torch.int64, device=self.device)
        return self._places[lanes]


def has_resident_learner(device: torch.device) -> bool:
    """Return true if a `ResidentLearner` is the fastest way to learn on `device`."""
    return device.type == "cuda"


def kind_of(text: Ids) -> torch.dtype:
    """Return the type of ids on a device: uint8 or int32, because uint16 cannot be indexed."""
    return torch.uint8 if text.take(np.zeros(1, np.int64), mode="wrap").dtype == np.uint8 else torch.int32


def copy_text(text: Ids, place: Tensor) -> None:
    """Copy `text`, which may be read from disk, to the beginning of `place`, piece by piece."""
    for first in range(0, len(text), PIECE):
        ids = text.take(np.arange(first, min(first + PIECE, len(text))), mode="wrap")
        place[first : first + len(ids)].copy_(torch.from_numpy(ids if ids.dtype == np.uint8 else ids.astype(np.int32)))


def packed(batch: Batch) -> NDArray[np.int64]:
    """Return the start of each lane and whether it continues, as one array, shape=(2, B)."""
    return np.stack([batch.starts, batch.keep.astype(np.int64)])


def make_recordable(optimizer: Optimizer, device: torch.device) -> bool:
    """Make the optimiser capturable, with its learning rate on the device; returns False if that is impossible."""
    if any("capturable" not in group for group in optimizer.param_groups):
        return False
    for group in optimizer.param_groups:
        group["capturable"] = True
        group["lr"] = torch.tensor(float(group["lr"]), device=device)
    return True


def set_learning_rate(optimizer: Optimizer, learning_rate: float) -> None:
    """Set the learning rate of every group, in place if a graph reads it."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(learning_rate)
        else:
            group["lr"] = learning_rate
