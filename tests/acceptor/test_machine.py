"""Does the acceptor keep its promise that there is always a way home?"""

import itertools
import types

import pytest
from grammar_walks import END, SYMBOLS, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.acceptor.completion import next_to_finish
from tunewright.acceptor.grammar import Conditions, Grammar
from tunewright.acceptor.machine import COMPILED, characters_to_finish, mask
from tunewright.acceptor.reading import IMPOSSIBLE, Control, Reason, State, copy_state

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


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.sampled_from(GRAMMARS), st.integers(0, 10**9), st.sampled_from([150, 300, 600]))
def test_there_is_a_way_home_from_everywhere(grammar, seed, budget):
    for number, (character, state) in enumerate(walk(grammar, seed, budget)):
        if number % 5 == 0 or character in "|:-({":
            assert characters_to_finish(grammar.tables, state.copy(), IMPOSSIBLE) <= state.budget
    assert character == END
    assert state.control == Control.ENDED
    assert state.budget >= 0


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(GRAMMARS), st.integers(0, 10**9), st.integers(1, 150))
def test_the_way_home_is_as_long_as_it_says(grammar, seed, steps):
    story = walk(grammar, seed)
    character, state = list(itertools.islice(story, steps))[-1]
    if character == END:
        return
    expected = characters_to_finish(grammar.tables, state.copy(), IMPOSSIBLE)
    for _ in range(expected):
        assert grammar.advance(state, next_to_finish(grammar.tables, state.copy()))
    assert state.control == Control.ENDED


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(GRAMMARS), st.integers(0, 10**9), st.sampled_from([90, 200]))
def test_mask_allows_what_advance_takes(grammar, seed, budget):
    for number, (character, state) in enumerate(walk(grammar, seed, budget)):
        if number % 25 or character == END:
            continue
        before = state.copy()
        allowed = grammar.admissible(state)
        assert state == before
        assert any(allowed)
        for symbol, may_come in enumerate(allowed):
            assert grammar.advance(state.copy(), symbol) is may_come


def test_a_refused_character_changes_nothing_but_the_reason():
    grammar = GRAMMARS[0]
    state = grammar.begin(200)
    before = state.copy()
    assert not grammar.advance(state, SYMBOLS.index("q"))
    assert state.reason == Reason.UNEXPECTED
    state.reason = before.reason
    assert state == before


def test_the_mask_is_written_whole():
    grammar = GRAMMARS[0]
    state = grammar.begin(200)
    out = [7] * len(SYMBOLS)
    mask(grammar.tables, state, State(), State(), out)
    assert [SYMBOLS[number] for number, value in enumerate(out) if value == 1] == ["%", "X"]
    assert set(out) == {0, 1}


def test_everything_can_be_compiled():
    names = [function.__name__ for function in COMPILED]
    assert len(set(names)) == len(names)
    assert {"advance", "mask", "next_to_finish", "characters_to_finish"} <= set(names)
    for place, function in enumerate(COMPILED):
        for name in function.__code__.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, types.FunctionType):
                assert value in (*COMPILED[:place], copy_state), f"{function.__name__} calls {name}, which comes later"
            else:
                constants = isinstance(value, type) and value.__module__ == Control.__module__
                assert value is None or constants or isinstance(value, int), f"{function.__name__} reads {name}"


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.conditions.describe() or "any tune")
def test_tables_and_state_fit_into_small_integers(grammar):
    assert all(-(2**31) <= value < 2**31 for table in grammar.tables for value in table)


def test_tidy_tunes_have_words_above_notes_only():
    tidy = Grammar(SYMBOLS, Conditions(tidy=True))
    start = "X:1\nM:3/4\nL:1/4\nK:D\n"
    assert GRAMMARS[0].refusal(start + 'DEF"D"|"A""Em""A"ABA|]') is None
    assert tidy.refusal(start + 'DEF|"A""^up"ABA|]') is None
    assert tidy.refusal(start + 'DEF"D"|ABA|]').column == 4
    assert tidy.refusal(start + 'DEF|"A""Em""A"ABA|]').column == 12
