"""Lexer of ABC notation: every character of a text becomes part of exactly one token.

`tokens` takes any text: joined, the tokens are the text again. It never fails, and takes time in proportion to the
text. `read_lines` classifies lines (a field, music, a comment, text between tunes); `MUSIC` matches the elements of a
line of music. Both follow the ABC standard 2.1 and allow what is common in collections on the web.

Conventions: offsets count characters from 0; a range is ``text[start:end]``. Lines end with ``\\n``, ``\\r\\n`` or
``\\r``. A header runs from its first field to the ``K:`` line, a body from there to a blank line or the next ``X:``.
"""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from tunewright.notation.spec import UNICODE_ACCIDENTALS


class Sign(Enum):
    """Kind of a token; the value describes it."""

    BOUNDARY = "mark between tunes: U+0002, U+0003, <start> or <end>"
    TEXT = "text that belongs to no tune"
    SPACE = "blanks"
    LINE_END = "end of a line"
    COMMENT = "comment"
    DIRECTIVE = "directive for a program (%%)"
    HEADER_FIELD = "name of a field in a header"
    HEADER_VALUE = "value of a field in a header"
    BODY_FIELD = "name of a field among the music"
    BODY_VALUE = "value of a field among the music"
    LYRICS = "words under the notes, or signs over them"
    INLINE_FIELD = "bracket and name of a field within a line of music"
    INLINE_VALUE = "value of a field within a line of music"
    INLINE_END = "bracket after a field within a line of music"
    ACCIDENTAL = "accidental"
    NOTE = "letter of a note"
    OCTAVE = "octave marks of a note"
    LENGTH = "length of a note, a rest or a chord"
    REST = "rest"
    BARS_REST = "rest of whole bars"
    SPACER = "space without music"
    CHORD_OPEN = "bracket before a chord"
    CHORD_CLOSE = "bracket after a chord"
    GRACE_OPEN = "brace before grace notes"
    GRACE_CLOSE = "brace after grace notes"
    CHORD_SYMBOL = "chord symbol"
    ANNOTATION = "annotation"
    DECORATION = "decoration"
    TIE = "tie"
    SLUR_OPEN = "start of a slur"
    SLUR_CLOSE = "end of a slur"
    TUPLET = "tuplet"
    BROKEN = "broken rhythm"
    BAR = "bar line"
    ENDING = "number of an ending"
    OVERLAY = "start of a further layer of the bar"
    BEAM = "beam mark"
    SCORE_BREAK = "line break of the score"
    CONTINUATION = "mark that the line goes on"
    UNKNOWN = "no ABC"


class LineKind(Enum):
    """Kind of a line; the value describes it."""

    HEADER_FIELD = "field in a header"
    BODY_FIELD = "field among the music"
    MUSIC = "music"
    COMMENT = "comment"
    DIRECTIVE = "directive for a program"
    BLANK = "blank line"
    TEXT = "text that belongs to no tune"
    BOUNDARY = "mark between tunes"


class Token(NamedTuple):
    """A range of a text and its kind."""

    kind: Sign
    start: int
    end: int


class Line(NamedTuple):
    """One line of a text and its kind."""

    kind: LineKind
    start: int
    stop: int
    """Where its content ends: before blanks, a comment and the line end."""
    end: int
    """Where the next line begins."""


_LINE = re.compile(r"([^\n\r]*+)(?:\r\n|\n|\r)?+")
_BOUNDARY = re.compile("[\x02\x03]|<(?:start|end)>", re.IGNORECASE)
_FIELD = re.compile(r"[A-Za-z]:(?![|:])|\+:")
_COMMENT = re.compile(r"(?<!\\)%")
_LYRIC_FIELDS = frozenset("wWs")

_UNICODE = "".join(UNICODE_ACCIDENTALS)
_LENGTH = r"\d*+(?:/\d*+)*+"
_NUMBERS = r"\d++(?:[,.-]\d++)*+"
_ELEMENTS = {
    "note": rf"(?P<accidental>(?:\^\^?|__?|=)(?:\d*+/?\d*+)|[{_UNICODE}])?(?P<letter>[A-Ga-g])(?P<octave>[',]*+)"
    rf"(?P<note_length>{_LENGTH})",
    "space": r"[ \t\f\v]++",
    "bar": rf"(?P<bar_line>\.?(?::*+(?:\[(?=\|))?\|++(?:\](?!\|)(?::++(?!\|))?|:*+)|:++))(?P<bar_ending>{_NUMBERS})?",
    "broken": r">++|<++",
    "rest": rf"(?P<rest_sign>[zx])(?P<rest_length>{_LENGTH})",
    "bars_rest": rf"(?P<bars_rest_sign>[ZX])(?P<bars_rest_length>{_LENGTH})",
    "tuplet": r"\(\d++(?::\d*+){0,2}",
    "slur_open": r"\(",
    "slur_close": r"\)",
    "tie": r"-",
    "annotation": r'"[\^_<>@][^"\n\r]*+"',
    "chord_symbol": r'"[^"\n\r]*+"',
    "ending": rf"\[{_NUMBERS}|\[(?=\")",
    "inline": r"(?P<inline_field>\[[A-Za-z]:)(?P<inline_value>[^\[\]\n\r]*+)(?P<inline_end>\])",
    "chord_open": r"\[",
    "chord_close": rf"(?P<chord_bracket>\])(?P<chord_length>{_LENGTH})",
    "grace_open": r"\{/?",
    "grace_close": r"\}",
    "decoration": r"!(?=[^ !])[^!|\n\r]{1,40}!|\+(?=[^ +])[^+|\n\r]{1,40}\+|[.~H-Wh-w]",
    "spacer": r"y[\d.]*+",
    "overlay": r"&++",
    "beam": r"`++",
    "comment": r"%[^\n\r]*+",
    "continuation": r"\\(?=[ \t]*+(?:%|$|[\n\r]))",
    "line_end": r"\r\n|\n|\r",
    "score_break": r"[!$*]",
    "unknown": r"\"[^\n\r]*+|[^\n\r]",
}
MUSIC = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ELEMENTS.items()), re.ASCII)
"""One element of a line of music, named by ``match.lastgroup``: a note with accidental, octave and length is one."""

NOTE = re.compile(_ELEMENTS["note"], re.ASCII)
"""A note, as the element of `MUSIC`."""

_SILENT = r"(?:[ \t\f\v)]|\((?!\d))*+"  # blanks and slurs
_PLAIN_NOTE = rf"[A-Ga-g][',]*+{_LENGTH}{_SILENT}"
PLAIN_NOTE = re.compile(_PLAIN_NOTE, re.ASCII)
"""A note without accidental, with the blanks and slurs behind it."""

MUSIC_AND_RUNS = re.compile(f"(?P<run>{_SILENT}(?:{_PLAIN_NOTE})++)|{MUSIC.pattern}", re.ASCII)
"""As `MUSIC`, but a sequence of `PLAIN_NOTE`, which most of a tune is, is one element ``run``."""

_NAMED = "!(?=[^ !])[^!|\\n\\r]{1,40}!|"
_WITH_BREAKS = {whole: re.compile(whole.pattern.replace(_NAMED, ""), re.ASCII) for whole in (MUSIC, MUSIC_AND_RUNS)}
_BREAKS_AT_BANGS = re.compile(r"^(?:I:|%%)[ \t]*linebreak[^!%\n\r]*!", re.MULTILINE)


def music_of(text: str, pattern: re.Pattern[str] = MUSIC) -> re.Pattern[str]:
    """Return `pattern` as it holds in the tune `text`: where ``I:linebreak !`` stands, ``!`` breaks lines only."""
    return _WITH_BREAKS[pattern] if "linebreak" in text and _BREAKS_AT_BANGS.search(text) else pattern


def breaks_at_bangs(text: str) -> bool:
    """Return true if ``!`` breaks lines in the tune `text`, and marks no decorations."""
    return music_of(text) is not MUSIC


_PARTS = {
    "note": (
        ("accidental", Sign.ACCIDENTAL), ("letter", Sign.NOTE), ("octave", Sign.OCTAVE), ("note_length", Sign.LENGTH),
    ),
    "bar": (("bar_line", Sign.BAR), ("bar_ending", Sign.ENDING)),
    "rest": (("rest_sign", Sign.REST), ("rest_length", Sign.LENGTH)),
    "bars_rest": (("bars_rest_sign", Sign.BARS_REST), ("bars_rest_length", Sign.LENGTH)),
    "inline": (
        ("inline_field", Sign.INLINE_FIELD), ("inline_value", Sign.INLINE_VALUE), ("inline_end", Sign.INLINE_END),
    ),
    "chord_close": (("chord_bracket", Sign.CHORD_CLOSE), ("chord_length", Sign.LENGTH)),
}  # fmt: skip
FIELD_LINES = (LineKind.HEADER_FIELD, LineKind.BODY_FIELD)
"""Lines that hold a field."""

_FIELD_KINDS = {
    LineKind.HEADER_FIELD: (Sign.HEADER_FIELD, Sign.HEADER_VALUE),
    LineKind.BODY_FIELD: (Sign.BODY_FIELD, Sign.BODY_VALUE),
}
_WHOLE_LINES = {
    LineKind.COMMENT: Sign.COMMENT,
    LineKind.DIRECTIVE: Sign.DIRECTIVE,
    LineKind.BLANK: Sign.SPACE,
    LineKind.TEXT: Sign.TEXT,
    LineKind.BOUNDARY: Sign.BOUNDARY,
}
_KINDS = {name: Sign[name.upper()] for name in _ELEMENTS if name not in _PARTS}


def tokens(text: str) -> list[Token]:
    """Return the tokens of `text`, in order, every character once."""
    found: list[Token] = []
    music = music_of(text)
    for line in read_lines(text):
        if line.kind is LineKind.MUSIC:
            found += _music_tokens(text, line, music)
        elif line.kind in FIELD_LINES:
            found += _pieces(_field_cuts(text, line))
        else:
            found += _pieces([(_WHOLE_LINES[line.kind], line.start), *_tail_cuts(text, line)])
    return found


def read_lines(text: str) -> Iterator[Line]:
    """Yield the lines of `text`; a mark between tunes is a line of its own."""
    place = _Place()
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        is_tag = boundary[0][0] == "<"
        if is_tag and text[max(0, boundary.start() - 1)] not in "\n\r<\x02\x03":
            continue
        yield from _lines_between(text, start, boundary.start(), place)
        yield Line(LineKind.BOUNDARY, boundary.start(), boundary.end(), boundary.end())
        start = boundary.end()
        place.state = "start"
    yield from _lines_between(text, start, len(text), place)


class _Place:
    """Position in a tune, as far as the kind of the next line depends on it."""

    def __init__(self) -> None:
        self.state = "start"
        """start, header, body, or outside: after a blank line that ended a tune."""
        self.block = False
        """True between %%begintext (or its like) and its end."""

    def kind_of(self, content: str) -> LineKind:
        """Return the kind of a line with this content, and move behind it."""
        if content.startswith("%"):
            return self._remark(content)
        if self.block:
            return LineKind.DIRECTIVE
        if not content or content.isspace():
            if self.state == "body":
                self.state = "outside"
            return LineKind.BLANK
        if _FIELD.match(content):
            return self._field(content)
        if self.state == "body" or (self.state in ("start", "header") and "|" in content):
            self.state = "body"
            return LineKind.MUSIC
        return LineKind.TEXT

    def _remark(self, content: str) -> LineKind:
        if not content.startswith("%%"):
            return LineKind.COMMENT
        if content.startswith("%%begin"):
            self.block = True
        elif content.startswith("%%end"):
            self.block = False
        return LineKind.DIRECTIVE

    def _field(self, content: str) -> LineKind:
        if self.state == "body" and content[0] != "X":
            return LineKind.BODY_FIELD
        if self.state == "outside" and content[0] in "wW+":
            return LineKind.BODY_FIELD
        self.state = "body" if content[0] == "K" else "header"
        return LineKind.HEADER_FIELD


def _lines_between(text: str, start: int, end: int, place: _Place) -> Iterator[Line]:
    while start < end:
        match = _LINE.match(text, start, end)
        assert match  # noqa: S101 - the pattern takes anything
        content = match[1]
        kind = place.kind_of(content)
        if kind in FIELD_LINES and (comment := _COMMENT.search(content)):
            content = content[: comment.start()]
        stop = start + len(content.rstrip(" \t"))
        yield Line(kind, start, stop, match.end())
        start = match.end()


def _music_tokens(text: str, line: Line, music: re.Pattern[str]) -> Iterator[Token]:
    for match in music.finditer(text, line.start, line.end):
        name = match.lastgroup or ""
        if name in _KINDS:
            yield Token(_KINDS[name], *match.span())
            continue
        for part, kind in _PARTS[name]:
            start, end = match.span(part)
            if start < end:
                yield Token(kind, start, end)


def _pieces(cuts: list[tuple[Sign, int]]) -> Iterator[Token]:
    """Yield tokens from (kind, start) pairs in order, the last of which only marks the end."""
    for (kind, start), (_, end) in pairwise(cuts):
        if start < end:
            yield Token(kind, start, end)


def _field_cuts(text: str, line: Line) -> list[tuple[Sign, int]]:
    name_kind, value_kind = _FIELD_KINDS[line.kind]
    name = line.start + 2
    value = line.stop - len(text[name : line.stop].lstrip(" \t"))
    value_kind = Sign.LYRICS if text[line.start] in _LYRIC_FIELDS else value_kind
    return [(name_kind, line.start), (Sign.SPACE, name), (value_kind, value), *_tail_cuts(text, line)]


def _tail_cuts(text: str, line: Line) -> list[tuple[Sign, int]]:
    """Return the starts of the blanks, the comment and the line end after the content of `line`, and its end."""
    tail = text[line.stop : line.end].rstrip("\n\r")
    comment = line.stop + len(tail) - len(tail.lstrip(" \t"))
    end = line.stop + len(tail)
    return [
        (Sign.SPACE, line.stop),
        (Sign.COMMENT, comment),
        (Sign.LINE_END, end),
        (Sign.LINE_END, line.end),
    ]
