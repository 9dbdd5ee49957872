"""Arc diagrams over a score and over a text: curves from each bar to the earlier bar that it comes from.

An arc diagram (M. Wattenberg, "Arc diagrams: visualizing structure in strings", 2002) of the results of
`analysis.memory.looked_at`: the thicker a curve, the larger the part of the bar that comes from there. Curves within a
line are above it; curves from one line to another run behind the music. Each bar has its number and, if it is not new,
that of the bar that it comes from, so that no information is in curves or colours alone.

Sizes are CSS pixels.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tunewright.analysis.memory.looked_at import Looked, SeenBar
from tunewright.rendering.score import Score
from tunewright.rendering.score_places import ScoreArea, engrave_with_areas
from tunewright.report.figures.colours import INK, PAPER
from tunewright.report.figures.heatmap import sign_of
from tunewright.report.figures.heatmap_frame import Body, plain

ROOM = 44.0
"""Free height above each line of music, for arcs and numbers."""
LABEL = 12.0
"""The part of `ROOM` that the numbers of bars take."""
THICKEST = 9.0
"""Width of an arc to a bar that is copied entirely from there."""
THINNEST = 0.8
"""Least width of an arc."""
CURVE = "#3a7d9c"
"""Colour of the arcs, at half strength: a middle grey on paper without colour."""
COLUMNS = 72
"""Characters in a row of text at most."""

_CHARACTER, _ROW, _FONT = 8.5, 20.0, 14.0
_BEAMS = 8.0  # beams may rise above the areas of notes by this much
_MONOSPACED = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
_SANS = "'Libertinus Sans', 'Liberation Sans', 'DejaVu Sans', system-ui, sans-serif"


@dataclass(frozen=True)
class Box:
    """Area where a bar is drawn."""

    line: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Centre, from the left."""
        return (self.left + self.right) / 2


def score_with_arcs(looked: Looked) -> Body:
    """The engraved tune with its arcs, as SVG; without its title.

    Raises
    ------
    RenderError
        If the tune cannot be engraved.
    MissingExtraError
        Without mini-racer.
    """
    score, areas = engrave_with_areas(looked.text, room=ROOM)
    boxes = [_box_on_score(bar, score, areas) for bar in looked.bars]
    top = max(0.0, min((box.top for box in boxes if box), default=ROOM) - ROOM)
    drawn = f"{_arcs(looked, boxes)}<g>{_content(score.svg)}</g>{_labels(looked, boxes)}"
    height = score.height - top
    return Body(_svg(drawn, top, score.width, height), score.width, height)


def text_with_arcs(looked: Looked) -> Body:
    """The text of the tune with its arcs, as SVG; a line that is too long continues in the next row."""
    rows = _rows(looked)
    width = _CHARACTER * max((row.stop - row.start for row in rows), default=1)
    places = {place: number for number, row in enumerate(rows) for place in row.places}
    boxes = [_box_in_text(bar, looked.text, rows, places) for bar in looked.bars]
    letters = "".join(_letter(looked.text[place], place - row.start, row) for row in rows for place in row.places)
    text = f'<g font-family="{_MONOSPACED}" font-size="{_FONT:g}">{letters}</g>'
    height = rows[-1].top + _ROW + 2 if rows else _ROW
    drawn = f"{_arcs(looked, boxes)}{text}{_labels(looked, boxes)}"
    return Body(_svg(drawn, 0, max(width, 1), height), width, height)


def looked_in_words(looked: Looked) -> list[str]:
    """The arcs in words, a sentence for each bar."""
    return [_sentence(bar, looked.bars) for bar in looked.bars]


def bar_name(bar: SeenBar) -> str:
    """``bar 8``, or ``the pick-up``."""
    return "the pick-up" if bar.name == "0" else f"bar {bar.name}"


def _sentence(bar: SeenBar, bars: Sequence[SeenBar]) -> str:
    name = bar_name(bar)
    name = name[0].upper() + name[1:]
    if bar.is_new:
        return f"{name} is new" + (f" ({bar.copied:.0%} copied)." if bar.copied >= 0.005 else ".")
    source = bars[bar.source]
    return f"{name} comes from {bar_name(source)} ({bar.copied:.0%} copied, {bar.share:.0%} from there)."


def _svg(drawn: str, top: float, width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}" height="{height:.1f}" '
        f'viewBox="0 {top:.1f} {width:.1f} {height:.1f}" color="{INK}" fill="{INK}">{drawn}</svg>'
    )


def _content(svg: str) -> str:
    """The content of an SVG document as a group, with the document's paint."""
    inside = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return f'<g fill="currentColor" stroke="currentColor">{inside}</g>'


def _box_on_score(bar: SeenBar, score: Score, areas: Sequence[ScoreArea]) -> Box | None:
    """The area of its notes and rests in the line where it begins; None if none is drawn."""
    lines: dict[int, list[ScoreArea]] = {}
    for area in areas:
        if area.kind in ("note", "rest", "grace") and bar.start <= area.places[0] < bar.end:
            line = bisect_right(score.systems, area.top + area.height / 2) - 1
            lines.setdefault(line, []).append(area)
    if not lines:
        return None
    line, found = min(lines.items())
    return Box(
        line,
        min(area.left for area in found),
        min(area.top for area in found) - _BEAMS,
        max(area.left + area.width for area in found),
        max(area.top + area.height for area in found),
    )


@dataclass(frozen=True)
class _Row:
    """A row of text."""

    start: int
    stop: int
    top: float

    @property
    def places(self) -> range:
        return range(self.start, self.stop)


def _rows(looked: Looked) -> list[_Row]:
    text, rows, top, start = looked.text.rstrip("\n"), [], 0.0, 0
    music = looked.bars[0].start if looked.bars else len(text)
    for line in text.split("\n"):
        for begin in range(start, max(start + len(line), start + 1), COLUMNS):
            stop = min(begin + COLUMNS, start + len(line))
            top += ROOM if stop > music else 0
            rows.append(_Row(begin, stop, top))
            top += _ROW
        start += len(line) + 1
    return rows


def _box_in_text(bar: SeenBar, text: str, rows: Sequence[_Row], places: dict[int, int]) -> Box | None:
    """The area of its characters in the row where it begins, without blanks at its ends; None if none is drawn."""
    shown = [place for place in range(bar.start, bar.end) if not text[place].isspace() and place in places]
    if not shown:
        return None
    number = places[shown[0]]
    row = rows[number]
    last = max(place for place in shown if places[place] == number)
    left, right = (shown[0] - row.start) * _CHARACTER, (last + 1 - row.start) * _CHARACTER
    return Box(number, left, row.top, right, row.top + _ROW)


def _letter(character: str, column: int, row: _Row) -> str:
    if character == " ":
        return ""
    return f'<text x="{column * _CHARACTER:g}" y="{row.top + 15:g}">{plain(sign_of(character))}</text>'


def _arcs(looked: Looked, boxes: Sequence[Box | None]) -> str:
    """The curves, the thickest first, so that none is hidden."""
    drawn, tops = [], _tops(boxes)
    for bar, box in sorted(zip(looked.bars, boxes, strict=True), key=lambda pair: -pair[0].share):
        source = None if bar.is_new else boxes[bar.source]
        if box is None or source is None:
            continue
        width = max(THINNEST, THICKEST * bar.share)
        words = escape(_sentence(bar, looked.bars))
        end = tops[box.line] - LABEL
        curve = _within(source, box, end) if source.line == box.line else _across(source, box, end)
        drawn.append(f'<path class="arc" d="{curve}" stroke-width="{width:.1f}"><title>{words}</title></path>')
    return f'<g fill="none" stroke="{CURVE}" stroke-opacity="0.5">{"".join(drawn)}</g>'


def _tops(boxes: Sequence[Box | None]) -> dict[int, float]:
    """The top of the highest bar of each line."""
    found: dict[int, float] = {}
    for box in filter(None, boxes):
        found[box.line] = min(box.top, found.get(box.line, box.top))
    return found


def _within(source: Box, bar: Box, base: float) -> str:
    """Half an ellipse over a line of music, above the numbers."""
    half = abs(bar.middle - source.middle) / 2
    height = min(ROOM - LABEL - THICKEST / 2, max(9.0, half * 0.3))
    return f"M{source.middle:.1f} {base:.1f}A{half:.1f} {height:.1f} 0 0 1 {bar.middle:.1f} {base:.1f}"


def _across(source: Box, bar: Box, end: float) -> str:
    """A curve from below a bar to above one in a later line."""
    begin = source.bottom
    bend = (end - begin) / 2
    return (
        f"M{source.middle:.1f} {begin:.1f}C{source.middle:.1f} {begin + bend:.1f} "
        f"{bar.middle:.1f} {end - bend:.1f} {bar.middle:.1f} {end:.1f}"
    )


def _labels(looked: Looked, boxes: Sequence[Box | None]) -> str:
    """The number of each bar, and after an arrow that of the bar that it comes from."""
    drawn, tops = [], _tops(boxes)
    for bar, box in zip(looked.bars, boxes, strict=True):
        if box is not None:
            source = "" if bar.is_new else f" ← {looked.bars[bar.source].name}"
            drawn.append(f'<text x="{box.middle:.1f}" y="{tops[box.line] - 2:.1f}">{escape(bar.name + source)}</text>')
    return (
        f'<g font-family="{_SANS}" font-size="12" text-anchor="middle" stroke="{PAPER}" stroke-width="3" '
        f'paint-order="stroke" stroke-linejoin="round">{"".join(drawn)}</g>'
    )
