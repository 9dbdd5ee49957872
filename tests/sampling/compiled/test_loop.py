"""Oracle: the numpy reference. The loop is run here as the plain Python that it is before it is compiled."""

from typing import Any

import numpy as np
import pytest

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

    def begin(self, _budget):
        return [0]

    def advance(self, registers, symbol):
        registers[0] = symbol
        return True

    def admissible(self, registers):
        return [symbol not in (0, registers[0]) for symbol in range(self.symbols)]


@pytest.mark.parametrize("steered", [False, True])
@pytest.mark.parametrize("options", [{}, {"temperature": 3.0}, {"top_k": 2}, {"top_p": 0.5}], ids=str)
def test_as_plain_python_it_writes_what_the_twin_writes(untrained, monkeypatch, steered, options):
    network = pack(untrained(units=4, symbols="abc"))
    acceptor: Any = Alternating(network.symbols)
    config = CompositionConfig(**options)
    plain, by_numpy = (new_generation(network, np.array([0, 4]), 30, 1, np.array([4])) for _ in range(2))
    monkeypatch.setattr(loop, "advance", lambda _tables, registers, symbol: acceptor.advance(registers, symbol))

    def mask(_tables, registers, _scratch, out):
        out[:] = acceptor.admissible(registers)

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
        network.weights, network.shape, generation.state, None, generation.registers, None, orders, options,
        generation.draws, generation.symbols, generation.tallies, allowed, allowed, np.zeros(symbols),
        np.zeros(symbols), generation.memory.keys, generation.memory.scores, generation.memory.places,
    )  # fmt: skip


def test_where_nothing_is_allowed_it_says_where(untrained, monkeypatch):
    def mask(_tables, _registers, _scratch, out):
        out[:] = 0

    monkeypatch.setattr(loop, "mask", mask)
    network = pack(untrained(units=4, symbols="abc"))
    generation = new_generation(network, np.array([0, 4, 5]), 30, 1)
    assert dead_end(write(network, generation, CompositionConfig(), steered=True)) == 2
    assert generation.tallies.tolist() == [0] * TALLIES


def test_lanes_are_steered_each_by_itself(monkeypatch):
    monkeypatch.setattr(loop, "advance", lambda _tables, registers, symbol: registers.append(symbol))
    monkeypatch.setattr(loop, "mask", lambda _tables, registers, _scratch, out: out.extend(registers))
    registers, allowed = [[1], [2]], [[], []]
    loop.steer_lanes(None, registers, None, np.array([7, -1]), allowed)
    assert allowed == [[1, 7], [2]]
    assert loop.length_of([4, 5, 3]) == 3
