"""Layout of the arrays that Python and the compiled loop exchange: each name is an index into one of them.

Kept apart from `loop` and `entries` so that both sides, and the numpy reference, read the same table.
"""

START_ID, END_ID = 0, 1
"""Ids of START and END in every vocabulary."""

POSITION, STOP, GIVEN, TOP_K, STEERED, PAUSE_AT, PAUSE_AT_TOO = range(7)
"""Orders to the loop: position of the last symbol, which is not yet read; last position to write to; number of given
symbols, START included; top-k (0: all); 1 with an acceptor; two symbols after which to pause (-1: none)."""
ORDERS = 7

TEMPERATURE, TOP_P = range(2)
"""Options of the choice."""
OPTIONS = 2

WEIGHT, REMOVED, KEPT = range(3)
"""Tallies of a tune: log-probability of the chosen symbols, under the network alone, in nats; sum of the probabilities
that the acceptor ruled out, at the temperature in use; sum of the logarithms of the probabilities that it left, in the
last call, without its first character."""
TALLIES = 3

SYMBOL_COUNT, WEIGHT_COUNT, STATE_COUNT, DRAW_COUNT, TEXT_COUNT, KEY_COUNT, SCORE_COUNT = range(7)
"""Lengths of the arrays that are passed by address; there are as many places as scores."""
SIZES = 7


def dead_end(position: int) -> int:
    """Return the loop's result if the acceptor allows nothing after the symbol at `position`; its own inverse."""
    return -1 - position
