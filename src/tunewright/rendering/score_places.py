"""Areas of a score and the characters of the tune that each stands for.

There is an area for each note, chord, rest and bar line, for its grace notes, and for each chord symbol and annotation.
Its characters are those of the thing itself: accidentals, letter, octave, length and tie of a note; dots, strokes and
ending number of a bar line. Blanks, decorations, slurs and tuplet marks around it belong to no area. Characters are
positions in the original tune, whatever was completed before engraving.

Areas lie side by side: each reaches half way to its neighbours, and covers the staff and what reaches beyond it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from tunewright.notation.lexer import Sign, Token, tokens
from tunewright.rendering.score import Score, ScoreElement, engrave
from tunewright.rendering.source import INSERTED, Completed, completed
from tunewright.rendering.typesetting import POINTS_PER_PIXEL

PAD = 5.0
"""CSS pixels by which an area extends beyond what is drawn, above and below, and on a side without a neighbour."""

_OWN = {
    Sign.ACCIDENTAL, Sign.NOTE, Sign.OCTAVE, Sign.LENGTH, Sign.REST, Sign.BARS_REST, Sign.SPACER, Sign.CHORD_OPEN,
    Sign.CHORD_CLOSE, Sign.TIE, Sign.BROKEN, Sign.BAR, Sign.ENDING,
}  # fmt: skip
"""Tokens that belong to a note, rest or bar line itself."""

_ABOVE, _BETWEEN = 7.56, 61.33  # abcjs's defaults: CSS pixels above the first line of music and between lines
_WORDS = {Sign.CHORD_SYMBOL: "chord", Sign.ANNOTATION: "annotation"}


@dataclass(frozen=True)
class ScoreArea:
    """A rectangle of a score, in CSS pixels from its top left corner."""

    kind: str
    """``note``, ``rest``, ``bar``, ``grace``, ``chord`` (a chord symbol) or ``annotation``."""
    places: tuple[int, ...]
    """Positions of the tune's characters that it stands for, one or more, in rising order."""
    left: float
    top: float
    width: float
    height: float


def engrave_with_areas(tune: str, *, room: float = 0.0) -> tuple[Score, tuple[ScoreArea, ...]]:
    """Engrave a tune, completed where necessary, and divide the score into areas.

    Parameters
    ----------
    tune
        The original text.
    room
        CSS pixels of space above each line of music, beyond the usual.

    Raises
    ------
    RenderError
        If it cannot be engraved.
    """
    text, origins = _with_room(completed(tune), room) if room else completed(tune)
    score = engrave(text)
    units = _unit_starts(text)
    read = _Read(list(tokens(text)), origins, units)
    areas: list[ScoreArea] = []
    lines = groupby(sorted(score.elements, key=_line_of), key=_line_of)
    for _, line in lines:
        areas += _areas_of_line(sorted(line, key=lambda element: element.left), read)
    return score, tuple(areas)


def _with_room(tune: Completed, room: float) -> Completed:
    """The tune with directives that move its lines of music apart, by whole points, as abcjs requires."""
    above, between = ((usual + room) * POINTS_PER_PIXEL for usual in (_ABOVE, _BETWEEN))
    lines = f"%%musicspace {above:.0f}\n%%staffsep {between:.0f}\n"
    start = tune.text.index("\n", tune.text.index("X:")) + 1
    origins = [*tune.places[:start], *[INSERTED] * len(lines), *tune.places[start:]]
    return Completed(tune.text[:start] + lines + tune.text[start:], origins)


def _line_of(element: ScoreElement) -> tuple[int, int]:
    return element.line, element.voice


def _unit_starts(text: str) -> list[int]:
    """The start of each character, and the end of the last, in UTF-16 units."""
    starts = [0]
    for character in text:
        starts.append(starts[-1] + 1 + (character > "\uffff"))
    return starts


@dataclass(frozen=True)
class _Read:
    """A text that was engraved, with its tokens."""

    tokens: Sequence[Token]
    origins: Sequence[int]
    units: Sequence[int]

    def parts(self, element: ScoreElement) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Kind and positions of each part of an element: itself, its grace notes, each chord symbol and annotation."""
        start, end = (bisect_left(self.units, place) for place in element.characters)
        first = bisect_left(self.tokens, start, key=lambda token: token.start)
        own: list[int] = []
        graces: list[int] = []
        in_grace = False
        for token in self.tokens[first : bisect_left(self.tokens, end, key=lambda token: token.start)]:
            in_grace |= token.kind is Sign.GRACE_OPEN
            characters = range(token.start, min(token.end, end))
            if token.kind in _WORDS:
                yield _WORDS[token.kind], self.places(characters)
            elif in_grace:
                graces += characters
            elif token.kind in _OWN:
                own += characters
            in_grace &= token.kind is not Sign.GRACE_CLOSE
        yield "grace", self.places(graces)
        yield element.kind, self.places(own)

    def places(self, characters: Sequence[int]) -> tuple[int, ...]:
        return tuple(self.origins[place] for place in characters if self.origins[place] != INSERTED)


def _areas_of_line(line: Sequence[ScoreElement], read: _Read) -> Iterator[ScoreArea]:
    """Areas of the elements of one voice in one line of music, from left to right."""
    begins = [element.left if element.grace_left is None else element.grace_left for element in line]
    borders = [
        begins[0] - PAD,
        *((element.right + begin) / 2 for element, begin in zip(line, begins[1:], strict=False)),
        line[-1].right + PAD,
    ]
    for element, (left, right) in zip(line, pairwise(borders), strict=True):
        yield from _areas_of(element, left, right, read)


def _areas_of(element: ScoreElement, left: float, right: float, read: _Read) -> Iterator[ScoreArea]:
    top, height = element.top - PAD, element.bottom - element.top + 2 * PAD
    middle = left if element.grace_left is None else max(left, element.left - PAD / 2)
    spans = {"grace": (left, middle), element.kind: (middle, right)}
    texts = list(element.texts)
    for kind, places in read.parts(element):
        if not places:
            continue
        if kind in spans:
            begin, end = spans[kind]
            yield ScoreArea(kind, places, begin, top, max(end - begin, PAD), height)
            continue
        text = next((text for text in texts if text.kind == kind), None)
        if text:
            texts.remove(text)
            yield ScoreArea(kind, places, text.left - 2, text.top, text.width + 4, text.height)
