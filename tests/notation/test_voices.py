"""Tuplets, broken rhythm and ties have their effect on sounds; notes in runs are the same as notes one by one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tunewright.notation import reader
from tunewright.notation.keys import NO_KEY, parse_key
from tunewright.notation.lexer import MUSIC, MUSIC_AND_RUNS, NOTE
from tunewright.notation.meter import FREE, WHOLE, parse_meter
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import Sound
from tunewright.notation.voices import (
    Voice,
    add_sound,
    begin_broken,
    begin_tie,
    begin_tuplet,
    end_bar,
    end_voice,
    spelled,
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


pieces = st.sampled_from([
    "A", "B2", "c/", "d'", "E,3/2", "F//", "^F", "_B", "=c", " ", "  ", "(", ")", "(3", "-", ">", "<<", "|", ":|", "z",
    "[CEG]", "[A", "]", "{", "}", ".", "H", "&", "[K:D]", "[L:1/4]", "[V:2]", '"Am"', "y", "\n", "w: la la\n", "~",
])  # fmt: skip


@example(["A", "-", "A", "B2", "c/"])
@example(["^F", "A", "F//", "|", "F//", "A"])
@example(["H", "A", "B2", "(3", "A", "B2", "A", "B2"])
@example(["A", ">", "B2", "A", "(", "B2", ")", "A"])
@given(st.lists(pieces, max_size=40))
def test_runs_change_nothing(written):
    text = "X:1\nL:1/8\nM:4/4\nK:G\n" + "".join(written)
    in_runs = read_events(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "MUSIC_AND_RUNS", MUSIC)
        assert read_events(text) == in_runs


def test_plain_notes_make_runs():
    found = [match.lastgroup for match in MUSIC_AND_RUNS.finditer("(dBA F2) ^A>B A/2c'//\t|")]
    assert found == ["run", "note", "broken", "run", "bar"]
    assert all(match.lastgroup != "run" for match in MUSIC_AND_RUNS.finditer("^A |(3^C> z2 x"))


@pytest.mark.parametrize(
    ("note", "pitch", "length"),
    [("F", 66, 1), ("f'", 90, 1), ("=F", 65, 1), ("^^C,", 50, 1), ("F3/2", 66, 1.5), ("F//", 66, 0.25)],
)
def test_a_note_has_the_pitch_of_its_key_and_its_own_length(note, pitch, length):
    key = parse_key("D")
    assert key
    found = spelled(NOTE.match(note), Voice("", key, FREE, WHOLE // 8))
    assert found[:2] == (pitch, length * WHOLE // 8)
