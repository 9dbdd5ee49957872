"""`Tune`, one tune with its source, and `Reading`, the tunes and failures of a corpus.

A tune's text is what stands between its boundaries, with lines ended by ``\\n`` and one final ``\\n``. The boundaries
(`START`, `END`) are not part of it: they are two characters of the vocabulary that frame every tune that a network
reads.
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
    """One tune and its source."""

    view = "rendering.page:tune_html"

    text: str
    """ABC text, with ``\\n`` line ends and exactly one at its end; never START or END."""
    path: Path
    """The file that holds it (for an archive, ``archive.zip/member.abc``)."""
    line: int
    """Line of `path` on which its text begins, from 1."""
    source_characters: int
    """Number of its characters in the file, tags or separating blank lines included: losses are divided by it."""
    identity: str | None = None
    """Identifier that settings of one tune share in the source (The Session's ``tune_id``); None if it has none."""

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
    """From 1; 1 for the whole file."""
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class Reading(Sequence[Tune]):
    """The tunes, failures and duplicates of some sources; nothing is dropped silently."""

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
