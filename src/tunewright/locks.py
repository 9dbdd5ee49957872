"""Locks of files and folders: the operating system ends each with the process that has it, so none is left behind.

A file system that has no locks locks nothing. Windows locks bytes of a file, and no folders: there the byte is one far
behind the end, so that others may read the file, and a folder has a file that stands for it among the temporary ones.
"""

import hashlib
import os
import tempfile
import weakref
from pathlib import Path

from tunewright.errors import OutputError

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

_FAR = 1 << 30
"""The byte that is locked on Windows."""


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this process, and for those that receive it; false if another process has locked it."""
    try:
        if fcntl:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # there are no locks here
        return True
    return True


class FolderLock:
    """The right of one process to write in a folder, in which it leaves nothing."""

    def __init__(self, path: Path) -> None:
        self._place = path.resolve()
        self._descriptor: int | None = None

    @classmethod
    def take(cls, path: Path, doing: str, *, take_over: bool = False) -> "FolderLock":
        """Lock the existing folder `path`.

        Parameters
        ----------
        doing
            What somebody else who has locked it does there, for the message: ``trains in``, say.
        take_over
            Whether a lock of this process may be taken over; the former one is then no longer `held`.

        Raises
        ------
        OutputError
            If it is locked.
        """
        lock = cls(path)
        former = _locks.get(lock._place)
        if former and take_over:
            lock._descriptor, former._descriptor = former._descriptor, None
        if lock._descriptor is None:
            lock._descriptor = _locked(path, doing)
        _locks[lock._place] = lock
        return lock

    @property
    def held(self) -> bool:
        """False once another lock of this process has taken the folder over."""
        return _locks.get(self._place) is self

    def release(self) -> None:
        """Let others write in the folder."""
        if self.held:
            del _locks[self._place]
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


_locks: "weakref.WeakValueDictionary[Path, FolderLock]" = weakref.WeakValueDictionary()
"""The newest lock of each folder that this process has locked."""


def _locked(path: Path, doing: str) -> int | None:
    """A descriptor of the folder, locked; None if it cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY) if fcntl else os.open(_stand_in(path), os.O_RDWR | os.O_CREAT)
    except OSError:
        return None
    if not try_lock(descriptor):
        os.close(descriptor)
        what = f"another process {doing} it; wait until that has ended, or choose another folder"
        raise OutputError(what, path=path)
    return descriptor


def _stand_in(path: Path) -> Path:
    """The file that is locked in place of a folder."""
    return Path(tempfile.gettempdir(), f"tunewright-{hashlib.sha256(os.fsencode(path.resolve())).hexdigest()}.lock")
