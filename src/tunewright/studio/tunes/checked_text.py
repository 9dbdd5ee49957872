"""Findings of the checker with the characters that each is about, and its repair where one is certain.

Characters are counted in UTF-16 units, as JavaScript does, from the start of the text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from tunewright.notation.check import check
from tunewright.notation.findings import Finding
from tunewright.notation.lexer import Sign, Token, tokens
from tunewright.notation.repairs.repair import find_repair
from tunewright.studio.tunes.playing import unit_starts

MOST_REPAIRS = 30
"""No repair is sought for the findings after this number of them."""

MOST_FINDINGS = 500
"""Only the first of more findings are told."""

LONGEST_REPAIRED = 40_000
"""No repair is sought in a text of more characters."""

_WHOLE_BARS = frozenset(("bar-too-long", "bar-too-short", "bar-held"))
_WHOLE_LINES = frozenset(("line-ignored", "field-order", "field-not-allowed", "field-unknown", "lyrics-too-long"))
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class TextChange:
    """Replace the characters from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with its characters."""

    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    start: int
    end: int
    """At least one more than `start`, but in an empty text."""
    bar: int | None
    """Its number; 0 is a pick-up, None outside the music."""
    severity: Literal["error", "note"]
    code: str
    what: str
    """What is wrong."""
    right: str
    """What would be right."""
    repair: TextChange | None
    """The one change that makes it right; None if none is certain."""


def placed_findings(text: str) -> tuple[PlacedFinding, ...]:
    """Return what the checker finds in a text, in the order of its lines, at most `MOST_FINDINGS`."""
    units, found = unit_starts(text), tokens(text)
    most = MOST_REPAIRS if len(text) <= LONGEST_REPAIRED else 0
    lines = [0, *(match.end() for match in _LINE_END.finditer(text))]
    return tuple(
        _placed(text, finding, lines[finding.line - 1] + finding.column - 1, found, units, number < most)
        for number, finding in enumerate(check(text)[:MOST_FINDINGS])
    )


def _placed(
    text: str, finding: Finding, at: int, found: list[Token], units: list[int], with_repair: bool
) -> PlacedFinding:
    start, end = _range(text, finding.code, at, found)
    repair = find_repair(text, finding) if with_repair else None
    change = TextChange(units[repair.start], units[repair.end], repair.replacement) if repair else None
    return PlacedFinding(
        line=finding.line,
        column=finding.column,
        start=units[start],
        end=units[end],
        bar=finding.bar,
        severity=finding.severity,
        code=finding.code,
        what=finding.what,
        right=finding.right,
        repair=change,
    )


def _range(text: str, code: str, at: int, found: list[Token]) -> tuple[int, int]:
    """The characters that a finding at `at` is about."""
    index = max(0, bisect_right(found, at, key=lambda token: token.start) - 1)
    end = found[index].end if found else at
    if code in _WHOLE_BARS:
        for token in found[index:]:
            if token.kind in (Sign.BAR, Sign.LINE_END, Sign.ENDING):
                break
            end = token.end
        end = at + len(text[at:end].rstrip())
    elif code in _WHOLE_LINES or (found and found[index].kind in (Sign.HEADER_FIELD, Sign.BODY_FIELD)):
        line_end = _LINE_END.search(text, at)
        end = line_end.start() if line_end else len(text)
    elif found and found[index].kind is Sign.UNKNOWN:
        for token in found[index:]:
            if token.kind is not Sign.UNKNOWN:
                break
            end = token.end
    return at, min(len(text), max(end, at + 1))
