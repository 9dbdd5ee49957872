import numpy as np
import pytest

from tunewright.sampling.compiled.calling import END_ID, KEPT, TALLIES
from tunewright.sampling.generation_state import GenerationState
from tunewright.sampling.rejection import TRIES, RejectionSampler

GOOD, BAD = 5, 6
LENGTH = 400


def blank(seed=0):
    generator = np.random.default_rng(seed)
    return GenerationState(
        symbols=np.zeros(LENGTH, dtype=np.int64), given=1, position=0, state=np.zeros(4, np.float32),
        acceptor_state=np.zeros(3, dtype=np.int64), draws=generator.random(LENGTH), tallies=np.zeros(TALLIES),
        generator=generator,
    )  # fmt: skip


class Coin:
    """Writes pieces of one symbol: GOOD, of which all was allowed, or BAD, of which a tenth was; the next draw decides.

    The state counts what was written, so that a piece that is taken back must take its count back.
    """

    def __init__(self, end=0.0):
        self.end = end

    def write(self, generation, _characters):
        draw = generation.draws[generation.position]
        generation.position += 1
        symbol = END_ID if draw < self.end else GOOD if draw < 0.5 else BAD
        generation.symbols[generation.position] = symbol
        generation.tallies[KEPT] = np.log(0.1) if symbol == BAD else 0.0
        generation.state[0] += 1
        generation.acceptor_state[0] += 1
        return generation.open


def test_pieces_are_taken_as_often_as_they_were_allowed():
    counts = np.zeros(2)
    for seed in range(30):
        generation = blank(seed)
        while RejectionSampler(Coin()).write(generation, 1):
            pass
        assert generation.state[0] == generation.acceptor_state[0] == generation.position == LENGTH - 1
        counts += [(generation.written == GOOD).sum(), (generation.written == BAD).sum()]
    # Left alone the network writes both alike; BAD is allowed in a tenth of its cases: 10 to 1. Where all tries are
    # given up, which happens to BAD only, it is taken none the less.
    given_up = 0.45**TRIES
    assert counts[1] / counts.sum() == pytest.approx((1 - given_up) / 11 + given_up, abs=0.012)


def test_what_is_taken_back_is_counted_and_bounded():
    generation = blank()
    while RejectionSampler(Coin()).write(generation, 1):
        pass
    assert 0 < generation.discarded < (TRIES - 1) * LENGTH


def test_an_end_is_as_likely_beside_pieces_as_the_network_has_it():
    lengths = []
    for seed in range(400):
        generation = blank(seed)
        while RejectionSampler(Coin(end=0.05)).write(generation, 1):
            pass
        lengths.append(len(generation.written))
    # Were an end always taken it would come with 0.05 beside 0.5 of pieces: after 11. It should come after 20.
    assert 14 < np.mean(lengths) < 26


def test_writing_goes_on_to_the_end_of_a_piece_and_no_further():
    generation = blank()
    assert RejectionSampler(Coin()).write(generation, 7)
    assert generation.position == 7


def test_the_same_seed_writes_the_same():
    first, second = blank(3), blank(3)
    for generation in (first, second):
        while RejectionSampler(Coin()).write(generation, 1):
            pass
    assert first.symbols.tolist() == second.symbols.tolist()
