"""Picture files of the units of a study: heatmaps of text and score."""

from collections.abc import Iterator, Sequence
from typing import Any

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.telling_units import telling_units
from tunewright.model.clamping import Unit, unit_name
from tunewright.report.figures.heatmap import draw_heatmap
from tunewright.report.figures.score_heatmap import draw_score_heatmap
from tunewright.report.pages.neuron_page_data import NeuronPage, by_unit, unit_id


def unit_figures(page: NeuronPage, units: Sequence[Unit] | None, forms: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of pictures: text and score of each tune for each unit.

    Parameters
    ----------
    units
        Units to draw; None chooses them, see `telling_units`.
    forms
        svg, png or pdf.
    """
    width = page.study.about["network"]["units"]
    chosen = telling_units(page.study.findings, page.tunes[0].tune.text) if units is None else _named(page, units)
    for number, (shown, engraved) in enumerate(zip(page.tunes, page.engraved, strict=True), 1):
        behind = f"-tune-{number}" if len(page.tunes) > 1 else ""
        text = shown.tune.text
        for unit, finding in chosen:
            values = shown.values[unit[0] * width + unit[1]].clip(page.low, page.high)
            name = f"unit {unit_name(unit)}"
            title = finding.sentence if finding else name
            scale: dict[str, Any] = {"low": page.low, "high": page.high}
            measure = f"{page.quantity} of {name}"
            for form in forms:
                yield (
                    f"{unit_id(unit)}-text{behind}.{form}",
                    draw_heatmap(text, values, title=title, form=form, unit=measure, **scale),
                )
            for form in forms if engraved else ():
                yield (
                    f"{unit_id(unit)}-score{behind}.{form}",
                    draw_score_heatmap(text, values, title=title, form=form, unit=measure, engraved=engraved, **scale),
                )


def _named(page: NeuronPage, units: Sequence[Unit]) -> list[tuple[Unit, UnitFinding | None]]:
    found = by_unit(page.study.findings)
    return [(unit, found[unit][0] if found[unit] else None) for unit in units]
