"""Checkpoints: trained networks on disk, those of runs and those that are shipped with Tunewright.

A checkpoint is a folder that stands alone:

    weights.safetensors    every weight, by its name in `CharNetwork`
    tunewright.json        format version, network, vocabulary, metrics, data and options of the training,
                           style of its tunes, checksums of the other files and of itself

It contains no code, and nothing is unpickled. Reading one needs no torch. A run folder, which training writes, holds
two: ``best`` and ``last``.

Shipped networks are checkpoint folders in ``networks`` beside this file, each with a card that describes its data, its
training and its losses. Their names can be given in place of a path: ``tunewright compose oneills``.
"""

import contextlib
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from tunewright import __version__
from tunewright.checksums import CHECKSUM, digest, parse_object, require_sealed, sealed_json
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CheckpointError, InputError, OptionError
from tunewright.files import as_written, remove_folder, settle_folder, write_folder
from tunewright.model.config import NetworkConfig
from tunewright.options import from_mapping, to_mapping, with_present_names

FORMAT, UNSEALED = 2, 1
"""Formats that are read: the present one, and the first, whose `tunewright.json` had no checksum of its own."""
WEIGHTS, ABOUT, RESUME = "weights.safetensors", "tunewright.json", "resume.safetensors"
KEYS = ("format", "tunewright", "network", "vocabulary", "metrics", "training", "style", "history", "sha256")
BEST, LAST = "best", "last"
PLAIN_TEXT = "plain_text"
"""Key of the record of the data, true if it is text of any kind."""
RETRIES, RETRY_SECONDS = 3, 0.02
NETWORKS = Path(__file__).parent / "networks"
CARD = "CARD.md"
OWN_NAME = "own_network"
"""Key of the training record for the name of the class or function that made a network of one's own."""

Build = Callable[[int], Any]
"""Makes a network of one's own, a `torch.nn.Module`, from the number of symbols; see `tunewright.model.own_network`."""


@dataclass(frozen=True)
class Checkpoint:
    """A trained network and its record, independent of torch."""

    config: NetworkConfig
    """The architecture."""
    vocabulary: Vocabulary
    weights: Mapping[str, NDArray[np.float32]]
    """By their names in `CharNetwork`."""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    """Epoch and losses, in nats per character."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """Options and data of its training."""
    style: Mapping[str, Any] = field(default_factory=dict)
    """Statistics of its training tunes for composing, see `tunewright.corpus.style`; empty in old checkpoints."""
    path: Path | None = None
    """The folder that it was read from."""
    history: Sequence[Mapping[str, Any]] = ()
    """The records of all epochs, in the newest checkpoint of a run; see `EpochRecord`."""
    own: Build | None = field(default=None, repr=False, compare=False)
    """What makes the network, if it is a module of one's own; it is not written."""

    @property
    def reads_plain_text(self) -> bool:
        """Whether it was trained on text of any kind, not on tunes."""
        record: Any = self.training
        while isinstance(record, dict) and "adapted_from" in record:
            record = record["adapted_from"].get("training")
        return bool(isinstance(record, dict) and (record.get("data") or {}).get(PLAIN_TEXT))

    @property
    def fingerprint(self) -> str:
        """The first twelve digits of a SHA-256 of its weights."""
        sha256 = hashlib.sha256()
        for name in sorted(self.weights):
            sha256.update(self.weights[name].tobytes())
        return sha256.hexdigest()[:12]


Model = Checkpoint | Path | str
"""A network, the run or checkpoint folder of one, or the name of one that comes along."""


def write_checkpoint(folder: Path, checkpoint: Checkpoint, extra: Mapping[str, bytes] | None = None) -> None:
    """Write `checkpoint`, and the files of `extra` beside it, in place of the checkpoint that `folder` holds."""
    files = {WEIGHTS: safetensors.numpy.save(dict(checkpoint.weights)), **(extra or {})}
    about = {
        "format": FORMAT,
        "tunewright": __version__,
        "network": to_mapping(checkpoint.config),
        "vocabulary": checkpoint.vocabulary.symbols,
        "metrics": checkpoint.metrics,
        "training": checkpoint.training,
        "style": checkpoint.style,
        **({"history": list(checkpoint.history)} if checkpoint.history else {}),
        "sha256": {name: digest(content) for name, content in files.items()},
    }
    write_folder(folder, {**files, ABOUT: sealed_json(about)}, written_files)


def written_files(folder: Path) -> set[str]:
    """Names of the files in `folder` that `write_checkpoint` wrote there; none if it holds no checkpoint."""
    if not (folder / ABOUT).is_file():
        return set()
    try:
        listed = set(parse_object((folder / ABOUT).read_bytes())["sha256"])
    except (OSError, ValueError, KeyError, TypeError):  # damaged: the names that every checkpoint has
        listed = set()
    return {name for name in listed if Path(str(name)).name == name} | {ABOUT, WEIGHTS, RESUME}


def settle_checkpoint(folder: Path) -> None:
    """Restore the former checkpoint if `write_checkpoint` was killed while it replaced `folder`."""
    settle_folder(folder, written_files)


def remove_checkpoint(folder: Path) -> None:
    """Remove a checkpoint, its files alone."""
    remove_folder(folder, written_files)


def find_checkpoint(model: Path | str) -> Path:
    """Return the checkpoint folder of `model`: the folder itself, the best of a run, or a shipped network.

    Raises
    ------
    CheckpointError
        If there is none.
    """
    path = Path(model)
    for folder in (path, path / BEST, path / LAST):
        if (as_written(folder) / ABOUT).is_file():
            return as_written(folder)
    if not path.exists():
        networks = shipped()
        if str(model) in networks:
            return networks[str(model)]
        names = ", ".join(networks)
        raise CheckpointError(f"no such model; allowed: a run or checkpoint folder, or one of: {names}", path=path)
    raise CheckpointError(f"is not a model: neither it nor its folder {BEST!r} has a file {ABOUT}", path=path)


def shipped() -> dict[str, Path]:
    """Return the folder of each shipped network, by its name."""
    return {folder.name: folder for folder in sorted(NETWORKS.iterdir())} if NETWORKS.is_dir() else {}


def read_checkpoint(model: Path | str, network: Build | None = None) -> Checkpoint:
    """Read a run or checkpoint folder or a shipped network; verifies its checksums.

    Parameters
    ----------
    network
        What made the module, if it is one of your own: the same class or function as in `train`.

    Raises
    ------
    CheckpointError
        If it is missing, cut short, changed since it was written, or of an unknown format.
    """
    for _ in range(RETRIES):
        # A training may be replacing the folder at this moment.
        with contextlib.suppress(CheckpointError):
            return with_own(_read(find_checkpoint(model)), network)
        time.sleep(RETRY_SECONDS)
    return with_own(_read(find_checkpoint(model)), network)


def with_own(checkpoint: Checkpoint, network: Build | None) -> Checkpoint:
    """`checkpoint` with what makes its network, a module of one's own; None leaves it as it is.

    Raises
    ------
    OptionError
        If its network is one of Tunewright's.
    """
    if network is None:
        return checkpoint
    if not checkpoint.config.is_own:
        cell = checkpoint.config.cell
        raise OptionError(f"network is given, but {checkpoint.path or 'the model'} is no module of your own: {cell!r}")
    return replace(checkpoint, own=network)


def read_about(folder: Path) -> dict[str, Any]:
    """Return the content of `tunewright.json` of a checkpoint.

    Raises
    ------
    CheckpointError
        If it is missing, has changed since it was written, has a key of another name, or is of an unknown format.
    """
    path = folder / ABOUT
    try:
        content = path.read_bytes()
        about = parse_object(content)
        version = about["format"]
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"is damaged: {error}", path=path) from error
    if version not in (FORMAT, UNSEALED) or isinstance(version, bool):
        raise CheckpointError(
            f"has format {version!r}; this version of Tunewright reads formats {UNSEALED} and {FORMAT}", path=path
        )
    try:
        require_sealed(content, about, KEYS, unsealed=version == UNSEALED)
    except ValueError as error:
        raise CheckpointError(f"is damaged: {error}", path=path) from error
    about.pop(CHECKSUM, None)
    return about


def read_verified(folder: Path, name: str, about: Mapping[str, Any]) -> bytes:
    """Return the content of one file of a checkpoint after a check of its checksum."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"cannot be read: {error.strerror or error}", path=path) from error
    checksums = about.get("sha256")
    if not isinstance(checksums, dict) or digest(content) != checksums.get(name):
        raise CheckpointError(f"is damaged: its {len(content):,} bytes do not match the checksum in {ABOUT}", path=path)
    return content


def checkpoint_of(model: Model) -> Checkpoint:
    """`model` itself, or what `read_checkpoint` reads."""
    return model if isinstance(model, Checkpoint) else read_checkpoint(model)


def _read(folder: Path) -> Checkpoint:
    about = read_about(folder)
    content = read_verified(folder, WEIGHTS, about)
    try:
        kinds = {"metrics": dict, "training": dict, "style": dict, "history": list}
        for name, kind in kinds.items():
            if not isinstance(about.get(name, kind()), kind):
                raise TypeError(f"{name} is of another kind")
        return Checkpoint(
            config=from_mapping(NetworkConfig, with_present_names(about["network"])),
            vocabulary=Vocabulary(about["vocabulary"]),
            weights=safetensors.numpy.load(content),
            metrics=about["metrics"],
            training=about["training"],
            style=about.get("style", {}),
            history=tuple(about.get("history", ())),
            path=folder,
        )
    except (AttributeError, KeyError, TypeError, InputError, safetensors.SafetensorError) as error:
        raise CheckpointError(f"is damaged: {error}", path=folder / ABOUT) from error
