"""Printing that no console can break, and that commands none: encodings, closed pipes, control characters.

Everything that a command prints goes through `say`, `warn` and `say_tune`, or through a `safe_console.SafeConsole`:
names of files and titles of tunes come from anybody, and a terminal obeys the control characters in them.
"""

import os
import re
import sys
import warnings
from typing import TextIO

_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that move the cursor, change the terminal's state, or turn the direction of what follows."""


def prepare_streams() -> None:
    """Let the standard streams print every character: one that their encoding lacks as ``\\u0416``, as ABC has it.

    Warnings of Python are printed by `warn` from then on: a library may quote a name in one.
    """
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - ends with the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    warnings.showwarning = _show_warning


def end_streams() -> None:
    """Flush the standard streams; if their reader has ended, send what is left nowhere, without a complaint."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _discard(stream)


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object, **__: object
) -> None:
    warn(f"{filename}:{lineno}: {category.__name__}: {message}")


def _discard(stream: TextIO) -> None:
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def printable(text: str) -> str:
    """Return `text` with its control characters written out, such as ``\\x1b``; tabs and line ends stay."""
    return _HARMFUL.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def say(text: str, *, flush: bool = False) -> None:
    """Print a line, or several, on the standard output, `printable`."""
    print(printable(text), flush=flush)


def warn(text: str) -> None:
    """Print a line, or several, on the error stream, `printable`."""
    print(printable(text), file=sys.stderr, flush=True)


def say_tune(text: str, *, end: str = "\n") -> None:
    """Print the text of a tune at once: on a terminal `printable`, elsewhere as it is, for it may be read again."""
    print(printable(text) if sys.stdout.isatty() else text, end=end, flush=True)
