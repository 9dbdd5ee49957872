"""A run: one training and its folder, which can be interrupted at any moment and continued.

    RUN/best/          the checkpoint with the lowest validation loss
    RUN/last/          the newest checkpoint, with resume.safetensors beside it
    RUN/history.csv    one row per epoch (see `EpochRecord`)

``last`` is written after every epoch, once a minute within one, and when the caller stops the iteration; each time
atomically. It holds the history too, which ``history.csv`` must match. One process at a time trains in a folder. A
continued training ends with the same network and the same history as one that was never stopped (on the same machine
and number of threads, and without a time limit).
"""

import json
import time
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from tunewright.corpus.style import style_of
from tunewright.errors import CheckpointError, DivergenceError, OptionError, OutputError, WorkerError
from tunewright.files import as_written, claim_folder, require_own, unfinished, write_file
from tunewright.locks import FolderLock
from tunewright.model.checkpoint import (
    ABOUT,
    BEST,
    LAST,
    OWN_NAME,
    PLAIN_TEXT,
    RESUME,
    Build,
    Checkpoint,
    read_about,
    read_checkpoint,
    read_verified,
    remove_checkpoint,
    settle_checkpoint,
    with_own,
    write_checkpoint,
)
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork, load_network, weights_of
from tunewright.model.own_network import name_of, require_build
from tunewright.options import from_mapping, to_mapping, with_present_names
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.distributed import Team
from tunewright.training.history import EpochRecord, Progress, history_as_csv
from tunewright.training.loop import Trainer
from tunewright.training.ngram import Baselines, baselines, spread
from tunewright.training.precision import flushed_to_zero

LENGTHENED = "lengthened"
"""Key of the training record for a training that went on to more epochs than it began with."""
HISTORY, CURVES = "history.csv", ("loss.png", "loss.svg")
SAVE_EVERY_SECONDS = 60.0
STYLE_CHARACTERS = 8_000_000
"""Most characters that the style of a corpus is computed from, in tunes spread evenly over it."""
MAY_CHANGE = {"device", "threads"}
"""Options that may change when a run is continued; its numbers may then differ in their last digits."""


@dataclass(frozen=True)
class Start:
    """The network that a training starts from, and how strongly its weights are pulled back to it (L2-SP)."""

    checkpoint: Checkpoint
    l2_sp: float = 0.0
    """After each step of size r, but not an epoch's last, the weights go back by a share r times this."""


class Run:
    """One training and its folder.

    Parameters
    ----------
    folder, data, network, config
        See `training_run.train`.
    origin
        Recorded with the data in every checkpoint, such as the source of the tunes.
    start
        None starts with random weights.
    team
        The processes that train this network together; this one alone if None. Process 0 of them writes.
    own
        What makes the network, if it is a module of one's own; `network` is then its `own_config`.
    """

    def __init__(
        self,
        folder: Path,
        data: TrainingData,
        network: NetworkConfig,
        config: TrainingConfig,
        origin: Mapping[str, Any] | None = None,
        start: Start | None = None,
        team: Team | None = None,
        own: Build | None = None,
    ) -> None:
        self.own = require_build(network, own or (start.checkpoint.own if start else None))
        self.folder, self.data, self.network_config, self.config = folder, data, network, config
        self.origin, self.start, self.team = dict(origin or {}), start, team or Team()
        self.notes: dict[str, Any] = {OWN_NAME: name_of(self.own)} if self.own else {}
        """Further entries in the training record of every checkpoint."""
        self.trainer: Trainer
        self.lengthened: dict[str, int] | None = None
        """If this call asks for more epochs: how many they were, and how many of them were finished."""
        self._lock: FolderLock | None = None

    @cached_property
    def baselines(self) -> Baselines:
        """Losses of n-gram models of the training tunes on the validation tunes; recorded in every checkpoint."""
        began = time.perf_counter()
        found = baselines(self.data.tunes, len(self.data.vocabulary), self.data.validation)
        if self.team.size == 1 and hasattr(self, "trainer"):
            self.trainer.count_measuring(time.perf_counter() - began)
        return found

    @cached_property
    def style(self) -> dict[str, Any]:
        """Style of the tunes, and of those of the network that this one starts from; kept in every checkpoint."""
        if self.origin.get(PLAIN_TEXT) or (self.start and self.start.checkpoint.reads_plain_text):
            return {}
        texts = list(map(self.data.text_of, spread(self.data.tunes, STYLE_CHARACTERS)))
        return style_of(texts, self.start.checkpoint.style if self.start else None)

    def open(self, *, resume: bool = False, force: bool = False) -> None:
        """Start afresh, or go on with what the folder holds; see `training_run.train` for what is raised."""
        self.team.in_turn(partial(self._open, resume=resume, force=force))
        self.team.require_same("the tunes", self.data.fingerprint)
        self.team.require_same("the options", json.dumps([to_mapping(self.network_config), to_mapping(self.config)]))
        self.team.share_weights(self.trainer.network)

    def _open(self, *, resume: bool, force: bool) -> None:
        device = choose_device(self.config, self.team.place)
        if self.start:
            self._held = [weight.detach() for weight in load_network(self.start.checkpoint).to(device).parameters()]
        if resume:
            self._lock_folder()
            checkpoint, about = self._read_last()
            self.trainer = Trainer(load_network(checkpoint).to(device), self.data, self.config, self.team)
            self._restore(about)
            return
        if self.team.leads:
            left = unfinished(BEST, LAST)
            claim_folder(self.folder, force=force, leftovers=left)
            self._lock_folder()
            claim_folder(self.folder, force=force, leftovers=left)  # another process may have written before the lock
            self._clear()
        self.trainer = Trainer(self._first_network().to(device), self.data, self.config, self.team)

    def _lock_folder(self) -> None:
        """Let no other process train in the folder, and mend what a killed one left."""
        if self.team.leads and self.folder.is_dir():
            self._lock = FolderLock.take(self.folder, "trains in", take_over=True)
            for name in (BEST, LAST):
                settle_checkpoint(self.folder / name)

    def release(self) -> None:
        """Let other processes train in the folder."""
        if self._lock:
            self._lock.release()

    def _first_network(self) -> CharNetwork:
        if self.start:
            return load_network(self.start.checkpoint)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.config.seed)
            return CharNetwork.of(self.network_config, self.data.vocabulary, self.own)

    def _clear(self) -> None:
        """Remove the files of a former run, whose network must not be taken for this one's; other files stay."""
        names = (HISTORY, *CURVES)
        if not _holds_run(self.folder):
            require_own(self.folder, names)
        for name in (BEST, LAST):
            remove_checkpoint(self.folder / name)
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def progress(self) -> Generator[Progress, None, None]:
        """Train until finished; saves as described in the module's docstring."""
        saved = time.monotonic()
        try:
            with flushed_to_zero():
                for progress in self.trainer.run():
                    if self._lock and not self._lock.held:
                        raise OutputError("another training of this process has begun in it", path=self.folder)
                    if not progress.record:  # its losses are those of the present weights
                        self._hold()
                    if progress.record or time.monotonic() - saved > SAVE_EVERY_SECONDS:
                        self.save(progress.record)
                        saved = time.monotonic()
                    yield progress
        except GeneratorExit:
            self.save()
            raise
        except DivergenceError as error:
            last = self.folder / LAST
            kept = f"the last good checkpoint is in {last}" if last.exists() else "nothing was saved before"
            raise DivergenceError(f"{error}, and --force to start again; {kept}") from error
        except WorkerError as error:
            self.save()
            raise WorkerError(f"{error}; all that was learned is saved in {self.folder / LAST}") from error

    @torch.no_grad()
    def _hold(self) -> None:
        """Pull the weights back to those of the start (L2-SP)."""
        if self.start and self.start.l2_sp:
            share = min(1.0, self.start.l2_sp * self.trainer.position.learning_rate)
            for weight, held in zip(self.trainer.network.parameters(), self._held, strict=True):
                weight.lerp_(held, share)

    def save(self, record: EpochRecord | None = None) -> None:
        """Write ``last`` and the history; with the `record` of an epoch, also ``best`` if it is the best epoch."""
        if not self.team.leads or (self._lock and not self._lock.held):
            return
        if record and self.trainer.best is record:
            write_checkpoint(self.folder / BEST, self._checkpoint(record))
        tensors, numbers = self.trainer.state()
        contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
        content = safetensors.torch.save(contiguous, metadata={"trainer": json.dumps(numbers)})
        newest = self.trainer.history[-1] if self.trainer.history else None
        history = tuple(asdict(each) for each in self.trainer.history)
        write_checkpoint(self.folder / LAST, replace(self._checkpoint(newest), history=history), {RESUME: content})
        write_file(self.folder / HISTORY, history_as_csv(self.trainer.history))

    def _checkpoint(self, record: EpochRecord | None) -> Checkpoint:
        training = {
            "config": to_mapping(self.config),
            "data": self.data.describe() | self.origin,
            "baselines": self.baselines.as_json(),
            "torch": str(torch.__version__),
            **self.notes,
        }
        weights = weights_of(self.trainer.network)
        metrics = asdict(record) if record else {}
        return Checkpoint(self.network_config, self.data.vocabulary, weights, metrics, training, self.style)

    def _read_last(self) -> tuple[Checkpoint, dict[str, Any]]:
        """Return the newest checkpoint, after a check that it has the same data and options."""
        checkpoint, about = with_own(read_last(self.folder), self.own), read_about(self.folder / LAST)
        recorded = {**to_mapping(checkpoint.config), **to_mapping(training_config_of(checkpoint))}
        asked = {**to_mapping(self.network_config), **to_mapping(self.config)}
        for name, value in asked.items():
            was = recorded[name]
            if name == "epochs" and value > was:
                self.lengthened = {"epochs": was, "after": checkpoint.metrics.get("epoch", 0)}
            elif was != value and name not in MAY_CHANGE:
                raise OptionError(f"{name} is {value!r}, but the run to go on with has {was!r}", path=self.folder)
        if checkpoint.training.get("data", {}).get("fingerprint") != self.data.fingerprint:
            raise OptionError("the run to go on with was trained on other tunes", path=self.folder)
        former = [*checkpoint.training.get(LENGTHENED, ()), *([self.lengthened] if self.lengthened else [])]
        self.notes |= {LENGTHENED: former} if former else {}
        return checkpoint, about

    def _restore(self, about: dict[str, Any]) -> None:
        path = self.folder / LAST / RESUME
        content = read_verified(self.folder / LAST, RESUME, about)
        try:
            numbers = json.loads(_metadata(content)["trainer"])
            self.trainer.restore(safetensors.torch.load(content), numbers)
        except (KeyError, TypeError, ValueError, safetensors.SafetensorError) as error:
            raise CheckpointError(f"is damaged: {error}", path=path) from error
        history = history_as_csv(self.trainer.history)
        if self.team.leads and self.trainer.history and not _has_text(self.folder / HISTORY, history):
            write_file(self.folder / HISTORY, history)


def training_config_of(checkpoint: Checkpoint) -> TrainingConfig:
    """The options of a training as `checkpoint` records them; those that are newer than it have their defaults.

    Raises
    ------
    OptionError
        If one of them does not exist, or is outside its range; the message names the file.
    """
    path = checkpoint.path and checkpoint.path / ABOUT
    return from_mapping(TrainingConfig, with_present_names(checkpoint.training.get("config") or {}), path=path)


def read_last(run: Path) -> Checkpoint:
    """Return the newest checkpoint of a run folder.

    Raises
    ------
    CheckpointError
        If there is none, or it is damaged.
    """
    if not (as_written(run / LAST) / ABOUT).is_file():
        holds = run.is_dir() and any(path.name not in unfinished(BEST, LAST) for path in run.iterdir())
        how = "give --force in place of --resume" if holds else "leave --resume out"
        raise CheckpointError(f"has no run to go on with; {how} to start one", path=run)
    return read_checkpoint(run / LAST)


def _holds_run(folder: Path) -> bool:
    """Whether a training wrote into `folder`."""
    if any((folder / name / ABOUT).is_file() for name in (BEST, LAST)):
        return True
    return (folder / HISTORY).is_file() and (folder / HISTORY).read_bytes().startswith(history_as_csv(()).encode())


def _has_text(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def choose_device(config: TrainingConfig, place: int = 0) -> torch.device:
    """Return the device of `config`; of several GPUs that with number `place`."""
    if config.device == "cuda" and not torch.cuda.is_available():
        raise OptionError("device is 'cuda', but torch finds no GPU")
    wanted = config.device if config.device != "auto" else ("cuda" if torch.cuda.is_available() else "cpu")
    if wanted == "cpu":
        return torch.device("cpu")
    if place >= torch.cuda.device_count():
        raise OptionError(
            f"process {place} of this machine needs a GPU of its own, but there are {torch.cuda.device_count()}"
        )
    return torch.device("cuda", place)


def _metadata(content: bytes) -> dict[str, str]:
    """Return the metadata in the header of a safetensors file: eight bytes of length, then JSON."""
    length = int.from_bytes(content[:8], "little")
    metadata: dict[str, str] = json.loads(content[8 : 8 + length])["__metadata__"]
    return metadata
