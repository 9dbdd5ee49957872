"""Are conditions that make no sense refused with a word on what is allowed?"""

import pytest

from tunewright.acceptor.conditions import Conditions, is_hornpipe
from tunewright.errors import GrammarError


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"meter": "13/8"}, "the meter is '13/8'; allowed: C,"),
        ({"unit_length": "1/7"}, "allowed: 1/1, 1/2"),
        ({"key": "H"}, "the key is 'H'; allowed:"),
        ({"title": "two\nlines"}, "allowed: one line"),
        ({"rhythm": "|reel"}, "begins with neither"),
        ({"title": "100%"}, "without '%'"),
        ({"bars": 0}, "bars is 0; allowed: 1 or more"),
        ({"bars": 7, "form": "AABB"}, "7 bars cannot be divided evenly over the 2 sections"),
        ({"form": "aabb"}, "allowed: capital letters such as AABB"),
        ({"form": ""}, "allowed: capital letters"),
        ({"form": "AAAB"}, "not 3 times"),
        ({"form": "ABA"}, "A comes back later, which repeats cannot write"),
        ({"title": "A", "leave_out": "T"}, "T: is left out, but its value 'A' is asked for"),
        ({"leave_out": "KQ"}, "K: cannot be left out"),
    ],
)
def test_what_cannot_be_is_refused(conditions, message):
    with pytest.raises(GrammarError) as error:
        Conditions(**conditions)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("form", "repeated"), [(None, ()), ("A", (False,)), ("AABB", (True, True)), ("AAB", (True, False))]
)
def test_a_form_says_which_sections_are_repeated(form, repeated):
    assert Conditions(form=form).sections == repeated


def test_conditions_are_described_in_words():
    assert Conditions().describe() == ""
    assert Conditions(meter="6/8", bars=16).describe() == " in 6/8, bars: 16"


def test_hornpipes_are_told_as_abc2midi_tells_them():
    assert is_hornpipe(" hornpipes")
    assert not is_hornpipe("a hornpipe")
