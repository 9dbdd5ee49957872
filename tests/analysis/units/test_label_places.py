"""Is every character of a text put into its place, and none into a wrong one?"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.analysis.units.label_places import KIND_NUMBERS, read_places
from tunewright.notation.lexer import Sign, tokens

TUNE = "X:1\nM:2/4\nL:1/8\nK:C\nA2>B2|z4|[CE]4|\n"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_characters="\0"), max_size=80))
def test_every_character_has_the_kind_of_its_token(text):
    places = read_places(text)
    assert "".join(places.characters) == text
    for token in tokens(text):
        assert set(places.kinds[token.start : token.end]) == {KIND_NUMBERS[token.kind]}
        assert places.token_last[token.start : token.end].tolist() == [False] * (token.end - token.start - 1) + [True]


def test_nothing_in_the_header_has_a_place_in_the_music():
    places = read_places(TUNE)
    assert TUNE[places.body :] == "A2>B2|z4|[CE]4|\n"
    for values in [*places.moments.values(), places.pitch, places.length]:
        assert np.isnan(values[: places.body - 1]).all()


def test_time_is_counted_from_the_last_character_of_a_sound_on():
    places = read_places(TUNE)
    played = places.moments["played"][places.body :]
    expected = [0, 0.75, 0.75, 0.75, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    np.testing.assert_allclose(played[: len(expected)], expected)
    np.testing.assert_allclose(places.moments["beats"][places.body :][:5], np.array(expected[:5]) * 2)
    np.testing.assert_allclose(places.moments["beats_left"][places.body :][:5], 2 - np.array(expected[:5]) * 2)


def test_the_pitch_before_is_that_of_the_last_note_not_of_a_rest():
    places = read_places(TUNE)
    chord = TUNE.index("[")
    assert (places.pitch[chord], places.pitch_before[chord]) == (64, 71)
    assert np.isnan(places.pitch[TUNE.index("z")])
    assert places.is_kind(Sign.REST, Sign.BAR).sum() == 4
