"""How does a command read which units are held at which value?"""

import re
from collections.abc import Sequence

from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import Unit, clamp_units

_CLAMP = re.compile(
    r"(?:(?P<layer>\d{1,4}):)?(?P<unit>\d{1,6})=(?P<value>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.ASCII
)


def parse_clamps(clamps: Sequence[str] | None) -> dict[Unit, float]:
    """Values of units by layer and number, from texts such as ``42=1``, or ``1:42=0.5`` for layer 1.

    Raises
    ------
    OptionError
        For anything else, or a unit named twice.
    """
    values: dict[Unit, float] = {}
    for clamp in clamps or ():
        match = _CLAMP.fullmatch(clamp)
        if match is None:
            raise OptionError(
                f"--clamp is {clamp!r}; allowed: a unit and a value from -1 to 1, such as 42=1, or 1:42=0.5 for layer 1"
            )
        unit = int(match["layer"] or 0), int(match["unit"])
        if unit in values:
            raise OptionError(f"--clamp names unit {clamp.partition('=')[0]} twice")
        values[unit] = float(match["value"])
    return values


def clamped(model: Checkpoint, clamps: Sequence[str] | None) -> Checkpoint:
    """The network with the units held that `clamps` name; see `parse_clamps` and `clamp_units` for what is raised."""
    return clamp_units(model, parse_clamps(clamps))
