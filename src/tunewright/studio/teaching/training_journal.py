"""The journal of a training: what happened, one JSON line after the other, from its first moment on.

The process that trains writes it, and the studio reads it, now or after it was restarted; so the number of a line is
the number of an event, whoever reads. A lock of the operating system says whether the process is alive: it vanishes
with it, however that ends.

Kinds: ``starting``, ``reading``, ``read``, ``begun``, ``progress`` (at most one a second), ``epoch``, ``sample``, and
at the end of each stretch ``done``, ``stopped`` or ``failed``; a training that goes on adds another stretch.
"""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tunewright.locks import try_lock

JOURNAL, LOCK, STOP, ORDER = "journal.jsonl", "lock", "stop", "order.json"
"""Names of files in the folder of a training."""
ENDS = ("done", "stopped", "failed")
LOCK_SECONDS = 3.0
"""How long a process tries to get the lock, which somebody may hold for a moment to look at it."""


@dataclass(frozen=True)
class JournalLine:
    """Something that happened."""

    kind: str
    data: Mapping[str, Any]


class JournalWriter:
    """Adds lines to a journal."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL

    def write(self, kind: str, **data: Any) -> None:
        """Add a line, with the time in seconds since 1970."""
        line = json.dumps({"kind": kind, "at": round(time.time(), 2), **data}, allow_nan=False)
        with self._path.open("ab") as file:
            file.write(line.encode("ascii") + b"\n")


class JournalReader:
    """Reads a journal as it grows."""

    def __init__(self, folder: Path) -> None:
        self._path, self._offset = folder / JOURNAL, 0

    def new_lines(self) -> Iterator[JournalLine]:
        """What was added since the last time."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                content = file.read()
        except FileNotFoundError:
            return
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a line cut short by a power cut
                data = json.loads(line)
                yield JournalLine(data.pop("kind"), data)


class ProcessLock:
    """Held by the process that trains in a folder, and by nobody once it has ended."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Take it; false if another process has it."""
        until = time.monotonic() + LOCK_SECONDS
        while not self._try():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def is_taken(self) -> bool:
        """Whether a process has it."""
        if not self._path.exists():
            return False
        if not self._try():
            return True
        self.give_back()
        return False

    def give_back(self) -> None:
        """Let others have it."""
        if self._file:
            self._file.close()
            self._file = None

    def _try(self) -> bool:
        file = self._path.open("ab")
        if not try_lock(file.fileno()):
            file.close()
            return False
        self._file = file
        return True
