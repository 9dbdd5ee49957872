"""Is said of units what there is to say?"""

from types import SimpleNamespace
from typing import Any

import pytest

from tunewright.report.paper.units import _on


@pytest.mark.parametrize(
    ("shown", "words"),
    [(0, ""), (1, " The tune on which 1 unit is shown is “A”."), (2, " The tune on which 2 units are shown is “A”.")],
)
def test_as_many_units_are_announced_as_are_shown(shown, words):
    tune: Any = SimpleNamespace(text="X:1\nT:A\nK:D\nD|\n", figure="tune-a")
    material: Any = SimpleNamespace(unit_tune=tune, tunes=(), samples=())
    part: Any = SimpleNamespace(shown=(None,) * shown)
    assert _on(material, part, tune) == words
