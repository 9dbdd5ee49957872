"""How do the flags of `tunewright compose` become the beginning of a tune?"""

import sys
from dataclasses import dataclass
from pathlib import Path

from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import InputError, OptionError
from tunewright.sampling.prime import fit_prime, name_characters


@dataclass(frozen=True)
class Beginning:
    """What each tune begins with."""

    text: str = ""
    path: Path | None = None
    """The file that it is from."""


def read_beginning(vocabulary: Vocabulary, prime: str | None, start: Path | None, *, drop_unknown: bool) -> Beginning:
    """The beginning that was asked for, made fit for the network; what had to be left out is told.

    Raises
    ------
    InputError
        If two were given, the file cannot be read, or the network does not know its characters.
    """
    if prime is not None and start is not None:
        raise OptionError("give one beginning only: --prime or --start")
    if prime is None and start is None:
        return Beginning()
    text = prime.replace("\\n", "\n") if prime is not None else read_text(start) if start else ""
    fitted, unknown = fit_prime(text, vocabulary, drop_unknown=drop_unknown, path=start)
    if unknown:
        print(f"left out of the beginning: {name_characters(unknown)}", file=sys.stderr)
    return Beginning(fitted, start)


def read_text(path: Path) -> str:
    """The text of a file.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8 or holds nothing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text: {error.reason} at byte {error.start}", path=path) from error
    if not text.strip():
        raise InputError("is empty; a tune or its beginning was expected", path=path)
    return text
