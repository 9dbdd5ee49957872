"""State of the acceptor at the end of a given beginning, with the form that is drawn for each seed."""

from collections.abc import Sequence

import numpy as np

from tunewright.acceptor.grammar import Grammar
from tunewright.acceptor.reading import State
from tunewright.errors import InputError, OptionError
from tunewright.sampling.config import CompositionConfig

FORM_STREAM = 1
"""Second part of the seed: keeps the draws of forms apart from other draws of the same seed."""
MOST_DRAWS = 20
"""Most draws of a form for a beginning with music, until one fits; then the form is left to the network."""


class Opening:
    """The beginning that several tunes share, as read by the acceptor.

    Parameters
    ----------
    grammar
        Acceptor that constrains the tunes.
    symbols
        Ids of the beginning, without START.
    prime
        The beginning as text.
    config
        Gives `max_length`, the number of characters that may follow.

    Raises
    ------
    InputError
        If the grammar rejects a character; the error names line and column.
    OptionError
        If no tune of the grammar fits into `max_length`.
    """

    def __init__(self, grammar: Grammar, symbols: Sequence[int], prime: str, config: CompositionConfig) -> None:
        self._grammar, self._symbols, self._prime, self._config = grammar, symbols, prime, config
        self._plain = self._read(0)
        self._formed: dict[int, State | None] = {}
        """States after the beginning, by the form that was drawn; None for one that does not go with it."""

    def acceptor_state(self, seed: int) -> list[int]:
        """The acceptor's state after the beginning of the tune with this seed, as numbers."""
        return self._state(seed).numbers()

    def _state(self, seed: int) -> State:
        if not self._grammar.draws_forms:
            return self._plain
        draws = np.random.default_rng((seed, FORM_STREAM)).integers(1, self._grammar.draws, MOST_DRAWS).tolist()
        if self._grammar.is_in_header(self._plain):
            return self._grammar.drawn(self._plain, draws[0])
        found = (self._with_form(draw) for draw in draws)
        return next((state for state in found if state is not None), self._plain)

    def _with_form(self, draw: int) -> State | None:
        form = self._grammar.form_of(self._plain, draw)
        if form not in self._formed:
            try:
                self._formed[form] = self._read(draw)
            except (InputError, OptionError):
                self._formed[form] = None
        return self._formed[form]

    def _read(self, draw: int) -> State:
        grammar, prime, most = self._grammar, self._prime, self._config.max_length
        state = grammar.begin(len(prime) + most, draw)
        for symbol in self._symbols:
            if not grammar.advance(state, symbol):
                refusal = grammar.refusal(prime)
                if refusal is None or refusal.offset >= len(prime):
                    raise OptionError(
                        f"max_length is {most}, too few characters to end a tune with this beginning; raise it"
                    )
                raise InputError(
                    f"no tune can begin like this: {refusal.reason}", line=refusal.line, column=refusal.column
                )
        return state
