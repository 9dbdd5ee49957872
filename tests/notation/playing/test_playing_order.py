"""The order of playing: by the standard, and as abc2midi plays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.playing.played import play_tune, quarters
from tunewright.notation.playing.playing_order import MOST_PARTS, Signs, ending_numbers, part_sequence, signs_of

HEADER = "X:1\nM:4/4\nL:1/4\nQ:1/4=120\n"


def letters(body, header=""):
    """The notes of a tune in C, in the order of playing, by their letters."""
    tracks = play_tune(f"{HEADER}{header}K:C\n{body}\n").tracks()
    names = dict(zip((60, 62, 64, 65, 67, 69, 71), "CDEFGAB", strict=True))
    return "".join(names[note.pitch] for note in tracks[0]) if tracks else ""


REPEATS = [
    ("|:C4|D4:|", "CDCD"),
    ("C4|D4:|E4|F4:|", "CDCDEFEF"),
    ("C4||D4|E4:|", "CDEDE"),
    ("|:C4||D4:|", "CDCD"),
    ("|:C4::D4:|", "CCDD"),
    ("|:C4:|:D4:|", "CCDD"),
    ("|:C4|1 D4:|2 E4||F4|]", "CDCEF"),
    ("|:C4|[1 D4:|[2 E4:|F4|]", "CDCEF"),
    ("C4|1 D4:|2 E4||F4|1 G4:|2 A4|]", "CDCEFGFA"),
    ("|:C4|1,3 D4:|2 E4|]", "CDCECD"),
    ("|:C4|1-3 D4:|4 E4|]", "CDCDCDCE"),
    ("|:C4|1 D4:|2", "CDC"),
    ("C4|D4 H[|]:|E4|]", "CDCDE"),
    ("|:C4|D4[|]:|", "CDCD"),
    ("|::C4|D4::|E4|]", "CDCDCDE"),
    ("|:::C4:::|E4|]", "CCCCE"),
    ("C4::|E4|]", "CCCE"),
    ("|:C4|1 D4:|2 E4::F4:|G4|]", "CDCEFFG"),
    ("C4|1,2 D4:|3 E4|1 F4:|2 G4::A4:|B4|]", "CDCDCEAAB"),
]


@pytest.mark.parametrize(("body", "order"), REPEATS)
def test_repeats_endings_and_counts(body, order):
    assert letters(body) == order


@pytest.mark.parametrize(
    ("header", "body", "order"),
    [
        ("P:AB2A\n", "P:A\nC4|\nP:B\nD4|\n", "CDDC"),
        ("P:(AB)2\n", "P:A\nC4|\nP:B\nD4|\n", "CDCD"),
        ("P:A.B.A\n", "P:A\n|:C4:|\nP:B\nD4|\n", "CCDCC"),
        ("P:AC\n", "P:A\nC4|\nP:B\nD4|\n", "C"),
        ("P:AB\n", "C4|D4|\n", "CD"),
        ("", "P:A\nC4|\nP:B\nD4|\n", "CD"),
    ],
)
def test_parts(header, body, order):
    assert letters(body, header) == order


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("C4|!fine!D4|E4 !D.C.!|]", "CDECD"),
        ("C4|!segno!D4|E4|!D.S.!F4|]", "CDEFDEF"),
        ("C4|SD4|!fine!E4|!D.S.alfine!F4|]", "CDEFDE"),
        ("|:C4|D4:|E4!dacapo!|]", "CDCDECDE"),
        ("|:C4|1 D4:|2 E4||!D.C.!F4|]", "CDCEFCEF"),
        ("C4|!coda!D4|!D.C.!E4|!coda!F4|]", "CDECF"),
        ("!fine!C4|D4|]", "CD"),
        ("SC4|OD4|]", "CD"),
    ],
)
def test_da_capo_dal_segno_fine_and_coda(body, order):
    assert letters(body) == order


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("AABB", "AABB"),
        ("A2B3", "AABBB"),
        ("A(BC)2", "ABCBC"),
        ("((AB)2.C)2", "ABABCABABC"),
        ("A.B", "AB"),
        ("A0", "A"),
    ],
)
def test_the_order_of_parts(value, parts):
    assert "".join(part_sequence(value)) == parts


@given(st.text(alphabet="AB()239.", max_size=60))
def test_any_order_of_parts_has_an_end(value):
    assert len(part_sequence(value)) <= MOST_PARTS


def test_signs_of_bar_lines():
    assert signs_of("|") == Signs(0, double=False, starts=0)
    assert signs_of(".||") == Signs(0, double=True, starts=0)
    assert signs_of("[|]") == Signs(0, double=False, starts=0)
    assert signs_of("::|") == Signs(2, double=False, starts=0)
    assert signs_of("::") == Signs(1, double=False, starts=1)
    assert ending_numbers("1,3-5") == {1, 3, 4, 5}


BY_THE_STANDARD_ALONE = (
    "|:C4|1,3 D4:|2 E4|]",
    "C4||D4|E4:|",
    "|:C4|[1 D4:|[2 E4:|F4|]",
    "C4|1 D4:|2 E4||F4|1 G4:|2 A4|]",
)
"""Repeats that abc2midi takes back to the start of the tune, or that it does not count."""


@pytest.mark.parametrize("body", [body for body, _ in REPEATS[:12] if body not in BY_THE_STANDARD_ALONE])
def test_abc2midi_plays_the_same(body, abc2midi_notes):
    text = f"{HEADER}K:C\n{body}\n"
    ours = [(round(quarters(note.onset_ticks), 2), note.pitch) for note in play_tune(text).tracks()[0]]
    assert ours == abc2midi_notes(text)


@given(st.text(alphabet="CDz|:[]12,-&() \n", max_size=80))
def test_any_succession_of_signs_has_an_order(body):
    played = play_tune(HEADER + "P:A2B\nK:C\nP:A\n" + body)
    assert all(len(voice.steps) < 100_000 for voice in played.voices)
