"""Signs without meaning are found in their places, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.marks import find_marks

HEADER = "X:1\nU:n=!trill!\nK:C\n"

WRONG = {
    "AB;c": ("unknown-character", 2),
    "A©™B": ("unknown-character", 1),
    'A"Am B': ("quote-unclosed", 1),
    "A^|": ("accidental-without-note", 1),
    "Ak B": ("decoration-unknown", 1),
    "Aklm B": ("decoration-unknown", 1),
    "!foo!A": ("decoration-unknown", 0),
    "A!B": ("decoration-unclosed", 1),
    "T|A T B": ("decoration-without-note", 4),
    "T(AB)": ("decoration-without-note", 0),
    '"Xm"A': ("chord-symbol-unknown", 0),
    "A/3": ("length-unknown", 1),
    "A:::B": ("bar-line-unknown", 1),
    "(AB": ("slur-unclosed", 0),
    "AB)": ("slur-not-opened", 2),
}


@pytest.mark.parametrize(("music", "expected"), WRONG.items())
def test_a_sign_without_meaning_is_told_once(music, expected):
    assert [(problem.code, problem.start - len(HEADER)) for problem in find_marks(HEADER + music)] == [expected]


@pytest.mark.parametrize(
    "music",
    [
        '"Am7"A "F#m/C#"B "Bb"c "N.C."d "^any text"e "G(D)"f', "~A.BTcHdue!fermata!f!f!g+trill+a",
        "nA|~[AC]T{g}B", "((AB)c)",
        "A/2B/4c//|]", "A!\nB", "A H|", "|A :||: B::c||", "[r:k;!\"]A", "A % ;k", "w:k;!\nA", "(3ABc .(AB)",
    ],
)  # fmt: skip
def test_signs_with_a_meaning_are_not_told(music):
    assert list(find_marks(HEADER + music)) == []


@given(st.text())
def test_what_is_told_stands_in_the_text(text):
    assert all(0 <= problem.start < len(text) for problem in find_marks(text))
