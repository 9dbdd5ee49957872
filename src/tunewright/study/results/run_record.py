"""The record of a training: options, history, data and baselines, read from a run folder without its weights.

Of a checkpoint folder alone, one epoch is known. `training.run` writes both.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from tunewright.errors import CheckpointError, InputError
from tunewright.files import as_written
from tunewright.model.checkpoint import ABOUT, LAST, find_checkpoint, read_about, read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.options import from_mapping, with_present_names
from tunewright.training.config import Protocol, TrainingConfig
from tunewright.training.evaluate import Loss
from tunewright.training.history import EpochRecord, history_as_csv
from tunewright.training.ngram import Baseline, Baselines
from tunewright.training.run import HISTORY

STACKED = "stacked"
"""The key of a checkpoint's record that holds the number of networks of its stack."""


@dataclass(frozen=True)
class RecordedRun:
    """One training as it is recorded."""

    folder: Path
    network: NetworkConfig
    training: TrainingConfig
    symbols: int
    """Characters of the vocabulary."""
    options: Mapping[str, Any]
    """The recorded options of network and training; an older run lacks some, which have their defaults above."""
    history: tuple[EpochRecord, ...]
    """Every epoch; of a checkpoint alone, the epoch that it was saved after."""
    data: Mapping[str, Any]
    """Counts of tunes and characters, and ``fingerprint``, which identifies the data."""
    baselines: Baselines | None
    """N-gram and unigram baselines on the validation tunes, if they were recorded."""
    stacked: bool
    """Whether it was trained in a stack: seconds are those of all its networks together."""

    @property
    def protocol(self) -> Protocol:
        """Under which the best epoch is chosen."""
        return self.training.select_by

    @cached_property
    def best(self) -> EpochRecord:
        """The epoch with the lowest validation loss."""
        return min(self.history, key=lambda record: record.validation(self.protocol))

    @cached_property
    def parameters(self) -> int:
        """Number of trainable parameters; of a module of one's own, all numbers that its checkpoint holds."""
        if self.network.is_own:
            return sum(values.size for values in read_checkpoint(self.folder).weights.values())
        with torch.device("meta"):  # makes shapes only
            return CharNetwork(self.network, self.symbols).weight_count

    @property
    def seconds(self) -> float:
        """Training time over all known epochs, without evaluation."""
        return self.history[-1].seconds

    @property
    def rate(self) -> float:
        """Training characters per second, over all epochs."""
        return float(self.history[-1].epoch * self.data["training_characters"] / self.seconds)


def read_run(folder: Path | str) -> RecordedRun:
    """Read the record of a run folder, of a checkpoint folder, or of a network that comes with Tunewright, by its name.

    Raises
    ------
    InputError
        If there is none, or it is damaged; the message names file and line.
    """
    checkpoint = find_checkpoint(folder)
    about, path = read_about(checkpoint), checkpoint / ABOUT
    try:
        training, network = about["training"], about["network"]
        history = _history(Path(folder)) or (_epoch(about["metrics"]),)
        run = RecordedRun(
            folder=Path(folder),
            network=from_mapping(NetworkConfig, with_present_names(network)),
            training=from_mapping(TrainingConfig, with_present_names(training["config"])),
            symbols=len(about["vocabulary"]),
            options=with_present_names({**network, **training["config"]}),
            history=history,
            data=training["data"],
            baselines=_baselines(training["baselines"]) if "baselines" in training else None,
            stacked=STACKED in training,
        )
        if not isinstance(run.data["training_characters"], int) or not isinstance(run.data["fingerprint"], str):
            raise ValueError("'training_characters' must be a number and 'fingerprint' a string")
    except KeyError as error:
        raise CheckpointError(f"has no complete record of the training: {error} is missing", path=path) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise CheckpointError(f"has no complete record of the training: {error}", path=path) from error
    return run


def _history(folder: Path) -> tuple[EpochRecord, ...]:
    """The epochs of a run folder, those that its newest checkpoint holds; empty if none are recorded.

    Raises
    ------
    InputError
        If ``history.csv`` differs from them. It may lack the last one: a killed process may not have written it.
    """
    path, newest = folder / HISTORY, as_written(folder / LAST)
    recorded = read_about(newest).get("history", ()) if (newest / ABOUT).is_file() else ()
    if not recorded:  # a run of version 0.1.0, or one that was not trained to the end of an epoch
        return read_history(path) if path.is_file() else ()
    as_saved = [EpochRecord(**each) for each in recorded]
    written = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
    if written is not None and written not in (history_as_csv(as_saved), history_as_csv(as_saved[:-1])):
        raise InputError(
            f"differs from the epochs in {newest / ABOUT}; delete it, and it is written anew by tunewright train "
            f"--out {folder} --resume",
            path=path,
        )
    return tuple(map(_epoch, recorded))


def read_history(path: Path) -> tuple[EpochRecord, ...]:
    """Read the epochs of a run's `history.csv`, one or more.

    Raises
    ------
    InputError
        If it cannot be read or a row is not an epoch; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    reader = csv.DictReader(lines, strict=True)
    names = [column.name for column in fields(EpochRecord)]
    if reader.fieldnames != names:
        raise InputError(f"has the columns {reader.fieldnames}; expected: {', '.join(names)}", path=path, line=1)
    history: list[EpochRecord] = []
    try:
        for row in reader:
            history.append(_epoch(row))
            if history[-1].epoch != len(history):
                raise ValueError(f"epoch {history[-1].epoch} where {len(history)} was expected")
    except (csv.Error, KeyError, TypeError, ValueError) as error:
        raise InputError(f"is not an epoch: {error}", path=path, line=reader.line_num) from error
    if not history:
        raise InputError("holds no epoch", path=path)
    return tuple(history)


def _epoch(values: Mapping[str, Any]) -> EpochRecord:
    """An epoch from its numbers by name."""
    numbers: dict[str, Any] = {column.name: float(values[column.name]) for column in fields(EpochRecord)}
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise ValueError(f"{name} is {number}; a finite number was expected")
    if numbers["epoch"] < 1 or numbers["seconds"] <= 0:
        raise ValueError("epoch must be 1 or more, and seconds more than 0")
    return EpochRecord(**{**numbers, "epoch": int(values["epoch"])})


def _baselines(recorded: Mapping[str, Any]) -> Baselines:
    """The inverse of `Baselines.as_json`."""

    def baseline(losses: Mapping[str, Mapping[str, float]]) -> Baseline:
        return Baseline(_loss(losses["full_tune"]), _loss(losses["cold_window"]))

    unigram, ngram = baseline(recorded["unigram"]), baseline(recorded["ngram"])
    return Baselines(unigram, ngram, recorded["context"], recorded["counted_characters"])


def _loss(values: Mapping[str, float]) -> Loss:
    return Loss(values["nats_per_char"], values.get("standard_error"))


def reasons_not_comparable(runs: Mapping[str, RecordedRun]) -> list[str]:
    """Reasons why the losses of `runs` (one or more, by name) may not be compared; empty if they may."""
    (first, reference), *others = runs.items()
    why = []
    for name, run in others:
        if run.data["fingerprint"] != reference.data["fingerprint"]:
            why.append(f"{name} has other tunes ({_data(run)}) than {first} ({_data(reference)})")
        if run.protocol != reference.protocol:
            why.append(f"the best epoch of {name} is chosen by {run.protocol}, that of {first} by {reference.protocol}")
    return why


def _data(run: RecordedRun) -> str:
    return f"{run.data['training_characters']:,} characters to learn from, fingerprint {run.data['fingerprint'][:12]}"
