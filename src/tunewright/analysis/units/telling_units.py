"""Choice of the units that a figure shows when none is named.

For about six properties that a musician has a name for, it is the unit that follows each most closely, if the tune has
the property.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.labels import label_number, label_values
from tunewright.model.clamping import Unit

ROWS: tuple[tuple[str, ...], ...] = (
    ("end of bar", "full bar"),
    ("header",),
    ("pitch height", "high letter"),
    ("chord symbol", "annotation"),
    ("first ending", "second ending", "fourth bar", "last bar"),
    ("on the beat", "first beat"),
    ("line end",),
    ("repeat sign", "bar line"),
)
"""Labels with nearly the same meaning, the best for a picture first: of each row the first label is shown that a unit
follows closely enough."""
CLOSE = 0.5
"""Least held-out strength of a unit that is shown."""
PICTURES = 6
"""Most units that are drawn when none is named."""


def telling_units(findings: Sequence[UnitFinding], text: str) -> list[tuple[Unit, UnitFinding]]:
    """The unit that follows a label of each row of `ROWS` most closely, at most `PICTURES`, each unit once.

    Parameters
    ----------
    findings
        Of a study; only confirmed ones count.
    text
        The tune on which they will be shown; labels that do not vary there are left out.
    """
    values = label_values(text)
    chosen: dict[Unit, UnitFinding] = {}
    for labels in ROWS:
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


def _held_out_strength(finding: UnitFinding) -> float:
    return finding.held_out_strength


def _varies(row: NDArray[np.float32]) -> bool:
    known = row[~np.isnan(row)]
    return bool(len(known) and np.ptp(known) > 0)
