"""Voices: each is a tune of its own that lasts as long as the first, as abc2midi has it."""

import pytest
from grammar_walks import SYMBOLS, complaints

from tunewright.acceptor.grammar import Conditions, Grammar, Matcher

GRAMMAR = Grammar(SYMBOLS)
HEADER = "X:1\nT:t\nM:4/4\nL:1/8\nK:C\n"

TOGETHER = [
    "V:1\nABcd efga|c8|]\n",
    "V:1\nABcd efga|c8|]\nV:2\nz8|c8|]\n",
    "V:Flute\n|:ABcd efga|1c8:|2d8|]\nV:2\n|:A8|1c8:|2d8|]\nV:3\nA8|B8|A8|B8|]\n",
    "V:1\n|:A2|c8|d6:|A2|c8|d6|]\nV:2\n|:A2|c8|d6:|A2|c8|d6|]\n",
    "V:1\n|:A8::B8:|\nV:2\n|:A8:|B8|B8|]\n",
    "V:1\nc4 d4|e8|]\nw:a b c\nV:2\nA4 A4|G8|]\n",
]
APART = [
    "V:1\nABcd efga|c8|]\nV:2\nz8|c4|]\n",
    "V:1\nABcd efga|c8|]\nV:2\nz8|c8|c8|]\n",
    "V:1\n|:A8:|B8|]\nV:2\nA8|B8|]\n",
    "V:1\nA2|c8|d6:|A2|c8|d6|]\n",
    "ABcd efga|c8|]\nV:1\nc8|]\n",
]


@pytest.mark.parametrize("music", TOGETHER)
def test_voices_that_last_equally_long_are_accepted(music, require_program):
    assert GRAMMAR.refusal(HEADER + music) is None
    assert complaints(require_program("abc2midi"), HEADER + music) == []


@pytest.mark.parametrize("music", APART)
def test_abc2midi_complains_of_voices_that_are_refused(music, require_program):
    assert GRAMMAR.refusal(HEADER + music) is not None
    assert complaints(require_program("abc2midi"), HEADER + music) != []


@pytest.mark.parametrize("music", ["V:2\nc8|]", "V:1\nc8|]\nV:3\nc8|]", "V:1\nc8|]\nV:2\n[M:2/4]c4|c4|]"])
def test_other_voices_and_other_metres_are_refused(music):
    assert GRAMMAR.refusal(HEADER + music) is not None


def test_a_tidy_tune_or_one_of_a_form_has_no_voices():
    for conditions in (Conditions(tidy=True), Conditions(bars=2), Conditions(leave_out="V")):
        assert Grammar(SYMBOLS, conditions).refusal(HEADER + TOGETHER[0]) is not None


def test_a_second_voice_needs_room_for_all_its_bars():
    music = HEADER + "V:1\n" + "c8|" * 50 + "\n"
    shortest = len("V:2\n") + len("C8|") * 50
    for room, begins in ((shortest - 1, False), (shortest, True)):
        matcher = Matcher(GRAMMAR, len(music) + room)
        assert all(map(matcher.accept, music))
        assert matcher.accept("V") is begins
