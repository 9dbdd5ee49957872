"""Oracle: the grammar itself, asked for one tune after the other."""

import numpy as np
import pytest

from tunewright.acceptor.grammar import Grammar
from tunewright.sampling.allowed import AllowedCharacters
from tunewright.sampling.compiled import kernel


@pytest.mark.parametrize("compiled", [True, False])
def test_each_lane_goes_its_own_way(untrained, monkeypatch, compiled):
    symbols = untrained(units=2).vocabulary.symbols
    grammar = Grammar(symbols)
    texts = ["X:1\nT:ab\nM:3/4\nL:1/8\nK:D\nDE", "X:1\nT:Reel\nR:reel\nM:4/4", "X:12\nT:A\nM:6/8\n"]
    if not compiled:
        monkeypatch.setattr(kernel, "ready", lambda: None)
    acceptor_state = np.tile(np.array(grammar.begin(400).numbers()), (len(texts), 1))
    lanes, every = AllowedCharacters(grammar, acceptor_state, len(symbols)), np.arange(len(texts))
    each = [grammar.begin(400) for _ in texts]
    assert lanes.allowed(every).tolist() == [grammar.admissible(row) for row in each]
    for characters in zip(*texts, strict=False):
        chosen = np.array([symbols.index(character) for character in characters])
        for row, symbol in zip(each, chosen, strict=True):
            assert grammar.advance(row, int(symbol))
        assert lanes.allowed(every, chosen).tolist() == [grammar.admissible(row) for row in each]
    some = np.array([2, 0])
    assert lanes.allowed(some, np.array([-1, -1])).tolist() == [grammar.admissible(each[lane]) for lane in some]
