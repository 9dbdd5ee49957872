"""Data of the page of a study of units, for each unit and each tune.

Values are places on the colour scale, whole numbers from -STEPS to STEPS: one byte for each unit and character of a
tune, base64 in the page. Units have the order of the study.
"""

import base64
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.counterparts import Counterpart
from tunewright.analysis.units.shown_tunes import ShownTune
from tunewright.analysis.units.snippets import Snippet
from tunewright.analysis.units.telling_units import telling_units
from tunewright.analysis.units.unit_study import NeuronStudy, UnitReport
from tunewright.model.clamping import Unit, unit_name
from tunewright.rendering.page import PageSection
from tunewright.rendering.score import Score
from tunewright.rendering.score_places import ScoreArea
from tunewright.report.figures.colours import STEPS, positions, scale
from tunewright.report.figures.heatmap import sign_of

Engraved = tuple[Score, Sequence[ScoreArea]]


@dataclass(frozen=True)
class NeuronPage:
    """Everything that a page shows."""

    title: str
    study: NeuronStudy
    untrained: NeuronStudy
    others: Mapping[str, Sequence[Counterpart]]
    tunes: Sequence[ShownTune]
    engraved: Sequence[Engraved | None]
    """Score and areas of each tune; None if it cannot be engraved."""
    composed: bool
    """Whether the network composed the tunes."""
    quantity: str
    low: float
    high: float
    """Ends of the colour scale."""
    effects: Mapping[Unit, Sequence[str]] = field(default_factory=dict)
    """Sentences about the ablation of units, by unit."""
    sections: Sequence[PageSection] = ()
    """Further sections below the units."""


def unit_id(unit: Unit) -> str:
    """``unit-42``, or ``unit-1-42`` in the second layer: the fragment in the address of the page."""
    return f"unit-{unit_name(unit).replace(':', '-')}"


def page_data(page: NeuronPage) -> dict[str, Any]:
    """The data of the page's script, as plain values."""
    findings = by_unit(page.study.findings)
    floor = floor_of(page.untrained.findings)
    others = {name: {each.label: each for each in found} for name, found in page.others.items()}
    shown = [snippet for report in page.study.units for snippet in (*report.most, *report.least)]
    return {
        "scale": scale(),
        "first": unit_id(_first(page)),
        "low": page.low,
        "high": page.high,
        "signs": {letter: sign_of(letter) for snippet in shown for letter in snippet.text if sign_of(letter) != letter},
        "head": ["follows", "held out", "chosen by", "p", "same character", "untrained", *others],
        "units": [
            _unit(report, findings[report.layer, report.unit], floor, others, page) for report in page.study.units
        ],
        "tunes": [_tune(shown, engraved, page) for shown, engraved in zip(page.tunes, page.engraved, strict=True)],
    }


def _first(page: NeuronPage) -> Unit:
    """The unit that is open at first: the first of `telling_units`, or the first of the study."""
    telling = telling_units(page.study.findings, page.tunes[0].tune.text)
    return telling[0][0] if telling else (page.study.units[0].layer, page.study.units[0].unit)


def by_unit(findings: Iterable[UnitFinding]) -> Mapping[Unit, list[UnitFinding]]:
    """Findings of each unit by rank, confirmed ones before others."""
    found: defaultdict[Unit, list[UnitFinding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda each: (not each.confirmed, each.place)):
        found[finding.layer, finding.unit].append(finding)
    return found


def floor_of(findings: Sequence[UnitFinding]) -> dict[str, UnitFinding]:
    """The strongest finding of an untrained network for each label."""
    return {finding.label: finding for finding in reversed(findings)}


def number(value: float | None) -> str:
    """A statistic as text; a dash if there is none."""
    return "–" if value is None else f"{value:.3f}".replace("-", "−")


def held_out(finding: UnitFinding) -> str:
    """Statistic and value on held-out tunes, with a tick if the finding is confirmed."""
    name = "AUC" if finding.statistic == "auc" else "r"
    return f"{name} {number(finding.held_out_value)}{' ✓' if finding.confirmed else ''}"


def _unit(
    report: UnitReport,
    findings: Sequence[UnitFinding],
    floor: Mapping[str, UnitFinding],
    others: Mapping[str, Mapping[str, Counterpart]],
    page: NeuronPage,
) -> dict[str, Any]:
    unit = (report.layer, report.unit)
    return {
        "id": unit_id(unit),
        "name": f"unit {unit_name(unit)}",
        "sentences": [finding.sentence for finding in findings],
        "findings": [_cells(finding, floor, others) for finding in findings],
        "effects": list(page.effects.get(unit, ())),
        "most": [_snippet(each, page) for each in report.most],
        "least": [_snippet(each, page) for each in report.least],
    }


def _cells(
    finding: UnitFinding, floor: Mapping[str, UnitFinding], others: Mapping[str, Mapping[str, Counterpart]]
) -> list[str]:
    beside = floor.get(finding.label)
    return [
        f"{finding.label} {finding.direction}",
        held_out(finding),
        number(finding.value),
        f"{finding.p_corrected:.1g}",
        number(finding.same_character_value),
        number(beside.held_out_value) if beside else "–",
        *(_counterpart(found.get(finding.label)) for found in others.values()),
    ]


def _counterpart(found: Counterpart | None) -> str:
    return f"{number(found.held_out_value)} (unit {unit_name((found.layer, found.unit))})" if found else "–"


def _snippet(snippet: Snippet, page: NeuronPage) -> dict[str, Any]:
    place = _places([snippet.value], page)[0]
    return {"tune": snippet.tune, "text": list(snippet.text), "at": snippet.at, "place": int(place)}


def _tune(shown: ShownTune, engraved: Engraved | None, page: NeuronPage) -> dict[str, Any]:
    width = page.study.about["network"]["units"]
    rows = [report.layer * width + report.unit for report in page.study.units]
    return {
        "length": len(shown.tune.text),
        "values": base64.b64encode(_places(shown.values[rows], page).tobytes()).decode(),
        "areas": [area.places for area in engraved[1]] if engraved else [],
    }


def _places(values: Any, page: NeuronPage) -> np.ndarray[Any, np.dtype[np.int8]]:
    return np.round(STEPS * positions(np.clip(values, page.low, page.high), page.low, page.high)).astype(np.int8)
