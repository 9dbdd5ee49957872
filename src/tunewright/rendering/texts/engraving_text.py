"""The text of a tune that abcjs engraves as `tunewright.notation` reads it.

abcjs takes lines and inline fields that it does not know for music, forgets what stands in blocks, continued fields and
some keys, and shows an accidental of another octave nowhere. Here every such place is written as abcjs reads it
rightly. Most tunes have none, and stay as they are.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tunewright.errors import RenderError
from tunewright.notation.fields import plain_string
from tunewright.notation.keys import OPTION, parse_key
from tunewright.notation.lexer import FIELD_LINES, Line, LineKind, Sign, Token, breaks_at_bangs, read_lines, tokens
from tunewright.notation.reader import read_events
from tunewright.notation.spec import NATURAL_PITCHES, UNICODE_ACCIDENTALS
from tunewright.notation.voice.items import BarLine
from tunewright.notation.voices import Events
from tunewright.rendering.texts.edits import Edit, EditedText

_HEADER_FIELDS = frozenset("ABCDFGHIKLMNOPQRSTUVWXZmsw")
"""Fields that abcjs takes for fields in a header."""

_BODY_FIELDS = frozenset("IKLMNPQRTUVWmsw")
_INLINE_FIELDS = frozenset("IKLMPQV")
_STRINGS = frozenset("ABCDFGHNOPRSTWZw")
_CONTINUED = frozenset("ABCDFGHNORSTWZw")
_PRINTED_BLOCKS = ("%%begintext", "%%endtext")
_SIGNS = {alteration: sign for sign, alteration in (("^", 1), ("_", -1), ("=", 0), ("^^", 2), ("__", -2))}
_ASCII_SIGNS = str.maketrans({"♭": "b", "♯": "#"})
_PLAIN_KEY = re.compile(r"[\x20-\x7e]*")
_EXPLICIT = re.compile(r"\bexp\b|\^\^|__", re.IGNORECASE)
_ESCAPE = re.compile(r"\\[^-\s]|&")
_MULTIPLE = re.compile(r"&&|\(&|&\)")
_SYLLABLE = re.compile(r"\|[ \t]*|(?:[*_]|(?:[^\s*_|~-]|\\-|~)+-*|-)[ \t]*|[ \t]+")
_SUNG = re.compile(r"[^\s|]")


def engraving_text(abc: str) -> EditedText:
    """Return `abc`, a complete tune, as abcjs engraves it rightly.

    Raises
    ------
    RenderError
        If it has macros, which abcjs would leave as they stand.
    """
    lines = list(read_lines(abc))
    refuse_macros(abc, lines)
    events = read_events(abc)
    edits = [*_line_edits(abc, lines), *_music_edits(abc, events), *_lyric_edits(abc, lines)]
    return EditedText(abc, edits)


def refuse_macros(abc: str, lines: Sequence[Line]) -> None:
    """Raise a `RenderError` if the tune `abc`, whose lines are `lines`, has macros."""
    if any(
        line.kind in FIELD_LINES and abc[line.start] == "m" and "=" in abc[line.start : line.stop] for line in lines
    ):
        raise RenderError("the tune has macros (m:), which are not read; write out the notes for which they stand")


def engraved_key(value: str) -> str | None:
    """Return the value of a ``K:`` field as abcjs reads it, None if `value` is that already."""
    key = parse_key(value)
    if key is None or (_PLAIN_KEY.fullmatch(value) and not _EXPLICIT.search(value)):
        return None
    plain = value.translate(_ASCII_SIGNS)
    if not _EXPLICIT.search(plain) and parse_key(plain) == key:
        return plain
    altered = [
        f" {_SIGNS[alteration]}{letter.lower()}"
        for letter, alteration in zip(NATURAL_PITCHES, key.signature, strict=True)
        if alteration
    ]
    options = "".join(f" {match[0]}" for match in OPTION.finditer(value))
    return f"C{''.join(altered)}{options}"


def _line_edits(abc: str, lines: Sequence[Line]) -> Iterator[Edit]:
    block = False
    for before, line in pairwise([Line(LineKind.BLANK, 0, 0, 0), *lines]):
        content = abc[line.start : line.stop]
        if line.kind is LineKind.DIRECTIVE:
            begins = content.startswith("%%begin") and not content.startswith(_PRINTED_BLOCKS)
            if begins or block:
                yield Edit(line.start, line.start, "% ")
            block = (block or begins) and not content.startswith("%%end")
            continue
        if line.kind not in FIELD_LINES:
            continue
        letter = content[0]
        allowed = _HEADER_FIELDS if line.kind is LineKind.HEADER_FIELD else _BODY_FIELDS
        if letter == "+" and before.kind in FIELD_LINES and abc[before.start] in {*_CONTINUED, "+"}:
            blank = len(content) - len(content[2:].lstrip())
            yield Edit(before.stop, line.start + blank, " ")
        elif letter not in allowed:
            yield Edit(line.start, line.start, "% ")
            continue
        start = line.start + 2
        value = abc[start : line.stop]
        if letter == "K" and (key := engraved_key(value)) is not None:
            yield Edit(start, line.stop, key)
        elif letter in {*_STRINGS, "+"} and _ESCAPE.search(value) and (plain := plain_string(value)) != value:
            yield Edit(start + (letter == "+"), line.stop, plain[letter == "+" :])


def _music_edits(abc: str, events: Events) -> Iterator[Edit]:
    for voice in events.voices:
        for start, alteration in voice.carried:
            yield Edit(start, start, _SIGNS[alteration])
    found = tokens(abc)
    sung = any(token.kind is Sign.LYRICS for token in found)
    signs = user_signs(abc)
    bangs = breaks_at_bangs(abc)
    for token, after in pairwise([*found, found[-1]] if found else []):
        content = abc[token.start : token.end]
        if token.kind is Sign.INLINE_FIELD:
            yield from _inline_edits(abc, token, after)
        elif token.kind is Sign.ACCIDENTAL and content in UNICODE_ACCIDENTALS:
            yield Edit(token.start, token.end, UNICODE_ACCIDENTALS[content])
        elif token.kind is Sign.SCORE_BREAK and content == "!" and after.kind is not Sign.LINE_END:
            yield Edit(token.start, token.end, " " if sung or not bangs else "\n")
        elif token.kind is Sign.DECORATION and content in signs:
            yield Edit(token.start, token.end, signs[content])
        elif token.kind is Sign.ANNOTATION and (plain := plain_string(content)) != content:
            yield Edit(token.start, token.end, plain)
    yield from _overlay_edits(abc, events)


def _inline_edits(abc: str, field: Token, after: Token) -> Iterator[Edit]:
    value = abc[after.start : after.end] if after.kind is Sign.INLINE_VALUE else ""
    letter = abc[field.start + 1]
    if letter not in _INLINE_FIELDS:
        yield Edit(field.start, field.end + len(value) + 1, " ")
    elif letter == "K" and (key := engraved_key(value)) is not None:
        yield Edit(after.start, after.end, key)


def user_signs(abc: str) -> dict[str, str]:
    """Return the decorations that ``U:`` fields give to letters."""
    signs: dict[str, str] = {}
    for line in read_lines(abc):
        if line.kind in FIELD_LINES and abc[line.start] == "U":
            sign, _, meaning = abc[line.start + 2 : line.stop].partition("=")
            meaning = meaning.strip()
            if len(sign.strip()) == 1 and re.fullmatch(r'![^!]+!|\+[^+]+\+|"[^"]*"', meaning):
                signs[sign.strip()] = meaning
            elif len(sign.strip()) == 1 and meaning in ("!nil!", "!none!", ""):
                signs[sign.strip()] = ""
    return signs


def _overlay_edits(abc: str, events: Events) -> Iterator[Edit]:
    """Write each layer that goes back further than its own bar into the bars to which it belongs."""
    if not _MULTIPLE.search(abc):
        return
    for voice in events.voices:
        yield from (Edit(start, _end_of_erased(abc, start, end), "") for start, end in voice.layer_texts)
        for layer in voice.overlays:
            bar = next((item for item in voice.items[layer.at :] if type(item) is BarLine and item.text), None)
            if layer.moved and bar is not None:
                content = " ".join(abc[layer.start : layer.end].split())
                yield Edit(bar.start, bar.start, f" & {content} ")


def _end_of_erased(abc: str, start: int, end: int) -> int:
    """Return where to end, so that a line from which all is erased leaves no blank line."""
    line_end = abc.find("\n", end)
    rest = abc[end : line_end if line_end >= 0 else len(abc)]
    before = abc[abc.rfind("\n", 0, start) + 1 : start]
    return end if before.strip() or rest.strip() or line_end < 0 else line_end + 1


def _lyric_edits(abc: str, lines: Sequence[Line]) -> Iterator[Edit]:
    """Divide words that stand below several lines of music: abcjs sings them to the last line only."""
    above: list[Line] = []
    verses: list[Line] = []
    for line in [*lines, Line(LineKind.BLANK, len(abc), len(abc), len(abc))]:
        words = line.kind is LineKind.BODY_FIELD and abc[line.start] in "w+"
        if words and above:
            verses.append(line)
        elif line.kind is LineKind.MUSIC or not words:
            if len(above) > 1 and verses:
                yield from _divided(abc, above, verses)
            if verses or line.kind is LineKind.BLANK:
                above = []
            verses = []
            if line.kind is LineKind.MUSIC:
                above.append(line)
            elif line.kind is LineKind.BODY_FIELD and abc[line.start] == "V":
                above = []


def _divided(abc: str, above: Sequence[Line], verses: Sequence[Line]) -> Iterator[Edit]:
    notes = [_sung_notes(abc, line) for line in above]
    for verse in verses:
        if abc[verse.start] == "+":
            return
        places = [
            match.start() for match in _SYLLABLE.finditer(abc[verse.start + 2 : verse.stop]) if _SUNG.match(match[0])
        ]
        words, done = abc[verse.start + 2 : verse.stop], 0
        if len(places) <= notes[-1]:  # they belong to the last line alone
            continue
        sung = 0
        for number, line in enumerate(above):
            sung += notes[number]
            cut = places[sung] if sung < len(places) else len(words)
            if number == len(above) - 1:
                cut = len(words)
            piece, done = words[done:cut], cut
            if line is above[-1]:
                yield Edit(verse.start + 2, verse.stop, piece)
            elif piece.strip():
                yield Edit(line.end, line.end, f"w:{piece.rstrip()}\n")


def _sung_notes(abc: str, line: Line) -> int:
    chord = grace = False
    notes = 0
    for token in tokens("K:C\n" + abc[line.start : line.end]):
        if token.kind is Sign.CHORD_OPEN:
            chord, notes = True, notes + (not grace)
        chord &= token.kind is not Sign.CHORD_CLOSE
        grace = (grace or token.kind is Sign.GRACE_OPEN) and token.kind is not Sign.GRACE_CLOSE
        notes += token.kind is Sign.NOTE and not chord and not grace
    return notes
