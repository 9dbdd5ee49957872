"""Which units show best what units follow?

For about six things that a musician has a name for, the unit that follows each most closely, as far as a tune has the
thing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.labels import label_number, label_values
from tunewright.analysis.neuron_findings import Finding
from tunewright.model.clamping import Unit

WANTED: tuple[tuple[str, ...], ...] = (
    ("end of bar", "full bar"),
    ("header",),
    ("pitch height", "high letter"),
    ("chord symbol", "annotation"),
    ("first ending", "second ending", "fourth bar", "last bar"),
    ("on the beat", "first beat"),
    ("line end",),
    ("repeat sign", "bar line"),
)
"""Labels that say much the same, the likeliest to please first."""
PICTURES = 6
"""Units that are drawn where nobody names any."""


def telling_units(findings: Sequence[Finding], text: str) -> list[tuple[Unit, Finding]]:
    """The unit that follows each of `WANTED` most closely, at most `PICTURES`, each once, with that finding.

    Parameters
    ----------
    findings
        Of a study; only confirmed ones count.
    text
        The tune on which they will be shown: what it does not have cannot be seen there.
    """
    values = label_values(text)
    chosen: dict[Unit, Finding] = {}
    for labels in WANTED:
        present = [label for label in labels if _varies(values[label_number(label)])]
        fitting = [
            each
            for each in findings
            if each.confirmed and each.label in present and (each.layer, each.unit) not in chosen
        ]
        if fitting:
            best = max(fitting, key=_held_out_strength)
            chosen[best.layer, best.unit] = best
    return list(chosen.items())[:PICTURES]


def _held_out_strength(finding: Finding) -> float:
    return finding.held_out_strength


def _varies(row: NDArray[np.float32]) -> bool:
    known = row[~np.isnan(row)]
    return bool(len(known) and np.ptp(known) > 0)
