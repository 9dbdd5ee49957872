"""Oracles: tunes whose form, returns and endings are known by how they were written."""

import pytest

from tunewright.notation.transpose import transpose
from tunewright.sampling.choosing.features import features

HEADER = "X:1\nT:Made-up\nM:4/4\nL:1/8\nK:D\n"
A, B, C, E = "DEFG ABcd", "d2A2 F2A2", "BAGF EDCE", "dcBA D4"
TWO_PARTS = HEADER + f"|:{A}|{B}|{A}|{C}|{A}|{B}|{C}|{E}:|\n|:{B}|{C}|{B}|{A}|{B}|{C}|{C}|{E}:|\n"


def test_what_is_known_of_a_tune_is_found():
    found = features(TWO_PARTS)
    for name in (
        "sections 2", "bars 16", "form 8+8", "equal sections True", "repeated ::", "section of 8",
        "sections of 8s 10/10", "bars not full 0/10", "bar returns 10/10", "bar at most 5", "different bars 4",
        "ends on 0", "ends with length 48", "section ends on 0", "sections rhyme 10/10", "bar opens phrases aabb",
        "bars of the first phrase in the second 2",
    ):  # fmt: skip
        assert found.get(name) == 1, name


def test_a_change_is_found():
    without_home = features(TWO_PARTS.replace("D4:|\n|:", "E4:|\n|:"))
    assert without_home["section ends on 2"] == 1
    assert "sections rhyme 10/10" not in without_home
    assert "sections half rhyme 10/10" in without_home
    cut = features(HEADER + f"{A}|{B}|{C[:4]}|{E}|]\n")
    assert "bars not full 2/10" in cut
    assert "form 3.5" in cut


def test_pick_up_and_the_bar_that_lacks_it_are_one():
    found = features(HEADER + f"|:D2|{A}|{B}|{C}|dcBA D2:|\n")
    assert "section of 4" in found
    assert "pick-up 24" in found
    assert "last bar and pick-up are full True" in found


def test_squares_of_shares_sum_to_one():
    found = features(TWO_PARTS)
    for kind in ("step", "length", "place", "major degree"):
        squares = [value**2 for name, value in found.items() if name.rpartition(" ")[0] == kind]
        assert len(squares) > 1
        assert sum(squares) == pytest.approx(1)


def test_another_key_changes_nothing_but_the_height():
    differing = set(features(TWO_PARTS).items()) ^ set(features(transpose(TWO_PARTS, 5)).items())
    assert {name.rpartition(" ")[0] for name, _ in differing} == {"highest"}


@pytest.mark.parametrize("text", ["", "X:1\n", HEADER, HEADER + "z8|z8|]\n", "no tune at all"])
def test_what_holds_no_note_has_no_features(text):
    assert features(text) == {}


@pytest.mark.parametrize("body", ["D", "D|", "|:D:|", "|::|DEF", "[M:3/8]DEF|[M:none]G|", "D-|D-|D|]"])
def test_any_tune_with_a_note_has_some(body):
    assert features(HEADER + body)
