"""Unpacking of large archives to disk.

Archives are unpacked beside the corpus that is built from them, and their content is read like other files. The limits
of `tunewright.corpus.sources` hold, except the one on the size of a single file. Sizes are in bytes.
"""

import gzip
import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from tunewright.checksums import parse_object, require_sealed, sealed_json
from tunewright.corpus.large.pieces import File
from tunewright.corpus.sources import LARGEST_EXPANSION, UNREADABLE, Readable, may_hold_tunes, reason_of, suffix_of
from tunewright.files import write_file

LARGE_ARCHIVE = 1 << 20
"""Larger archives are unpacked; smaller ones are read in memory."""

_CHUNK = 1 << 20
_LISTED = "files.json"


def is_large_archive(path: Path) -> bool:
    """Return true if the file `path` is to be unpacked."""
    return path.suffix.lower() in (".gz", ".zip") and path.stat().st_size > LARGE_ARCHIVE


def unpack(archive: Path, folder: Path) -> list[File]:
    """Unpack `archive` into `folder`, unless that was done before, and return its files."""
    found = _unpacked_before(folder)
    if found is None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        found = [File(folder / file.path.name, file.name, file.trouble) for file in _unpacked(archive, folder)]
        listed = [[file.path.name, str(file.name), file.trouble, _digest(file)] for file in found]
        write_file(folder / _LISTED, sealed_json({"files": listed}))
    return found


def _unpacked_before(folder: Path) -> list[File] | None:
    """The files that `unpack` wrote into `folder`; None if they are not all there as it wrote them."""
    try:
        content = (folder / _LISTED).read_bytes()
        about = parse_object(content)
        require_sealed(content, about, ("files",), unsealed=False)
        found = []
        for name, shown, trouble, digest in about["files"]:
            found.append(File(folder / name, Path(shown), trouble))
            if _digest(found[-1]) != digest:
                return None
    except (OSError, ValueError):
        return None
    return found


def _digest(file: File) -> str:
    """SHA-256 of an unpacked file; empty if it could not be unpacked."""
    if file.trouble:
        return ""
    with file.path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unpacked(archive: Path, folder: Path) -> Iterator[File]:
    left = LARGEST_EXPANSION * archive.stat().st_size
    try:
        if archive.suffix.lower() == ".gz":
            with gzip.open(archive) as packed:
                yield _copied(packed, folder / f"0{suffix_of(archive.name)}", archive, left)
            return
        with zipfile.ZipFile(archive) as members:
            for number, member in enumerate(sorted(members.infolist(), key=lambda member: member.filename)):
                if not may_hold_tunes(member.filename):
                    continue
                file = _member(members, member, archive, folder / str(number), left)
                yield file
                left -= file.path.stat().st_size if not file.trouble else 0
    except UNREADABLE as error:
        yield File(archive, archive, f"cannot be read: {reason_of(error)}")


def _member(members: zipfile.ZipFile, member: zipfile.ZipInfo, archive: Path, target: Path, left: int) -> File:
    name = Path(f"{archive}/{member.filename}")
    if suffix_of(name.name) == ".zip":
        return File(name, name, "an archive within an archive, not read")
    try:
        with ExitStack() as opened:
            packed: BinaryIO = opened.enter_context(members.open(member))  # type: ignore[assignment]
            if name.suffix.lower() == ".gz":
                packed = opened.enter_context(gzip.GzipFile(fileobj=packed))  # type: ignore[assignment]
            return _copied(packed, target.with_suffix(suffix_of(name.name)), name, left)
    except UNREADABLE as error:
        return File(name, name, f"cannot be read: {reason_of(error)}")


def _copied(packed: Readable, target: Path, name: Path, left: int) -> File:
    with target.open("wb") as file:
        while data := packed.read(_CHUNK):
            file.write(data)
            left -= len(data)
            if left < 0:
                return File(name, name, f"unpacks to more than {LARGEST_EXPANSION} times its size, so not read")
    return File(target, name)
