"""What does a run say of its training, without its weights?

A run folder is as `training.run` writes it; a checkpoint folder alone will do, of which one epoch is known.
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
from tunewright.model.checkpoint import ABOUT, find_checkpoint, read_about
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.options import from_mapping, with_present_names
from tunewright.training.config import Protocol, TrainingConfig
from tunewright.training.evaluate import Loss
from tunewright.training.history import EpochRecord
from tunewright.training.ngram import Baseline, Baselines
from tunewright.training.run import HISTORY

STACKED = "stacked"
"""Under which a checkpoint says that it learned in a stack, and of how many networks."""


@dataclass(frozen=True)
class RecordedRun:
    """One training as it is recorded."""

    folder: Path
    network: NetworkConfig
    training: TrainingConfig
    symbols: int
    """Characters of the vocabulary."""
    options: Mapping[str, Any]
    """Every option of network and training that was recorded; an older run lacks some, which have defaults above."""
    history: tuple[EpochRecord, ...]
    """Every epoch; of a checkpoint alone, the one that it was taken after."""
    data: Mapping[str, Any]
    """Counts of tunes and characters, and ``fingerprint``, which is the same for the same data only."""
    baselines: Baselines | None
    """What counting the same tunes reaches on the validation tunes, if that was recorded."""
    stacked: bool
    """It learned in a stack of several: seconds are those of all of them together."""

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
        """How many numbers the network has learned."""
        with torch.device("meta"):  # of which only the shape is made
            return CharNetwork(self.network, self.symbols).weight_count

    @property
    def seconds(self) -> float:
        """Of learning, over all epochs that are known; evaluation left out."""
        return self.history[-1].seconds

    @property
    def rate(self) -> float:
        """Characters learned in a second, over all epochs."""
        return float(self.history[-1].epoch * self.data["training_characters"] / self.seconds)


def read_run(folder: Path | str) -> RecordedRun:
    """Read what a run or checkpoint folder, or a network that comes along by its name, says of its training.

    Raises
    ------
    InputError
        If there is none, or what it says is damaged; file and line are named.
    """
    checkpoint = find_checkpoint(folder)
    about, path = read_about(checkpoint), checkpoint / ABOUT
    try:
        training, network = about["training"], about["network"]
        history_file = Path(folder) / HISTORY
        history = read_history(history_file) if history_file.is_file() else (_epoch(about["metrics"]),)
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
            raise ValueError("counts of its data are no numbers")
    except KeyError as error:
        raise CheckpointError(f"does not say how the network was trained: it lacks {error}", path=path) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise CheckpointError(f"does not say how the network was trained: {error}", path=path) from error
    return run


def read_history(path: Path) -> tuple[EpochRecord, ...]:
    """Read the epochs of a run's `history.csv`, one or more.

    Raises
    ------
    InputError
        If it cannot be read or a row is no epoch; it names the line.
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
        raise InputError(f"is no epoch: {error}", path=path, line=reader.line_num) from error
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
        raise ValueError("epoch and seconds are counted from 1 and from more than 0")
    return EpochRecord(**{**numbers, "epoch": int(values["epoch"])})


def _baselines(recorded: Mapping[str, Any]) -> Baselines:
    """The inverse of `Baselines.as_json`."""

    def baseline(losses: Mapping[str, Mapping[str, float]]) -> Baseline:
        return Baseline(_loss(losses["full_tune"]), _loss(losses["cold_window"]))

    unigram, ngram = baseline(recorded["unigram"]), baseline(recorded["ngram"])
    return Baselines(unigram, ngram, recorded["context"], recorded["counted_characters"])


def _loss(values: Mapping[str, float]) -> Loss:
    return Loss(values["nats_per_char"], values.get("standard_error"))


def unlike(runs: Mapping[str, RecordedRun]) -> list[str]:
    """Why the losses of `runs`, one or more by their names, may not be compared, in words; empty if they may."""
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
