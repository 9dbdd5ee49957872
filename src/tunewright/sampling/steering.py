"""Tables of an acceptor, as the compiled loop reads them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar


@dataclass(frozen=True, eq=False)
class Steering:
    """The tables of an acceptor as the compiled loop reads them."""

    numbers: NDArray[np.int32]
    """All tables, one after the other, each after its length."""
    places: NDArray[np.uintp]
    """Addresses of the first number of each table: what the acceptor's functions get for `tables`. To hand one address
    from function to function, instead of twenty arrays, makes compiling ten times faster, and running too."""

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
        """In place of an acceptor where there is none."""
        return cls(np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.uintp))
