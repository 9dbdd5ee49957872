"""What do Python and the compiled loop tell each other, and in which places?

Numbers travel in a few arrays; each name below is a place in one of them. Kept apart from `loop.py` and `entries.py` so
that both sides, and the numpy twin, read the same table.
"""

START_ID, END_ID = 0, 1
"""Where every vocabulary has them."""

POSITION, STOP, GIVEN, TOP_K, STEERED, PAUSE_AT, PAUSE_AT_TOO = range(7)
"""Orders to the loop: the place of the last symbol that is there and not yet read; the last place to write to; how many
symbols are given, START included; top-k (0: all); 1 if an acceptor steers; two symbols
after which to stop (-1: none)."""
ORDERS = 7

TEMPERATURE, TOP_P = range(2)
"""Options of the choice."""
OPTIONS = 2

WEIGHT, REMOVED, KEPT = range(3)
"""Tallies of a tune: log-probability of what was picked, under the network alone, in nats; sum of the probabilities
of what the acceptor did not allow, at the temperature in use; sum of the logarithms of what it left, in
the last call, its first character apart."""
TALLIES = 3

SYMBOL_COUNT, WEIGHT_COUNT, STATE_COUNT, DRAW_COUNT, TEXT_COUNT, KEY_COUNT, SCORE_COUNT = range(7)
"""Lengths of the arrays that are handed over by address; there are as many places as scores."""
SIZES = 7


def dead_end(position: int) -> int:
    """The loop's answer where the acceptor allows nothing after the symbol at `position`; its own inverse."""
    return -1 - position
