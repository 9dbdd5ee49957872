"""Builder of corpora larger than memory, with several processes; an interrupted build continues where it stopped.

First every piece of the sources is read into a file of its own (see `pieces`), then the pieces become shards (see
`shard_writing`), at last the index is written: a folder with an index is complete. Finished parts are kept when a build
is stopped or killed, and the result is the same to the byte as without the interruption.

An incomplete folder (see `built_corpus`) also holds:

    pieces/       one file for each piece that was read
    unpacked/     the content of large archives
"""

import json
import shutil
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunewright import __version__
from tunewright.checksums import BLANK, CHECKSUM, parse_object, require_sealed, seal
from tunewright.corpus.large.built_corpus import (
    FORMAT,
    INDEX,
    SOURCES,
    Side,
    is_built,
    written_names,
)
from tunewright.corpus.large.pieces import File, Piece, PieceFile, pieces_of, write_piece
from tunewright.corpus.large.shard_writing import SIDES, write_shards
from tunewright.corpus.large.unpacking import is_large_archive, unpack
from tunewright.corpus.large.workers import Run, workers
from tunewright.corpus.sources import existing, find_files
from tunewright.corpus.tune import Failure
from tunewright.errors import CorpusError, OutputError
from tunewright.files import claim_folder, require_own, write_file
from tunewright.locks import FolderLock

PIECES, UNPACKED = "pieces", "unpacked"


READING_SHARE = 0.9
"""Share of the whole work."""


@dataclass(frozen=True)
class BuildProgress:
    """Progress of a build."""

    doing: str
    share: float
    """Share of the whole work that is done, 0 to 1."""
    source_bytes: int = 0
    """Bytes read in this call; large archives count by their content."""


def build_corpus(
    *paths: Path | str,
    out: Path | str,
    validation: Sequence[Path | str] = (),
    text_field: str | None = None,
    keep_duplicates: bool = False,
    force: bool = False,
    processes: int = 1,
) -> Generator[BuildProgress, None, None]:
    """Build a corpus from any number of tunes in any format that `read_tunes` reads, or continue a build.

    Parameters
    ----------
    paths
        Files, folders and archives, of any size.
    out
        The folder to write. If an earlier call with the same sources and options was interrupted, this one continues
        it; if the corpus is complete, nothing is done.
    validation
        Files, folders and archives with validation tunes; without them, a tenth of the tunes is held back exactly
        as by `split_tunes`.
    text_field, keep_duplicates
        See `read_tunes`. Validation tunes keep their duplicates.
    force
        Replace the content of `out`.
    processes
        Number of processes that read; with 1, this process alone. More need a program that can be imported without
        running (``if __name__ == "__main__":``).

    Yields
    ------
    BuildProgress
        After each piece of work. The build may be stopped at any point.

    Raises
    ------
    CorpusError
        If a path does not exist, or no tune was found.
    OutputError
        If `out` is in use, or was built from other sources or from an earlier state of them.
    OptionError, VocabularyError
        If the tunes cannot be split, or have too many different characters.
    """
    folder = Path(out)
    if not paths:
        raise CorpusError("no file or folder was named; at least one with tunes is needed")
    files = {side: _files(given, folder) for side, given in zip(SIDES, (paths, validation), strict=True)}
    for side, given in zip(SIDES, (paths, validation), strict=True):
        if given and not files[side]:
            raise CorpusError(f"no file in {', '.join(map(str, given))} may hold tunes")
    options = {"text_field": text_field, "keep_duplicates": keep_duplicates}
    order = _order(files, options)
    with _claimed(folder, order, force=force):
        if not (folder / INDEX).is_file():
            yield from _build(folder, files, bool(validation), order, text_field, keep_duplicates, processes)
        _remove_work(folder)


def _files(paths: Sequence[Path | str], folder: Path) -> list[File]:
    """Return the files behind `paths`, without those that builds in `folder` write."""
    found = []
    for path in map(existing, paths):
        if is_built(path) and path.resolve() != folder.resolve():
            raise CorpusError("is a built corpus; give files of tunes", path=path)
        for file in find_files(path):
            if isinstance(file, Failure):
                found.append(File(file.path, file.path, file.reason))
            elif not _is_ours(file.resolve(), folder.resolve()):
                found.append(File(file, file))
    return found


def _is_ours(file: Path, folder: Path) -> bool:
    """Whether `file` is one that a build in `folder` wrote."""
    if not file.is_relative_to(folder) or not is_built(folder):
        return False
    first, *rest = file.relative_to(folder).parts
    return first in (PIECES, UNPACKED) if rest else first in written_names(folder)


def _order(files: Mapping[Side, Sequence[File]], options: Mapping[str, Any]) -> bytes:
    """Return the options and sources of a build: the content of SOURCES."""
    listed: dict[str, list[list[object]]] = {}
    for side, found in files.items():
        listed[side] = [[str(file.path.resolve()), *_state(file)] for file in found]
    order: dict[str, Any] = {CHECKSUM: BLANK, "format": FORMAT, "version": __version__, **options, **listed}
    return seal(json.dumps(order, indent=0).encode())


def _state(file: File) -> tuple[int, int]:
    """Size, in bytes, and time of the last change, in nanoseconds; zeros for what may not be looked at."""
    try:
        stat = file.path.stat()
    except PermissionError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


@contextmanager
def _claimed(folder: Path, order: bytes, *, force: bool) -> Iterator[None]:
    """Make sure that `folder` holds only results of `order`, and that no other process writes to it."""
    known = folder / SOURCES
    claim_folder(folder, force=force or is_built(folder))
    lock = FolderLock.take(folder, "builds a corpus in")
    try:
        if not is_built(folder):
            require_own(folder, (*written_names(folder), PIECES, UNPACKED))
        elif force:
            _remove_work(folder)
            for name in written_names(folder):
                (folder / name).unlink(missing_ok=True)
        elif not known.is_file():
            raise OutputError(f"has lost its {SOURCES}; choose another folder, or give --force", path=folder)
        elif (former := known.read_bytes()) != order:
            raise OutputError(f"{_difference(former, order)}; choose another folder, or give --force", path=folder)
        if not known.is_file():
            write_file(known, order)
        yield
    finally:
        lock.release()


def _difference(former: bytes, order: bytes) -> str:
    """Return the difference between the options and sources of two builds."""
    now = json.loads(order)
    try:
        then = parse_object(former)
        require_sealed(former, then, now.keys(), unsealed=then["format"] < FORMAT)
    except (ValueError, KeyError, TypeError) as error:
        return f"holds a damaged {SOURCES}: {error}"
    for name in ("version", *sorted(now.keys() - {*SIDES, CHECKSUM, "version"})):
        if then.get(name) != now[name]:
            return f"was begun with {name} {then.get(name)!r}; now it is {now[name]!r}"
    for side in SIDES:
        before, after = ({file[0]: file[1:] for file in each[side]} for each in (then, now))
        changes = (
            ("is new", after.keys() - before.keys()),
            ("is gone", before.keys() - after.keys()),
            ("has changed", {path for path in before if before[path] != after.get(path)}),
        )
        for how, paths in changes:
            if paths:
                return f"was begun with other files: {min(paths)} {how}"
    return "was begun with the same files in another order"


def _build(
    folder: Path,
    files: Mapping[Side, Sequence[File]],
    apart: bool,
    order: bytes,
    text_field: str | None,
    keep_duplicates: bool,
    processes: int,
) -> Iterator[BuildProgress]:
    pieces: list[Piece] = []
    ends = []
    for side, found in files.items():
        unpacked: list[File] = []
        for number, file in enumerate(found):
            if not file.trouble and is_large_archive(file.path):
                yield BuildProgress(f"unpacking {file.path.name}", 0)
                unpacked += unpack(file.path, folder / UNPACKED / f"{side}-{number}")
            else:
                unpacked.append(file)
        pieces += pieces_of(unpacked)
        ends.append(len(pieces))
    (folder / PIECES).mkdir(exist_ok=True)
    targets = [folder / PIECES / f"{number:06}.safetensors" for number in range(len(pieces))]
    with workers(min(processes, max(1, len(pieces)))) as run:
        yield from _read(pieces, targets, text_field, run)
        written = write_shards(
            targets,
            ends[1] - ends[0] if apart else 0,
            folder,
            run,
            keep_duplicates=keep_duplicates,
            sources=order,
        )
        for share in written:
            yield BuildProgress("writing", READING_SHARE + (1 - READING_SHARE) * share)


def _read(
    pieces: Sequence[Piece], targets: Sequence[Path], text_field: str | None, run: Run
) -> Iterator[BuildProgress]:
    """Read the pieces that are not read yet."""
    sizes = [sum(part.size for part in piece) for piece in pieces]
    missing = [number for number, target in enumerate(targets) if not _is_whole(target)]
    whole, left, read = max(1, sum(sizes)), sum(sizes[number] for number in missing), 0
    yield BuildProgress("reading", READING_SHARE * (1 - left / whole))
    results = run(write_piece, ((pieces[number], targets[number], text_field) for number in missing))
    for number, _ in zip(missing, results, strict=True):
        read += sizes[number]
        yield BuildProgress("reading", READING_SHARE * (1 - (left - read) / whole), read)


def _is_whole(piece: Path) -> bool:
    try:
        PieceFile(piece).verify()
    except CorpusError:
        return False
    return True


def _remove_work(folder: Path) -> None:
    for name in (PIECES, UNPACKED):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in written_names(folder):
        if name.startswith("."):
            (folder / name).unlink(missing_ok=True)
