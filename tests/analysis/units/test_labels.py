"""Do labels say of each character what a musician would?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.analysis.units.labels import LABELS, label_named, label_number, label_values
from tunewright.notation.melody import read_melody

TUNE = """\
X:1
T:The Lost Hour % by ear
M:6/8
L:1/8
K:D
A|"Em"efg {ab}~gfe|^c3 [df]2z:|
|:d>e[M:2/4](3def|1 D4:|2 d'4||
w:la la
"""
PIECES = [
    "X:1\n", "K:", "M:6/8\n", "M:0/4\n", "L:0\n", "|", ":|", "|:", "[1", "[K:G]", "[", "]", "{", "}", '"A"', '"', "!",
    "A", "c2", "z", "Z9", "(3", "-", ">", "&", "w:la\n", "\n", "\n\n", "%x", "V:2\n", "\x02", "\x03", "é", "\r",
]  # fmt: skip


def shown(name, text=TUNE):
    """The characters at which a yes/no label is 1."""
    values = label_values(text)[label_number(name)]
    return "".join(character for character, value in zip(text, values, strict=True) if value == 1)


def graded(name, text=TUNE):
    """The values of a graded label, where it has one, with their characters."""
    values = label_values(text)[label_number(name)]
    return [
        (character, round(float(value), 3))
        for character, value in zip(text, values, strict=True)
        if not np.isnan(value)
    ]


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("header", TUNE[: TUNE.index("A|") - 1]),
        ("field T", "T:The Lost Hour"),
        ("field K", "K:D"),
        ("field M", "M:6/8[M:2/4"),
        ("field w", "w:la la"),
        ("lyrics", "la la"),
        ("comment", "% by ear"),
        ("chord symbol", '"Em'),
        ("grace notes", "{ab"),
        ("chord", "[df"),
        ("inline field", "[M:2/4"),
        ("decoration", "~"),
        ("accidental", "^"),
        ("octave mark", "'"),
        ("length", "3244"),
        ("length 4", "44"),
        ("rest", "z"),
        ("tuplet", "(3"),
        ("broken rhythm", ">"),
        ("bar line", "||:||:|:|||"),
        ("repeat sign", ":::"),
        ("note D", "dddDd"),
        ("high letter", "efgabgfecdfdedefd"),
        ("gap between notes", "    "),
        ("pitch class D", "ddD4d'4"),
        ("pitch class C sharp", "c3"),
        ("full bar", "Aez:4:|4|"),
        ("end of bar", "Aezf44"),
        ("first ending", "1 D4:|"),
        ("second ending", "2 d'4||\nw:la la\n"),
        ("repeat", ":d>e[M:2/4](3def|1 D4:|"),
        ("last bar", "2 d'4||\nw:la la\n"),
    ],
)
def test_yes_no_labels_are_on_where_they_should_be(name, characters):
    assert label_named(name).kind == "yes/no"
    assert shown(name) == characters


def test_pitches_lengths_and_steps_are_those_of_the_notes():
    heights = [("A", 69), *zip("efg", (76, 78, 79), strict=True), *zip("gfe", (79, 78, 76), strict=True)]
    heights += [("c", 73), ("3", 73), *[(character, 78) for character in "[df]2"]]  # a chord by its highest note
    assert graded("pitch height")[: len(heights)] == heights
    assert graded("step")[:6] == [("e", 7), ("f", 2), ("g", 1), ("g", 0), ("f", -1), ("e", -2)]
    lengths = dict(graded("note length", "M:4/4\nL:1/4\nK:C\nA2B/z(3cdeF>G|"))
    assert lengths == {"A": 0.5, "2": 0.5, "B": 0.125, "/": 0.125, "z": 0.25} | dict.fromkeys("cde", 0.167) | {
        "F": 0.375, "G": 0.125,
    }  # fmt: skip


def test_the_bar_fills_with_what_is_played_a_pick_up_and_the_bar_that_lacks_it_together():
    text = "M:3/4\nL:1/4\nK:C\nA|B2c|d2:|e|f3|g2||"
    expected = {"A": 1, "B": 0, "2": None, "c": 1, "d": 0, "e": 1, "f": 0, "3": 1, "g": 0}
    found = graded("position in the bar", text)
    assert {character: value for character, value in found if character.isalnum()} | {"2": None} == expected
    assert [value for character, value in found if character == "2"] == [0.667] * 3
    assert [value for character, value in found if character == "|"] == [0, 0, 0.667, 0, 0, 0.667, 0]


def test_phrases_count_full_bars_from_the_start_of_a_section():
    text = "M:2/4\nL:1/4\nK:C\nA|B2|c2|d2|e2|f2|g:|a|b2|"
    bars = dict(graded("bar of the section", text))
    assert {letter: bars.get(letter) for letter in "ABcdefgab"} == {
        "A": None, "B": 0, "c": 1, "d": 2, "e": 3, "f": 4, "g": 5, "a": None, "b": 0,
    }  # fmt: skip
    assert dict(graded("bar of four", text))["f"] == 0
    assert shown("fourth bar", text) == "|e2"  # from the bar line before it on
    assert dict(graded("section", text))["a"] == 1


def test_distances_within_line_bar_and_tune():
    text = "K:C\nAB|cde|f\n"
    assert [value for _, value in graded("distance to the bar line", text)] == [2, 1, 4, 3, 2, 1]
    assert [value for _, value in graded("column", text)] == [1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0]
    assert [value for _, value in graded("characters read", text)] == list(range(1, 14))
    assert graded("nearness to the end", text)[-1] == ("\n", 1)


def test_each_voice_counts_its_own_bars():
    text = "M:2/4\nL:1/4\nK:C\nV:1\nA2|B\nV:2\nc\nV:1\nD|\nV:2\ne|f2|\n"
    filled = {character: value for character, value in graded("position in the bar", text) if character in "ABcDef"}
    assert filled == {"A": 0, "B": 0.5, "c": 0.5, "D": 1, "e": 1, "f": 0}


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_has_labels(text):
    values = label_values(text)
    assert values.shape == (len(LABELS), len(text))
    assert values.dtype == np.float32
    assert not np.isinf(values).any()
    for label, row in zip(LABELS, values, strict=True):
        if label.kind == "yes/no":
            assert set(row[~np.isnan(row)]) <= {0, 1}
        if label.defined == "everywhere":
            assert not np.isnan(row).any()


def test_pitches_of_generated_tunes_are_those_of_the_melody(tiny_tunes):
    row = label_number("pitch height")
    for text in tiny_tunes:
        values = label_values(text)[row]
        for note in read_melody(text).notes:
            assert values[note.end - 1] == note.pitch


def test_names_are_unique_and_every_phrase_completes_a_sentence():
    assert len({label.name for label in LABELS}) == len(LABELS)
    for label in LABELS:
        starts = ("in ", "at ", "inside ", "when ", "where ", "between ") if label.kind == "yes/no" else ("the ",)
        assert label.phrase.startswith(starts), label.phrase
    with pytest.raises(KeyError):
        label_named("mood")
