"""Kind of each character of a tune (note, length, bar line, header, ...), for figures that are given by kind.

The kinds partition the text: each character has exactly one, and so has the end of the tune. They come from the lexer's
tokens. In the header every character has one kind, line ends and blanks included.

Shapes: T characters.
"""

import numpy as np
from numpy.typing import NDArray

from tunewright.notation.lexer import Kind, tokens

_GROUPS: dict[str, tuple[Kind, ...]] = {
    "header": (Kind.HEADER_FIELD, Kind.HEADER_VALUE),
    "notes and rests": (Kind.NOTE, Kind.REST, Kind.BARS_REST, Kind.SPACER),
    "lengths and rhythm": (Kind.LENGTH, Kind.BROKEN, Kind.TUPLET),
    "accidentals, octaves": (Kind.ACCIDENTAL, Kind.OCTAVE),
    "bar lines, endings": (Kind.BAR, Kind.ENDING),
    "gaps": (Kind.SPACE, Kind.BEAM),
    "line ends": (Kind.LINE_END, Kind.CONTINUATION, Kind.SCORE_BREAK),
    "ornaments, chords": (
        Kind.DECORATION, Kind.GRACE_OPEN, Kind.GRACE_CLOSE, Kind.CHORD_OPEN, Kind.CHORD_CLOSE,
        Kind.SLUR_OPEN, Kind.SLUR_CLOSE, Kind.TIE, Kind.OVERLAY,
    ),
    "chord symbols, texts": (Kind.CHORD_SYMBOL, Kind.ANNOTATION),
    "fields, words in the tune": (
        Kind.BODY_FIELD, Kind.BODY_VALUE, Kind.INLINE_FIELD, Kind.INLINE_VALUE, Kind.INLINE_END, Kind.LYRICS,
    ),
    "comments and others": (Kind.COMMENT, Kind.DIRECTIVE, Kind.TEXT, Kind.BOUNDARY, Kind.UNKNOWN),
}  # fmt: skip

END_OF_TUNE = "end of tune"

KINDS: tuple[str, ...] = (*_GROUPS, END_OF_TUNE)
"""Names of the kinds; `character_kinds` gives indices into it."""

_HEADER = KINDS.index("header")
_NUMBERS = {kind: KINDS.index(name) for name, members in _GROUPS.items() for kind in members}


def character_kinds(text: str) -> NDArray[np.uint8]:
    """Return the kind of each character of a tune, and of its end, as indices into `KINDS`, shape=(T + 1,).

    `text` is one tune without its boundaries; any text is allowed.
    """
    found = tokens(text)
    kinds = np.array([*(_NUMBERS[token.kind] for token in found), KINDS.index(END_OF_TUNE)], np.uint8)
    last_fields = [place for place, token in enumerate(found) if token.kind in _GROUPS["header"]]
    if last_fields:
        line_end = (place for place in range(last_fields[-1], len(found)) if found[place].kind is Kind.LINE_END)
        kinds[: next(line_end, len(found) - 1) + 1] = _HEADER
    return np.repeat(kinds, [*(token.end - token.start for token in found), 1])
