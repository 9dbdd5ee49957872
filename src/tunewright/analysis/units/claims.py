"""Findings about one unit and one label: statistics, confirmation on held-out tunes, and a plain English sentence."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tunewright.analysis.units.labels import LABELS, label_named
from tunewright.analysis.units.samples import Side
from tunewright.analysis.units.selectivity import Comparison, Sample, strength_within
from tunewright.analysis.units.shown_tunes import NAMES

ALPHA = 0.001
"""Corrected p below which a finding stands on the tunes used to choose."""
ALPHA_HELD_OUT = 0.05
"""The same on the others, where only the findings are tested."""


@dataclass(frozen=True)
class Finding:
    """One unit and one label."""

    unit: int
    layer: int
    label: str
    statistic: Literal["auc", "r"]
    direction: Literal["on", "off", "rises", "falls"]
    value: float
    """On the tunes used to choose: AUC of the direction, 0.5 to 1; or Spearman's r, -1 to 1."""
    held_out_value: float | None
    """The same, in the same direction, on the other tunes; None if the label is too rare there."""
    p_corrected: float
    """On the tunes used to choose, corrected for all units and labels."""
    p_held_out: float | None
    """On the other tunes, corrected for all findings."""
    held_out_tunes: int
    """Of these tunes, how many have the label somewhere (yes/no), or a place where it means something (graded)."""
    same_character_value: float | None
    """As `held_out_value`, but comparing only places with the same character: what is left if the unit is no echo."""
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
        """The same on the other tunes; 0 if the label is too rare there, or goes the other way."""
        value = self.held_out_value or 0.0
        return max(0.0, {"rises": value, "falls": -value}.get(self.direction, 2 * value - 1))


def make_finding(
    unit: int, label: int, place: int, chosen: Comparison, confirmed: Comparison, sample: Sample, side: Side, width: int
) -> Finding:
    """Put together what is known of a pair; its sentence is still to come.

    Parameters
    ----------
    unit, label
        Numbers, the unit's among those of all layers.
    place
        Of the label among those of the unit, from 1.
    chosen, confirmed
        Tests on the tunes used to choose, and on the others.
    sample, side
        The others.
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

    return Finding(
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
"""From which strength on (0 to 1), and how the verb is then weakened."""
_VERBS = {
    "on": ("is {}on", "be on"),
    "off": ("is {}off", "be off"),
    "rises": ("{}rises with", "rise with"),
    "falls": ("{}falls with", "fall with"),
}
"""By the direction of a finding; the second after "tends to"."""


def sentence_of(finding: Finding, held_out_tunes: int, layers: int, quantity: str = "h", *, name: str = "") -> str:
    """Say what was found, how strongly, and whether it was confirmed.

    Parameters
    ----------
    held_out_tunes
        How many tunes it was measured again on.
    layers
        Of the network; of one with several, the sentence names the layer.
    quantity
        What of the unit it is about; all but its output h is named.
    name
        What it is about, if not a unit.
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


def _verb(finding: Finding, value: float) -> str:
    strength = abs(value) if finding.statistic == "r" else 2 * value - 1
    degree = next((word for least, word in _DEGREES if strength >= least), "tends to ")
    plain, weak = _VERBS[finding.direction]
    return f"tends to {weak}" if degree == "tends to " else plain.format(degree)


def _figure(finding: Finding, value: float) -> str:
    return f"{'AUC' if finding.statistic == 'auc' else 'r'} {value:.3f}"


def _why(finding: Finding) -> str:
    if finding.held_out_value is None:
        return "the others hardly have it"
    if finding.p_held_out is not None and finding.p_corrected < 0.001:
        return f"{_figure(finding, finding.held_out_value)} on the others"
    return f"where chance does as much (corrected p {finding.p_corrected:.2g})"
