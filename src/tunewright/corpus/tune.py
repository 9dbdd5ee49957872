"""What is one tune, and what came out of reading a book of them?

A tune's text is what stands between its boundaries, with lines ended by ``\\n`` and one final ``\\n``. The boundaries
themselves (`START`, `END`) are not part of it: they are two characters of the vocabulary that frame every tune that a
network sees.
"""

from dataclasses import dataclass, field
from pathlib import Path

START = "\u0002"
"""The character that opens every tune (U+0002, start of text)."""

END = "\u0003"
"""The character that closes every tune (U+0003, end of text)."""


@dataclass(frozen=True)
class Tune:
    """One tune, and where it came from."""

    text: str
    """ABC text, with ``\\n`` line ends and exactly one at its end; never START or END."""
    path: Path
    """The file that holds it (for an archive, ``archive.zip/member.abc``)."""
    line: int
    """The line of `path` on which its text begins, from 1."""
    source_characters: int
    """Characters that it takes in its file, tags or separating blank lines included: what losses are divided by."""
    identity: str | None = None
    """What the source says two settings of one tune have in common (The Session's ``tune_id``); None if it says not."""

    @property
    def framed(self) -> str:
        """The text between its boundary characters, as a network reads it."""
        return START + self.text + END


@dataclass(frozen=True)
class Failure:
    """Something in a source that could not be read as a tune."""

    path: Path
    line: int
    """From 1; 1 where the whole file is meant."""
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class Reading:
    """Everything that came out of reading some sources: nothing is dropped without a word."""

    tunes: tuple[Tune, ...]
    failures: tuple[Failure, ...] = ()
    duplicates: tuple[Tune, ...] = field(default=())
    """Tunes left out because an equal text was read before."""
