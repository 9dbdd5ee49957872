"""Where does a character lead in the tables of words (tries; see `grammar_words`)?"""

from tunewright.notation.registers import EDGE_SYMBOL, EDGE_TARGET, FIRST_EDGE, Tables


def edge(tables: Tables, node: int, symbol: int) -> int:
    """Return the place that `symbol` leads to from `node` in the tables of words; -1 if it leads nowhere."""
    symbols = tables[EDGE_SYMBOL]
    for at in range(tables[FIRST_EDGE][node], tables[FIRST_EDGE][node + 1]):
        if symbols[at] == symbol:
            return tables[EDGE_TARGET][at]
    return -1
