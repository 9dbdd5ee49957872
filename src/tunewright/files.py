"""Atomic writing of files and folders, and the user's folders for caches and data.

A file is written under a temporary name, flushed to disk and renamed, so that its former content is never lost. A
folder that holds something already is refused unless the user asks for it. What is removed is what Tunewright wrote:
files that a manifest of its own names, and temporary ones that a killed process left.

Temporary names: ``.NAME.PROCESS.new`` of a file, ``.NAME.new`` and ``.NAME.old`` of a folder that is replaced.
"""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

from tunewright.errors import OutputError

_TEMPORARY = re.compile(r"\..+\.(\d+)\.new")

Manifest = Callable[[Path], Collection[str]]
"""Returns the names of the entries of a folder that Tunewright wrote."""


def cache_folder(name: str) -> Path:
    """The user's cache folder for things of kind `name`, which can be made again; it may not exist yet."""
    return _own_folder("XDG_CACHE_HOME", ".cache", "Caches") / name


def data_folder() -> Path:
    """The folder of what the user keeps; it may not exist yet."""
    return _own_folder("XDG_DATA_HOME", ".local/share", "Application Support")


def _own_folder(variable: str, usual: str, on_macos: str) -> Path:
    """This project's folder where the user's system, or the environment variable, has things of one kind."""
    place = os.environ.get(variable, "")
    if Path(place).is_absolute():
        base = Path(place)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path.home() / "Library" / on_macos if sys.platform == "darwin" else Path.home() / usual
    return base / "tunewright"


def write_file(path: Path, content: bytes | str) -> None:
    """Write `content` (text as UTF-8); at every moment `path` holds all of the old or all of the new content.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if not path.name:
        raise OutputError("is a folder or an empty name; a file was expected", path=path)
    _sweep_once(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, ValueError) as error:  # ValueError: no name of a file
        raise OutputError(f"cannot be written: {_reason(error)}", path=path) from error
    finally:
        with contextlib.suppress(OSError, ValueError):
            temporary.unlink(missing_ok=True)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def sweep(folder: Path) -> None:
    """Remove the temporary files that processes left in `folder` when they were killed."""
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            writer = _TEMPORARY.fullmatch(path.name)
            if writer and path.is_file() and not may_run(int(writer[1])):
                path.unlink()


_sweep_once = cache(sweep)


def may_run(process: int) -> bool:
    """Whether a process of this number may be alive on this machine."""
    if sys.platform == "win32":  # where signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # another user's
        return True
    return True


def claim_folder(path: Path, *, force: bool = False, leftovers: Collection[str] = ()) -> Path:
    """Make the folder `path` if it does not exist, and return it; refuse one that holds something.

    Parameters
    ----------
    path
        The folder to write results to.
    force
        True accepts a folder that holds something; files of the same name are then replaced, others stay.
    leftovers
        Names of what a killed process may have left before it wrote anything whole; they do not count.

    Raises
    ------
    OutputError
        If `path` is a file, cannot be made or written, or holds something and `force` is false.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        sweep(path)
        in_use = any(entry.name not in leftovers for entry in path.iterdir())
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError("is a file; a folder was expected", path=path) from error
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot be used as a folder: {_reason(error)}", path=path) from error
    if in_use and not force:
        raise OutputError("holds something already; choose an empty or new folder, or give --force", path=path)
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputError("cannot be written", path=path)
    return path


def require_own(folder: Path, names: Iterable[str]) -> None:
    """Raise OutputError if `folder` holds an entry with one of `names`, which are to be written but are not ours."""
    taken = [name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if taken:
        raise OutputError(
            f"holds {', '.join(sorted(taken))}, which Tunewright did not write and would replace; move it away, or "
            "choose another folder",
            path=folder,
        )


def write_folder(path: Path, files: Mapping[str, bytes], manifest: Manifest | None = None) -> None:
    """Replace the folder `path` by one that holds `files`; `settle_folder` repairs it after a power cut.

    Parameters
    ----------
    manifest
        Says which entries of the former folder were written by us; all others are kept. None: all were.

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
        settle_folder(path, manifest)
        if path.exists():
            path.rename(old)
        new.rename(path)
        _discard(old, path, manifest)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror or error}", path=path) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def settle_folder(path: Path, manifest: Manifest | None = None) -> None:
    """Restore the former content of `path` if `write_folder` was killed between moving it away and replacing it."""
    old = _old(path)
    if old.exists():
        if path.exists():
            _discard(old, path, manifest)
        else:
            old.rename(path)


def as_written(path: Path) -> Path:
    """The folder `path`, or the folder of its former content while `write_folder` replaces it or if it was killed."""
    return path if path.exists() or not _old(path).exists() else _old(path)


def remove_folder(path: Path, manifest: Manifest | None = None) -> None:
    """Remove what `write_folder` wrote, and what it left if it was killed."""
    settle_folder(path, manifest)
    shutil.rmtree(_new(path), ignore_errors=True)
    if manifest is None:
        shutil.rmtree(path, ignore_errors=True)
    elif path.is_dir():
        _remove(path, manifest(path))


def _discard(old: Path, path: Path, manifest: Manifest | None) -> None:
    """Remove the former folder `old`; what `manifest` does not name goes to `path`."""
    if manifest is not None and old.is_dir():
        ours = manifest(old)
        for entry in [each for each in old.iterdir() if each.name not in ours]:
            if not (path / entry.name).exists():
                entry.rename(path / entry.name)
    shutil.rmtree(old, ignore_errors=True)


def _remove(folder: Path, names: Collection[str]) -> None:
    """Remove the files of these names, and the folder if nothing else is in it."""
    for name in names:
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def unfinished(*names: str) -> set[str]:
    """Names of what `write_folder` leaves beside folders of these names if it is killed before the first is whole."""
    return {_new(Path(name)).name for name in names}


def _new(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")
