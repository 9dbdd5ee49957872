import numpy as np
import pytest

from tunewright.errors import OptionError
from tunewright.sampling.compiled.calling import END_ID
from tunewright.sampling.compiled.weights import pack
from tunewright.sampling.generation_state import new_generation, nothing_allowed


@pytest.fixture
def generation(untrained):
    return new_generation(pack(untrained(units=4)), np.array([0, 8, 9]), 5, 11, np.array([3, 4]))


def test_a_new_generation_holds_what_is_given_and_room(generation):
    assert generation.symbols.tolist() == [0, 8, 9, 0, 0, 0, 0, 0]
    assert generation.draws.tolist() == np.random.default_rng(11).random(5).tolist()
    assert generation.acceptor_state.tolist() == [3, 4]
    assert not generation.state.any()
    assert (generation.ended, generation.open, generation.written.tolist()) == (False, True, [])


def test_it_is_over_when_it_is_full_or_the_tune_has_ended(generation):
    generation.position = 7
    assert (generation.ended, generation.open) == (False, False)
    generation.position, generation.symbols[4] = 4, END_ID
    assert (generation.ended, generation.open, len(generation.written)) == (True, False, 2)


def test_the_stop_lies_behind_what_is_given_and_within_the_room(generation):
    assert [generation.stop_after(characters) for characters in (0, 2, 99)] == [2, 4, 7]
    generation.position = 5
    assert generation.stop_after(1) == 6


def test_a_dead_end_at_once_is_a_lack_of_room_and_later_a_bug(generation):
    assert isinstance(nothing_allowed(generation), OptionError)
    generation.position = 4
    assert isinstance(nothing_allowed(generation), AssertionError)
