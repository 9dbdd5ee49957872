"""How is a finding about a unit said in plain English?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tunewright.analysis.labels import label_named
from tunewright.analysis.shown_tunes import NAMES

if TYPE_CHECKING:
    from tunewright.analysis.neuron_findings import Finding

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
