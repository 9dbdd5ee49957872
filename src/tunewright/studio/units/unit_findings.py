"""Confirmed findings about the units of a network, as a file that the studio keeps.

Those of networks that come along lie in ``shipped`` beside this file (`models/unit_findings.py` makes them), those of
other networks in the data folder. A file says which weights it is about, so that what was found about others is never
shown.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tunewright.files import write_file
from tunewright.model.checkpoint import Checkpoint

if TYPE_CHECKING:
    from tunewright.analysis.units.unit_study import NeuronStudy

SHIPPED = Path(__file__).parent / "shipped"
DIGITS = 4
"""Decimal places of values."""


@dataclass(frozen=True)
class ShownFinding:
    """What one unit follows, confirmed on tunes that were not used to find it."""

    layer: int
    unit: int
    label: str
    phrase: str
    """Completes a sentence: "is on ...", "rises with ..."."""
    direction: Literal["on", "off", "rises", "falls"]
    statistic: Literal["auc", "r"]
    value: float
    """On the tunes that were kept back."""
    untrained: float | None
    """The best value for the same thing in a network that has learned nothing; None if there is none."""
    strength: float
    """0 to 1, comparable between statistics."""
    place: int
    """1 for what the unit follows best."""
    sentence: str


@dataclass(frozen=True)
class UnitFindings:
    """What is known of the units of one network."""

    fingerprint: str
    held_out_tunes: int
    held_out_characters: int
    findings: tuple[ShownFinding, ...]
    """The strongest first."""


def findings_of(model: Checkpoint, study: "NeuronStudy", untrained: "NeuronStudy") -> UnitFindings:
    """Return the confirmed findings of a study, beside those of an untrained network of the same shape."""
    from tunewright.analysis.units.labels import label_named

    others: dict[str, float] = {}
    for finding in untrained.findings:
        value = finding.held_out_value
        if value is not None and abs(value) > abs(others.get(finding.label, 0.0)):
            others[finding.label] = value
    shown = [
        ShownFinding(
            layer=finding.layer,
            unit=finding.unit,
            label=finding.label,
            phrase=label_named(finding.label).phrase,
            direction=finding.direction,
            statistic=finding.statistic,
            value=round(finding.held_out_value, DIGITS),
            untrained=round(others[finding.label], DIGITS) if finding.label in others else None,
            strength=round(finding.held_out_strength, DIGITS),
            place=finding.place,
            sentence=finding.sentence,
        )
        for finding in study.findings
        if finding.confirmed and finding.held_out_value is not None
    ]
    shown.sort(key=lambda each: (-each.strength, each.layer, each.unit))
    held_out = study.about["held_out"]
    return UnitFindings(model.fingerprint, held_out["tunes"], held_out["characters"], tuple(shown))


def write_findings(path: Path, found: UnitFindings) -> None:
    """Write `found` as JSON, a finding on each line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = json.dumps({**asdict(found), "findings": []})[: -len("]}")]
    lines = ",\n".join(json.dumps(asdict(finding)) for finding in found.findings)
    write_file(path, f"{about}\n{lines}\n]}}\n")


def read_findings(path: Path, fingerprint: str) -> UnitFindings | None:
    """Return the findings in a file; None if it is missing, damaged, or about other weights."""
    try:
        found: Any = msgspec.json.decode(path.read_bytes(), type=UnitFindings)
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.fingerprint == fingerprint else None
