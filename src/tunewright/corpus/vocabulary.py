"""Vocabulary: the characters that a network knows, and their ids.

Ids count from 0 in the order of `Vocabulary.symbols`, whose first two are START and END. A character outside the
vocabulary is an error that names its place, or, where the caller chooses so, is left out and reported: never mapped to
another one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.tune import END, START, Tune
from tunewright.errors import VocabularyError

Ids = NDArray[np.integer[Any]]
"""Ids of a text: one byte each where the vocabulary fits, two where it does not."""


@dataclass(frozen=True)
class UnknownCharacter:
    """A character outside the vocabulary, and its place."""

    character: str
    path: Path | None
    line: int
    """From 1."""
    column: int
    """From 1."""


@dataclass(frozen=True)
class Vocabulary:
    """The characters that a network knows."""

    symbols: str
    """Every character once, START and END first."""

    def __post_init__(self) -> None:
        if self.symbols[:2] != START + END or len(set(self.symbols)) != len(self.symbols):
            raise VocabularyError("a vocabulary must begin with U+0002 and U+0003 and have each character once")
        if len(self.symbols) > np.iinfo(np.uint16).max + 1:
            raise VocabularyError(f"{len(self.symbols)} different characters; at most 65,536 are allowed")

    @classmethod
    def of(cls, tunes: Iterable[Tune]) -> "Vocabulary":
        """Return the vocabulary of `tunes`, in the order of code points."""
        characters: set[str] = set()
        for tune in tunes:
            characters.update(tune.text)
        return cls(START + END + "".join(sorted(characters - {START, END})))

    def __len__(self) -> int:
        return len(self.symbols)

    @property
    def dtype(self) -> np.dtype[np.integer[Any]]:
        """uint8 if all ids fit, else uint16."""
        return np.dtype(np.uint8 if len(self.symbols) <= np.iinfo(np.uint8).max + 1 else np.uint16)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    @cached_property
    def _table(self) -> NDArray[np.int32]:
        """Id of every code point up to the highest known one, -1 for the unknown."""
        table = np.full(max(map(ord, self.symbols)) + 2, -1, dtype=np.int32)
        table[[ord(symbol) for symbol in self.symbols]] = np.arange(len(self.symbols))
        return table

    def encode(self, text: str, *, path: Path | None = None, line: int = 1) -> Ids:
        """Turn characters into ids, shape=(len(text),).

        Raises
        ------
        VocabularyError
            At the first unknown character; `path` and `line` say where `text` begins.
        """
        ids = self._look_up(text)
        if ids.size and ids.min() < 0:
            first = self.unknown(text, path=path, line=line)[0]
            raise VocabularyError(
                f"the network has never seen {first.character!r}; it knows {self.describe()}",
                path=first.path,
                line=first.line,
                column=first.column,
            )
        return ids.astype(self.dtype)

    def encode_known(self, text: str) -> Ids:
        """Turn characters into ids, leaving out the unknown ones (see `unknown`)."""
        ids = self._look_up(text)
        return ids[ids >= 0].astype(self.dtype)

    def unknown(self, text: str, *, path: Path | None = None, line: int = 1) -> list[UnknownCharacter]:
        """Return every unknown character of `text` with its place; `line` is the line on which `text` begins."""
        found = []
        for row, content in enumerate(re.findall(r"[^\n]*\n|[^\n]+", text), start=line):
            found += [
                UnknownCharacter(character, path, row, column)
                for column, character in enumerate(content, start=1)
                if character not in self._ids
            ]
        return found

    def decode(self, ids: Iterable[int]) -> str:
        """Turn ids back into characters."""
        return "".join(self.symbols[number] for number in ids)

    def describe(self) -> str:
        """Return the printable symbols in one line."""
        return "".join(symbol if symbol.isprintable() else "" for symbol in self.symbols)

    def _look_up(self, text: str) -> NDArray[np.int32]:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self._table[np.minimum(codes, len(self._table) - 1)]
