"""Units that a paper shows: their means where a label holds and where not."""

import numpy as np
import pytest

from tunewright.analysis.units.claims import UnitFinding
from tunewright.report.paper.chosen_units import ShownUnit

GRADED = UnitFinding(3, 0, "bar of the tune", "r", "rises", 0.6, 0.5, 1e-5, 1e-4, 153, 0.5, 1, confirmed=True)
VALUES = np.array([-0.5, -0.1, 0.2, 0.4, 0.9], np.float32)


@pytest.mark.parametrize(
    ("label", "means"),
    [
        ([1, 2, 3, 4, 5], (0.65, -0.4 / 3)),
        ([1, 2, 3, 3, 3], (0.5, -0.3)),  # none is above the median
        ([np.nan, 2, 3, 3, 3], (0.5, -0.1)),
    ],
)
def test_a_graded_label_is_divided_at_its_median(label, means):
    unit = ShownUnit(GRADED, VALUES, np.array(label, np.float32), None)
    assert unit.means() == pytest.approx(means)
