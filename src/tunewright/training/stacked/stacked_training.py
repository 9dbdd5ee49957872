"""Trainer of many networks of one study at once.

Networks of the same shape that differ in other options (seed, dropout, learning rate, decay, clipping, order of the
data) are trained side by side, each as it would be alone: the same initial weights, batches, rates and, with masks of
its own, the same dropout. The results differ from those of a `Trainer` by rounding only. A network that diverges has
losses that are not finite, and does not disturb the others.

On a GPU the whole step, from cutting out the batches to updating the weights, is one CUDA graph (see
`tunewright.training.gpu.replay`).

Shapes: K networks, T time steps, B lanes, N characters of a text, P weights of one network.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from tunewright.corpus.batches import Batch
from tunewright.corpus.vocabulary import Ids
from tunewright.errors import OptionError
from tunewright.model.config import RECURRENT, NetworkConfig
from tunewright.model.network import CharNetwork, State
from tunewright.model.threads import threads, told_threads
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData, batches_of, generator_of
from tunewright.training.gpu.replay import ReplayedStep
from tunewright.training.gpu.resident import copy_text, kind_of, packed
from tunewright.training.precision import multiplying
from tunewright.training.stacked.stacked_network import StackedNetworks, StackedState, own_masks, shared_masks
from tunewright.training.stacked.stacked_optimizer import OPTIMIZERS, StackedOptimizer

MAY_DIFFER = {
    "dropout", "input_dropout", "recurrent_weight_dropout", "learning_rate", "weight_decay", "warmup", "schedule",
    "max_grad_norm", "state_reset_probability", "seed",
}  # fmt: skip
"""Options that may differ between networks that are trained at once."""
ALLOWED: dict[str, tuple[object, ...]] = {
    "optimizer": OPTIMIZERS, "patience": (0,), "minutes": (0,), "transpose": (0,), "feed": ("windows", "streams"),
    "look_back": (0,), "cell": RECURRENT,
}  # fmt: skip
"""Allowed values of further options."""


@dataclass(frozen=True)
class Member:
    """One network of a study."""

    network: NetworkConfig
    training: TrainingConfig


@dataclass(frozen=True)
class StackedProgress:
    """Progress of a training after a batch."""

    step: int
    """Number of batches of each network so far, over all epochs."""
    steps: int
    """Number of batches in all epochs."""
    losses: NDArray[np.float32]
    """Of this batch, in nats per character, shape=(K,)."""
    characters: int
    """Number of characters of the batch, for each network."""
    seconds: float
    """Duration of the batch."""
    epoch: int | None = None
    """Number of the epoch, from 1, after its last batch; else None."""


@dataclass(frozen=True)
class StackedRow:
    """The tensors of one network in a stack, by the names of its weights: views, which may be written to."""

    weights: dict[str, Tensor]
    mean: dict[str, Tensor]
    square: dict[str, Tensor]
    """Mean square of the gradients; `mean` is their mean."""
    recurrent: State
    """After the last batch, each part shape=(L, B, H)."""
    dropout: torch.Generator
    """Generator of its masks: its own, or that of all networks."""


class StackedTrainer:
    """Trains all `members`, in their order, on the same tunes.

    Parameters
    ----------
    data
        See `TrainingData`.
    members
        The networks. They agree in everything but `MAY_DIFFER`, have one of `OPTIMIZERS`, no transposition, the feed
        windows or streams (with `tunes`, epochs differ in length), recurrent cells that do not look back, and neither
        early stopping nor a time limit.
    device
        Device of the training.
    own_dropout
        True draws each network's dropout masks as if it were trained alone; False draws them for all at once, which is
        much faster on a GPU.

    Raises
    ------
    OptionError
        If the members cannot be trained at once.
    """

    def __init__(
        self,
        data: TrainingData,
        members: Sequence[Member],
        device: torch.device,
        *,
        own_dropout: bool = True,
    ) -> None:
        require_alike(members)
        self.data, self.members, self.device, self.config = data, members, device, members[0].training
        factors = torch.bfloat16 if self.config.precision == "bfloat16" else torch.float32
        self.stack = StackedNetworks([self._fresh(member) for member in members], device, factors)
        seeds = [member.training.seed for member in members]
        self.own_dropout = own_dropout
        self._generators = [torch.Generator(device).manual_seed(seed) for seed in (seeds if own_dropout else seeds[:1])]
        self._masks = own_masks(self._generators) if own_dropout else shared_masks(self._generators[0])
        self.optimizer = StackedOptimizer(self.stack, [member.training for member in members])
        self._texts = torch.empty(0, dtype=torch.uint8, device=device)  # (K, N)
        self._losses = torch.zeros(len(members), device=device)
        self._inputs: dict[int, tuple[Tensor, StackedState]] = {}
        self._steps: dict[tuple[int, int], ReplayedStep] = {}
        self.batches = batches_of(data.tunes, self.config, generator_of(self.config, 0))[0]
        """Number of batches in an epoch."""
        self.place = (0, 0)
        """Numbers of finished epochs and of finished batches in the current one."""

    @property
    def networks(self) -> list[CharNetwork]:
        """Copies of the networks on the processor, in their present state."""
        networks = [self._fresh(member).eval() for member in self.members]
        self.stack.write_back(networks)
        return networks

    def run(self) -> Iterator[StackedProgress]:
        """Train from `place` to the last epoch; yields after every batch."""
        while self.place[0] < self.config.epochs:
            epoch, first = self.place
            each = [self._epoch_of_batches(member.training, epoch) for member in self.members]
            for number, together in enumerate(islice(zip(*each, strict=True), first, None), start=first):
                began = time.perf_counter()
                if number == first:
                    self._hold([batch.text for batch in together])
                losses = self._learn(together, done=(epoch + number / self.batches) / self.config.epochs)
                over = number + 1 == self.batches
                self.place = (epoch + 1, 0) if over else (epoch, number + 1)
                yield StackedProgress(
                    epoch * self.batches + number + 1,
                    self.config.epochs * self.batches,
                    losses,
                    together[0].length * len(together[0].starts),
                    time.perf_counter() - began,
                    epoch + 1 if over else None,
                )

    def go_to(self, epoch: int, batch: int) -> None:
        """Set the position from which a new call of `run` continues; the networks do not change."""
        self.place = epoch, batch
        self.optimizer.count.fill_(epoch * self.batches + batch)

    def row(self, number: int) -> StackedRow:
        """Return the tensors of network `number`, from 0."""
        flats = self.stack.flat.detach(), self.optimizer.mean, self.optimizer.square
        weights, mean, square = (
            {name: tensor[number] for name, tensor in self.stack.tensors(flat).items()} for flat in flats
        )
        recurrent = tuple(part[:, number] for part in self._inputs_of(self.config.batch_size)[1])
        return StackedRow(weights, mean, square, recurrent, self._generators[number if self.own_dropout else 0])

    def _fresh(self, member: Member) -> CharNetwork:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(member.training.seed)
            return CharNetwork.of(member.network, self.data.vocabulary)

    def _epoch_of_batches(self, config: TrainingConfig, epoch: int) -> Iterator[Batch]:
        """Return the batches of a network that is trained alone."""
        return batches_of(self.data.tunes, config, generator_of(config, epoch))[1]

    def _hold(self, texts: Sequence[Ids]) -> None:
        """Copy the texts of an epoch, whose length never changes, to the device."""
        if not len(self._texts):
            self._texts = torch.empty(len(texts), len(texts[0]), dtype=kind_of(texts[0]), device=self.device)
        for text, place in zip(texts, self._texts, strict=True):
            copy_text(text, place)

    def _learn(self, batches: Sequence[Batch], done: float) -> NDArray[np.float32]:
        """Take one step with every network when a share `done` of training is finished; returns the losses before
        it."""
        shape = length, lanes = batches[0].length, len(batches[0].starts)
        places = np.stack([packed(batch) for batch in batches], axis=1)  # (2, K, B)
        self._inputs_of(lanes)[0].copy_(torch.from_numpy(places))
        self.optimizer.set_rates(done)
        if shape not in self._steps:
            self._steps[shape] = ReplayedStep(self._step_for(length, lanes), self.device, self._generators)
        with threads(self.config.threads or told_threads() or 1):  # matters on a processor only
            self._steps[shape]()
        return self._losses.cpu().numpy().copy()

    def _inputs_of(self, lanes: int) -> tuple[Tensor, StackedState]:
        """Return the inputs of a step (see `packed`) with this number of `lanes`, and the state before it."""
        if lanes not in self._inputs:
            room = torch.zeros((2, len(self.members), lanes), dtype=torch.int64, device=self.device)
            self._inputs[lanes] = (room, self.stack.zero_state(lanes))
        return self._inputs[lanes]

    def _step_for(self, length: int, lanes: int) -> Callable[[], None]:
        """Return the step for batches of one shape, which uses only tensors that stay in place."""
        places, recurrent = self._inputs_of(lanes)
        rows = torch.arange(len(self.members), device=self.device)[:, None, None]
        reach = torch.arange(length + 1, device=self.device)[:, None]

        def step() -> None:
            starts, keep = places
            ids = self._texts[rows, (reach + starts[:, None]) % self._texts.shape[1]].long()  # (K, T + 1, B)
            before = tuple(part * keep[..., None] for part in recurrent)
            with multiplying(self.config.precision):
                logits, after = self.stack.read(ids[:, :-1], before, self._masks)
                each = functional.cross_entropy(logits.flatten(0, 2), ids[:, 1:].flatten(), reduction="none")
                losses = each.view(len(self.members), -1).mean(dim=1)
                self.stack.flat.grad = None
                losses.sum().backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            with torch.no_grad():
                self._losses.copy_(losses)
                for kept, part in zip(recurrent, after, strict=True):
                    kept.copy_(part)

        return step


def shape_of(member: Member) -> tuple[object, ...]:
    """Return a key that is equal for networks that may be trained at once; see also `require_alike`."""
    fields = [*vars(member.network).items(), *vars(member.training).items()]
    return tuple(value for name, value in fields if name not in MAY_DIFFER)


def require_alike(members: Sequence[Member]) -> None:
    """Raise OptionError unless `members` can be trained at once."""
    if not members:
        raise OptionError("there is no network to train; give at least one")
    first = members[0]
    for number, member in enumerate(members, start=1):
        for ours, theirs in ((member.network, first.network), (member.training, first.training)):
            for field in dataclasses.fields(ours):
                name = field.name
                value, wanted = getattr(ours, name), getattr(theirs, name)
                if name not in MAY_DIFFER and value != wanted:
                    raise OptionError(f"{name} is {value!r} in network {number} and {wanted!r} in network 1, {ALIKE}")
    options = {**vars(first.network), **vars(first.training)}
    for name, allowed in ALLOWED.items():
        if options[name] not in allowed:
            needed = " or ".join(map(repr, allowed))
            raise OptionError(f"{name} is {options[name]!r}; networks that are trained at once need {needed}")


ALIKE = f"but networks that are trained at once may differ only in {', '.join(sorted(MAY_DIFFER))}"
