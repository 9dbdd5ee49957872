"""Training loop: `Trainer` learns one batch after another and yields after each.

Training is by teacher forcing: at every step the network reads the tune's own characters, and the cross-entropy of the
next character is lowered. After each batch everything that the trainer holds is consistent: a caller may stop there,
keep `Trainer.state()`, and continue later with the same result.

Printing, saving and plotting belong to the caller. Losses are in nats per character.
"""

import copy
import math
import struct
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from tunewright.corpus.batches import Batch
from tunewright.errors import DivergenceError, OptionError, WorkerError
from tunewright.model.config import RECURRENT
from tunewright.model.dropout import Lanes
from tunewright.model.network import IGNORED, CharNetwork, State, keep_lanes
from tunewright.model.padding import pad_layers
from tunewright.model.threads import told_threads
from tunewright.training.config import TrainingConfig
from tunewright.training.data import KeyedTunes, TrainingData, batches_of, generator_of
from tunewright.training.distributed import Team
from tunewright.training.evaluate import cold_window_of, full_tune_of
from tunewright.training.gpu.resident import ResidentLearner, has_resident_learner
from tunewright.training.history import EpochRecord, Position, Progress
from tunewright.training.optimizers import make_optimizer, schedule
from tunewright.training.precision import multiplying
from tunewright.training.threads.step_threads import StepThreads
from tunewright.training.time_limit import time_share

EXPLODED = 1000.0
"""Nats per character: a loss that is no better than this counts as one that is not finite. Guessing loses 11 at most,
with the largest vocabulary; steps that are too large lose any number."""


class Trainer:
    """Trains one network.

    Parameters
    ----------
    network
        Changed in place.
    data
        See `TrainingData`.
    config
        See `TrainingConfig`.
    team
        The processes that train this network together; this one alone if None.
    """

    def __init__(
        self, network: CharNetwork, data: TrainingData, config: TrainingConfig, team: Team | None = None
    ) -> None:
        self.network, self.data, self.config, self._team = network, data, config, team or Team()
        self.history: list[EpochRecord] = []
        self.position = Position()
        self.optimizer = make_optimizer(network, config)
        self._dropout = torch.Generator(network.device).manual_seed(config.seed)
        self._recurrent: State | None = None
        self._learner = self._resident_learner()
        self._keyed = KeyedTunes(data.tunes, data.vocabulary) if config.transpose else None
        self._batches = batches_of(data.tunes, config, generator_of(config, 0))[0]
        # Several processes fill the cores by themselves, and a GPU needs no more than one thread.
        chooses = self._team.size == 1 and network.device.type == "cpu"
        self._most_threads = config.threads or (0 if chooses else told_threads() or 1)
        self._threads = StepThreads(self._most_threads)

    @property
    def finished(self) -> bool:
        """True when no epoch is left, by number, early stopping or the time limit; one batch is always learned."""
        if self.position.batch or not self.history:
            return False
        patience = self.config.patience
        out_of_patience = 0 < patience <= self.position.epoch - (self.best.epoch if self.best else 0)
        return self.position.epoch >= self.config.epochs or out_of_patience or self._time_share() >= 1

    @property
    def best(self) -> EpochRecord | None:
        """The epoch with the lowest validation loss so far, by the protocol `select_by`."""
        return min(self.history, key=lambda record: record.validation(self.config.select_by), default=None)

    def run(self) -> Iterator[Progress]:
        """Train until finished; yields after every batch.

        Raises
        ------
        DivergenceError
            When a loss is no longer finite, or has exploded (`EXPLODED`).
        """
        while not self.finished:
            batches = islice(self._epoch_of_batches(), self.position.batch, None)
            if self.position.batch == self._batches:  # a process was lost during the evaluation of the epoch
                yield self._progress(self.position.epoch_nats / self.position.epoch_characters, over=True)
            for batch in batches:
                loss = self._learn(batch)
                over = self.position.batch == self._batches or self._time_share() >= 1
                yield self._progress(loss, over=over)
                if over:
                    break

    def _progress(self, loss: float, *, over: bool) -> Progress:
        step = self.position.epoch * self._batches + self.position.batch
        rate = self.position.epoch_characters / self.position.epoch_seconds
        record = self.end_epoch() if over else None
        return Progress(step, self.config.epochs * self._batches, loss, rate, record)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Return all but the network that `restore` needs to continue here: tensors by name, and numbers for JSON."""
        tensors: dict[str, Tensor] = {}
        for number, values in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{name}": tensor for name, tensor in values.items()}
        recurrent = self._learner.recurrent(self.config.batch_size) if self._learner else self._recurrent
        tensors |= {f"recurrent.{number}": part for number, part in enumerate(recurrent or ())}
        tensors["dropout"] = self._dropout.get_state()
        return tensors, {"position": asdict(self.position), "history": [asdict(record) for record in self.history]}

    def restore(self, tensors: Mapping[str, Tensor], numbers: Mapping[str, Any]) -> None:
        """Continue where `state` was taken; network, data and configuration must be the same as then."""
        moments: dict[int, dict[str, Tensor]] = {}
        recurrent: dict[str, Tensor] = {}
        for name, tensor in tensors.items():
            match name.split("."):
                case ["optimizer", number, moment]:
                    moments.setdefault(int(number), {})[moment] = tensor
                case ["recurrent", number]:
                    recurrent[number] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": moments})
        device = self.network.device
        self._recurrent = tuple(recurrent[number].to(device) for number in sorted(recurrent)) or None
        if self._learner:
            self._learner.restart(self._recurrent)
        if tensors["dropout"].shape == self._dropout.get_state().shape:  # else from another kind of device
            self._dropout.set_state(tensors["dropout"].cpu())
        self.position = Position(**numbers["position"])
        self.history = [EpochRecord(**record) for record in numbers["history"]]

    def _epoch_of_batches(self) -> Iterator[Batch]:
        generator = generator_of(self.config, self.position.epoch)
        tunes = self._keyed.epoch(self.config.transpose, generator) if self._keyed else self.data.tunes
        self._batches, batches = batches_of(tunes, self.config, generator)
        return batches

    def _resident_learner(self) -> ResidentLearner | None:
        """Return what takes the steps on a GPU, if all tensors of a step keep their shapes; else None."""
        network, config = self.network, self.config
        device = network.device
        if not network.config.is_recurrent and (self._team.size > 1 or device.type != "cpu"):
            raise OptionError(
                f"cell is {network.config.cell!r}, which one process on device 'cpu' can train; several processes and "
                f"GPUs train only: {', '.join(RECURRENT)}"
            )
        if network.own and self._team.size > 1:
            raise OptionError("the network is a module of your own, which one process can train; leave torchrun out")
        if has_resident_learner(device):
            pad_layers(network.layers, replaced_weights=network.config.recurrent_weight_dropout > 0)
        steady = network.look_back is None and network.own is None and config.feed != "tunes"
        if has_resident_learner(device) and steady and self._team.size == 1:
            return ResidentLearner(
                network, self.optimizer, dropout=self._dropout, clip=config.max_grad_norm, precision=config.precision
            )
        if config.precision != "float32":
            raise OptionError(
                f"precision is {config.precision!r}; any but 'float32' needs one process with a GPU and a network of "
                "Tunewright's that does not look back, fed by 'windows' or 'streams'"
            )
        return None

    def _learn(self, batch: Batch) -> float:
        """Take one step of the optimiser; returns the loss before it."""
        began = time.perf_counter()
        if self._learner:
            self.position.learning_rate = self._learning_rate()
            value, size = self._learner.learn(batch, self.position.learning_rate)
            if not _is_loss(value) or not math.isfinite(size):
                raise self._divergence(f"a batch has loss {value} and a gradient of norm {size}")
            self._count(value, batch.characters, time.perf_counter() - began)
            return value
        self.position.learning_rate = self._learning_rate()
        carried = self._recurrent if batch.keep.any() else None
        shape = (batch.length, len(batch.starts), *map(len, carried or ()))
        with self._threads.step(shape, partial(self._rehearse, batch)):
            value, state = self._step(self.network, self.optimizer, batch)
        self._recurrent = state
        self._count(value, batch.characters, time.perf_counter() - began)
        return value

    def _step(self, network: CharNetwork, optimizer: Optimizer, batch: Batch) -> tuple[float, State]:
        """Update the weights of `network`; returns the loss before that and the state after the batch."""
        value, state = self._gradient(network, batch)
        if not _is_loss(value):
            raise self._divergence(f"the loss of a batch is {value:.4g}")
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), self.config.max_grad_norm or math.inf)
        if not math.isfinite(norm.item()):
            raise self._divergence(f"the gradient of a batch has norm {norm.item()}")
        for group in optimizer.param_groups:
            group["lr"] = self.position.learning_rate
        optimizer.step()
        return value, state

    def _rehearse(self, batch: Batch) -> bytes:
        """Take a step with copies of network and optimiser; returns all of its results as bytes."""
        drawn = self._dropout.get_state()
        network, optimizer = copy.deepcopy((self.network, self.optimizer))
        value, state = self._step(network, optimizer, batch)
        self._dropout.set_state(drawn)
        moments = (moment for of_weight in optimizer.state.values() for moment in of_weight.values())
        outcome = (*network.parameters(), *moments, *state)
        return b"".join([struct.pack("d", value), *(tensor.detach().numpy().tobytes() for tensor in outcome)])

    def _gradient(self, network: CharNetwork, batch: Batch) -> tuple[float, State]:
        """Compute the gradient of the weights; returns the loss and the state after the batch."""
        lanes = self._team.lanes(len(batch.starts))
        own = batch.some(lanes.read)
        device = network.device
        ids = torch.from_numpy(own.ids.astype(np.int64)).to(device)  # (T + 1, lanes read)
        targets = ids[1:]
        if own.predicted is not None:
            targets = targets.where(torch.from_numpy(own.predicted).to(device), IGNORED)
        state = None
        if self._recurrent is not None and own.keep.any():
            before = tuple(part[:, lanes.read] for part in self._recurrent)
            state = keep_lanes(before, torch.from_numpy(own.keep).to(device))
        network.train()
        drawn = self._dropout.get_state()
        with multiplying(self.config.precision):
            mean, state = network.losses(ids[:-1], targets, state, mean=True, generator=self._dropout, lanes=lanes)
            loss = _share(batch, lanes) * mean
            network.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
        try:
            if self._team.size > 1:
                state = network.with_fixed_memory(state)
            value, state = self._team.add_up(list(network.parameters()), loss, state, lanes)
            return value, network.without_empty_rows(state)
        except WorkerError:
            self._dropout.set_state(drawn)  # the batch was not learned, and will be repeated
            raise

    def learned(self, loss: float, characters: int, seconds: float) -> None:
        """Count a batch that was learned elsewhere (see `stacked_runs`); DivergenceError if it diverges."""
        if not _is_loss(loss):
            raise self._divergence(f"the loss of a batch is {loss:.4g}")
        self.position.learning_rate = self._learning_rate()
        self._count(loss, characters, seconds)

    def _count(self, loss: float, characters: int, seconds: float) -> None:
        self.position.batch += 1
        self.position.epoch_nats += loss * characters
        self.position.epoch_characters += characters
        seconds = self._agreed(seconds)
        self.position.epoch_seconds += seconds
        self.position.learning_seconds += seconds

    def end_epoch(self) -> EpochRecord:
        """Evaluate the network and begin the next epoch; DivergenceError if a loss is none."""
        began = time.perf_counter()
        position, predict = self.position, self._team.predict(self.network, self._most_threads)
        losses = {
            f"{name}_{protocol}": loss_of(predict, data).nats_per_char
            for name, data in (("training", self.data.sample), ("validation", self.data.validation))
            for protocol, loss_of in (("full_tune", full_tune_of), ("cold_window", cold_window_of))
        }
        if not all(map(_is_loss, losses.values())):
            raise self._divergence(f"after the epoch the losses are {losses}")
        seconds = self._agreed(time.perf_counter() - began)
        record = EpochRecord(
            epoch=position.epoch + 1,
            learning_rate=position.learning_rate,
            training_loss=position.epoch_nats / position.epoch_characters,
            **losses,
            seconds=position.learning_seconds,
        )
        self.history.append(record)
        self._recurrent = None
        self.position = Position(
            epoch=position.epoch + 1,
            learning_seconds=position.learning_seconds,
            evaluation_seconds=position.evaluation_seconds + seconds,
            last_evaluation_seconds=seconds,
        )
        return record

    def _agreed(self, seconds: float) -> float:
        """Return the time that process 0 measured if there is a time limit."""
        return self._team.of_first(seconds) if self.config.minutes else seconds

    def _time_share(self) -> float:
        return time_share(self.position, self.config, self.data)

    def count_measuring(self, seconds: float) -> None:
        """Count the time of something that was measured beside the training towards the time limit."""
        self.position.evaluation_seconds += self._agreed(seconds)

    def _learning_rate(self) -> float:
        done = (self.position.epoch + self.position.batch / self._batches) / self.config.epochs
        return self.config.learning_rate * schedule(max(done, self._time_share()), self.config)

    def _divergence(self, what: str) -> DivergenceError:
        return DivergenceError(
            f"{what}, in epoch {self.position.epoch + 1}, batch {self.position.batch + 1}; try a lower learning rate "
            f"(now {self.config.learning_rate:g}) or max_grad_norm (now {self.config.max_grad_norm:g}; 0 does not clip)"
        )


def _is_loss(nats_per_char: float) -> bool:
    """Whether this may be the loss of a training that does not diverge."""
    return nats_per_char <= EXPLODED  # nan is not


def _share(batch: Batch, lanes: Lanes) -> float:
    """Return the share of `lanes` in the characters that a batch predicts."""
    if batch.ends is None:
        return lanes.share
    return float(batch.ends[lanes.first : lanes.end].sum() / batch.ends.sum())
