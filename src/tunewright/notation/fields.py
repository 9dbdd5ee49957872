"""Information fields of a tune: reading the header, and checking fields and their values.

A field is a line ``letter:value`` whose letter the ABC standard knows. The header runs to the first ``K:`` line, which
belongs to it; what follows is the body. A text without ``K:`` has a header as long as its lines are fields. Offsets
count characters from 0.

`header_fields` reads tunes of a corpus: it is quick and keeps a comment behind a value as part of it. `find_fields` is
for the checker: it reads lines as `tunewright.notation.lexer` does, and letters that the standard does not know too.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise

from tunewright.notation.keys import parse_key, unread_part
from tunewright.notation.lexer import FIELD_LINES, Line, LineKind, Sign, read_lines, tokens
from tunewright.notation.meter import parse_meter, parse_unit_length
from tunewright.notation.playing.playing_order import part_sequence
from tunewright.notation.spec import FIELDS, UNICODE_ACCIDENTALS
from tunewright.notation.voices import Problem

# "A:|" and "d::" begin a line of music
_FIELD = re.compile(rf"([{''.join(FIELDS)}]):(?![|:])(.*)")

_NOT_FIELDS = frozenset("+")  # the continuation of a field
_TEMPO = re.compile(r'\d|".*"')
_VALUES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "K": ("key-unknown", lambda value: parse_key(value) is not None),
    "L": ("unit-length-unknown", lambda value: parse_unit_length(value) is not None),
    "M": ("meter-unknown", lambda value: parse_meter(value) is not None),
    "Q": ("tempo-unknown", lambda value: bool(_TEMPO.search(value))),
    "X": ("number-unknown", str.isdecimal),
}
"""By field: the code of the problem for an unknown value, and the test for a known one."""

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "c": "\u0327", "v": "\u030c",
    "u": "\u0306", "H": "\u030b", ";": "\u0328", "=": "\u0304", ".": "\u0307",
}  # fmt: skip
"""The combining character of each accent that may stand between a backslash and a letter."""

_NAMED = {
    "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "ss": "ß", "aa": "å", "AA": "Å", "/o": "ø", "/O": "Ø", "/d": "đ",
    "/D": "Đ", "/l": "ł", "/L": "Ł", "DH": "Ð", "dh": "ð", "TH": "Þ", "th": "þ", "&": "&",
}  # fmt: skip
_ESCAPE = re.compile(
    rf"\\(?:u(?P<code>[0-9a-fA-F]{{4}})|(?P<name>{'|'.join(_NAMED)})"
    rf"|(?P<accent>[{re.escape(''.join(_ACCENTS))}])(?P<letter>[A-Za-z]))"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});")

_REQUIRED = {"X": "number-missing", "T": "title-missing", "M": "meter-missing", "K": "key-missing"}


def field_of(line: str) -> tuple[str, str] | None:
    """Return (letter, value without blanks around it) of an information field, None for any other line."""
    match = _FIELD.match(line)
    return (match[1], match[2].strip()) if match else None


def is_remark(line: str) -> bool:
    """Return true if `line` is a comment (``%``), a directive (``%%``) or the continuation of a field (``+:``)."""
    return line.startswith(("%", "+:"))


def header_length(lines: Sequence[str]) -> int:
    """Return the number of a tune's `lines` that belong to its header."""
    for index, line in enumerate(lines):
        if line.startswith("K:"):
            return index + 1
    for index, line in enumerate(lines):
        if not field_of(line) and not is_remark(line):
            return index
    return len(lines)


def header_fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield (letter, value) of every field in the header of the tune `text`, in order."""
    lines = text.split("\n")
    for line in lines[: header_length(lines)]:
        if field := field_of(line):
            yield field


def body(text: str) -> str:
    """Return the text after the header of the tune `text`."""
    key = 0 if text.startswith("K:") else text.find("\nK:") + 1
    if key or text.startswith("K:"):
        return text[key:].partition("\n")[2]
    lines = text.split("\n")
    return "\n".join(lines[header_length(lines) :])


def plain_string(value: str) -> str:
    """Return a string of ABC as it is read: with the characters that its accents and entities stand for.

    ``\\'e``, ``\\u00e9`` and ``&eacute;`` are all an e with an acute accent (section 8.2 of the standard).
    """
    if "&" in value:
        value = _ENTITY.sub(lambda match: html.unescape(match[0]), value)
    return _ESCAPE.sub(_escaped, value) if "\\" in value else value


def _escaped(match: re.Match[str]) -> str:
    if match["code"]:
        character = chr(int(match["code"], 16))
        return character if character.isprintable() else match[0]
    if match["name"]:
        return _NAMED[match["name"]]
    accented = unicodedata.normalize("NFC", match["letter"] + _ACCENTS[match["accent"]])
    return accented if len(accented) == 1 else match[0]


def find_fields(text: str, defaults: Collection[str] = ()) -> Iterator[Problem]:
    """Yield the problems of the fields in the tune `text`, in its header and among the music.

    Fields whose letters are among `defaults` may be missing: the file header has them.
    """
    lines = list(read_lines(text))
    header = [line for line in lines if line.kind is LineKind.HEADER_FIELD]
    letters = [text[line.start] for line in header]
    begin = next((line.start for line in lines if line.kind is not LineKind.BOUNDARY), 0)
    present = {*letters, *defaults}
    yield from (Problem(code, begin) for letter, code in _REQUIRED.items() if letter not in present)
    yield from _order(header, letters)
    for line in header:
        letter = text[line.start]
        if letter in FIELDS and FIELDS[letter].tune_header == "no":
            yield Problem("field-not-allowed", line.start, f"{letter}:", "after a line of music")
        yield from _value(letter, text[line.start + 2 : line.stop].strip(), line.start)
    yield from _among_music(text, lines)
    yield from _lines_without_meaning(text, lines)
    yield from _unread(text, lines)


def _order(header: list[Line], letters: list[str]) -> Iterator[Problem]:
    fields = [(letter, line) for letter, line in zip(letters, header, strict=True) if letter not in _NOT_FIELDS]
    for place, letter in enumerate(("X", "T")):
        found = next((index for index, (name, _) in enumerate(fields) if name == letter), None)
        if found is not None and found > place and fields[:1] != fields[1:2]:
            yield Problem("field-order", fields[found][1].start, letter)


def _among_music(text: str, lines: list[Line]) -> Iterator[Problem]:
    for line in lines:
        if line.kind is LineKind.BODY_FIELD:
            yield from _in_body(text[line.start], text[line.start + 2 : line.stop].strip(), line.start, inline=False)
    found = tokens(text)
    for token, after in pairwise(found):
        if token.kind is Sign.INLINE_FIELD:
            value = text[after.start : after.end] if after.kind is Sign.INLINE_VALUE else ""
            yield from _in_body(text[token.start + 1], value.strip(), token.start, inline=True)


def _in_body(letter: str, value: str, start: int, *, inline: bool) -> Iterator[Problem]:
    field = FIELDS.get(letter)
    if field and not (field.inline if inline else field.body):
        right = "on a line of its own" if field.body else "before the K: line"
        yield Problem("field-not-allowed", start, f"[{letter}:]" if inline else f"{letter}:", right)
    else:
        yield from _value(letter, value, start)


def _value(letter: str, value: str, start: int) -> Iterator[Problem]:
    if letter not in FIELDS and letter not in _NOT_FIELDS:
        yield Problem("field-unknown", start, letter)
    elif letter in _VALUES:
        code, is_known = _VALUES[letter]
        if not is_known(value):
            yield Problem(code, start, value)
        elif letter == "K" and (unread := unread_part(value)):
            yield Problem("key-in-part", start, unread)
        elif letter == "K" and (foreign := next((sign for sign in UNICODE_ACCIDENTALS if sign in value), None)):
            yield Problem("key-foreign", start, foreign)


def _lines_without_meaning(text: str, lines: list[Line]) -> Iterator[Problem]:
    last_header = max((line.start for line in lines if line.kind is LineKind.HEADER_FIELD), default=-1)
    began = body = told = False
    for line in lines:
        began |= line.kind is LineKind.HEADER_FIELD
        body |= line.kind is LineKind.MUSIC
        if line.kind is LineKind.BLANK and began and line.start < last_header:
            yield Problem("blank-line-in-header", line.start)
        elif line.kind is LineKind.TEXT and line.start < last_header:
            yield Problem("line-ignored", line.start)
        elif line.kind is LineKind.TEXT and body and not told and "|" in text[line.start : line.stop]:
            told = True
            yield Problem("music-after-blank-line", line.start)


def _unread(text: str, lines: list[Line]) -> Iterator[Problem]:
    """Yield what is not read, or in part, of fields and blocks that are right in themselves."""
    block: int | None = None
    labels: set[str] = set()
    order: Line | None = None
    for line in lines:
        content = text[line.start : line.stop]
        if line.kind is LineKind.DIRECTIVE:
            begins, ends = content.startswith("%%begin"), content.startswith("%%end")
            block = line.start if begins and block is None else None if ends else block
        elif line.kind in FIELD_LINES and content[0] == "m" and "=" in content:
            yield Problem("macro-unread", line.start, content[2:].strip())
        elif line.kind is LineKind.BODY_FIELD and content[0] == "s":
            yield Problem("symbols-unread", line.start)
        elif line.kind is LineKind.HEADER_FIELD and content[0] == "P":
            order = order or line
        elif line.kind is LineKind.BODY_FIELD and content[0] == "P":
            labels.add(content[2:].strip())
    labels.update(re.findall(r"\[P:[ \t]*([A-Za-z])[ \t]*\]", text) if order else ())
    if order is not None:
        missing = sorted({part for part in part_sequence(text[order.start + 2 : order.stop]) if part not in labels})
        if missing:
            yield Problem("part-missing", order.start, ", ".join(missing))
    if block is not None:
        yield Problem("block-unclosed", block)
