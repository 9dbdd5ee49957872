import numpy as np
import pytest

from tunewright.errors import OptionError
from tunewright.sampling.compiled.calling import END_ID
from tunewright.sampling.compiled.weights import pack
from tunewright.sampling.sheet import new_sheet, nothing_allowed


@pytest.fixture
def sheet(untrained):
    return new_sheet(pack(untrained(units=4)), np.array([0, 8, 9]), 5, 11, np.array([3, 4]))


def test_a_new_sheet_holds_what_is_given_and_room(sheet):
    assert sheet.symbols.tolist() == [0, 8, 9, 0, 0, 0, 0, 0]
    assert sheet.draws.tolist() == np.random.default_rng(11).random(5).tolist()
    assert sheet.registers.tolist() == [3, 4]
    assert not sheet.state.any()
    assert (sheet.ended, sheet.open, sheet.written.tolist()) == (False, True, [])


def test_it_is_over_when_it_is_full_or_the_tune_has_ended(sheet):
    sheet.position = 7
    assert (sheet.ended, sheet.open) == (False, False)
    sheet.position, sheet.symbols[4] = 4, END_ID
    assert (sheet.ended, sheet.open, len(sheet.written)) == (True, False, 2)


def test_the_stop_lies_behind_what_is_given_and_within_the_room(sheet):
    assert [sheet.stop_after(characters) for characters in (0, 2, 99)] == [2, 4, 7]
    sheet.position = 5
    assert sheet.stop_after(1) == 6


def test_a_dead_end_at_once_is_a_lack_of_room_and_later_a_bug(sheet):
    assert isinstance(nothing_allowed(sheet), OptionError)
    sheet.position = 4
    assert isinstance(nothing_allowed(sheet), AssertionError)
