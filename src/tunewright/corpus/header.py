"""What do the information fields of a tune say, and where does its music begin?

A field is a line ``letter:value`` whose letter the ABC standard knows. The header runs to the first ``K:`` line,
which belongs to it; what follows is the body. A text without ``K:`` has a header as long as its lines are fields.
"""

import re
from collections.abc import Iterator, Sequence

from tunewright.notation.spec import FIELDS

# "A:|" and "d::" begin a line of music
_FIELD = re.compile(rf"([{''.join(FIELDS)}]):(?![|:])(.*)")


def field_of(line: str) -> tuple[str, str] | None:
    """Return (letter, value without blanks around it) of an information field, None for any other line."""
    match = _FIELD.match(line)
    return (match[1], match[2].strip()) if match else None


def is_remark(line: str) -> bool:
    """Say whether `line` is a comment (``%``), a directive (``%%``) or the continuation of a field (``+:``)."""
    return line.startswith(("%", "+:"))


def header_length(lines: Sequence[str]) -> int:
    """Return how many of a tune's `lines` make its header."""
    for index, line in enumerate(lines):
        if line.startswith("K:"):
            return index + 1
    for index, line in enumerate(lines):
        if not field_of(line) and not is_remark(line):
            return index
    return len(lines)


def header_fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield (letter, value) of every field in the header of the tune `text`, in its order."""
    lines = text.split("\n")
    for line in lines[: header_length(lines)]:
        if field := field_of(line):
            yield field


def body(text: str) -> str:
    """Return what follows the header of the tune `text`."""
    key = 0 if text.startswith("K:") else text.find("\nK:") + 1
    if key or text.startswith("K:"):
        return text[key:].partition("\n")[2]
    lines = text.split("\n")
    return "\n".join(lines[header_length(lines) :])
