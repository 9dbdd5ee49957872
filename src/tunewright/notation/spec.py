"""Which facts does the ABC standard 2.1 lay down?

Facts stand here as tables, so that a new one is one row. Readers, checkers and writers of ABC look them up and hold
none of their own.

Conventions: an information field is named by its one letter; ``m`` and ``M`` are different fields.
"""

from dataclasses import dataclass
from typing import Literal

HeaderPlace = Literal["no", "first", "second", "any", "last"]
"""Where in a tune header a field may stand."""


@dataclass(frozen=True)
class Field:
    """One information field, as section 3 of the standard defines it."""

    letter: str
    name: str
    """What it holds, in the standard's own words."""
    file_header: bool
    """May stand before the first tune, as a default for all of them."""
    tune_header: HeaderPlace
    body: bool
    """May stand on a line of its own among the music."""
    inline: bool
    """May stand within a line of music, as ``[letter:value]``."""
    kind: Literal["string", "instruction", "none"]
    """A string is for people; an instruction changes what is played or printed; none is ignored by all programs."""


_FIELDS = (
    #     letter name           file   header    body   inline kind
    Field("A", "area", True, "any", False, False, "string"),
    Field("B", "book", True, "any", False, False, "string"),
    Field("C", "composer", True, "any", False, False, "string"),
    Field("D", "discography", True, "any", False, False, "string"),
    Field("F", "file url", True, "any", False, False, "string"),
    Field("G", "group", True, "any", False, False, "string"),
    Field("H", "history", True, "any", False, False, "string"),
    Field("I", "instruction", True, "any", True, True, "instruction"),
    Field("K", "key", False, "last", True, True, "instruction"),
    Field("L", "unit note length", True, "any", True, True, "instruction"),
    Field("M", "meter", True, "any", True, True, "instruction"),
    Field("m", "macro", True, "any", True, True, "instruction"),
    Field("N", "notes", True, "any", True, True, "string"),
    Field("O", "origin", True, "any", False, False, "string"),
    Field("P", "parts", False, "any", True, True, "instruction"),
    Field("Q", "tempo", False, "any", True, True, "instruction"),
    Field("R", "rhythm", True, "any", True, True, "string"),
    Field("r", "remark", True, "any", True, True, "none"),
    Field("S", "source", True, "any", False, False, "string"),
    Field("s", "symbol line", False, "no", True, False, "instruction"),
    Field("T", "tune title", False, "second", True, False, "string"),
    Field("U", "user defined", True, "any", True, True, "instruction"),
    Field("V", "voice", False, "any", True, True, "instruction"),
    Field("W", "words after the tune", False, "any", True, False, "string"),
    Field("w", "words under the notes", False, "no", True, False, "string"),
    Field("X", "reference number", False, "first", False, False, "instruction"),
    Field("Z", "transcription", True, "any", False, False, "string"),
)

FIELDS = {field.letter: field for field in _FIELDS}
"""Every information field of the standard, by its letter."""
