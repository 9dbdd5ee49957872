"""What must an acceptor offer so that it can steer the composing?

An acceptor (`acceptor.grammar.Grammar` is one) says, after each symbol, which may come next. What it has read is in its
registers, a few integers; what it knows is in its tables, flat rows of integers that never change.
"""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Refusal(Protocol):
    """Why a text is not accepted, and where."""

    @property
    def offset(self) -> int:
        """Of the first character that is refused; the text's length if it may not end there."""

    @property
    def line(self) -> int:
        """From 1."""

    @property
    def column(self) -> int:
        """From 1."""

    @property
    def reason(self) -> str:
        """In words."""


class Acceptor(Protocol):
    """An acceptor over the symbols of a vocabulary."""

    tables: tuple[list[int], ...]
    """What it knows."""

    draws: int
    """More than the numbers that draw a form; they begin at 1."""

    @property
    def draws_forms(self) -> bool:
        """Whether there are forms to be drawn."""

    def begin(self, budget: int, draw: int = 0) -> list[int]:
        """Registers before a tune of at most `budget` characters, END included, for which `draw` draws a form."""

    def is_in_header(self, registers: list[int]) -> bool:
        """Whether the music is still to come, so that no form is drawn yet."""

    def drawn(self, registers: list[int], draw: int) -> list[int]:
        """The same registers, in a header, with another draw."""

    def form_of(self, registers: list[int], draw: int) -> int:
        """A number for the form that `draw` draws, given the header that was read."""

    def sections_of(self, registers: Sequence[int]) -> tuple[int, int]:
        """How many sections are closed, and how many there are to be; 0 where any number may be."""

    def bar_of(self, registers: Sequence[int]) -> int:
        """The number of the bar that was written last."""

    def degree_of(self, registers: Sequence[int]) -> int:
        """On which degree the last note is: 1 the tonic to 7, 8 with an accidental; 0 before the first note."""

    def lead_home(self, registers: MutableSequence[int]) -> None:
        """Let the section end on the tonic."""

    def advance(self, registers: list[int], symbol: int) -> bool:
        """Read `symbol`; false, and nothing changed, if it is refused."""

    def admissible(self, registers: list[int]) -> list[bool]:
        """For each symbol, whether it may come next."""

    def refusal(self, text: str) -> Refusal | None:
        """Why `text` is no whole tune; None if it is one."""


@dataclass(frozen=True, eq=False)
class Steering:
    """The tables of an acceptor as the compiled loop reads them."""

    numbers: NDArray[np.int32]
    """All tables, one after the other, each after its length."""
    places: NDArray[np.uintp]
    """Addresses of the first number of each table: what the acceptor's functions get for `tables`. To hand one address
    from function to function, instead of twenty arrays, makes compiling ten times faster, and running too."""

    @classmethod
    def of(cls, acceptor: Acceptor) -> "Steering":
        """What the loop needs of `acceptor`."""
        lengths = [len(table) for table in acceptor.tables]
        numbers = np.array(
            [number for table in acceptor.tables for number in (len(table), *table)], dtype=np.int32
        )  # a number of more than 32 bits is an OverflowError
        starts = np.cumsum([1, *(length + 1 for length in lengths[:-1])])
        return cls(numbers, (numbers.ctypes.data + starts * numbers.itemsize).astype(np.uintp))

    @classmethod
    def none(cls) -> "Steering":
        """In place of an acceptor where there is none."""
        return cls(np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.uintp))
