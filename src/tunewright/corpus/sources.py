"""Files, folders and archives as sources of tunes.

A folder stands for the files in it and below it, in the order of their names; a ``.zip`` for its members, read like
the files of a folder; a ``.gz`` for its content. Hidden files, and files without one of the `SUFFIXES`, are ignored in
folders and archives; a file that is named itself is read whatever its name is. A link in a folder to a file outside it
is not followed, since a folder may come from anybody.

Sizes are in bytes. Nothing larger than `LARGEST_FILE` is read, and nothing that unpacks to more than
`LARGEST_EXPANSION` times its packed size (text packs about 5 times; archives made to fill a memory, 1000 times).
"""

import gzip
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from tunewright.corpus.tune import Failure
from tunewright.errors import CorpusError

SUFFIXES = frozenset((".abc", ".abh", ".txt", ".csv", ".tsv", ".json", ".jsonl", ".ndjson"))
"""Suffixes of files with tunes, which ``.gz`` may follow."""

LINK_OUT = "a link to a file outside the folder, so not read; name that file to read it"
LARGEST_FILE = 1 << 29
LARGEST_EXPANSION = 200
_ALWAYS_ALLOWED = 1 << 24

UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""All exceptions that gzip and zipfile are known to raise for a damaged, locked or unknown archive."""


class Readable(Protocol):
    """A file or stream of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        ...


@dataclass(frozen=True)
class Source:
    """The bytes of one file."""

    path: Path
    """For a member of an archive, the archive's path and the member's name in it."""
    data: bytes

    @property
    def suffix(self) -> str:
        """Suffix of its name in lower case, without ``.gz``."""
        return suffix_of(self.path.name)


def existing(path: Path | str) -> Path:
    """Return `path` as a Path.

    Raises
    ------
    CorpusError
        If there is no file or folder of this name.
    """
    found = Path(path)
    if path == "":  # Path takes it for the current folder
        raise CorpusError("the name is empty; give a file or folder")
    try:
        if found.is_file() or found.is_dir():
            return found
        there = found.exists()
    except PermissionError as error:
        raise CorpusError(f"cannot be read: {reason_of(error)}", path=path) from error
    except (OSError, ValueError) as error:
        raise CorpusError("is not a valid file name", path=path) from error
    raise CorpusError("is neither a file nor a folder" if there else "does not exist", path=path)


def find_sources(path: Path) -> Iterator[Source | Failure]:
    """Yield the files behind the existing `path`, and a failure for each file and folder that cannot be read."""
    for found in find_files(path):
        if isinstance(found, Failure):
            yield found
        else:
            yield from open_file(found)


def find_files(path: Path) -> Iterator[Path | Failure]:
    """Yield the existing `path`, or the files in and below it that may hold tunes if it is a folder.

    After them comes a failure for each link to a file outside the folder, and for each folder that cannot be read.
    """
    if not path.is_dir():
        yield path
        return
    failures: list[Failure] = []

    def refused(error: OSError) -> None:
        failures.append(Failure(Path(error.filename), 1, f"cannot be read: {reason_of(error)}"))

    for folder, folders, names in os.walk(path, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in (Path(folder, name) for name in sorted(filter(may_hold_tunes, names))):
            try:
                if not file.is_file():
                    continue
            except OSError as error:
                refused(error)
                continue
            if _leaves(file, path):
                failures.append(Failure(file, 1, LINK_OUT))
            else:
                yield file
    yield from failures


def _leaves(file: Path, folder: Path) -> bool:
    """Whether a file in `folder` is a link to one outside it."""
    return file.is_symlink() and not file.resolve().is_relative_to(folder.resolve())


def suffix_of(name: str) -> str:
    """Return the suffix of the file name `name` in lower case, without ``.gz``."""
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def may_hold_tunes(path: str) -> bool:
    """Return true if a file of this name may hold tunes; `path` is relative to its folder or archive, with ``/``."""
    *folders, name = path.split("/")
    if any(folder.startswith((".", "__MACOSX")) for folder in folders):
        return False
    return not name.startswith(".") and (suffix_of(name) in SUFFIXES or suffix_of(name) == ".zip")


def open_file(path: Path) -> Iterator[Source | Failure]:
    """Yield the content of the file `path`: itself, unpacked, or the members of an archive."""
    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from _members(archive, path)
        else:
            with path.open("rb") as file:
                yield _read(file, path, path.stat().st_size)
    except UNREADABLE as error:
        yield Failure(path, 1, f"cannot be read: {reason_of(error)}")


def _read(file: BinaryIO, path: Path, size: int) -> Source | Failure:
    if size > LARGEST_FILE:
        return Failure(path, 1, f"larger than {LARGEST_FILE >> 20} MiB, so not read")
    if path.suffix.lower() == ".gz":
        with gzip.GzipFile(fileobj=file) as packed:
            return _within(_allowance(size), packed, path)
    return Source(path, file.read())


def _allowance(packed: int) -> int:
    return min(LARGEST_FILE, max(_ALWAYS_ALLOWED, LARGEST_EXPANSION * packed))


def _within(allowance: int, file: Readable, path: Path) -> Source | Failure:
    data = file.read(allowance + 1)
    if len(data) > allowance:
        return Failure(path, 1, f"unpacks to more than {allowance >> 20} MiB, so not read")
    return Source(path, data)


def _members(archive: zipfile.ZipFile, path: Path) -> Iterator[Source | Failure]:
    """Yield the members of `archive`; the limit on unpacked bytes holds for all of them together."""
    left = _allowance(path.stat().st_size)
    for member in sorted(archive.infolist(), key=lambda member: member.filename):
        if not may_hold_tunes(member.filename):
            continue
        found = _member(archive, member, Path(f"{path}/{member.filename}"), left)
        yield found
        left -= len(found.data) if isinstance(found, Source) else 0


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> Source | Failure:
    if path.suffix.lower() == ".zip":
        return Failure(path, 1, "an archive within an archive, not read")
    try:
        with archive.open(member) as file:
            found = _within(left, file, path)
            if isinstance(found, Failure) or path.suffix.lower() != ".gz":
                return found
            return _read(io.BytesIO(found.data), path, len(found.data))
    except UNREADABLE as error:
        return Failure(path, 1, f"cannot be read: {reason_of(error)}")


def reason_of(error: Exception) -> str:
    """Return the reason why a file or archive cannot be read."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
