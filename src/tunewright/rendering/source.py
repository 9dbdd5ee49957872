"""Which text is engraved, played and shown?

The tune as it came, with what the ABC standard needs to take it for one tune: an ``X:`` field, no blank line inside,
and above its ``K:`` field nothing but fields and comments (any other line there is made a comment, lest it be played).
Nothing else is changed. Character positions on the page and in a `Performance` count in this text.
"""

import re
from collections.abc import Mapping

from tunewright.errors import RenderError
from tunewright.rendering.provenance import abc_comments

LONGEST_TEXT = 1_000_000
"""Characters; a longer text is refused before abcjs sees it."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIELD_OR_COMMENT = re.compile(r"[A-Za-z+]:|%")
_REFERENCE_NUMBER = re.compile(r"^X:.*$", re.MULTILINE)


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
    if len(tune) > LONGEST_TEXT:
        raise RenderError(f"the tune has {len(tune):,} characters; at most {LONGEST_TEXT:,} are allowed")
    lines = _CONTROL.sub("", tune.removeprefix("\ufeff")).encode(errors="replace").decode().splitlines()
    lines = [line.rstrip() for line in lines if line.strip()]
    head = next((number for number, line in enumerate(lines) if line.startswith("K:")), 0)
    lines[:head] = [line if _FIELD_OR_COMMENT.match(line) else f"% {line}" for line in lines[:head]]
    text = "".join(f"{line}\n" for line in lines)
    if not _REFERENCE_NUMBER.search(text):
        text = f"X:1\n{text}"
    return _REFERENCE_NUMBER.sub(lambda field: field[0] + abc_comments(provenance or {}), text, count=1)


def title_of(tune: str) -> str:
    """Return the first ``T:`` field as it is written; empty if there is none."""
    return next((line[2:].strip() for line in tune.splitlines() if line.startswith("T:")), "")
