"""Checks of the signs in a tune that need no counting of time.

These are characters outside ABC, texts and slurs without an end, and unknown bar lines, decorations and chord symbols.
Offsets count characters from 0.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise, zip_longest

from tunewright.notation.lexer import Sign, breaks_at_bangs, tokens
from tunewright.notation.spec import (
    ACCIDENTALS,
    BAR_LINES,
    CHORD_SYMBOL,
    DECORATION_SIGNS,
    DECORATIONS,
    UNICODE_ACCIDENTALS,
)
from tunewright.notation.voices import Problem

_CHORD_SYMBOL = re.compile(CHORD_SYMBOL)
_MANY_COLONS = re.compile(r":{3,}(?=[\[|])|(?<=[|\]]):{3,}")
_DENOMINATOR = re.compile(r"/(\d+)")
_UNKNOWN = {
    '"': "quote-unclosed",
    "^": "accidental-without-note",
    "_": "accidental-without-note",
    "=": "accidental-without-note",
}
"""Codes for characters that have a meaning elsewhere; a text that is not closed extends to the end of its line."""

_MAY_BE_DECORATED = frozenset((
    Sign.ACCIDENTAL, Sign.NOTE, Sign.REST, Sign.BARS_REST, Sign.CHORD_OPEN, Sign.GRACE_OPEN, Sign.BAR, Sign.DECORATION,
))  # fmt: skip
_ENDS_LINE = (Sign.SPACE, Sign.COMMENT, Sign.LINE_END, None)
_FIELDS = (Sign.HEADER_FIELD, Sign.BODY_FIELD, Sign.INLINE_FIELD)


def find_marks(text: str) -> Iterator[Problem]:
    """Yield the problems of the signs in the tune `text`."""
    return _Marks(text).find()


class _Marks:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.signs = set(DECORATION_SIGNS)
        self.slurs: list[int] = []
        self.breaks_at_bangs = breaks_at_bangs(text)
        self.stray_end = -1  # where the last run of signs without meaning ended
        self.checks: dict[Sign, Callable[[int, str, Sign | None], Problem | None]] = {
            Sign.ACCIDENTAL: self._accidental,
            Sign.BAR: self._bar,
            Sign.CHORD_SYMBOL: self._chord_symbol,
            Sign.DECORATION: self._decoration,
            Sign.LENGTH: self._length,
            Sign.SCORE_BREAK: self._score_break,
            Sign.SLUR_CLOSE: self._slur_close,
            Sign.SLUR_OPEN: self._slur_open,
            Sign.UNKNOWN: self._unknown,
        }

    def find(self) -> Iterator[Problem]:
        self.signs.update(self._user_signs())
        for token, after in zip_longest(self.tokens, self.tokens[1:]):
            check = self.checks.get(token.kind)
            problem = check(token.start, self.text[token.start : token.end], after and after.kind) if check else None
            if problem:
                yield problem
        for start in self.slurs:
            yield Problem("slur-unclosed", start)

    def _user_signs(self) -> Iterator[str]:
        """Yield the letters that ``U:`` fields define."""
        for field, value in pairwise(token for token in self.tokens if token.kind is not Sign.SPACE):
            name = self.text[field.start : field.end]
            if field.kind in _FIELDS and name.strip("[:") == "U":
                yield self.text[value.start : value.end].lstrip()[:1]

    def _accidental(self, start: int, content: str, _: Sign | None) -> Problem | None:
        if content in ACCIDENTALS:
            return None
        sign = UNICODE_ACCIDENTALS.get(content)
        if sign:
            return Problem("accidental-foreign", start, content, f"{sign} before the note")
        return Problem("microtone", start, content)

    def _bar(self, start: int, content: str, _: Sign | None) -> Problem | None:
        known = _MANY_COLONS.sub("::", content) in BAR_LINES
        return None if known else Problem("bar-line-unknown", start, content)

    def _chord_symbol(self, start: int, content: str, _: Sign | None) -> Problem | None:
        if _CHORD_SYMBOL.fullmatch(content[1:-1].strip()):
            return None
        return Problem("chord-symbol-unknown", start, content)

    def _decoration(self, start: int, content: str, after: Sign | None) -> Problem | None:
        if not (content in self.signs if len(content) == 1 else content[1:-1] in DECORATIONS):
            return self._stray("decoration-unknown", start, content)
        if after in _MAY_BE_DECORATED or len(content) > 1 or content == ".":
            return None
        return Problem("decoration-without-note", start, content)

    def _unknown(self, start: int, content: str, _: Sign | None) -> Problem | None:
        return self._stray(_UNKNOWN.get(content[0], "unknown-character"), start, content)

    def _stray(self, code: str, start: int, content: str) -> Problem | None:
        """Return a problem for the first in a run of signs without meaning."""
        follows, self.stray_end = start == self.stray_end, start + len(content)
        return None if follows else Problem(code, start, content)

    def _length(self, start: int, content: str, _: Sign | None) -> Problem | None:
        parts = [int(digits[:6]) for digits in _DENOMINATOR.findall(content)]
        wrong = any(not number or number & (number - 1) for number in parts)
        return Problem("length-unknown", start, content) if wrong else None

    def _score_break(self, start: int, content: str, after: Sign | None) -> Problem | None:
        alone = content == "!" and after not in _ENDS_LINE and not self.breaks_at_bangs
        return Problem("decoration-unclosed", start) if alone else None

    def _slur_open(self, start: int, _: str, __: Sign | None) -> None:
        self.slurs.append(start)

    def _slur_close(self, start: int, _: str, __: Sign | None) -> Problem | None:
        if not self.slurs:
            return Problem("slur-not-opened", start)
        self.slurs.pop()
        return None
