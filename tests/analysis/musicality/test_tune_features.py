"""Does each feature of a tune say what it claims, for tunes whose features are known?"""

import pytest

from tunewright.analysis.musicality.bar_contents import TICKS
from tunewright.analysis.musicality.tune_features import FEATURES, profile, quarters, rhythm_label

QUARTER = TICKS // 4
SCALE = "X:1\nM:4/4\nL:1/4\nK:D\nDEFG|ABcd|\n"


def observed(text, name):
    """What the tune `text` says about the feature called `name`."""
    number = [feature.name for feature in FEATURES].index(name)
    return profile(text)[number]


def value(text, name):
    (found,) = observed(text, name)
    return found


def tune(body, header="M:4/4\nL:1/4\nK:D\n"):
    return f"X:1\n{header}{body}\n"


def test_a_major_scale_has_the_features_of_one():
    assert observed(SCALE, "pitch class") == {0: 2 / 8, 2: 1 / 8, 4: 1 / 8, 5: 1 / 8, 7: 1 / 8, 9: 1 / 8, 11: 1 / 8}
    assert observed(SCALE, "interval") == {2: 5 / 7, 1: 2 / 7}
    assert observed(SCALE, "note length") == {QUARTER: 1}
    assert observed(SCALE, "position in the bar") == {beat * QUARTER: 1 / 4 for beat in range(4)}
    assert observed(SCALE, "bar rhythm") == {tuple((beat * QUARTER, QUARTER) for beat in range(4)): 1}
    assert value(SCALE, "range") == 12
    assert value(SCALE, "ends on the tonic") == 1
    assert (value(SCALE, "notes"), value(SCALE, "bars")) == (8, 2)
    assert value(SCALE, "full bars") == 1
    assert value(SCALE, "bars that return") == 0
    assert value(SCALE, "rhythms that return") == 1
    assert observed(SCALE, "likeness of sections") == {}


def test_features_do_not_depend_on_key_octave_and_unit_length():
    in_d = tune("A|d2 f2|e2 c2|d3:|", "M:4/4\nL:1/4\nK:D\n")
    others = [
        tune("G|c2 e2|d2 B2|c3:|", "M:4/4\nL:1/4\nK:C\n"),
        tune("A,|D2 F2|E2 C2|D3:|", "M:4/4\nL:1/4\nK:D\n"),
        tune("A2|d4 f4|e4 c4|d6:|", "M:4/4\nL:1/8\nK:D\n"),
        tune("d|g2 b2|a2 f2|g3:|", "M:4/4\nL:1/4\nK:G\n"),
    ]
    assert all(profile(other) == profile(in_d) for other in others)


def test_the_tonic_of_a_mode_is_its_own():
    assert value(tune("E4|", "M:4/4\nL:1/4\nK:Edor\n"), "ends on the tonic") == 1
    assert value(tune("D4|", "M:4/4\nL:1/4\nK:Edor\n"), "ends on the tonic") == 0
    assert observed(tune("c4|", "M:4/4\nL:1/4\nK:Am\n"), "pitch class") == {3: 1}


def test_what_a_tune_cannot_say_it_does_not_say():
    nameless = tune("D4|E4|", "M:none\nL:1/4\nK:none\n")
    assert [feature.name for feature, found in zip(FEATURES, profile(nameless), strict=True) if not found] == [
        "pitch class", "ends on the tonic", "likeness of sections", "full bars",
    ]  # fmt: skip
    assert observed(tune("D4|"), "interval") == {}
    assert profile("no tune at all") is None


def test_wide_leaps_count_as_one():
    assert observed(tune("D,,d''|D,,c''|"), "interval") == {25: 2 / 3, -25: 1 / 3}


def test_a_pick_up_ends_on_the_bar_line():
    found = observed(tune("A|d4|c3:|"), "position in the bar")
    assert found == {3 * QUARTER: 1 / 3, 0: 2 / 3}


def test_rests_belong_to_the_rhythm_of_a_bar():
    assert len(observed(tune("D2z2|z2D2|D4|"), "bar rhythm")) == 3
    assert len(observed(tune("D2z2|F2z2|D4|"), "bar rhythm")) == 2


def test_bars_return_note_for_note_and_rhythms_without_pitches():
    text = tune("DEFG|DEFG|EFGA|D2 F2|")
    assert value(text, "bars that return") == 2 / 4
    assert value(text, "rhythms that return") == 3 / 4


@pytest.mark.parametrize(
    ("second", "likeness"),
    [
        ("DEFG|DFAd|GBdg|A4", 1),
        ("DEFG|DFAd|GBdg|d4", 3 / 4),
        ("DEFG|DFAd|GBdg|A2A2", 3 / 4),
        ("dcBA|dcBA|dcBA|dcBA", 0),
        ("DEBA|D4|g4|c4", 1 / 8),
    ],
)
def test_sections_are_alike_as_far_as_they_share_notes(second, likeness):
    first = "DEFG|DFAd|GBdg|A4"
    assert value(tune(f"|:{first}:|\n|:{second}:|"), "likeness of sections") == pytest.approx(likeness)
    assert value(tune(f"|:{first}:|\n|:A|{second}:|"), "likeness of sections") == pytest.approx(likeness)  # a pick-up


def test_sections_of_a_few_bars_are_not_compared():
    assert observed(tune("|:DEFG|DFAd|GBdg|A4:|\n|:DEFG|DFAd|GBdg:|"), "likeness of sections") == {}


def test_labels_are_for_people():
    assert quarters(TICKS // 8 * 3) == "3/2"
    half = QUARTER // 2
    assert rhythm_label(((0, half), (half, half), (QUARTER, half), (2 * QUARTER, QUARTER))) == "3x1/2 (1/2) 1"
    intervals = next(feature for feature in FEATURES if feature.name == "interval")
    assert (intervals.label(2), intervals.label(-3)) == ("+2", "-3")


def test_the_table_is_complete():
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)
    for feature in FEATURES:
        assert feature.about and feature.unit
        assert bool(feature.edges) == (feature.kind != "categorical")
        assert list(feature.edges) == sorted(set(feature.edges))
