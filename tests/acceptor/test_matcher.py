"""`Matcher`: what it allows is what it accepts, and rolling back undoes it."""

import pytest
from grammar_walks import END, SYMBOLS, tune
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright import Conditions, Grammar, Matcher

JIG = Grammar(SYMBOLS, Conditions(meter="6/8", tidy=True))


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1))
def test_what_it_allows_is_what_it_accepts(seed: int, share: float) -> None:
    text = tune(JIG, seed)
    matcher = Matcher(JIG, 400)
    for character in text[: int(share * len(text))]:
        assert matcher.accept(character)
    allowed = matcher.allowed()
    assert allowed
    for character in SYMBOLS:
        taken = matcher.accept(character)
        assert taken == (character in allowed)
        if taken:
            matcher.rollback()
    assert matcher.allowed() == allowed


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_after_rolling_back_it_stands_where_it_stood(seed: int, data: st.DataObject) -> None:
    text = tune(JIG, seed)
    place = data.draw(st.integers(0, len(text)))
    matcher, shorter = Matcher(JIG, 400), Matcher(JIG, 400)
    assert all(map(matcher.accept, text))
    assert all(map(shorter.accept, text[:place]))
    matcher.rollback(len(text) - place)
    assert matcher.allowed() == shorter.allowed()
    assert all(map(matcher.accept, text[place:] + END))
    assert matcher.allowed() == set()


def test_a_refused_character_changes_nothing() -> None:
    matcher = Matcher(JIG, 400)
    before = matcher.allowed()
    assert not matcher.accept("K")
    assert not matcher.accept("語")
    assert matcher.allowed() == before


@pytest.mark.parametrize("characters", [-1, 3])
def test_only_what_was_accepted_can_be_rolled_back(characters: int) -> None:
    matcher = Matcher(JIG, 400)
    assert matcher.accept("X")
    assert matcher.accept(":")
    with pytest.raises(ValueError, match="2 were accepted"):
        matcher.rollback(characters)


def test_a_metre_may_change_only_where_another_fits() -> None:
    """In 15/8 no metre may follow (none that abc2midi accompanies fits), so that ``[M:`` would lead nowhere."""
    beginning = "X:1\nL:1/16\nM:15/8\nK:A\n["
    matcher = Matcher(Grammar(SYMBOLS, Conditions(meter="15/8", unit_length="1/16")), 400)
    assert all(map(matcher.accept, beginning))
    assert "M" not in matcher.allowed()
    other = Matcher(Grammar(SYMBOLS, Conditions(unit_length="1/8")), 400)
    assert all(map(other.accept, "X:1\nL:1/8\nM:6/8\nK:A\n[M:9/8]"))


def test_a_repeat_that_opens_the_tune_has_no_double_bar_before_its_first_note():
    """``|:[|A|ABcd|ABc:|`` plays no full bar at the turn, and ``|:[|A|ABcd|ABcd:|`` neither."""
    header = "X:1\nM:4/4\nL:1/4\nK:A\n"
    grammar = Grammar(SYMBOLS)
    assert grammar.refusal(f"{header}|:[|A|ABcd|ABc:|") is not None
    assert grammar.refusal(f"{header}|:A|ABcd|ABc:|") is None
    assert grammar.refusal(f"{header}[|A|ABcd|") is None
