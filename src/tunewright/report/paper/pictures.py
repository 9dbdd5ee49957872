"""Pictures of a paper, each in three forms: SVG for the page, PDF for LaTeX, PNG for DOCX.

What cannot be drawn is left out, and the reason is kept for the text.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tunewright.analysis.memory.looked_at import Looked
from tunewright.analysis.units.labels import label_named
from tunewright.errors import InputError, MissingExtraError, RenderError
from tunewright.files import write_file
from tunewright.rendering.score import engrave
from tunewright.rendering.source import abc_text, title_of
from tunewright.rendering.typesetting import Drawing
from tunewright.report.figures.curves import draw_loss_curves
from tunewright.report.figures.heatmap import draw_heatmap
from tunewright.report.figures.score_heatmap import draw_score_heatmap
from tunewright.report.figures.study_figures import draw_question, draw_sizes, draw_speed
from tunewright.report.pages.copying_section import draw_copying
from tunewright.report.pages.looking_back_section import KINDS
from tunewright.report.paper.material import PaperMaterial, why
from tunewright.report.paper.tunes import PaperTune
from tunewright.report.paper.units import VERBS, name_of

FORMS = ("svg", "pdf", "png")

SCALES = {"unit-score": 0.5, "unit-": 0.55, "arcs-": 0.5, "tune-": 0.48, "sizes": 0.6, "baseline": 0.6, "": 0.8}
"""Points per unit of a picture, by the beginning of its name."""
LINE_POINTS = 455
"""Width of a line of text on A4 in points."""

HIGHEST_POINTS = 300
"""Greatest height of a picture on its page."""

_SIZE = re.compile(rb'<svg[^>]*? width="([0-9.]+)(?:pt)?" height="([0-9.]+)')

Draw = Callable[[str], bytes]
"""Draws a picture in a form: svg, pdf or png."""


class Pictures(NamedTuple):
    """Results of drawing."""

    problems: dict[str, str]
    """Reasons why pictures could not be drawn, by ``fig-NAME``."""
    widths: dict[str, int]
    """Width of each picture, in hundredths of a line of text, by its name."""


def write_pictures(material: PaperMaterial, folder: Path) -> Pictures:
    """Write every picture into `folder`.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    found = Pictures({}, {})
    for name, draw in _pictures(material):
        try:
            made = {form: draw(form) for form in FORMS}
        except (InputError, MissingExtraError, RenderError) as error:
            found.problems[f"fig-{name}"] = why(error)
            continue
        for form, content in made.items():
            write_file(folder / f"{name}.{form}", content)
        found.widths[name] = _width(name, made["svg"])
    return found


def _width(name: str, svg: bytes) -> int:
    """Width of a picture on the page; letters and notes get about the same size in all pictures of a kind."""
    width, height = (float(side) for side in _SIZE.search(svg).groups())  # type: ignore[union-attr]  # all have a size
    scale = next(scale for beginning, scale in SCALES.items() if name.startswith(beginning))
    points = min(width * scale, LINE_POINTS, width / height * HIGHEST_POINTS)
    return max(1, round(100 * points / LINE_POINTS))


def _pictures(material: PaperMaterial) -> Iterator[tuple[str, Draw]]:
    results = material.results
    yield "baseline", partial(draw_loss_curves, material.baseline.history)
    for number, question in enumerate(results.plan.questions, 1):
        yield f"question-{number}", partial(draw_question, results, question)
    yield "speed", partial(draw_speed, results)
    yield "sizes", partial(draw_sizes, results)
    for tune in (*material.tunes, *material.samples):
        yield tune.figure, partial(_score, tune)
    if material.units and material.unit_tune:
        yield from _units(material, material.unit_tune)

    if material.looking:
        looked = material.looking.looked
        yield "copying", partial(draw_copying, material.looking.copying)
        for kind in KINDS:
            yield f"arcs-{kind}", partial(_arcs, looked, kind)


def _arcs(looked: Looked, kind: str, form: str) -> bytes:
    body = KINDS[kind](looked)
    return Drawing(body.svg, body.width, body.height).file(form)


def _score(tune: PaperTune, form: str) -> bytes:
    score = engrave(abc_text(tune.text))
    return Drawing(score.svg, score.width, score.height).file(form)


def _units(material: PaperMaterial, tune: PaperTune) -> Iterator[tuple[str, Draw]]:
    part = material.units
    assert part is not None  # noqa: S101 - else there is nothing to draw
    for number, unit in enumerate(part.shown, 1):
        finding = unit.finding
        name, verb = name_of(finding, part), VERBS[finding.direction]
        title = f"{name[0].upper()}{name[1:]} {verb} {label_named(finding.label).phrase}"
        yield f"unit-{number}", partial(_heatmap, tune.text, unit.values, title)
        if number == 1:
            yield "unit-score", partial(_score_heatmap, tune.text, unit.values, f"{title}: {title_of(tune.text)}")


def _heatmap(text: str, values: object, title: str, form: str) -> bytes:
    return draw_heatmap(text, values, title=title, form=form)  # type: ignore[arg-type]


def _score_heatmap(text: str, values: object, title: str, form: str) -> bytes:
    return draw_score_heatmap(text, values, title=title, form=form)  # type: ignore[arg-type]
