"""What does a tune look like on paper?

abcjs engraves it as SVG, in CSS pixels (96 to the inch). PNG and PDF are made from that SVG by typst: PNG at 192 dots
to the inch on white; PDF on A4 pages that break between staves. Letters come from the Libertinus family, which typst
brings along, or from a face like Times where that is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tunewright.errors import MissingExtraError, RenderError
from tunewright.rendering.engine import ask
from tunewright.rendering.provenance import one_line, png_with, svg_with

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
"""Sizes, in points, and styles of the texts around the music, in abcjs' words; their face is chosen elsewhere."""

PNG_DOTS_PER_INCH = 192

LARGEST_SIDE = 20_000
"""CSS pixels; a larger score can be had as SVG and PDF only."""

_BEAMS = 10.0  # CSS pixels by which beams may rise above what abcjs counts as the top of a line of music
_POINTS_PER_PIXEL = 0.75
_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN = 595.0, 842.0, 45.0  # A4, in points

_SCORE = '#image(bytes(sys.inputs.svg), format: "svg", width: {width:.2f}pt, height: {height:.2f}pt)'


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
    """Where each line of music begins, from the top, in CSS pixels: the places at which a page may end."""


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
    drawn = ask("engrave", abc, STAFF_WIDTH, FONTS)
    if not drawn["systems"]:
        raise RenderError("the tune holds no note")
    if None in (drawn["width"], drawn["height"], *drawn["systems"]):  # not a number, as JSON has it
        raise RenderError("abcjs does not know where to put its notes (an ornament on an invisible rest, perhaps)")
    systems = tuple(max(0.0, top - _BEAMS) for top in drawn["systems"])
    return Score(drawn["title"], drawn["svg"], drawn["width"], drawn["height"], systems)


def svg_file(score: Score, provenance: Mapping[str, str] | None = None) -> bytes:
    """Return a score as an SVG document, UTF-8."""
    return svg_with(score.svg, provenance or {}).encode()


def png_file(score: Score, provenance: Mapping[str, str] | None = None) -> bytes:
    """Return a score as a PNG picture, dark on white.

    Raises
    ------
    RenderError
        If the score is larger than `LARGEST_SIDE`.
    MissingExtraError
        If typst is not installed.
    """
    if max(score.width, score.height) > LARGEST_SIDE:
        size = f"{score.width:.0f} x {score.height:.0f}"
        raise RenderError(f"the score measures {size} pixels; at most {LARGEST_SIDE} a side fit into a PNG picture")
    width, height = score.width * _POINTS_PER_PIXEL, score.height * _POINTS_PER_PIXEL
    page = f"#set page(width: {width:.2f}pt, height: {height:.2f}pt, margin: 0pt, fill: white)\n"
    return png_with(_typeset(page + _SCORE.format(width=width, height=height), "png", svg=score.svg), provenance or {})


def pdf_file(score: Score, provenance: Mapping[str, str] | None = None) -> bytes:
    """Return a score as a PDF document on A4 pages.

    Raises
    ------
    RenderError
        If typst cannot set it.
    MissingExtraError
        If typst is not installed.
    """
    width = _PAGE_WIDTH - 2 * _MARGIN
    scale = width / score.width  # points per CSS pixel
    document = (
        "#set document(title: sys.inputs.title, description: sys.inputs.provenance, date: none)\n"
        f"#set page(width: {_PAGE_WIDTH}pt, height: {_PAGE_HEIGHT}pt, margin: {_MARGIN}pt)\n"
        f"#let score = [{_SCORE.format(width=width, height=score.height * scale)}]\n"
    )
    windows = [
        f"#block(clip: true, width: 100%, height: {(bottom - top) * scale:.2f}pt, "
        f"place(top, dy: {-top * scale:.2f}pt, score))"
        for top, bottom in pairwise(_page_ends(score, (_PAGE_HEIGHT - 2 * _MARGIN) / scale))
    ]
    texts = {"svg": score.svg, "title": score.title or "Untitled", "provenance": one_line(provenance or {})}
    return _typeset(document + "\n#pagebreak()\n".join(windows), "pdf", **texts)


def _page_ends(score: Score, page_height: float) -> Sequence[float]:
    """The top of the score, and where each of its pages ends; a page takes as many lines of music as fit."""
    ends = [0.0]
    for here, following in pairwise([*score.systems, score.height]):
        if following - ends[-1] > page_height and here > ends[-1]:
            ends.append(here)
    return [*ends, score.height]


def _typeset(document: str, form: Literal["png", "pdf"], **texts: str) -> bytes:
    try:
        import typst
    except ImportError:
        raise MissingExtraError("Making PNG and PDF files", "render") from None

    try:
        made = typst.compile(document.encode(), format=form, ppi=PNG_DOTS_PER_INCH, sys_inputs=texts)
    except typst.TypstError as error:
        raise RenderError(f"typst cannot set the score ({error})") from None
    if not isinstance(made, bytes):
        raise RenderError("typst set the score on several pages where one was expected")
    return made
