"""Data-parallel training by several processes, with the same result as by one.

torchrun starts the same command once for each process. Together they form a team: all build the same batches from the
same seed and hold the whole network with its optimiser, but each reads only its own lanes (rows) of a batch. Then one
all-reduce adds up the results, and all take the same step.

The message is a row of numbers: the gradient of every weight; the state of every lane, zeros for the lanes of other
processes; the loss; and whether any process was asked to stop. So after every batch each process holds all of a
checkpoint. If one is lost, the work of the others is not, and any number of processes can continue from there.

Only numbers and text are sent: no object is unpickled.

Shapes: L layers, B lanes of the whole batch, H hidden units.
"""

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed
from torch.nn import Parameter

from tunewright.corpus.vocabulary import Ids
from tunewright.errors import OptionError, TunewrightError, WorkerError
from tunewright.model.dropout import Lanes
from tunewright.model.network import CharNetwork, State, detach
from tunewright.training.evaluate import Predict, nats_per_sequence

PATIENCE = timedelta(minutes=5)
"""Time that a process waits for the others. A dead process is noticed at once, one that hangs after this time."""
TOLD_BY_TORCHRUN = {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"}
WORDS_BYTES = 1024
"""Most bytes of a text that a process sends to the others; longer texts are cut."""

Result = TypeVar("Result")


class Team:
    """The processes that train one network, as one of them sees them; without arguments, this process alone.

    Parameters
    ----------
    rank
        Number of this process, from 0; only process 0 writes and prints.
    size
        Number of processes.
    place
        Number of this process among those on the same machine, from 0: the number of its GPU.
    """

    def __init__(self, rank: int = 0, size: int = 1, place: int = 0) -> None:
        self.rank, self.size, self.place = rank, size, place
        self.asked: Sequence[int] = ()
        """Not empty once this process was asked to stop."""
        self._agreed = False

    @property
    def leads(self) -> bool:
        """True for the process that writes and prints."""
        return self.rank == 0

    @property
    def stopping(self) -> bool:
        """True once all processes know that one was asked to stop: after the same batch in all of them."""
        return self._agreed if self.size > 1 else bool(self.asked)

    def lanes(self, total: int) -> Lanes:
        """Return this process's lanes of a batch of `total`: in order of rank, in numbers as equal as possible."""
        return Lanes(total * self.rank // self.size, total * (self.rank + 1) // self.size, total)

    def add_up(self, weights: Sequence[Parameter], loss: Tensor, state: State, lanes: Lanes) -> tuple[float, State]:
        """Sum gradients, losses and states over all processes (all-reduce).

        Parameters
        ----------
        weights
            Weights whose gradients become those of the whole batch.
        loss
            Of the lanes read, times their share of the batch.
        state
            After the lanes read, each part shape=(L, lanes read, H).
        lanes
            Of this process.

        Returns
        -------
        loss, state
            Of the whole batch; each part of the state shape=(L, B, H).

        Raises
        ------
        WorkerError
            If another process was lost; weights and gradients are as they were.
        """
        if self.size == 1:
            return loss.item(), detach(state)
        learning = [weight for weight in weights if weight.grad is not None]
        found = [weight.grad for weight in learning if weight.grad is not None]
        found += [lanes.spread(part) for part in detach(state)]
        ends = torch.stack([loss.detach(), loss.new_tensor(float(bool(self.asked)))])
        row = torch.cat([part.flatten() for part in [*found, ends]])
        self._sum(row)
        sums = torch.split(row, [part.numel() for part in [*found, ends]])
        parts = [numbers.view_as(part) for numbers, part in zip(sums, [*found, ends], strict=True)]
        for weight, gradient in zip(learning, parts, strict=False):
            weight.grad = gradient
        value, asked = parts[-1].tolist()
        self._agreed = asked > 0
        return value, tuple(part.clone() for part in parts[len(learning) : -1])

    def predict(self, network: CharNetwork, threads: int = 0) -> Predict:
        """Return a predictor like `nats_per_sequence` in which each process reads some of the sequences."""

        def predict(sequences: Sequence[Ids]) -> NDArray[np.float64]:
            longest_first = sorted(range(len(sequences)), key=lambda number: -len(sequences[number]))
            own = longest_first[self.rank :: self.size]
            nats = np.zeros(len(sequences))
            nats[own] = nats_per_sequence(network, [sequences[number] for number in own], threads=threads)
            if self.size > 1:
                self._sum(torch.from_numpy(nats))  # in place
            return nats

        return predict

    def of_first(self, value: float) -> float:
        """Return the `value` of process 0, so that only its clock counts."""
        if self.size == 1:
            return value
        shared = torch.tensor(value if self.leads else 0.0, dtype=torch.float64)
        self._sum(shared)
        return shared.item()

    def share_weights(self, network: CharNetwork) -> None:
        """Take process 0's weights, because those of another kind of machine may differ in their last digits."""
        if self.size > 1:
            with torch.no_grad():
                row = torch.cat([weight.flatten() for weight in network.parameters()]) * float(self.leads)
                self._sum(row)
                torch.nn.utils.vector_to_parameters(row, network.parameters())

    def in_turn(self, action: Callable[[], Result]) -> Result:
        """Run `action`, which changes files, in process 0 and then in the others; raises what `together` does."""
        results = []
        for turn in (True, False):
            with self.together():
                if self.leads is turn:
                    results.append(action())
        return results[0]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Continue only if the block fails in no process.

        Raises
        ------
        WorkerError
            If it failed in another process, with its message.
        """
        failure: TunewrightError | OSError | None = None
        try:
            yield
        except (TunewrightError, OSError) as error:
            if self.size == 1:
                raise
            failure = error
        said = self._words_of_all("" if failure is None else str(failure) or type(failure).__name__)
        if failure is not None:
            raise failure
        for rank, words in enumerate(said):
            if words:
                raise WorkerError(f"process {rank} failed: {words}")

    def require_same(self, what: str, words: str) -> None:
        """Raise an `OptionError` in all processes unless all have the same `words` for `what`."""
        for rank, others in enumerate(self._words_of_all(words)):
            if others != words:
                raise OptionError(f"{what} of process {rank} differ from those of process {self.rank}")

    def _words_of_all(self, words: str) -> list[str]:
        if self.size == 1:
            return [words]
        content = words.encode()[:WORDS_BYTES].ljust(WORDS_BYTES, b"\0")
        own = torch.from_numpy(np.frombuffer(content, np.uint8).copy())
        rows = [torch.empty_like(own) for _ in range(self.size)]
        with _noticing_loss():
            distributed.all_gather(rows, own)
        return [row.numpy().tobytes().rstrip(b"\0").decode(errors="replace") for row in rows]

    def _sum(self, numbers: Tensor) -> None:
        """Add the `numbers` of all processes, in place."""
        with _noticing_loss():
            distributed.all_reduce(numbers)


@contextmanager
def team_of_torchrun() -> Iterator[Team]:
    """Return the team in which torchrun started this process; without torchrun, a team of one.

    A process that has finished waits for the others, because torchrun ends all when one has ended.

    Raises
    ------
    WorkerError
        If the processes cannot connect.
    """
    size = int(os.environ["WORLD_SIZE"]) if os.environ.keys() >= TOLD_BY_TORCHRUN else 1
    if size == 1:
        yield Team()
        return
    # A later import (optimisers do it) would keep the group's threads alive to the end, where they may crash.
    importlib.import_module("torch.distributed.nn.functional")
    with_gpus = torch.cuda.is_available() and distributed.is_nccl_available()
    with _noticing_loss():
        distributed.init_process_group("cpu:gloo,cuda:nccl" if with_gpus else "gloo", timeout=PATIENCE)
    team = Team(distributed.get_rank(), size, int(os.environ["LOCAL_RANK"]))
    try:
        yield team
        with team.together():
            pass
    finally:
        distributed.destroy_process_group()


@contextmanager
def _noticing_loss() -> Iterator[None]:
    """Turn torch's error about an unreachable process into a WorkerError."""
    try:
        yield
    except RuntimeError as error:
        words = str(error).strip().partition("\n")[0]
        raise WorkerError(f"another process of this training was lost ({words[:200]})") from error
