"""Pieces of a large corpus: parts of its sources that are read one at a time, and the file kept of each.

A piece is several small files, or one stretch of a large one (see `tunewright.corpus.large.stretches`): about
`STRETCH_BYTES` of source. Its result is a file of plain arrays: its tunes as ids, and all that is needed to put the
pieces of a corpus together without reading the tunes again. Ids count in the piece's own symbols, since those of the
whole corpus are not known yet.

Shapes: N tunes, C characters of all of them, framed.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from tunewright.checksums import BLANK, CHANGED, CHECKSUM, seal, seal_holds
from tunewright.corpus.grouping import Keys, hash_of, tune_keys
from tunewright.corpus.large.stretches import STRETCH_BYTES, Stretch, cut, read_stretch
from tunewright.corpus.readers import comparable, read_source
from tunewright.corpus.sources import Source, open_file
from tunewright.corpus.tune import Failure, Tune
from tunewright.corpus.vocabulary import Ids
from tunewright.errors import CorpusError
from tunewright.files import write_file

SPLIT_SEED = 0
"""Seed of the choice of validation tunes, the default of `split_tunes`."""

MOST_BYTES = 256
"""Most symbols for ids of one byte."""

_PACKED = frozenset((".gz", ".zip"))


@dataclass(frozen=True)
class File:
    """A file to be read."""

    path: Path
    name: Path
    """Name for messages; differs from `path` if it was unpacked from an archive."""
    trouble: str = ""
    """Reason why it cannot be read; empty if it can."""


@dataclass(frozen=True)
class CorpusPart:
    """A file, or a stretch of one, that is read as part of a piece."""

    file: File
    size: int
    """In bytes."""
    stretch: Stretch | None = None


Piece = tuple[CorpusPart, ...]


def pieces_of(files: Iterable[File]) -> Iterator[Piece]:
    """Yield the pieces of `files`."""
    small: list[CorpusPart] = []
    for file in files:
        parts = _parts(file)
        if len(parts) == 1 and not parts[0].stretch:
            if small and sum(part.size for part in small) + parts[0].size > STRETCH_BYTES:
                yield tuple(small)
                small = []
            small += parts
            continue
        if small:
            yield tuple(small)
            small = []
        yield from ((part,) for part in parts)
    if small:
        yield tuple(small)


def _parts(file: File) -> list[CorpusPart]:
    if file.trouble:
        return [CorpusPart(file, 0)]
    size = file.path.stat().st_size
    if size <= STRETCH_BYTES or file.path.suffix.lower() in _PACKED:
        return [CorpusPart(file, size)]
    try:
        return [CorpusPart(file, stretch.stop - stretch.start, stretch) for stretch in cut(file.path, file.name)]
    except CorpusError as error:
        return [CorpusPart(replace(file, trouble=error.message), size)]
    except OSError as error:
        return [CorpusPart(replace(file, trouble=f"cannot be read: {error.strerror or error}"), size)]


def write_piece(piece: Piece, target: Path, text_field: str | None) -> None:
    """Read `piece` and write its arrays to the file `target`."""
    tunes: list[Tune] = []
    failures: list[Failure] = []
    line_ends = 0
    for part in piece:
        found, line_ends = _read_part(part, text_field)
        tunes += [item for item in found if isinstance(item, Tune)]
        failures += [item for item in found if isinstance(item, Failure)]
    ids, symbols = _encode("".join([tune.framed for tune in tunes]))
    paths = [item.path for item in tunes] + [failure.path for failure in failures]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(map(str, paths)))}
    about = {
        "names": list(numbers),
        "goes_on": bool(piece[0].stretch and piece[0].stretch.start),
        "line_ends": line_ends,
        "failures": [[numbers[str(failure.path)], failure.line, failure.reason] for failure in failures],
        "symbols": symbols,
    }
    arrays = _arrays(tunes) | {"ids": ids} | {"named": np.array([numbers[str(tune.path)] for tune in tunes], np.uint32)}
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    write_file(target, seal(safetensors.numpy.save(arrays, metadata={CHECKSUM: BLANK})))


def _read_part(part: CorpusPart, text_field: str | None) -> tuple[list[Tune | Failure], int]:
    """Return the tunes and failures of `part`, and its number of line ends if it is a stretch, else 0."""
    file = part.file
    if file.trouble:
        return [Failure(file.name, 1, file.trouble)], 0
    if part.stretch:
        return read_stretch(file.path, file.name, part.stretch, text_field)
    found: list[Tune | Failure] = []
    for source in open_file(file.path):
        if isinstance(source, Source) and source.path == file.path:
            found += read_source(Source(file.name, source.data), text_field)
        else:
            found += read_source(source, text_field)
    return found, 0


def _encode(text: str) -> tuple[Ids, str]:
    """Return the ids of `text`, shape=(C,), and the symbols that they count, in the order of their code points."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    known = np.flatnonzero(np.bincount(codes))
    table = np.zeros(known[-1] + 1 if known.size else 0, np.uint8 if len(known) <= MOST_BYTES else np.uint16)
    table[known] = np.arange(len(known))
    return table[codes], "".join(map(chr, known))


def _arrays(tunes: Sequence[Tune]) -> dict[str, NDArray[Any]]:
    keys = tune_keys(tunes, seed=SPLIT_SEED)
    return {
        "lengths": np.array([len(tune.text) + 2 for tune in tunes], np.uint32),  # (N,)
        "sizes": np.array([tune.source_characters for tune in tunes], np.uint32),
        "lines": np.array([tune.line for tune in tunes], np.uint32),
        "contents": np.array([hash_of(comparable(tune.text)) for tune in tunes], np.uint64),
        "keys": keys.columns,  # (columns, N)
        "titles": keys.titles,
        "titled": keys.titled,
    }


class PieceFile:
    """A file of `write_piece`; each array is read when it is used.

    Raises
    ------
    CorpusError
        If it is cut short.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            about: dict[str, Any] = json.loads(self.array("about").tobytes())
            self.names: list[str] = about["names"]
            """Files of its tunes and failures."""
            self.goes_on: bool = about["goes_on"]
            """True for a stretch that is not the first of its file."""
            self.line_ends: int = about["line_ends"]
            self.failures: list[list[Any]] = about["failures"]
            """Index into `names`, line, reason."""
            self.symbols: str = about["symbols"]
        except (OSError, ValueError, KeyError, TypeError, safetensors.SafetensorError) as error:
            raise CorpusError(f"is damaged: {error}", path=path) from error

    def verify(self) -> None:
        """Read all of it; CorpusError if it does not have its checksum."""
        if not seal_holds(self._path.read_bytes()):
            raise CorpusError(f"is damaged: {CHANGED}", path=self._path)

    def __len__(self) -> int:
        """Return the number of its tunes."""
        return int(self._open().get_slice("lengths").get_shape()[0])

    def array(self, name: str) -> NDArray[Any]:
        """Return the array `name`."""
        found: NDArray[Any] = self._open().get_tensor(name)
        return found

    def key_column(self, number: int) -> Keys:
        """Return one row of `keys`, shape=(N,)."""
        column: Keys = self._open().get_slice("keys")[number : number + 1][0]
        return column

    def _open(self) -> Any:
        """Map the file for one use, since the pages of a mapped file count as memory as long as it is mapped."""
        return safetensors.safe_open(str(self._path), framework="numpy")
