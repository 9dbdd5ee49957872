"""Choice of the units that a figure shows when none is named.

For about six properties that a musician has a name for, it is the unit that follows each most closely, if the tune has
the property.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.units.claims import Finding
from tunewright.analysis.units.labels import label_number, label_values
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
"""Labels that say much the same, the likeliest to please first: of a row, the first is shown that some unit follows
closely enough."""
CLOSE = 0.5
"""Held-out strength from which on a picture is worth looking at."""
PICTURES = 6
"""Units that are drawn where nobody names any."""


def telling_units(findings: Sequence[Finding], text: str) -> list[tuple[Unit, Finding]]:
    """The unit that follows a label of each row of `WANTED` most closely, at most `PICTURES`, each unit once.

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
        for label in labels:
            fitting = [
                each
                for each in findings
                if each.confirmed and each.label == label and (each.layer, each.unit) not in chosen
            ]
            best = max(fitting, key=_held_out_strength, default=None)
            if best and best.held_out_strength >= CLOSE and _varies(values[label_number(label)]):
                chosen[best.layer, best.unit] = best
                break
    return list(chosen.items())[:PICTURES]


def _held_out_strength(finding: Finding) -> float:
    return finding.held_out_strength


def _varies(row: NDArray[np.float32]) -> bool:
    known = row[~np.isnan(row)]
    return bool(len(known) and np.ptp(known) > 0)
