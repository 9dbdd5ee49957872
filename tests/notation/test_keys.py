"""The notes of each key are those of music theory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.keys import NO_KEY, parse_key

SHARPS_OF_MAJOR = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F#": 6, "C#": 7, "F": -1, "Bb": -2, "Eb": -3}
SAME_NOTES_AS_C = ["C", "Dm", "Ddor", "Ephr", "Flyd", "Gmix", "Am", "Aaeo", "Bloc", "Cion", "A minor", "F LYDIAN"]
SCALE = (0, 2, 4, 5, 7, 9, 11)
STEPS = {  # semitones above the tonic
    "major": SCALE, "minor": (0, 2, 3, 5, 7, 8, 10), "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10), "phrygian": (0, 1, 3, 5, 7, 8, 10), "lydian": (0, 2, 4, 6, 7, 9, 11),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}  # fmt: skip


@pytest.mark.parametrize(("name", "sharps"), SHARPS_OF_MAJOR.items())
def test_major_keys_have_as_many_signs_as_the_circle_of_fifths_says(name, sharps):
    assert sum(parse_key(name).signature) == sharps


@pytest.mark.parametrize("mode", ["", "m", "Min", "dorian", "Mixolydian", "PHR", "lyd", "locrian", "ionian", "aeolian"])
@pytest.mark.parametrize("tonic", ["C", "D", "E", "F", "G", "A", "B", "Bb", "Eb", "F#"])
def test_the_scale_of_a_mode_has_its_steps(tonic, mode):
    key = parse_key(f"{tonic} {mode}")
    sounding = sorted((natural + sign - key.tonic) % 12 for natural, sign in zip(SCALE, key.signature, strict=True))
    assert tuple(sounding) == STEPS[key.mode]


def test_the_white_keys_make_seven_modes():
    assert parse_key("Dm").signature != NO_KEY.signature
    assert all(parse_key(name).signature == NO_KEY.signature for name in SAME_NOTES_AS_C if name != "Dm")


@pytest.mark.parametrize(
    ("value", "signature"),
    [
        ("D ^g", (1, 0, 0, 1, 1, 0, 0)),
        ("D =c", (0, 0, 0, 1, 0, 0, 0)),
        ("D exp _b _e", (0, 0, -1, 0, 0, 0, -1)),
        ("exp ^f", (0, 0, 0, 1, 0, 0, 0)),
        ("HP", (1, 0, 0, 1, 0, 0, 0)),
        ("Hp", (1, 0, 0, 1, 0, 0, 0)),
        ("none", (0,) * 7),
        ("", (0,) * 7),
        ("clef=bass", (0,) * 7),
        ("G bass", (0, 0, 0, 1, 0, 0, 0)),
        ("Gclef=bass", (0, 0, 0, 1, 0, 0, 0)),
        ("F transpose=-12 clef=treble", (0, 0, 0, 0, 0, 0, -1)),
        ("E clef=G middle=d", (1, 1, 0, 1, 1, 0, 0)),
    ],
)
def test_explicit_accidentals_and_what_is_no_key(value, signature):
    assert parse_key(value).signature == signature


def test_tonics_are_pitch_classes():
    assert [parse_key(name).tonic for name in ("C", "F#m", "Bb", "Cb", "HP", "none")] == [0, 6, 10, 11, 9, None]


@pytest.mark.parametrize("value", ["H", "g", "Bn", "Gbla", "5", "?"])
def test_what_is_no_key_is_none(value):
    assert parse_key(value) is None


@given(st.text())
def test_any_text_is_a_key_or_none(value):
    key = parse_key(value)
    assert key is None or len(key.signature) == 7
