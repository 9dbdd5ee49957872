"""Scores of tunes, engraved by abcjs as SVG; PNG and PDF files are made from the SVG by typst.

Sizes are CSS pixels (96 to the inch). A PDF has A4 pages that break between staves. Fonts are of the Libertinus family,
which typst includes, or like Times where it is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tunewright.errors import RenderError
from tunewright.rendering.engine import ask
from tunewright.rendering.provenance import one_line, png_with, svg_with
from tunewright.rendering.texts.edits import EditedText
from tunewright.rendering.texts.engraving_text import engraving_text
from tunewright.rendering.typesetting import PLACED, Drawing, typeset

STAFF_WIDTH = 700
"""CSS pixels; a line that holds more music than fits widens the whole score."""

FONTS = {
    "titlefont": "Times 17",
    "subtitlefont": "Times 13",
    "infofont": "Times-Italic 12",
    "composerfont": "Times-Italic 12",
    "tempofont": "Times-Bold 12",
    "partsfont": "Times-Bold 13",
    "repeatfont": "Times 11",
    "gchordfont": "Times-Bold 12",
    "annotationfont": "Times-Italic 11",
    "vocalfont": "Times 12",
    "textfont": "Times 12",
    "wordsfont": "Times 12",
    "historyfont": "Times 10",
}
"""Sizes, in points, and styles of the texts around the music, by abcjs's names; the typeface is set elsewhere."""

_BEAMS = 10.0  # CSS pixels that beams may reach above abcjs's top of a line of music
_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN = 595.0, 842.0, 45.0  # A4, in points


@dataclass(frozen=True)
class ScoreText:
    """Words above or below a note: a chord symbol or an annotation."""

    kind: str
    """``chord`` or ``annotation``."""
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class ScoreElement:
    """A note, chord, rest or bar line as it is drawn, in CSS pixels from the top left corner of the score."""

    kind: str
    """``note``, ``rest`` or ``bar``."""
    characters: tuple[int, int]
    """Start and end in the engraved text, in UTF-16 units; chord symbols, grace notes, decorations and blanks that
    belong to it are included."""
    line: int
    """Number of the line of music, from 0."""
    voice: int
    """From 0."""
    left: float
    right: float
    top: float
    """Top of the staff, or of what reaches above it."""
    bottom: float
    grace_left: float | None
    """Left edge of its grace notes; None without any."""
    texts: tuple[ScoreText, ...]


@dataclass(frozen=True)
class Score:
    """An engraved tune."""

    title: str
    """The first ``T:`` field; empty if there is none."""
    svg: str
    """The whole score as an SVG document."""
    width: float
    """CSS pixels."""
    height: float
    """CSS pixels."""
    systems: tuple[float, ...]
    """Top of each line of music, in CSS pixels: pages may end there."""
    elements: tuple[ScoreElement, ...] = ()
    """Notes, rests and bar lines, voice by voice."""


def engrave(abc: str) -> Score:
    """Engrave a tune.

    Parameters
    ----------
    abc
        One tune, as `tunewright.rendering.source.abc_text` gives it.

    Raises
    ------
    RenderError
        If abcjs fails on it, or finds no music in it.
    """
    text = engraving_text(abc)
    drawn = ask("engrave", text.text, STAFF_WIDTH, FONTS)
    if not drawn["systems"]:
        raise RenderError("the tune holds no note")
    if None in (drawn["width"], drawn["height"], *drawn["systems"]):  # null in JSON, for NaN
        raise RenderError("abcjs cannot place its notes (perhaps because of an ornament on an invisible rest)")
    systems = tuple(max(0.0, top - _BEAMS) for top in drawn["systems"])
    elements = tuple(_element(row, text) for row in drawn["elements"])
    return Score(drawn["title"], drawn["svg"], drawn["width"], drawn["height"], systems, elements)


def _element(row: dict[str, Any], text: EditedText) -> ScoreElement:
    texts = tuple(ScoreText(**words) for words in row.pop("texts"))
    return ScoreElement(characters=text.original_range(row.pop("start"), row.pop("end")), texts=texts, **row)


def svg_file(score: Score, provenance: Mapping[str, str] | None = None) -> bytes:
    """Return a score as an SVG document, UTF-8."""
    return svg_with(score.svg, provenance or {}).encode()


def png_file(score: Score, provenance: Mapping[str, str] | None = None) -> bytes:
    """Return a score as a PNG picture, dark on white.

    Raises
    ------
    RenderError
        If it is too large for a picture.
    MissingExtraError
        If typst is not installed.
    """
    return png_with(Drawing(score.svg, score.width, score.height).file("png"), provenance or {})


def pdf_file(score: Score, provenance: Mapping[str, str] | None = None) -> bytes:
    """Return a score as a PDF document on A4 pages.

    Raises
    ------
    RenderError
        If typst cannot make it.
    MissingExtraError
        If typst is not installed.
    """
    width = _PAGE_WIDTH - 2 * _MARGIN
    scale = width / score.width  # points per CSS pixel
    document = (
        "#set document(title: sys.inputs.title, description: sys.inputs.provenance, date: none)\n"
        f"#set page(width: {_PAGE_WIDTH}pt, height: {_PAGE_HEIGHT}pt, margin: {_MARGIN}pt)\n"
        f"#let score = [{PLACED.format(width=width, height=score.height * scale)}]\n"
    )
    windows = [
        f"#block(clip: true, width: 100%, height: {(bottom - top) * scale:.2f}pt, "
        f"place(top, dy: {-top * scale:.2f}pt, score))"
        for top, bottom in pairwise(_page_ends(score, (_PAGE_HEIGHT - 2 * _MARGIN) / scale))
    ]
    texts = {"svg": score.svg, "title": score.title or "Untitled", "provenance": one_line(provenance or {})}
    return typeset(document + "\n#pagebreak()\n".join(windows), "pdf", texts)


def _page_ends(score: Score, page_height: float) -> Sequence[float]:
    """The top of the score and the end of each page; a page takes as many lines of music as fit."""
    ends = [0.0]
    for here, following in pairwise([*score.systems, score.height]):
        if following - ends[-1] > page_height and here > ends[-1]:
            ends.append(here)
    return [*ends, score.height]
