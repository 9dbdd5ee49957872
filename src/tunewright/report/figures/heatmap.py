"""Heatmap of a text: each character on a cell that shows a unit's value there, as SVG, PDF, PNG or HTML.

Colour and bar of a cell show the value (see `colours`). Lines are those of the text; a line too long for the picture is
continued in the next row, behind an arrow. Line ends, tabs and other invisible characters are shown by a sign, since a
network reads them like any other.
"""

import unicodedata
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunewright.errors import OptionError
from tunewright.report.figures.colours import colour, positions
from tunewright.report.figures.heatmap_frame import Body, cell, framed, plain

COLUMNS = 80
"""Most characters in a row: about 9 points a letter on A4 with usual margins."""

CELL_WIDTH, CELL_HEIGHT = 9.0, 20.0
"""CSS pixels."""
CAPTION = (
    "Each cell is one character; its colour is the unit's value just after the network has read that character. A bar "
    "at the top of a cell means a value above {middle}, one at the bottom a value below it; the longer the bar, the "
    "farther. A bent arrow is the end of a line."
)

_GUTTER, _FONT, _BASE_LINE = 16.0, 14.0, 14.5
_MONOSPACED = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
_SIGNS = {"\n": "↵", "\t": "⇥", " ": "", "\x7f": "^?"}
_MARKS = ("Mn", "Mc", "Me")
_SILENT = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def draw_heatmap(
    text: str,
    values: ArrayLike,
    *,
    title: str,
    form: str = "svg",
    low: float = -1.0,
    high: float = 1.0,
    unit: str = "output h",
    caption: str = CAPTION,
) -> bytes:
    """Draw characters on cells coloured by values.

    Parameters
    ----------
    text
        The text that the network read, of at least one character.
    values
        Activation of the unit after each character, shape=(len(text),).
    title
        Title above the picture: the unit, and what was found about it.
    form
        svg, png or pdf.
    low, high
        Values at the ends of the colour scale.
    unit
        Name of the quantity, beside the scale.
    caption
        Text below it; ``{middle}`` stands for the value in the middle of the scale.

    Raises
    ------
    OptionError
        If the text is empty, values do not fit it or are not finite, or there is no such form.
    MissingExtraError
        For png and pdf, without typst.
    """
    found = fitting(text, values, low, high)
    shown = list(_rows(text))
    parts = [part for number, row in enumerate(shown) for part in _draw_row(text, found, number, row)]
    width = 2 * _GUTTER + max(row.stop - row.start for row in shown) * CELL_WIDTH
    body = Body(f'<g font-size="{_FONT:g}" text-anchor="middle" font-family="{_MONOSPACED}">{"".join(parts)}</g>',
                width, len(shown) * CELL_HEIGHT)  # fmt: skip
    words = caption.format(middle=f"{(low + high) / 2:g}")
    return framed(body, title=title, caption=words, quantity=unit, low=low, high=high).file(form)


def heatmap_html(text: str, values: ArrayLike, *, low: float = -1.0, high: float = 1.0) -> str:
    """Return the same as HTML: text that can be selected, with the value as a tooltip of each character.

    It is a ``pre`` of class ``heatmap`` with a ``span`` for each character; all but the colours is left to the page's
    style sheet. A sign that stands for a character is in ``data-sign``. Errors are those of `draw_heatmap`.
    """
    numbers = np.asarray(values, dtype=np.float64)
    spans = "".join(
        f'<span class="{_side(position)}" style="background-color:{colour(position)};--bar:{abs(position):.2f}"'
        f'{_sign(character)} title="{number:.2f}">{_kept(character)}</span>'
        for character, number, position in zip(text, numbers, fitting(text, values, low, high), strict=True)
    )
    return f'<pre class="heatmap">{spans}</pre>'


def fitting(text: str, values: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    """Positions of `values` on the scale, shape=(len(text),); OptionError if they do not fit the text."""
    found = positions(values, low, high)
    if not text:
        raise OptionError("the text is empty; give one of at least one character")
    if found.shape != (len(text),):
        raise OptionError(f"values have shape {found.shape}; give one for each of the {len(text)} characters")
    return found


def sign_of(character: str) -> str:
    """What is shown for a character: itself, or a sign if it is invisible or combines with its neighbour."""
    if character in _SIGNS:
        return _SIGNS[character]
    if character < " ":
        return f"^{chr(ord(character) + ord('@'))}"
    category = unicodedata.category(character)
    if category in _MARKS:
        return f"◌{character}"
    if category == "Zs":
        return "␣"
    return "�" if category in _SILENT else character


class _Row(NamedTuple):
    start: int
    stop: int
    goes_on: bool
    """Whether its line continues in the next row."""
    is_rest: bool
    """Whether its line began in the row before."""


def _rows(text: str) -> Iterator[_Row]:
    start = 0
    for line in text.split("\n"):
        stop = min(start + len(line) + 1, len(text))  # the line end is a character of its line
        for begin in range(start, stop, COLUMNS):
            end = min(begin + COLUMNS, stop)
            yield _Row(begin, end, end < stop, begin > start)
        start = stop


def _draw_row(text: str, found: NDArray[np.float64], number: int, row: _Row) -> Iterator[str]:
    top = number * CELL_HEIGHT
    base = top + _BASE_LINE
    if row.is_rest:
        yield f'<text x="{_GUTTER / 2:g}" y="{base:g}">↳</text>'
    for column, place in enumerate(range(row.start, row.stop)):
        left = _GUTTER + column * CELL_WIDTH
        yield cell(left, top, CELL_WIDTH, CELL_HEIGHT - 1, found[place])
        sign = sign_of(text[place])
        if sign:
            small = f' font-size="{_FONT / 2:g}"' if len(sign) > 1 and sign[0] == "^" else ""
            yield f'<text x="{left + CELL_WIDTH / 2:g}" y="{base:g}"{small}>{plain(sign)}</text>'
    if row.goes_on:
        yield f'<text x="{_GUTTER * 1.5 + (row.stop - row.start) * CELL_WIDTH:g}" y="{base:g}">…</text>'


def _kept(character: str) -> str:
    return "&#13;" if character == "\r" else plain(character)  # HTML parsers would turn it into a line end


def _side(position: float) -> str:
    return "on" if position > 0 else "off"


def _sign(character: str) -> str:
    sign = sign_of(character)
    return "" if sign in (character, "") else f' data-sign="{escape(sign)}"'
