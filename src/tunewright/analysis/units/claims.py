"""Findings about one unit and one label: statistics, confirmation on held-out tunes, and a plain English sentence."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tunewright.analysis.units.labels import LABELS, label_named
from tunewright.analysis.units.samples import Side
from tunewright.analysis.units.selectivity import Sample, SelectivityTests, strength_within
from tunewright.analysis.units.shown_tunes import NAMES

ALPHA = 0.001
"""Significance level of the corrected p on the tunes used to choose."""
ALPHA_HELD_OUT = 0.05
"""Significance level on the held-out tunes, where only the findings are tested."""


@dataclass(frozen=True)
class UnitFinding:
    """What was found about one unit and one label."""

    unit: int
    layer: int
    label: str
    statistic: Literal["auc", "r"]
    direction: Literal["on", "off", "rises", "falls"]
    value: float
    """On the tunes used to choose: AUC in the finding's direction, 0.5 to 1; or Spearman's r, -1 to 1."""
    held_out_value: float | None
    """The same, in the same direction, on the held-out tunes; None if the label is too rare there."""
    p_corrected: float
    """On the tunes used to choose, corrected for all units and labels."""
    p_held_out: float | None
    """On the held-out tunes, corrected for all findings."""
    held_out_tunes: int
    """Held-out tunes that have the label somewhere (yes/no), or a place where it is defined (graded)."""
    same_character_value: float | None
    """As `held_out_value`, comparing only places with the same character, so that echoing the input does not help."""
    place: int
    """1 for the label that the unit follows best, 2 for the next."""
    confirmed: bool
    sentence: str = ""

    @property
    def strength(self) -> float:
        """From 0 to 1 on the tunes used to choose, comparable between the two statistics."""
        return abs(self.value) if self.statistic == "r" else 2 * self.value - 1

    @property
    def held_out_strength(self) -> float:
        """The same on the held-out tunes; 0 if the label is too rare there, or the direction is opposite."""
        value = self.held_out_value or 0.0
        return max(0.0, {"rises": value, "falls": -value}.get(self.direction, 2 * value - 1))


def make_finding(
    unit: int,
    label: int,
    place: int,
    chosen: SelectivityTests,
    confirmed: SelectivityTests,
    sample: Sample,
    side: Side,
    width: int,
) -> UnitFinding:
    """Make the finding of a pair of unit and label, without its sentence.

    Parameters
    ----------
    unit, label
        Indices; that of the unit counts the units of all layers.
    place
        Rank of the label among those of the unit, from 1.
    chosen, confirmed
        Tests on the tunes used to choose, and on the held-out ones.
    sample, side
        The held-out tunes.
    width
        Units of a layer.
    """
    about = LABELS[label]
    graded = about.kind == "graded"
    strength = float(chosen.strengths[unit, label])
    sign = 1 if strength >= 0 else -1
    again = float(confirmed.strengths[unit, label])
    within = strength_within(sample.units[unit], sample.labels[label], _codes(side), graded=graded)
    p_corrected, p_held_out = float(chosen.p_corrected[unit, label]), float(confirmed.p_corrected[unit, label])
    row = sample.labels[label]
    places = ~np.isnan(row) if graded else row == 1

    def value(found: float) -> float | None:
        if np.isnan(found):
            return None
        return round(found if graded else (1 + sign * found) / 2, 6)

    return UnitFinding(
        unit=int(unit % width),
        layer=int(unit // width),
        label=about.name,
        statistic="r" if graded else "auc",
        direction=(("falls", "rises") if graded else ("off", "on"))[sign > 0],
        value=value(strength) or 0.0,
        held_out_value=value(again),
        p_corrected=p_corrected,
        p_held_out=None if np.isnan(p_held_out) else p_held_out,
        held_out_tunes=len(np.unique(sample.tunes[places])),
        same_character_value=value(within),
        place=place,
        confirmed=bool(p_corrected < ALPHA and sign * again > 0 and p_held_out < ALPHA_HELD_OUT),
    )


def _codes(side: Side) -> np.ndarray[Any, np.dtype[np.uint32]]:
    return np.frombuffer("".join(side.texts).encode("utf-32-le", "surrogatepass"), np.uint32)


_DEGREES = ((0.8, ""), (0.5, "mostly "), (0.0, "tends to "))
"""Least strength (0 to 1), and the word that qualifies the verb."""
_VERBS = {
    "on": ("is {}on", "be on"),
    "off": ("is {}off", "be off"),
    "rises": ("{}rises with", "rise with"),
    "falls": ("{}falls with", "fall with"),
}
"""Verbs by the direction of a finding; the second form follows "tends to"."""


def sentence_of(finding: UnitFinding, held_out_tunes: int, layers: int, quantity: str = "h", *, name: str = "") -> str:
    """State what was found, how strongly, and whether it was confirmed.

    Parameters
    ----------
    held_out_tunes
        Number of held-out tunes.
    layers
        Layers of the network; with several, the sentence names the layer.
    quantity
        Quantity of the unit; it is named unless it is the output h.
    name
        Name of the subject, if it is not a unit.
    """
    phrase = label_named(finding.label).phrase
    name = name or f"unit {finding.unit}" + (f" of layer {finding.layer}" if layers > 1 else "")
    if quantity != "h":
        name = f"the {NAMES[quantity]} of {name}"
    if not finding.confirmed:
        what = f"{_verb(finding, finding.value)} {phrase}"
        figure = _figure(finding, finding.value)
        return f"not confirmed: {name} {what} on the tunes used to choose ({figure}), {_why(finding)}"
    value = finding.held_out_value or 0.0
    with_label = "" if finding.held_out_tunes == held_out_tunes else f", {finding.held_out_tunes} of which have it"
    tunes = f"{held_out_tunes} held-out tunes{with_label}"
    return f"{name} {_verb(finding, value)} {phrase}: {_figure(finding, value)} on {tunes}"


def _verb(finding: UnitFinding, value: float) -> str:
    strength = abs(value) if finding.statistic == "r" else 2 * value - 1
    degree = next((word for least, word in _DEGREES if strength >= least), "tends to ")
    plain, weak = _VERBS[finding.direction]
    return f"tends to {weak}" if degree == "tends to " else plain.format(degree)


def _figure(finding: UnitFinding, value: float) -> str:
    return f"{'AUC' if finding.statistic == 'auc' else 'r'} {value:.3f}"


def _why(finding: UnitFinding) -> str:
    if finding.held_out_value is None:
        return "the others hardly have it"
    if finding.p_held_out is not None and finding.p_corrected < 0.001:
        return f"{_figure(finding, finding.held_out_value)} on the others"
    return f"where chance does as much (corrected p {finding.p_corrected:.2g})"
