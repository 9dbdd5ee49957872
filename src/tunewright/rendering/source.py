"""Which text is engraved, played and shown?

The tune as it came, with what the ABC standard needs to take it for one tune: an ``X:`` field, no blank line inside,
and above its ``K:`` field nothing but fields and comments (any other line there is made a comment, lest it be played).
Nothing else is changed. Character positions on the page and in a `Performance` count in this text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tunewright.errors import RenderError
from tunewright.rendering.provenance import abc_comments

LONGEST_TEXT = 1_000_000
"""Characters; a longer text is refused before abcjs sees it."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIELD_OR_COMMENT = re.compile(r"[A-Za-z+]:|%")
_REFERENCE_NUMBER = re.compile(r"^X:.*$", re.MULTILINE)


INSERTED = -1
"""The place of a character that is not in the tune as it came."""


class Completed(NamedTuple):
    """A tune as a complete ABC text."""

    text: str
    places: list[int]
    """Of each character, where it stands in the tune as it came, or INSERTED; a line end there is one character."""


def abc_text(tune: str, provenance: Mapping[str, str] | None = None) -> str:
    """Return a tune as a complete ABC text.

    Parameters
    ----------
    tune
        One tune in ABC notation, with or without its ``X:`` field.
    provenance
        Where it comes from; written as comments below ``X:``.

    Raises
    ------
    RenderError
        If it is longer than `LONGEST_TEXT`.
    """
    text = completed(tune).text
    return _REFERENCE_NUMBER.sub(lambda field: field[0] + abc_comments(provenance or {}), text, count=1)


def completed(tune: str) -> Completed:
    """Return what `abc_text` gives without provenance, and where each of its characters comes from.

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
    """Lines that are not blank, each with its line end, and where their characters stand in `tune`."""
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
