"""Do tuplets, broken rhythm and ties bind sounds as they should, wherever their signs come?"""

import pytest

from tunewright.notation.keys import NO_KEY
from tunewright.notation.meter import FREE, WHOLE, parse_meter
from tunewright.notation.voices import (
    Sound,
    Voice,
    add_sound,
    begin_broken,
    begin_tie,
    begin_tuplet,
    end_bar,
    end_voice,
)

EIGHTH = WHOLE // 8


@pytest.fixture
def voice():
    return Voice("", NO_KEY, FREE, EIGHTH)


def play(voice, *pitches):
    """Add an eighth of each pitch, and return the codes of what made no sense."""
    return [
        problem.code
        for place, pitch in enumerate(pitches)
        for problem in add_sound(voice, Sound(place, place + 1, pitch, EIGHTH), () if pitch is None else (pitch,))
    ]


def ticks(voice):
    return [item.ticks for item in voice.items]


def test_a_tuplet_ends_after_its_sounds(voice):
    assert begin_tuplet(voice, 0, "(3") == ()
    assert play(voice, 60, None, 62, 64) == []
    assert ticks(voice) == [EIGHTH * 2 // 3] * 3 + [EIGHTH]


def test_the_meter_decides_how_long_some_tuplets_last(voice):
    voice.meter = parse_meter("9/8")
    begin_tuplet(voice, 0, "(7")
    play(voice, *range(60, 67))
    assert sum(ticks(voice)) == 3 * EIGHTH - 3 * EIGHTH % 7


def test_an_unfinished_tuplet_is_told_once(voice):
    begin_tuplet(voice, 5, "(3")
    play(voice, 60)
    assert [problem.start for problem in end_bar(voice)] == [5]
    assert end_bar(voice) == end_voice(voice) == ()


def test_broken_rhythm_waits_for_the_next_sound(voice):
    play(voice, 60)
    assert begin_broken(voice, 1, ">") == ()
    assert ticks(voice) == [EIGHTH]
    assert play(voice, None) == []
    assert ticks(voice) == [EIGHTH * 3 // 2, EIGHTH // 2]


def test_broken_rhythm_and_ties_want_an_end(voice):
    play(voice, 60)
    begin_broken(voice, 1, ">")
    begin_tie(voice, 2)
    assert {problem.code for problem in end_voice(voice)} == {"tie-without-note", "broken-rhythm-without-note"}


def test_a_tie_wants_the_same_pitch(voice):
    play(voice, 60)
    begin_tie(voice, 1)
    assert play(voice, 60) == []
    begin_tie(voice, 1)
    assert play(voice, 61) == ["tie-without-note"]
    assert voice.tie is None


def test_a_rest_cannot_be_tied(voice):
    play(voice, None)
    assert [problem.code for problem in begin_tie(voice, 1)] == ["tie-without-note"]
