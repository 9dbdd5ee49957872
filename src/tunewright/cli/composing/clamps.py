"""How does a command read which units are held at which value?"""

import re
from collections.abc import Sequence

from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import Unit, clamp_units

_CLAMP = re.compile(
    r"(?:(?P<layer>\d{1,4}):)?(?P<unit>\d{1,6})=(?P<value>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.ASCII
)


def clamped(model: Checkpoint, clamps: Sequence[str] | None) -> Checkpoint:
    """The network with the units held that `clamps` name, such as ``42=1``, or ``1:42=0.5`` for layer 1.

    Raises
    ------
    OptionError
        For anything else, a unit named twice, and what `clamp_units` refuses.
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
    return clamp_units(model, values)
