"""Mask of allowed characters for many tunes at once, by an acceptor (constrained decoding in batches).

With the compiled loop one call serves all tunes; otherwise they are treated one after another.

Shapes: N tunes of the batch, M of them asked about; S symbols; R numbers of the acceptor's state.
"""

import numpy as np
from numpy.typing import NDArray

from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import State
from tunewright.sampling.compiled import kernel
from tunewright.sampling.compiled.steering import Steering


class AllowedCharacters:
    """The allowed next characters of each tune of a batch.

    Parameters
    ----------
    grammar
        The acceptor.
    acceptor_state
        Its state for each tune, shape=(N, R); changed in place.
    symbols
        S.
    """

    def __init__(self, grammar: Grammar, acceptor_state: NDArray[np.int64], symbols: int) -> None:
        self._grammar, self._acceptor_state, self._symbols = grammar, acceptor_state, symbols
        self._steering = Steering.of(grammar)
        self._entries = kernel.ready()

    def allowed(self, lanes: NDArray[np.intp], chosen: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
        """Advance M tunes by their chosen symbols, and return what may come next in each.

        Parameters
        ----------
        lanes
            Indices of the tunes in the batch, shape=(M,).
        chosen
            The symbol that each of them reads first, shape=(M,); none where it is negative, or None for all.

        Returns
        -------
        allowed
            True where a symbol may come next, shape=(M, S).
        """
        symbols = np.full(len(lanes), -1, dtype=np.int64) if chosen is None else chosen.astype(np.int64)
        if self._entries is None:
            return self._allowed_one_by_one(lanes, symbols)
        acceptor_state, allowed = self._acceptor_state, np.empty((len(lanes), self._symbols), dtype=np.int64)
        scratch = np.empty(2 * acceptor_state.shape[1], dtype=np.int64)
        rows = ((acceptor_state, lanes), (allowed, np.arange(len(lanes))))
        places = [
            (matrix.ctypes.data + which.astype(np.uintp) * np.uintp(matrix.strides[0])).astype(np.uintp)
            for matrix, which in rows
        ]
        self._entries["steer"](
            self._steering.places.ctypes.data, places[0].ctypes.data, scratch.ctypes.data, symbols.ctypes.data,
            places[1].ctypes.data, len(lanes),
        )  # fmt: skip
        return allowed.astype(np.bool_)

    def _allowed_one_by_one(self, lanes: NDArray[np.intp], chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        allowed = np.empty((len(lanes), self._symbols), dtype=np.bool_)
        for row, (lane, symbol) in enumerate(zip(lanes, chosen, strict=True)):
            state = State(self._acceptor_state[lane].tolist())
            if symbol >= 0:
                self._grammar.advance(state, int(symbol))
            self._acceptor_state[lane] = state.numbers()
            allowed[row] = self._grammar.admissible(state)
        return allowed
