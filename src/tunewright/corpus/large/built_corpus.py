"""A built corpus: its folder, its index, and how it is opened.

A built corpus is a folder (see `tunewright.corpus.large.shard_builder`):

    tunewright-corpus.json     the index: vocabulary, counts, files with their sizes and checksums, what was left out;
                               written last, with a checksum of its own
    tunewright-sources.json    the files and options that it was built from
    training-00000.ids ...     the ids of all tunes, framed, one tune after the other (see `shards`)
    validation-00000.ids ...
    training.lengths ...       for each tune its number of ids; four bytes each, little-endian
    training.sizes ...         for each tune its number of characters in its source; likewise
    failures.jsonl             what was left out, and why

The symbols of the index are those of the training tunes, in the order of their code points: the vocabulary of a network
that learns from them. Symbols of validation tunes alone come after them.

Shapes: N tunes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tunewright.checksums import parse_object, require_sealed
from tunewright.corpus.large.shards import MappedTunes, ShardFile, Shards
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import UnknownCharacter, Vocabulary
from tunewright.errors import CorpusError, OptionError, VocabularyError

FORMAT, UNSEALED = 2, 1
"""Formats that are read: the present one, and the first, whose index had no checksum of its own."""

INDEX, SOURCES, FAILURES = "tunewright-corpus.json", "tunewright-sources.json", "failures.jsonl"

KEYS = (
    "format", "symbols", "vocabulary", "dtype", "fingerprint", "sources_sha256", "duplicates", "failures", "unknown",
    "training", "validation",
)  # fmt: skip
_WRITTEN = re.compile(
    r"(training|validation)(-\d{5}\.ids|\.lengths|\.sizes)|\.((training|validation)-\d{5}\.ids|failures\.jsonl)\.new"
)

Side = Literal["training", "validation"]


@dataclass(frozen=True)
class BuiltSide:
    """The training tunes, or the validation tunes."""

    folder: Path
    ids: MappedTunes
    sizes: NDArray[np.uint32]
    """Number of characters of each tune in its file, shape=(N,)."""
    source_characters: int
    """Number of characters of all tunes in their files."""
    counts: Mapping[str, int]
    """Number of occurrences of each symbol, boundaries included."""
    files: tuple[ShardFile, ...]
    """All of its files."""

    def verify(self) -> None:
        """Read everything, once, and raise CorpusError if a file does not have its checksum."""
        assert self._whole  # noqa: S101 - it is, or the line above has raised an error

    @cached_property
    def _whole(self) -> bool:
        for file in self.files:
            file.check_content()
        return True

    def __len__(self) -> int:
        """Return N."""
        return len(self.ids)

    def read(self, numbers: Iterable[int]) -> list[Tune]:
        """Return the tunes with these numbers as text; their places in the sources are not kept."""
        symbols = np.array([ord(symbol) for symbol in self.counts], "<u4")
        found = []
        for number in numbers:
            text = symbols[self.ids[number][1:-1]].tobytes().decode("utf-32-le", "surrogatepass")
            found.append(Tune(text, self.folder, 1, int(self.sizes[number])))
        return found


@dataclass(frozen=True)
class BuiltCorpus:
    """An opened corpus; see `read_corpus`."""

    folder: Path
    symbols: str
    vocabulary: Vocabulary
    """The characters of the training tunes: the first of `symbols`."""
    training: BuiltSide
    validation: BuiltSide
    unknown: tuple[UnknownCharacter, ...]
    """Characters of validation tunes outside the vocabulary, each with its place."""
    duplicates: int
    """Number of tunes left out because an equal one came before."""
    failures: Mapping[str, int]
    """Number of other failures by reason."""
    fingerprint: str
    """SHA-256 of the checksums of all tunes: the same for the same tunes in the same order."""

    def as_json(self) -> dict[str, Any]:
        """Return what ``tunewright corpus DIR --json`` prints."""
        sides = {
            name: {"tunes": len(side), "characters": side.ids.characters, "source_characters": side.source_characters}
            for name, side in (("training", self.training), ("validation", self.validation))
        }
        return {
            **sides,
            "symbols": len(self.vocabulary),
            "unknown_characters": len(self.unknown),
            "duplicates": self.duplicates,
            "failures": dict(self.failures),
            "fingerprint": self.fingerprint,
        }

    def verify(self) -> None:
        """Read everything, once, and raise CorpusError if a file does not have its checksum."""
        self.training.verify()
        self.validation.verify()


def written_names(folder: Path) -> list[str]:
    """Names of the files that a build writes: those with a number that `folder` holds, and all others.

    Temporary ones, which a build leaves when it is killed, begin with a dot.
    """
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return [INDEX, SOURCES, FAILURES, *filter(_WRITTEN.fullmatch, there)]


def is_built(path: Path | str) -> bool:
    """Return true if `path` is a built corpus, or one whose build is not finished."""
    try:
        return Path(path, INDEX).is_file() or Path(path, SOURCES).is_file()
    except OSError:  # a folder that may not be looked into, or a name that is too long
        return False


def read_corpus(folder: Path) -> BuiltCorpus:
    """Open a built corpus; checks the sizes of its files, not yet their content.

    `BuiltCorpus.verify` does that; training and evaluation call it before they use the tunes.

    Raises
    ------
    CorpusError
        If the build is not finished, or the folder is damaged or of another format.
    """
    path = folder / INDEX
    try:
        content = path.read_bytes()
        index = parse_object(content)
        if index["format"] not in (FORMAT, UNSEALED):
            raise CorpusError(
                f"has format {index['format']}; this version of Tunewright reads {UNSEALED} and {FORMAT}: build the "
                "corpus again",
                path=path,
            )
        require_sealed(content, index, KEYS, unsealed=index["format"] == UNSEALED)
        vocabulary = Vocabulary(index["symbols"][: index["vocabulary"]])
        corpus = BuiltCorpus(
            folder,
            index["symbols"],
            vocabulary,
            _side(folder, index, "training"),
            _side(folder, index, "validation"),
            tuple(UnknownCharacter(symbol, Path(name), *place) for symbol, name, *place in index["unknown"]),
            index["duplicates"],
            index["failures"],
            index["fingerprint"],
        )
    except FileNotFoundError as error:
        raise CorpusError(
            "is not finished; run the same 'tunewright corpus build' again to continue", path=folder
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, VocabularyError) as error:
        raise CorpusError(
            f"cannot be read as the index of a corpus: {error}; build the corpus again", path=path
        ) from error
    return corpus


def built_corpus(sources: Sequence[Path | str]) -> BuiltCorpus | None:
    """Open the built corpus that `sources` name; None if they are something else."""
    if not any(map(is_built, sources)):
        return None
    if len(sources) > 1:
        raise OptionError(
            "a built corpus must be named alone; give all that belongs together to tunewright corpus build"
        )
    return read_corpus(Path(sources[0]))


def _side(folder: Path, index: Mapping[str, Any], side: Side) -> BuiltSide:
    entry = index[side]

    def file(listed: Mapping[str, Any]) -> ShardFile:
        return ShardFile(folder / listed["file"], listed["bytes"], listed["sha256"])

    ids = tuple(map(file, entry["shards"]))
    lengths, sizes = file(entry["lengths"]), file(entry["sizes"])
    files = (*ids, lengths, sizes)
    for each in files:
        each.check_size()
    shards = Shards(ids, np.dtype(index["dtype"]), len(index["symbols"]))
    tunes = MappedTunes(shards, lengths.map(np.dtype("<u4")).copy())
    counts = dict(zip(index["symbols"], entry["counts"], strict=True))
    if tunes.lengths.sum(dtype=np.int64) != shards.edges[-1]:
        raise CorpusError(
            "is damaged: its lengths do not add up to the characters of the shards; build the corpus again",
            path=lengths.path,
        )
    numbers = sizes.map(np.dtype("<u4"))
    return BuiltSide(folder, tunes, numbers, entry["source_characters"], counts, files)
