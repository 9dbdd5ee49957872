"""Compiling of the composing loop in a background process of low priority.

Compiling takes 10 to 30 seconds, once for each version and machine. `start` begins it without waiting: the numpy
reference (`tunewright.sampling.reference`) writes the same tunes meanwhile, and the compiled loop takes over as soon as
it is in the cache. The process outlives the one that started it, so that the next command finds the loop ready.

    python -m tunewright.sampling.compiled.compiling     compiles now, and returns when the loop is in the cache
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tunewright.files import cache_folder
from tunewright.sampling.compiled import kernel

LOW_PRIORITY = 5
"""Added to the process's niceness."""
LONGEST_SECONDS = 600.0
"""A lock file older than this is of a process that was killed."""
LOOK_SECONDS = 0.25
_running: list["subprocess.Popen[bytes]"] = []
"""Kept, because Python warns when the object of a running process is deleted."""


def start() -> None:
    """Start compiling the loop, unless it is in the cache or a process compiles it already."""
    if kernel.is_ready() or not kernel.can_compile() or under_way():
        return
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "tunewright.sampling.compiled.compiling"]
    with contextlib.suppress(OSError):  # then the numpy reference composes
        process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0 if os.name == "posix" else None,  # keeps Ctrl-C from it
        )
        _running.append(process)


def under_way() -> bool:
    """Return true while a process compiles the loop, or starts to."""
    if any(process.poll() is None for process in _running):
        return True
    try:
        return time.time() - _mark().stat().st_mtime < LONGEST_SECONDS
    except OSError:
        return False


def finish() -> None:
    """Wait until the loop is in the cache, or compiling has failed."""
    start()
    while under_way() and not kernel.is_ready():
        time.sleep(LOOK_SECONDS)


def compile_loop() -> bool:
    """Compile the composing loop now, unless that was done before; returns whether it is there, which needs numba."""
    return kernel.ready() is not None


def main() -> None:
    """Compile the loop into the cache, unless another process does."""
    if os.name == "posix":
        os.nice(LOW_PRIORITY)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the terminal may close
    mark = _mark()
    if not under_way():
        mark.unlink(missing_ok=True)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        with mark.open("x"):
            pass
    except OSError:  # another process compiles, or the cache cannot be written
        return
    try:
        kernel.ready()
    finally:
        mark.unlink(missing_ok=True)


def _mark() -> Path:
    """Return the lock file, which exists while a process compiles."""
    return cache_folder("code") / "compiling"


if __name__ == "__main__":
    main()
