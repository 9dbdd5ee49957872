"""Checksums that files carry in themselves, JSON that is read back only if nothing in it has changed, and manifests.

A sealed file holds the SHA-256 of its own bytes, computed with zeros in the place of the digest: as the value of
``checksum`` in JSON, in TOML, and in the header of a safetensors file. Any change of any byte is noticed. Files of
earlier versions have none; whoever reads them says whether that is accepted.
"""

import hashlib
import json
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from tunewright.files import write_file
from tunewright.options import nearest

CHECKSUM = "checksum"
BLANK = "0" * 64
"""Stands in the place of the digest while it is computed."""
CHANGED = "its checksum is not that of its content"
MANIFEST_FORMAT = 1
_SEAL = re.compile(rb'"?\bchecksum"?[ \t]*[:=][ \t]*"([0-9a-f]{64})"')


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def seal(content: bytes) -> bytes:
    """Put the checksum of `content` in the place of `BLANK`, the value of its first ``checksum``."""
    place = _SEAL.search(content)
    assert place and place[1] == BLANK.encode()  # noqa: S101 - whoever writes a sealed file leaves room for it
    return content[: place.start(1)] + digest(content).encode() + content[place.end(1) :]


def seal_holds(content: bytes) -> bool | None:
    """Whether `content` has the checksum that it names; None if it names none."""
    place = _SEAL.search(content)
    if not place:
        return None
    blank = content[: place.start(1)] + BLANK.encode() + content[place.end(1) :]
    return digest(blank).encode() == place[1]


def sealed_json(values: Mapping[str, Any], *, indent: int | None = 2, ensure_ascii: bool = True) -> bytes:
    """A JSON object with `values` after its checksum."""
    text = json.dumps({CHECKSUM: BLANK, **values}, indent=indent, ensure_ascii=ensure_ascii)
    return seal(text.encode("utf-8") + b"\n")


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object that `content` is; ValueError if it is none."""
    try:
        values = json.loads(content.decode("utf-8"))
    except RecursionError:
        raise ValueError("too many brackets") from None
    if not isinstance(values, dict):
        raise ValueError("no object")
    return values


def require_sealed(content: bytes, values: Mapping[str, Any], known: Collection[str], *, unsealed: bool) -> None:
    """Raise ValueError if a sealed JSON object has changed.

    Parameters
    ----------
    content, values
        The object, as bytes and as it was parsed.
    known
        Its keys; another one is an error, since a changed key would leave its value without effect.
    unsealed
        Whether an object without a checksum is accepted, as earlier versions wrote it.
    """
    for name in values:
        if name not in known and name != CHECKSUM:
            raise ValueError(f"no key is called {name!r}{nearest(str(name), known)}")
    holds = seal_holds(content)
    if holds is False:
        raise ValueError(CHANGED)
    if holds is None and (CHECKSUM in values or not unsealed):
        raise ValueError("it has no checksum")


class FolderManifest:
    """Manifest of a folder: which of its files one command wrote, so that its next run replaces those alone.

    A file that is no longer written is removed if the manifest of the earlier run names it; whatever else lies in the
    folder stays.

    Parameters
    ----------
    folder
        It exists.
    name
        Of the manifest.
    not_ours
        Name of a folder in it that belongs to the user.
    """

    def __init__(self, folder: Path, name: str, not_ours: str) -> None:
        self._folder, self._name, self._not_ours = folder, name, not_ours
        self._before = self._marks()
        self._former = _recorded(folder / name)

    def remove_stale(self, part: str) -> None:
        """Remove the files below the folder `part` that the earlier run wrote and this one did not."""
        self._remove([name for name in self._former - self._written() if name.startswith(f"{part}/")])

    def finish(self) -> None:
        """Remove all files that the earlier run wrote and this one did not, and write the manifest."""
        written = self._written()
        self._remove(self._former - written)
        about = {"format": MANIFEST_FORMAT, "files": sorted(written)}
        write_file(self._folder / self._name, sealed_json(about, indent=1))

    def _remove(self, names: Collection[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)

    def _written(self) -> set[str]:
        return {name for name, mark in self._marks().items() if self._before.get(name) != mark}

    def _marks(self) -> dict[str, tuple[int, int]]:
        """For each file what is another number once it was replaced: its place on the disk, and when it came there."""
        marks = {}
        for folder, folders, names in os.walk(self._folder):
            place = Path(folder).relative_to(self._folder)
            folders[:] = [name for name in folders if (place / name) != Path(self._not_ours)]
            for name in names:
                about = Path(folder, name).lstat()
                marks[(place / name).as_posix()] = (about.st_ino, about.st_ctime_ns)
        marks.pop(self._name, None)
        return marks


def _recorded(manifest: Path) -> set[str]:
    """The files that a manifest names; none if it has changed since it was written."""
    try:
        content = manifest.read_bytes()
        about = parse_object(content)
        require_sealed(content, about, ("format", "files"), unsealed=False)
        names = set(map(str, about["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in names if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts}
