"""Atomic writing of files and folders, and the user's cache folder.

A file is written under a temporary name, flushed to disk and renamed, so that its former content is never lost. A
folder that holds something already is refused unless the user asks for it.
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tunewright.errors import OutputError

_CACHES = {
    "darwin": lambda: Path.home() / "Library" / "Caches",
    "win32": lambda: Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"),
}


def cache_folder(name: str) -> Path:
    """The user's cache folder for things of kind `name`, which can be made again; it may not exist yet."""
    place = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(place) if Path(place).is_absolute() else _CACHES.get(sys.platform, lambda: Path.home() / ".cache")()
    return base / "tunewright" / name


def write_file(path: Path, content: bytes | str) -> None:
    """Write `content` (text as UTF-8); at every moment `path` holds all of the old or all of the new content.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", path=path) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def claim_folder(path: Path, *, force: bool = False) -> Path:
    """Make the folder `path` if it does not exist, and return it; refuse one that holds something.

    Parameters
    ----------
    path
        The folder to write results to.
    force
        True accepts a folder that holds something; files of the same name are then replaced, others stay.

    Raises
    ------
    OutputError
        If `path` is a file, cannot be made or written, or holds something and `force` is false.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        in_use = any(path.iterdir())
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError("is a file; a folder was expected", path=path) from error
    except OSError as error:
        raise OutputError(f"cannot be used as a folder: {error.strerror or error}", path=path) from error
    if in_use and not force:
        raise OutputError("holds something already; choose an empty or new folder, or give --force", path=path)
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputError("cannot be written", path=path)
    return path


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Replace the folder `path` by one that holds exactly `files`; `settle_folder` repairs it after a power cut.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    new, old = _new(path), _old(path)
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        for name, content in files.items():
            write_file(new / name, content)
        settle_folder(path)
        if path.exists():
            path.rename(old)
        new.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", path=path) from error


def settle_folder(path: Path) -> None:
    """Restore the former content of `path` if `write_folder` was killed between moving it away and replacing it."""
    old = _old(path)
    if old.exists():
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(path)


def as_written(path: Path) -> Path:
    """The folder `path`, or the folder of its former content while `write_folder` replaces it or if it was killed."""
    return path if path.exists() or not _old(path).exists() else _old(path)


def remove_folder(path: Path) -> None:
    """Remove what `write_folder` wrote, and what it left if it was killed."""
    for folder in (path, _new(path), _old(path)):
        shutil.rmtree(folder, ignore_errors=True)


def _new(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")
