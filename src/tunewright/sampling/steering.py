"""Interface of an acceptor for constrained decoding, and its tables as the compiled loop reads them.

An acceptor (`tunewright.acceptor.grammar.Grammar` is one) tells, after each symbol, which may come next. Its state is
its registers, a few integers; its rules are its tables, rows of integers that never change.
"""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Refusal(Protocol):
    """Reason and place of a text's rejection."""

    @property
    def offset(self) -> int:
        """Offset of the first rejected character; the length of the text if it must not end there."""

    @property
    def line(self) -> int:
        """From 1."""

    @property
    def column(self) -> int:
        """From 1."""

    @property
    def reason(self) -> str:
        """The reason, in words."""


class Acceptor(Protocol):
    """An acceptor over the symbols of a vocabulary."""

    tables: tuple[list[int], ...]
    """Its rules, as rows of integers."""

    draws: int
    """Upper bound, exclusive, of the numbers that draw a form; they begin at 1."""

    @property
    def draws_forms(self) -> bool:
        """True if a form must be drawn for each tune."""

    def begin(self, budget: int, draw: int = 0) -> list[int]:
        """Return the registers before a tune of at most `budget` characters, END included; `draw` draws its form."""

    def is_in_header(self, registers: list[int]) -> bool:
        """Return true in the header, where no form is drawn yet."""

    def drawn(self, registers: list[int], draw: int) -> list[int]:
        """Return the registers, which are in a header, with another draw."""

    def form_of(self, registers: list[int], draw: int) -> int:
        """Return a number of the form that `draw` draws for the header that was read."""

    def sections_of(self, registers: Sequence[int]) -> tuple[int, int]:
        """Return the numbers of closed sections and of all sections of the form; 0 if any number is allowed."""

    def bar_of(self, registers: Sequence[int]) -> int:
        """Return the number of the last bar."""

    def degree_of(self, registers: Sequence[int]) -> int:
        """Return the degree of the last note: 1 (tonic) to 7, 8 with an accidental; 0 before the first note."""

    def lead_home(self, registers: MutableSequence[int]) -> None:
        """Force the section to end on the tonic."""

    def advance(self, registers: list[int], symbol: int) -> bool:
        """Read `symbol`; returns false, without any change, if it is rejected."""

    def admissible(self, registers: list[int]) -> list[bool]:
        """Return for each symbol whether it may come next."""

    def refusal(self, text: str) -> Refusal | None:
        """Return the reason why `text` is not a complete tune; None if it is one."""


@dataclass(frozen=True, eq=False)
class Steering:
    """The tables of an acceptor in the layout of the compiled loop."""

    numbers: NDArray[np.int32]
    """All tables, one after the other, each preceded by its length."""
    places: NDArray[np.uintp]
    """Addresses of the first number of each table: the argument `tables` of the acceptor's functions. Passing one
    address instead of twenty arrays makes compiling ten times faster, and running too."""

    @classmethod
    def of(cls, acceptor: Acceptor) -> "Steering":
        """Return the tables of `acceptor`."""
        lengths = [len(table) for table in acceptor.tables]
        numbers = np.array(
            [number for table in acceptor.tables for number in (len(table), *table)], dtype=np.int32
        )  # a number of more than 32 bits is an OverflowError
        starts = np.cumsum([1, *(length + 1 for length in lengths[:-1])])
        return cls(numbers, (numbers.ctypes.data + starts * numbers.itemsize).astype(np.uintp))

    @classmethod
    def none(cls) -> "Steering":
        """Return empty tables, for composing without an acceptor."""
        return cls(np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.uintp))
