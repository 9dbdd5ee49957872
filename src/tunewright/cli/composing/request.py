"""What `tunewright compose` is asked for, looked up and checked; and units held at a value, as --clamp gives them."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from tunewright.errors import OptionError
from tunewright.model.clamping import Unit
from tunewright.sampling.compose import composed
from tunewright.sampling.composition import Composition
from tunewright.sampling.order import Order

_CLAMP = re.compile(
    r"(?:(?P<layer>\d{1,4}):)?(?P<unit>\d{1,6})=(?P<value>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.ASCII
)


@dataclass(frozen=True)
class CompositionRequest:
    """Everything that decides which tunes are composed."""

    order: Order
    name: str
    """The model's name, for the record."""
    count: int
    keep: int | None
    """How many of `count` tunes to keep; None keeps all."""

    def compositions(self) -> Generator[Composition, None, None]:
        """Compose `count` tunes, each yielded as it is finished."""
        return composed(self.order, self.count)


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
