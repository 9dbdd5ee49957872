"""What is one tune, and what came out of reading a book of them?

A tune's text is what stands between its boundaries, with lines ended by ``\\n`` and one final ``\\n``. The boundaries
themselves (`START`, `END`) are not part of it: they are two characters of the vocabulary that frame every tune that a
network sees.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, overload

from tunewright.notebook import ShownInNotebook

START = "\u0002"
"""The character that opens every tune (U+0002, start of text)."""

END = "\u0003"
"""The character that closes every tune (U+0003, end of text)."""


@dataclass(frozen=True)
class Tune(ShownInNotebook):
    """One tune, and where it came from."""

    view = "rendering.notebook:tune_html"

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


class HasText(Protocol):
    """Anything with the text of a tune: a `Tune`, a composition, a variation."""

    @property
    def text(self) -> str:
        """ABC notation."""
        ...


def text_of(tune: HasText | str) -> str:
    """The text of a tune, whatever holds it."""
    return tune if isinstance(tune, str) else tune.text


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
class Reading(Sequence[Tune]):
    """The tunes that came out of reading some sources, as a sequence, and all that was left out."""

    tunes: tuple[Tune, ...]
    """The same tunes as a tuple."""
    failures: tuple[Failure, ...] = ()
    duplicates: tuple[Tune, ...] = field(default=())
    """Tunes left out because an equal text was read before."""

    def __len__(self) -> int:
        return len(self.tunes)

    def __iter__(self) -> Iterator[Tune]:
        return iter(self.tunes)

    @overload
    def __getitem__(self, place: int) -> Tune: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Tune, ...]: ...
    def __getitem__(self, place: int | slice) -> Tune | tuple[Tune, ...]:
        return self.tunes[place]

    def __repr__(self) -> str:
        left_out = f"{len(self.failures):,} failures, {len(self.duplicates):,} duplicates"
        return f"<Reading: {len(self.tunes):,} tunes, {left_out}>"
