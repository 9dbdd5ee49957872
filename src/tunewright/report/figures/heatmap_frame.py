"""Parts that heatmaps of text and of scores share: cells, title, scale and caption.

Cells show a value by their colour and by a bar (see `colours`). Above them are the title and a scale of eleven cells
with its ends, its middle and the name of the quantity; below them is the caption. Sizes are CSS pixels.
"""

import re
import textwrap
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from tunewright.rendering.typesetting import Drawing
from tunewright.report.figures.colours import INK, PAPER, colour

LETTERS = "'Libertinus Serif', 'Liberation Serif', 'Times New Roman', Times, serif"
MARGIN, NARROWEST = 14.0, 460.0
BAR = 2.2
"""Height of the bar of a cell."""
FAINTEST = 0.05
"""Least distance from 0 of a cell with a bar."""

_TITLE, _CAPTION, _LINE = 16.0, 12.0, 1.3
_LETTERS: tuple[tuple[float, Callable[[str], bool]], ...] = (
    (1.05, lambda letter: unicodedata.east_asian_width(letter) in "WF"),
    (0.7, lambda letter: letter > "\u024f"),
    (0.51, lambda _: True),
)
"""Mean widths of letters in font sizes, the first that any letter of a line needs: other scripts use other fonts."""
_SCALE_CELL, _SCALE_HEIGHT, _SCALE_STEPS = 22.0, 15.0, 11
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Body:
    """A picture without its frame, its top left corner at 0, 0."""

    svg: str
    width: float
    height: float


def cell(left: float, top: float, width: float, height: float, position: float) -> str:
    """A coloured rectangle and its bar as SVG, for a position on the scale, -1 to 1."""
    area = _rectangle(left, top, width, height, colour(position))
    if abs(position) < FAINTEST:
        return area
    bar_top = top if position > 0 else top + height - BAR
    return area + _rectangle(left, bar_top, width * abs(position), BAR, INK)


def framed(
    body: Body, *, title: str, caption: str, quantity: str = "", low: float = -1.0, high: float = 1.0, words: str = ""
) -> Drawing:
    """Put title, scale and caption around a picture.

    `quantity` is the name beside the scale from `low` to `high`; if empty, there is no scale. `words` describe the
    picture for screen readers.
    """
    width = max(body.width, NARROWEST)
    parts: list[str] = []
    y = MARGIN
    for line in wrapped(title[:1].upper() + title[1:], width, 1.1 * _TITLE):
        y += _TITLE * _LINE
        parts.append(text(0, y - 5, line, _TITLE, 'font-weight="bold"'))
    y += 8
    if quantity:
        parts.append(_scale(y, quantity, low, high))
        y += _SCALE_HEIGHT + 30
    parts.append(f'<g transform="translate(0 {y:g})">{body.svg}</g>')
    y += body.height + 8
    for line in wrapped(caption, width, _CAPTION):
        y += _CAPTION * _LINE
        parts.append(text(0, y - 3, line, _CAPTION))
    whole, height = width + 2 * MARGIN, y + MARGIN
    described = f"<desc>{plain(words)}</desc>" if words else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:g}" height="{height:g}" '
        f'viewBox="0 0 {whole:g} {height:g}" role="img" aria-label="{plain(title)}" color="{INK}" fill="{INK}" '
        f'font-family="{LETTERS}">'
        f"<title>{plain(title)}</title>{described}"
        f'{_rectangle(0, 0, whole, height, PAPER)}<g transform="translate({MARGIN:g} 0)">'
        f"{''.join(parts)}</g></svg>"
    )
    return Drawing(svg, whole, height)


def scale_bar(quantity: str, low: float, high: float) -> str:
    """The scale alone as SVG, in the colour of the text around it."""
    width = _SCALE_STEPS * _SCALE_CELL + 12 + 0.55 * 13 * len(quantity)
    return (
        f'<svg width="{width:g}" height="{_SCALE_HEIGHT + 18:g}" viewBox="0 0 {width:g} {_SCALE_HEIGHT + 18:g}" '
        f'fill="currentColor" font-family="{LETTERS}">{_scale(0.5, quantity, low, high)}</svg>'
    )


def text(x: float, y: float, words: str, size: float, more: str = "") -> str:
    """Text as SVG, with its base line at `y`."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{more and " " + more}>{plain(words)}</text>'


def plain(words: str) -> str:
    """Text escaped for SVG, without characters that XML forbids."""
    return escape(_NOT_XML.sub("\ufffd", words))


def wrapped(words: str, width: float, size: float) -> list[str]:
    """Lines of at most `width` pixels at a font size, by a generous estimate of the width of letters."""
    widest = max((share for share, holds in _LETTERS if any(map(holds, words))), default=1.0)
    return textwrap.wrap(words, max(8, int(width / (size * widest))))


def _scale(y: float, quantity: str, low: float, high: float) -> str:
    """Eleven cells from the lowest to the highest value, the numbers below them, the quantity beside them."""
    middle = (_SCALE_STEPS - 1) // 2
    parts = [
        cell(number * _SCALE_CELL, y, _SCALE_CELL, _SCALE_HEIGHT, (number - middle) / middle)
        for number in range(_SCALE_STEPS)
    ]
    ends = {0: low, middle: (low + high) / 2, _SCALE_STEPS - 1: high}
    for number, value in ends.items():
        centre = (number + 0.5) * _SCALE_CELL
        parts.append(text(centre, y + _SCALE_HEIGHT + 13, f"{value:.3g}".replace("-", "−"), 12, 'text-anchor="middle"'))
    width = _SCALE_STEPS * _SCALE_CELL
    parts.append(
        f'<rect x="0" y="{y:g}" width="{width:g}" height="{_SCALE_HEIGHT:g}" fill="none" stroke="#777777" '
        'stroke-width="0.7"/>'
    )
    return "".join(parts) + text(width + 12, y + 12, quantity, 13)


def _rectangle(left: float, top: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{fill}" stroke="none"/>'
