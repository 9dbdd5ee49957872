"""Training of several runs at once, as a stack of networks, each with its own run folder.

Every network has a `Run` with the `Trainer` that it would have alone: its weights and optimiser state are taken from
there, and put back to be measured and saved. So a run folder does not show how its network was trained, and a training
can be continued alone, or in another stack.

Networks at different positions, because a training was killed while they were being saved, still learn together: those
ahead wait in their places in the stack until the others have reached them. The computation of one network does not
depend on the others, so that the results are the same as without the interruption.

`seconds` of an epoch are those of the whole stack.
"""

import time
from collections.abc import Generator, Iterator, Sequence, Set
from contextlib import contextmanager

import torch

from tunewright.errors import DivergenceError
from tunewright.training.loop import Trainer
from tunewright.training.precision import flushed_to_zero
from tunewright.training.run import SAVE_EVERY_SECONDS, Run
from tunewright.training.stacked.stacked_training import Member, StackedTrainer


class StackedRuns:
    """Trains the networks of `runs`, which are open, fulfil `require_alike`, and have the same tunes."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs
        self.failed: dict[int, DivergenceError] = {}
        """Errors of the runs whose losses are no longer finite, by number; the others continue."""
        self._released: set[int] = set()
        self._learning: set[int] = set()
        """Numbers of the runs that are at the position of the stack."""
        device = runs[0].trainer.network.device
        members = [Member(run.network_config, run.config) for run in runs]
        own = device.type == "cpu"  # on a GPU separate masks would take most of the time
        self._stack = StackedTrainer(runs[0].data, members, device, own_dropout=own)

    def progress(self) -> Generator[None, None, None]:
        """Train until all have finished; yields after every batch and after the evaluation of every network.

        Each is saved after every epoch, once a minute, and when the iterator is closed.
        """
        try:
            with flushed_to_zero():
                for number in self._unfinished():
                    if self._place(number)[1] == self._stack.batches:  # it was stopped before its evaluation
                        self._end_epoch(number)
                        yield
                while unfinished := self._unfinished():
                    self._stack.go_to(*min(map(self._place, unfinished)))
                    yield from self._learn()
        except GeneratorExit:
            self._save(self._learning)
            raise

    def release(self, number: int) -> None:
        """Save a run; the others continue without it."""
        self._save(self._learning & {number})
        self._released.add(number)
        self._learning.discard(number)

    def steps(self, number: int) -> tuple[int, int]:
        """Return the number of batches that a run has learned, and of those in all of its epochs."""
        epoch, batch = self._place(number)
        return epoch * self._stack.batches + batch, self.runs[number].config.epochs * self._stack.batches

    def _learn(self) -> Iterator[None]:
        """Train from the position of the stack on, as long as any run is there."""
        saved = time.monotonic()
        self._admit()
        for step in self._stack.run():
            for number in sorted(self._learning):
                with self._noting_failure(number):
                    self.runs[number].trainer.learned(float(step.losses[number]), step.characters, step.seconds)
            if step.epoch:
                for number in sorted(self._learning):
                    if number in self._learning:  # it may have been released during the evaluation of others
                        take(self._stack, number, self.runs[number].trainer)
                        self._end_epoch(number)
                        yield
            elif time.monotonic() - saved > SAVE_EVERY_SECONDS:
                self._save(self._learning)
                saved = time.monotonic()
            self._admit()
            yield
            if not self._learning:
                return

    def _admit(self) -> None:
        """Admit the runs at the position of the stack."""
        here = {number for number in self._unfinished() if self._place(number) == self._stack.place}
        for number in sorted(here - self._learning):
            put(self.runs[number].trainer, self._stack, number)
        self._learning = here

    def _unfinished(self) -> list[int]:
        gone = self._released | self.failed.keys()
        return [number for number, run in enumerate(self.runs) if not run.trainer.finished and number not in gone]

    def _place(self, number: int) -> tuple[int, int]:
        """Return the numbers of finished epochs and of finished batches in the current one."""
        position = self.runs[number].trainer.position
        return position.epoch, position.batch

    def _end_epoch(self, number: int) -> None:
        """Evaluate and save a network that has learned all batches of an epoch."""
        run = self.runs[number]
        with self._noting_failure(number):
            run.save(run.trainer.end_epoch())

    def _save(self, numbers: Set[int]) -> None:
        """Save those of `numbers` that have learned since the end of an epoch."""
        for number in sorted(numbers):
            run = self.runs[number]
            if run.trainer.position.batch:
                take(self._stack, number, run.trainer)
                if all(
                    weight.isfinite().all() for weight in run.trainer.network.parameters()
                ):  # else it fails at its next batch
                    run.save()

    @contextmanager
    def _noting_failure(self, number: int) -> Iterator[None]:
        try:
            yield
        except DivergenceError as error:
            self.failed[number] = error
            self._learning.discard(number)


@torch.no_grad()
def put(trainer: Trainer, stack: StackedTrainer, number: int) -> None:
    """Copy the network and optimiser state of `trainer` to place `number` of a stack."""
    if not trainer.position.epoch and not trainer.position.batch:
        return  # the stack has the same initial weights, and shared masks begin with its own seed
    row, (tensors, _) = stack.row(number), trainer.state()
    for name, index in _indices(trainer).items():
        row.weights[name].copy_(trainer.network.get_parameter(name))
        row.mean[name].copy_(tensors[f"optimizer.{index}.exp_avg"])
        if name not in stack.optimizer.balanced:
            row.square[name].copy_(tensors[f"optimizer.{index}.exp_avg_sq"])
    for index, part in enumerate(row.recurrent):
        if f"recurrent.{index}" in tensors:
            part.copy_(tensors[f"recurrent.{index}"])
    row.dropout.set_state(tensors["dropout"])


@torch.no_grad()
def take(stack: StackedTrainer, number: int, trainer: Trainer) -> None:
    """The inverse of `put`; position and history, which a stack does not have, stay as they are."""
    row, count = stack.row(number), stack.optimizer.count.to(torch.float32)
    tensors = {"dropout": row.dropout.get_state()}
    for name, index in _indices(trainer).items():
        trainer.network.get_parameter(name).copy_(row.weights[name])
        balanced = name in stack.optimizer.balanced
        moments = {"step": torch.zeros_like(count) if balanced else count, "exp_avg": row.mean[name]}
        moments |= {} if balanced else {"exp_avg_sq": row.square[name]}
        tensors |= {f"optimizer.{index}.{moment}": tensor.clone() for moment, tensor in moments.items()}
    tensors |= {f"recurrent.{index}": part.clone() for index, part in enumerate(row.recurrent)}
    _, numbers = trainer.state()
    trainer.restore(tensors, numbers)


def _indices(trainer: Trainer) -> dict[str, int]:
    """Return the index of each weight in the optimiser, by its name."""
    order = [id(weight) for group in trainer.optimizer.param_groups for weight in group["params"]]
    return {name: order.index(id(weight)) for name, weight in trainer.network.named_parameters()}
