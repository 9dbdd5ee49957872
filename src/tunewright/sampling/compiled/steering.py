"""Tables of an acceptor, as the compiled loop reads them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar


@dataclass(frozen=True, eq=False)
class Steering:
    """The tables of an acceptor in the layout of the compiled loop."""

    numbers: NDArray[np.int32]
    """All tables, one after the other, each preceded by its length."""
    places: NDArray[np.uintp]
    """Addresses of the first number of each table: the argument `tables` of the acceptor's functions. Passing one
    address instead of twenty arrays makes compiling ten times faster, and running too."""

    @classmethod
    def of(cls, grammar: Grammar) -> "Steering":
        """What the loop needs of `grammar`."""
        lengths = [len(table) for table in grammar.tables]
        numbers = np.array(
            [number for table in grammar.tables for number in (len(table), *table)], dtype=np.int32
        )  # a number of more than 32 bits is an OverflowError
        starts = np.cumsum([1, *(length + 1 for length in lengths[:-1])])
        return cls(numbers, (numbers.ctypes.data + starts * numbers.itemsize).astype(np.uintp))

    @classmethod
    def none(cls) -> "Steering":
        """Return empty tables, for composing without an acceptor."""
        return cls(np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.uintp))
