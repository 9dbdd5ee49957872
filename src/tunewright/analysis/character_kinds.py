"""Kind of each character of a tune (note, length, bar line, header, ...), for figures that are given by kind.

The kinds partition the text: each character has exactly one, and so has the end of the tune. They come from the lexer's
tokens. In the header every character has one kind, line ends and blanks included.

Shapes: T characters.
"""

import numpy as np
from numpy.typing import NDArray

from tunewright.notation.lexer import Sign, tokens

_GROUPS: dict[str, tuple[Sign, ...]] = {
    "header": (Sign.HEADER_FIELD, Sign.HEADER_VALUE),
    "notes and rests": (Sign.NOTE, Sign.REST, Sign.BARS_REST, Sign.SPACER),
    "lengths and rhythm": (Sign.LENGTH, Sign.BROKEN, Sign.TUPLET),
    "accidentals, octaves": (Sign.ACCIDENTAL, Sign.OCTAVE),
    "bar lines, endings": (Sign.BAR, Sign.ENDING),
    "gaps": (Sign.SPACE, Sign.BEAM),
    "line ends": (Sign.LINE_END, Sign.CONTINUATION, Sign.SCORE_BREAK),
    "ornaments, chords": (
        Sign.DECORATION, Sign.GRACE_OPEN, Sign.GRACE_CLOSE, Sign.CHORD_OPEN, Sign.CHORD_CLOSE,
        Sign.SLUR_OPEN, Sign.SLUR_CLOSE, Sign.TIE, Sign.OVERLAY,
    ),
    "chord symbols, texts": (Sign.CHORD_SYMBOL, Sign.ANNOTATION),
    "fields, words in the tune": (
        Sign.BODY_FIELD, Sign.BODY_VALUE, Sign.INLINE_FIELD, Sign.INLINE_VALUE, Sign.INLINE_END, Sign.LYRICS,
    ),
    "comments and others": (Sign.COMMENT, Sign.DIRECTIVE, Sign.TEXT, Sign.BOUNDARY, Sign.UNKNOWN),
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
        line_end = (place for place in range(last_fields[-1], len(found)) if found[place].kind is Sign.LINE_END)
        kinds[: next(line_end, len(found) - 1) + 1] = _HEADER
    return np.repeat(kinds, [*(token.end - token.start for token in found), 1])
