"""Has every character of a text exactly one kind, and the right one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.analysis.character_kinds import END_OF_TUNE, KINDS, character_kinds

HEADER, NOTE, LENGTH, SIGN, BAR, GAP = KINDS[0], KINDS[1], KINDS[2], KINDS[3], KINDS[4], KINDS[5]
LINE, ORNAMENT, CHORD, FIELD, OTHER = KINDS[6], KINDS[7], KINDS[8], KINDS[9], KINDS[10]
TOP = ("X:1\nK:D\n", HEADER)


def test_the_kinds_are_these():
    assert (HEADER, NOTE, LENGTH, SIGN) == ("header", "notes and rests", "lengths and rhythm", "accidentals, octaves")
    assert (BAR, GAP, LINE) == ("bar lines, endings", "gaps", "line ends")
    assert (ORNAMENT, CHORD) == ("ornaments, chords", "chord symbols, texts")
    assert (FIELD, OTHER, KINDS[11:]) == ("fields, words in the tune", "comments and others", (END_OF_TUNE,))


@pytest.mark.parametrize(
    "pieces",
    [
        [("X:1\nT:A b\nK:D\n", HEADER), ("A", NOTE), ("2", LENGTH), (" ", GAP), ("Bz", NOTE), ("|", BAR), ("\n", LINE)],
        [TOP, ("^", SIGN), ("c", NOTE), (",", SIGN), ("3/2", LENGTH), ("z", NOTE), (">", LENGTH), ("d", NOTE)],
        [TOP, ("(3", LENGTH), ("efg", NOTE), ("\\\n", LINE), ("|1", BAR), (" ", GAP), ("A", NOTE), (":|2", BAR)],
        [TOP, ("~", ORNAMENT), ("B", NOTE), ("[", ORNAMENT), ("FA", NOTE), ("]", ORNAMENT), ("2", LENGTH), ("||", BAR)],
        [TOP, ('"Am7"', CHORD), ("{", ORNAMENT), ("g", NOTE), ("}", ORNAMENT), ("A", NOTE), ("-", ORNAMENT)],
        [TOP, ("A", NOTE), ("|", BAR), ("\n", LINE), ("M:3/4", FIELD), ("\n", LINE), ("w:la", FIELD), ("\n", LINE)],
        [TOP, ("A", NOTE), ("[K:G]", FIELD), ("B", NOTE), (" ", GAP), ("% by me", OTHER), ("\n", LINE)],
        [("X:1\n% by me\nK:D % key\n", HEADER), ("%%x", OTHER), ("\n", LINE), ("A", NOTE), ("\n", LINE)],
        [("A", NOTE), ("2", LENGTH), ("|", BAR), ("\n", LINE)],
        [],
    ],
)
def test_kinds_are_those_that_a_musician_sees(pieces):
    expected = [kind for piece, kind in pieces for _ in piece] + [END_OF_TUNE]
    found = [KINDS[kind] for kind in character_kinds("".join(piece for piece, _ in pieces))]
    assert found == expected


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from('XKTM:\n|[]12ABcdz^_/(){}"!% ')), max_size=80))
def test_any_text_is_divided_wholly(text):
    kinds = character_kinds(text)
    assert len(kinds) == len(text) + 1
    assert set(kinds) <= set(range(len(KINDS)))
    assert [place for place, kind in enumerate(kinds) if KINDS[kind] == END_OF_TUNE] == [len(text)]


def test_what_follows_the_key_is_never_header(tiny_tunes):
    for text in tiny_tunes:
        body = text.index("\n", text.index("K:")) + 1
        names = [KINDS[kind] for kind in character_kinds(text)]
        assert set(names[:body]) == {"header"}
        assert "header" not in names[body:]
        for place, character in enumerate(text[body:], body):
            expected = (
                LENGTH if character.isdigit() else {"|": BAR, ":": BAR, "\n": LINE, " ": GAP}.get(character, NOTE)
            )
            assert names[place] == expected
