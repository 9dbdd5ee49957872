"""Complete ABC text of a tune, for engraving, playing and showing it.

It is the original text with what the ABC standard requires of one tune: an ``X:`` field, no blank line inside, and only
fields and comments above its ``K:`` field (any other line there becomes a comment, so that it is not played). Nothing
else is changed. Character positions on a page and in a `Performance` refer to this text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tunewright.errors import RenderError
from tunewright.notation.spec import LONGEST_TUNE
from tunewright.rendering.provenance import abc_comments

LONGEST_TEXT = LONGEST_TUNE
"""The most characters of a tune that is given to abcjs."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIELD_OR_COMMENT = re.compile(r"[A-Za-z+]:|%")
_REFERENCE_NUMBER = re.compile(r"^X:.*$", re.MULTILINE)

INSERTED = -1
"""The position of a character that is not in the original tune."""


class Completed(NamedTuple):
    """A tune as a complete ABC text."""

    text: str
    places: list[int]
    """For each character its position in the original tune, or INSERTED; a line end there counts as one character."""


def abc_text(tune: str, provenance: Mapping[str, str] | None = None) -> str:
    """Return a tune as a complete ABC text.

    Parameters
    ----------
    tune
        One tune in ABC notation, with or without its ``X:`` field.
    provenance
        Its provenance; written as comments below ``X:``.

    Raises
    ------
    RenderError
        If it is longer than `LONGEST_TEXT`.
    """
    text = completed(tune).text
    return _REFERENCE_NUMBER.sub(lambda field: field[0] + abc_comments(provenance or {}), text, count=1)


def completed(tune: str) -> Completed:
    """Return the text of `abc_text` without provenance, with the original position of each character.

    Raises
    ------
    RenderError
        If it is longer than `LONGEST_TEXT`.
    """
    if len(tune) > LONGEST_TEXT:
        raise RenderError(f"the tune has {len(tune):,} characters; at most {LONGEST_TEXT:,} are allowed")
    lines = list(_lines(tune))
    head = next((number for number, (line, _) in enumerate(lines) if line.startswith("K:")), 0)
    lines[:head] = [
        (line, places) if _FIELD_OR_COMMENT.match(line) else (f"% {line}", [INSERTED, INSERTED, *places])
        for line, places in lines[:head]
    ]
    text = "".join(line for line, _ in lines)
    origins = [place for _, places in lines for place in places]
    if not _REFERENCE_NUMBER.search(text):
        text, origins = f"X:1\n{text}", [INSERTED] * len("X:1\n") + origins
    return Completed(text, origins)


def _lines(tune: str) -> Iterator[tuple[str, list[int]]]:
    """Lines that are not blank, each with its line end, and the positions of their characters in `tune`."""
    first = tune.startswith("\ufeff")
    kept = [place for place, character in enumerate(tune) if place >= first and not _CONTROL.match(character)]
    start = 0
    for whole in "".join(tune[place] for place in kept).encode(errors="replace").decode().splitlines(keepends=True):
        line = whole.rstrip()
        if line:
            places = kept[start : start + len(line)]
            ends = whole != whole.splitlines()[0]
            yield f"{line}\n", [*places, kept[start + len(whole) - 1] if ends else INSERTED]
        start += len(whole)


def title_of(tune: str) -> str:
    """Return the first ``T:`` field as it is written; empty if there is none."""
    return next((line[2:].strip() for line in tune.splitlines() if line.startswith("T:")), "")
