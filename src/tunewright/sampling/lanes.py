"""Which characters may come next in each of many tunes that are written side by side?

With the compiled loop the acceptor looks at all lanes in one call, otherwise at one after the other.
"""

import numpy as np
from numpy.typing import NDArray

from tunewright.notation.grammar import Grammar
from tunewright.sampling import kernel
from tunewright.sampling.steering import Acceptor, Steering


class Lanes:
    """An acceptor in many places at once.

    Parameters
    ----------
    acceptor
        The acceptor.
    registers
        Where all lanes begin.
    count
        N, the number of lanes.
    symbols
        S, the number of symbols.
    """

    def __init__(self, acceptor: Acceptor, registers: list[int], count: int, symbols: int) -> None:
        self._acceptor, self._symbols = acceptor, symbols
        self._steering = Steering.of(acceptor)
        self._registers = np.tile(np.array(registers, dtype=np.int64), (count, 1))
        self._entries = kernel.ready() if isinstance(acceptor, Grammar) else None

    def keep(self, going: NDArray[np.bool_]) -> None:
        """Give up the lanes that are not `going`, shape=(N,)."""
        self._registers = self._registers[going]

    def allowed(self, chosen: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
        """Advance each lane by its symbol of `chosen`, shape=(N,); returns shape=(N, S)."""
        if self._entries is None:
            return self._allowed_one_by_one(chosen)
        count, registers = len(self._registers), self._registers
        symbols = np.full(count, -1, dtype=np.int64) if chosen is None else np.ascontiguousarray(chosen, dtype=np.int64)
        allowed = np.empty((count, self._symbols), dtype=np.int64)
        scratch = np.empty(registers.shape[1], dtype=np.int64)
        places = [
            (rows.ctypes.data + np.arange(count, dtype=np.uintp) * rows.strides[0]).astype(np.uintp)
            for rows in (registers, allowed)
        ]
        self._entries["steer"](
            self._steering.places.ctypes.data, places[0].ctypes.data, scratch.ctypes.data, symbols.ctypes.data,
            places[1].ctypes.data, count,
        )  # fmt: skip
        return allowed.astype(np.bool_)

    def _allowed_one_by_one(self, chosen: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        allowed = np.empty((len(self._registers), self._symbols), dtype=np.bool_)
        for lane, row in enumerate(self._registers.tolist()):
            if chosen is not None:
                self._acceptor.advance(row, int(chosen[lane]))
            self._registers[lane] = row
            allowed[lane] = self._acceptor.admissible(row)
        return allowed
