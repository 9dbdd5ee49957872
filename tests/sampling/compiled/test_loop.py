"""Oracle: the numpy reference. The loop is run here as the plain Python that it is before it is compiled."""

from typing import Any

import numpy as np
import pytest

from tunewright.acceptor.reading import State
from tunewright.sampling.compiled import loop
from tunewright.sampling.compiled.calling import TALLIES, dead_end
from tunewright.sampling.compiled.weights import pack
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import NO_PAUSES, new_generation
from tunewright.sampling.reference import NumpyReference


class Alternating:
    """An acceptor of texts in which no symbol follows itself, and which END closes."""

    tables = ([],)

    def __init__(self, symbols):
        self.symbols = symbols

    def advance(self, state, symbol):
        state.node = symbol
        return True

    def admissible(self, state):
        return [symbol not in (0, state.node) for symbol in range(self.symbols)]


@pytest.mark.parametrize("steered", [False, True])
@pytest.mark.parametrize("options", [{}, {"temperature": 3.0}, {"top_k": 2}, {"top_p": 0.5}], ids=str)
def test_as_plain_python_it_writes_what_the_twin_writes(untrained, monkeypatch, steered, options):
    network = pack(untrained(units=4, symbols="abc"))
    acceptor: Any = Alternating(network.symbols)
    config = CompositionConfig(**options)
    begun = State()
    begun.node = 4
    plain, by_numpy = (new_generation(network, np.array([0, 4]), 30, 1, np.array(begun.numbers())) for _ in range(2))
    state = begun.copy()
    monkeypatch.setattr(loop, "state_at", lambda _states, _place: state)
    monkeypatch.setattr(
        loop, "advance", lambda _tables, state, _before, _after, symbol: acceptor.advance(state, symbol)
    )

    def mask(_tables, state, _settled, _tried, out):
        out[:] = acceptor.admissible(state)

    monkeypatch.setattr(loop, "mask", mask)
    plain.position = write(network, plain, config, steered=steered)
    NumpyReference(network, config, acceptor if steered else None).write(by_numpy, 30)
    assert plain.written.tolist() == by_numpy.written.tolist()
    assert plain.tallies.tolist() == by_numpy.tallies.tolist()
    assert not steered or (np.diff(plain.symbols[1 : plain.position + 1]) != 0).all()


def write(network, generation, config, *, steered):
    symbols = network.symbols
    orders = np.array(
        [generation.position, generation.stop_after(100), generation.given, config.top_k, int(steered), *NO_PAUSES]
    )
    options = np.array([config.temperature, config.top_p])
    allowed = np.zeros(symbols, np.int64)
    return loop.write_on(
        network.weights, network.shape, generation.state, None, generation.acceptor_state, None, orders, options,
        generation.draws, generation.symbols, generation.tallies, allowed, allowed, np.zeros(symbols),
        np.zeros(symbols), generation.memory.keys, generation.memory.scores, generation.memory.places,
    )  # fmt: skip


def test_where_nothing_is_allowed_it_says_where(untrained, monkeypatch):
    def mask(_tables, _state, _settled, _tried, out):
        out[:] = 0

    monkeypatch.setattr(loop, "state_at", lambda _states, _place: None)
    monkeypatch.setattr(loop, "mask", mask)
    network = pack(untrained(units=4, symbols="abc"))
    generation = new_generation(network, np.array([0, 4, 5]), 30, 1)
    assert dead_end(write(network, generation, CompositionConfig(), steered=True)) == 2
    assert generation.tallies.tolist() == [0] * TALLIES


def test_lanes_are_steered_each_by_itself(monkeypatch):
    monkeypatch.setattr(loop, "advance", lambda _tables, state, _before, _after, symbol: state.append(symbol))
    monkeypatch.setattr(loop, "mask", lambda _tables, state, _settled, _tried, out: out.extend(state))
    acceptor_state, allowed = [[[1]], [[2]]], [[], []]
    loop.steer_lanes(None, acceptor_state, [[], []], np.array([7, -1]), allowed)
    assert allowed == [[1, 7], [2]]
    assert loop.length_of([4, 5, 3]) == 3
