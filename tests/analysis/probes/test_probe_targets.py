"""Is the right answer to each property the one that a musician gives?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.analysis.probes.probe_targets import PROPERTIES, metre_of, property_values, rhythm_of

HEADER = "X:1\nT:One\nR:Double  Jig\nM:6/8\nL:1/8\nK:Ador\n"
MUSIC = "|:A3 B2c|d6:|\n|:e6|f3 A,3:|\n"


@pytest.fixture(scope="module")
def values():
    return {name: found[len(HEADER) :] for name, found in property_values(HEADER + MUSIC).items()}


def at(found, sign, nth=0):
    """The answer at the nth place of `sign` in the music."""
    place = -1
    for _ in range(nth + 1):
        place = MUSIC.index(sign, place + 1)
    return found[place]


def test_nothing_is_asked_in_the_header():
    for about in PROPERTIES:
        header = property_values(HEADER + MUSIC)[about.name][: len(HEADER) - 1]
        assert (header == "").all() if about.kind == "classes" else np.isnan(header).all(), about.name


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("key signature", "no sign"),
        ("tonic", "A"),
        ("mode", "dorian"),
        ("metre", "6/8"),
        ("type of tune", "jig"),
    ],
)
def test_what_the_header_says_holds_for_all_of_the_music(values, name, answer):
    expected = "1 sharp" if name == "key signature" else answer
    assert set(values[name]) == {expected}


def test_beats_bars_and_sections_are_counted(values):
    assert [at(values["beat"], sign) for sign in ("A", "B", "c")] == ["1", "2", "3"]  # over after the c
    assert [at(values["bar of eight"], sign) for sign in ("A3", "d", "e", "f")] == ["1", "2", "1", "2"]
    assert [at(values["section"], sign) for sign in ("A3", "d", "e", "f")] == ["1", "1", "2", "2"]
    assert at(values["position in the bar"], "3") == pytest.approx(0.5)
    assert at(values["position in the bar"], "2") == pytest.approx(5 / 6)


def test_bars_left_are_the_bar_lines_to_come(values):
    assert [at(values["bars left"], sign) for sign in ("A3", "d", "e", "f")] == [5, 4, 2, 1]
    assert values["bars left"][-1] == 0


def test_the_last_note_is_asked_where_none_is_read(values):
    last_pitch, last_length = values["last pitch"], values["last length"]
    assert at(last_pitch, " ") == 69
    assert at(last_length, " ") == pytest.approx(np.log2(3 / 8))
    assert at(last_pitch, "|", 1) == 72  # after the c
    assert at(last_length, "|", 1) == -3
    assert np.isnan(at(last_pitch, "A"))
    assert np.isnan(at(last_length, "3"))


def test_names_that_are_written_in_two_ways_are_one():
    assert [rhythm_of(word) for word in ("Slipjig", "slip  jig", "REEL", "double jig")] == [
        "slip jig",
        "slip jig",
        "reel",
        "jig",
    ]
    assert [metre_of(word) for word in ("C", "C|", "9/8")] == ["4/4", "2/2", "9/8"]


@pytest.mark.parametrize(
    ("key", "answer"), [("Bb", "2 flats"), ("F#m", "3 sharps"), ("Dm", "1 flat"), ("Z", ""), ("none", "no sign")]
)
def test_signatures_in_words(key, answer):
    found = property_values(f"X:1\nM:4/4\nK:{key}\nABcd|\n")["key signature"]
    assert set(found) - {""} == ({answer} - {""})


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='XTMKLR:/|[]ABcd234 \n68#b^z{}(é"', max_size=120))
def test_any_text_has_an_answer_of_the_right_shape_at_each_character(text):
    for name, found in property_values(text).items():
        assert len(found) == len(text), name
