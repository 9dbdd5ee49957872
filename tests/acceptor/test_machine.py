"""Does the acceptor keep its promise that there is always a way home?"""

import itertools
import types

import pytest
from grammar_walks import END, SYMBOLS, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.acceptor import reading
from tunewright.acceptor.completion import next_home
from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.acceptor.machine import COMPILED, distance, mask
from tunewright.acceptor.reading import BUDGET, ENDED, IMPOSSIBLE, SIZE, STATE

CONDITIONS = (
    Conditions(),
    Conditions(bars=5),
    Conditions(form="AABB", bars=4),
    Conditions(form="ABBC", meter="9/8"),
    Conditions(bars=1, key="F#m", meter="3/8", unit_length="1/4"),
    Conditions(rhythm="hornpipe", title="A title", form="AA", leave_out="BCDFGHNOSZ%"),
    Conditions(meter="none"),
    Conditions(tidy=True),
    Conditions(tidy=True, form="AAB", bars=4),
)
GRAMMARS = [Grammar(SYMBOLS, conditions) for conditions in CONDITIONS]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(GRAMMARS), st.integers(0, 10**9), st.sampled_from([150, 300, 600]))
def test_there_is_a_way_home_from_everywhere(grammar, seed, budget):
    for number, (character, registers) in enumerate(walk(grammar, seed, budget)):
        if number % 5 == 0 or character in "|:-({":
            assert distance(grammar.tables, registers.copy(), IMPOSSIBLE) <= registers[BUDGET]
    assert character == END
    assert registers[STATE] == ENDED
    assert registers[BUDGET] >= 0


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(GRAMMARS), st.integers(0, 10**9), st.integers(1, 150))
def test_the_way_home_is_as_long_as_it_says(grammar, seed, steps):
    story = walk(grammar, seed)
    character, registers = list(itertools.islice(story, steps))[-1]
    if character == END:
        return
    expected = distance(grammar.tables, registers.copy(), IMPOSSIBLE)
    for _ in range(expected):
        assert grammar.advance(registers, next_home(grammar.tables, registers.copy()))
    assert registers[STATE] == ENDED


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(GRAMMARS), st.integers(0, 10**9), st.sampled_from([90, 200]))
def test_mask_allows_what_advance_takes(grammar, seed, budget):
    for number, (character, registers) in enumerate(walk(grammar, seed, budget)):
        if number % 25 or character == END:
            continue
        before = registers.copy()
        allowed = grammar.admissible(registers)
        assert registers == before
        assert any(allowed)
        for symbol, may_come in enumerate(allowed):
            assert grammar.advance(registers.copy(), symbol) is may_come


def test_a_refused_character_changes_nothing():
    grammar = GRAMMARS[0]
    registers = grammar.begin(200)
    before = registers[:SIZE]
    assert not grammar.advance(registers, SYMBOLS.index("q"))
    reason = reading.REASON
    assert [value for place, value in enumerate(registers[:SIZE]) if place != reason] == [
        value for place, value in enumerate(before) if place != reason
    ]


def test_the_mask_is_written_whole():
    grammar = GRAMMARS[0]
    registers = grammar.begin(200)
    out = [7] * len(SYMBOLS)
    mask(grammar.tables, registers, [9] * len(registers), out)
    assert [SYMBOLS[number] for number, value in enumerate(out) if value == 1] == ["%", "X"]
    assert set(out) == {0, 1}


def test_everything_can_be_compiled():
    names = [function.__name__ for function in COMPILED]
    assert len(set(names)) == len(names)
    assert {"advance", "mask", "next_home", "distance"} <= set(names)
    for place, function in enumerate(COMPILED):
        for name in function.__code__.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, types.FunctionType):
                assert value in COMPILED[:place], f"{function.__name__} calls {name}, which comes later"
            else:
                assert value is None or isinstance(value, int), f"{function.__name__} reads {name}"


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.conditions.describe() or "any tune")
def test_tables_and_registers_fit_into_small_integers(grammar):
    assert all(-(2**31) <= value < 2**31 for table in grammar.tables for value in table)


def test_tidy_tunes_have_words_above_notes_only():
    tidy = Grammar(SYMBOLS, Conditions(tidy=True))
    start = "X:1\nM:3/4\nL:1/4\nK:D\n"
    assert GRAMMARS[0].refusal(start + 'DEF"D"|"A""Em""A"ABA|]') is None
    assert tidy.refusal(start + 'DEF|"A""^up"ABA|]') is None
    assert tidy.refusal(start + 'DEF"D"|ABA|]').column == 4
    assert tidy.refusal(start + 'DEF|"A""Em""A"ABA|]').column == 12
