"""The journal of a hyperparameter search: what Optuna stores of it, one sealed JSON object a line.

Each line holds an entry of Optuna's, its number and a checksum (see `tunewright.checksums`), so that a line that was
changed, lost or moved is noticed. Lines that are lost at the end are not: what is left is the search at an earlier
moment, from which it goes on as after a kill. A line that a kill cut short is dropped. Journals of version 0.1.0 have
neither checksums nor numbers; such a one gets them when it is opened.

Only one process writes it, the runner that has locked the study.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tunewright.checksums import CHANGED, CHECKSUM, parse_object, seal_holds, sealed_json
from tunewright.errors import InputError
from tunewright.files import write_file

NUMBER = "entry"


class SearchJournal:
    """A backend of `optuna.storages.JournalStorage`.

    Parameters
    ----------
    path
        The file; it is made if it does not exist, in a folder that does.

    Raises
    ------
    InputError
        If it has changed since it was written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        content = path.read_bytes() if path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        self._entries = _entries(whole.split(b"\n")[:-1], path)
        written = b"".join(_line(number, entry) for number, entry in enumerate(self._entries))
        if written != content:
            write_file(path, written)

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        """Yield the entries from that number on."""
        for entry in self._entries[log_number_from:]:
            yield json.loads(json.dumps(entry))  # Optuna may change what it gets

    def append_logs(self, logs: Sequence[dict[str, Any]]) -> None:
        """Add entries; they are on the disk when this returns."""
        first = len(self._entries)
        with self._path.open("ab") as file:
            file.write(b"".join(_line(number, entry) for number, entry in enumerate(logs, first)))
            file.flush()
            os.fsync(file.fileno())
        self._entries += logs


def _line(number: int, entry: Mapping[str, Any]) -> bytes:
    return sealed_json({NUMBER: number, **entry}, indent=None)


def _entries(lines: Sequence[bytes], path: Path) -> list[dict[str, Any]]:
    """The entries of the lines, all of them sealed, or none."""
    found = []
    sealed = bool(lines) and seal_holds(lines[0] + b"\n") is not None
    for number, line in enumerate(lines):
        try:
            entry = parse_object(line)
            holds = seal_holds(line + b"\n")
            if holds is False:
                raise ValueError(CHANGED)
            if sealed is not (holds is True) or sealed is not (NUMBER in entry) or sealed is not (CHECKSUM in entry):
                raise ValueError("it has no checksum")
            if sealed and entry.pop(NUMBER) != number:
                raise ValueError(f"entry {number} is missing")
        except ValueError as error:
            how = "the search cannot go on; keep its trials, and choose another folder for a new one"
            raise InputError(f"is damaged: {error}; {how}", path=path, line=number + 1) from error
        entry.pop(CHECKSUM, None)
        found.append(entry)
    return found
