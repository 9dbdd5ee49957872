"""Map of the units of a network by what they follow, beside that of an untrained network.

There is a row for each family of labels and a dot for each unit, in the row of the label that it is confirmed to follow
best. Its place from left to right is how closely it does so on held-out tunes. Dots that would overlap are stacked. The
two panels, trained and untrained, share rows and scale.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.unit_study import NeuronStudy
from tunewright.model.clamping import Unit, unit_name
from tunewright.rendering.typesetting import Drawing
from tunewright.report.figures.heatmap_frame import LETTERS, MARGIN, plain, text

FAMILIES: dict[str, tuple[str, ...]] = {
    "header and fields": ("header", "field", "inline field"),
    "words and comments": ("lyrics", "comment", "annotation"),
    "chord symbols": ("chord symbol",),
    "bar lines, repeat signs": ("bar line", "repeat sign"),
    "ends of lines, columns": ("line end", "column"),
    "gaps between notes": ("gap between notes",),
    "which note it is": ("note", "high letter", "octave mark", "pitch class", "accidental", "rest"),
    "height and melody": ("pitch height", "last pitch", "step"),
    "lengths": ("length", "note length", "broken rhythm", "tuplet"),
    "ornaments, ties, chords": ("grace notes", "decoration", "chord", "tie", "slur start", "slur end"),
    "place in the bar": (
        "position in the bar", "full bar", "first beat", "last beat", "on the beat", "distance to the bar line",
        "end of bar",
    ),
    "phrases, sections, endings": (
        "bar of four", "bar of eight", "bar of the section", "fourth bar", "section", "repeat", "first ending",
        "second ending", "last bar",
    ),
    "place in the tune": ("characters read", "nearness to the end"),
}  # fmt: skip
"""Labels of each row; a name that is no label stands for all labels that begin with it and a blank."""
_NAMED = {name for names in FAMILIES.values() for name in names}

NOTHING = "nothing that was confirmed"
TRAINED, UNTRAINED = "#1b4965", "#8a8a8a"

_PANEL, _NAMES, _NUMBERS, _GAP = 300.0, 190.0, 116.0, 20.0
_HEAD, _FOOT, _PAD = 74.0, 44.0, 7.0
_MANY = 300
"""Units above which dots are small."""


def family_of(label: str) -> str:
    """The row of the map that a label belongs to; KeyError if there is none."""
    begins = [name for names in FAMILIES.values() for name in names if label.startswith(f"{name} ")]
    for family, names in FAMILIES.items():
        if label in names or (label not in _NAMED and begins and begins[0] in names):
            return family
    raise KeyError(label)


def best_confirmed(study: NeuronStudy) -> dict[Unit, UnitFinding | None]:
    """For each unit (layer and number) its confirmed finding with the best rank, or None."""
    best: dict[Unit, UnitFinding | None] = {(report.layer, report.unit): None for report in study.units}
    for finding in sorted(study.findings, key=lambda each: -each.place):
        if finding.confirmed:
            best[finding.layer, finding.unit] = finding
    return best


def draw_map(study: NeuronStudy, untrained: NeuronStudy, form: str = "svg", *, linked: Collection[Unit] = ()) -> bytes:
    """Draw the map of the units of a network and of an untrained one.

    Parameters
    ----------
    form
        svg, png or pdf.
    linked
        Units of the network whose dots are links to ``#unit-NAME``, for a page.

    Raises
    ------
    OptionError
        If there is no such form.
    MissingExtraError
        For png and pdf, without typst.
    """
    sides = [_Side(study, TRAINED, linked), _Side(untrained, UNTRAINED, ())]
    rows = [name for name in (*FAMILIES, NOTHING) if any(name in side.rows for side in sides)]
    heights = {name: max(side.height(name) for side in sides) + 2 * _PAD for name in rows}
    parts, y = [], _HEAD
    for number, name in enumerate(rows):
        if number % 2 == 0:
            parts.append(
                f'<rect x="0" y="{y:g}" width="{_NAMES + 2 * (_PANEL + _NUMBERS) + _GAP:g}" '
                f'height="{heights[name]:g}" fill="#f3f1ec"/>'
            )
        parts.append(text(6, y + heights[name] / 2 + 4, name, 13))
        for place, side in enumerate(sides):
            parts += side.draw(name, _NAMES + place * (_PANEL + _NUMBERS + _GAP), y + heights[name] / 2)
        y += heights[name]
    titles = ("The network", "An untrained one of the same shape")
    for place, (side, title) in enumerate(zip(sides, titles, strict=True)):
        parts += side.frame(title, _NAMES + place * (_PANEL + _NUMBERS + _GAP), y)
    return _whole(parts, y + _FOOT).file(form)


class _Side:
    """The units of one network."""

    def __init__(self, study: NeuronStudy, fill: str, linked: Collection[Unit]) -> None:
        best = best_confirmed(study)
        self.units, self.fill, self.linked = len(best), fill, linked
        self.size = 5.0 if self.units > _MANY else 8.0
        self.rows: dict[str, list[tuple[Unit, UnitFinding | None]]] = defaultdict(list)
        for unit, finding in sorted(best.items(), key=lambda pair: -pair[1].held_out_strength if pair[1] else 0):
            self.rows[family_of(finding.label) if finding else NOTHING].append((unit, finding))
        self.confirmed = sum(finding is not None for finding in best.values())

    def height(self, row: str) -> float:
        return max((level for *_, level in self._places(row)), default=0) * self.size + self.size

    def _places(self, row: str) -> Iterator[tuple[Unit, UnitFinding | None, int, int]]:
        """For each dot in a row: unit, finding, column of the panel, and number of dots in that column before it."""
        stacked: dict[int, int] = defaultdict(int)
        for number, (unit, finding) in enumerate(self.rows.get(row, ())):
            columns = int(_PANEL / self.size)
            column = round(finding.held_out_strength * (columns - 1)) if finding else number % columns
            yield unit, finding, column, stacked[column]
            stacked[column] += 1

    def draw(self, row: str, left: float, middle: float) -> Iterator[str]:
        places = list(self._places(row))
        deepest = defaultdict(int)
        for _, _, column, level in places:
            deepest[column] = level
        for unit, finding, column, level in places:
            x = left + (column + 0.5) * self.size
            y = middle + (level - deepest[column] / 2) * self.size
            name = unit_name(unit)
            words = finding.sentence if finding else f"unit {name}: {NOTHING}"
            dot = (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{self.size / 2 - 0.6:.1f}" fill="{self.fill}">'
                f"<title>{plain(words)}</title></circle>"
            )
            link = f'href="#unit-{name.replace(":", "-")}" aria-label="{plain(words)}" tabindex="-1"'
            yield f"<a {link}>{dot}</a>" if unit in self.linked else dot
        if places:
            best = "" if row == NOTHING else f"; best: {unit_name(places[0][0])}"
            count = f"{len(places)} unit{'s' * (len(places) > 1)}"
            yield text(left + _PANEL + 6, middle + 4, f"{count}{best}", 12)

    def frame(self, title: str, left: float, bottom: float) -> Iterator[str]:
        """Heading, axis and grid of a panel."""
        yield text(left, 46, title, 14, 'font-weight="bold"')
        yield text(left, 63, f"{self.confirmed} of {self.units} units follow something that was confirmed", 12)
        for share in (0, 0.25, 0.5, 0.75, 1):
            x = left + share * _PANEL
            yield f'<path d="M{x:g} {_HEAD:g}V{bottom:g}" stroke="#bbb5a8" stroke-width="0.6"/>'
            yield text(x, bottom + 15, f"{share:g}", 12, 'text-anchor="middle"')
        yield text(left, bottom + 32, "how closely, on held-out tunes (0: chance, 1: perfect)", 12)


def _whole(parts: Sequence[str], height: float) -> Drawing:
    title = "What the units follow, and how closely: each dot is a unit, in the row of what it follows best"
    width = _NAMES + 2 * (_PANEL + _NUMBERS) + _GAP
    heading = text(0, 16, title, 16, 'font-weight="bold"')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2 * MARGIN:g}" height="{height + 2 * MARGIN:g}" '
        f'viewBox="0 0 {width + 2 * MARGIN:g} {height + 2 * MARGIN:g}" role="img" aria-label="{title}" fill="#111111" '
        f'font-family="{LETTERS}"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<g transform="translate({MARGIN:g} {MARGIN:g})">{heading}{"".join(parts)}</g></svg>'
    )
    return Drawing(svg, width + 2 * MARGIN, height + 2 * MARGIN)
