"""Oracle: abc2midi for the notes of a melody; its bars are as musicians count them."""

import subprocess
from fractions import Fraction
from itertools import pairwise

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.notation.melody import read_melody

TUNE = """X:1
T:Made up
M:6/8
L:1/8
K:D
A|d2f a2f|1 g3 e2:|2 g3 f2||
|:A|d2d- d2f|e3 d2:|
"""


def test_the_bars_of_a_tune():
    bars = read_melody(TUNE).bars
    assert [bar.number for bar in bars] == [0, 1, 2, 3, 3, 4, 5]
    assert [bar.length * 8 for bar in bars] == [1, 6, 5, 5, 1, 6, 5]
    assert [bar.section for bar in bars] == [0, 0, 0, 0, 1, 1, 1]
    assert [bar.ending for bar in bars] == ["", "", "1", "2", "", "", ""]
    assert [(bar.opens, bar.closes) for bar in bars] == [
        ("", "|"), ("|", "|"), ("|", ":|"), (":|", "||"), ("|:", "|"), ("|", "|"), ("|", ":|"),
    ]  # fmt: skip
    assert {bar.expected for bar in bars} == {Fraction(3, 4)}
    texts = [TUNE[bar.start : bar.end] for bar in bars]
    assert texts == ["A", "d2f a2f", " g3 e2", " g3 f2", "A", "d2d- d2f", "e3 d2"]


def test_the_notes_of_a_tune():
    melody = read_melody(TUNE)
    assert [note.pitch for note in melody.notes] == [69, 74, 78, 81, 78, 79, 76, 79, 78, 69, 74, 74, 78, 76, 74]
    assert [note.bar for note in melody.notes] == [0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 5, 6, 6]
    tied = melody.notes[11]
    assert (TUNE[tied.start : tied.end], tied.length, tied.onset) == ("d", Fraction(3, 8), Fraction(20, 8))


def test_the_header_of_a_tune():
    melody = read_melody(TUNE)
    assert (melody.key.tonic, melody.meter, TUNE[melody.body :][:2]) == (2, Fraction(3, 4), "A|")
    assert melody.fields["T"] == "Made up"


def test_a_full_first_bar_is_bar_one():
    assert [bar.number for bar in read_melody("M:2/4\nL:1/8\nK:C\nABcd|ABcd|").bars] == [1, 2]


def test_no_meter_expects_nothing_and_a_new_one_holds_from_its_bar():
    bars = read_melody("L:1/8\nK:C\nABc|[M:3/4]ABc|d6|").bars
    assert [bar.expected for bar in bars] == [None, Fraction(3, 4), Fraction(3, 4)]


def test_a_rest_of_whole_bars_counts_as_many():
    bars = read_melody("M:2/4\nL:1/8\nK:C\nABcd|Z3|ABcd|").bars
    half = Fraction(1, 2)
    assert [(bar.number, bar.length, bar.expected) for bar in bars] == [
        (1, half, half), (2, 3 * half, 3 * half), (5, half, half),
    ]  # fmt: skip


def test_bar_lines_with_nothing_between_count_as_one():
    bars = read_melody("K:C\nABc|\n|:def:|\n").bars
    assert [(bar.opens, bar.closes, bar.section) for bar in bars] == [("", "|", 0), ("|:", ":|", 1)]


def test_ties_join_over_bar_lines_and_rests_part():
    notes = read_melody("M:2/4\nL:1/8\nK:C\nA2B2-|B2-B2|B-zA2|").notes
    assert [(note.pitch, note.length * 8, note.bar) for note in notes] == [
        (69, 2, 0),
        (71, 6, 0),
        (71, 1, 2),
        (69, 2, 2),
    ]


def test_the_melody_is_the_first_voice():
    melody = read_melody("K:C\nV:1\nz4|\nV:2\n[CEG]{d}c|\nV:1\nA|")
    assert [note.pitch for note in melody.notes] == [69]
    assert [note.pitch for note in read_melody("K:C\n[CEG]{d}c").notes] == [67, 72]


@pytest.mark.parametrize("text", ["", "words", "K:C\n", "|||", "abc|def", "X:1\n", ":|2[|]"])
def test_texts_without_a_tune_have_a_melody_all_the_same(text):
    melody = read_melody(text)
    assert melody.body <= len(text)
    assert [text[note.start : note.end] for note in melody.notes] == (list("abcdef") if "abc" in text else [])


@given(st.text(alphabet="ABcd|:[]()<>^_=,'/23 \n\"!{}zZy~.-&VMKL1") | st.text())
def test_a_melody_of_any_text_is_in_order(text):
    text = "M:3/4\nK:D\n" + text
    melody = read_melody(text)
    assert [note.onset for note in melody.notes] == sorted(note.onset for note in melody.notes)
    assert all(note.length >= 0 and note.start < note.end for note in melody.notes)
    for note in melody.notes:
        assert melody.bars[note.bar].start <= note.start < melody.bars[note.bar].end
    assert all(bar.number <= after.number and bar.end <= after.start for bar, after in pairwise(melody.bars))


PLAIN = st.sampled_from("CDEFGABcdefgab")
SIGN = st.sampled_from(["", "", "", "^", "_", "="])
NOTE = st.builds("{}{}{}".format, SIGN, PLAIN | st.sampled_from(["C,", "d'"]), st.sampled_from(["", "2", "/", "3/2"]))
ELEMENT = (
    NOTE
    | st.builds("{0}2-{0}".format, PLAIN)
    | st.builds("{}{}{}".format, PLAIN, st.sampled_from([">", "<", ">>", "<<"]), PLAIN)
    | st.builds("(3{}{}{}".format, PLAIN, PLAIN, PLAIN)
    | st.sampled_from(["z", "x2", "|", "|", "|", "\n", "[K:Gm]", "[L:1/16]", "[L:1/8]"])
)
KEYS = st.sampled_from(["C", "G", "Dmix", "F#m", "Bb", "Ador", "Ephr", "Hp", "none", "D exp _b"])
WHOLE_NOTE_TICKS = 4 * 480


@settings(max_examples=60, deadline=None, derandomize=True)
@given(KEYS, st.lists(ELEMENT, min_size=1, max_size=30).map(" ".join))
def test_abc2midi_plays_the_same_notes(require_program, tmp_path_factory, key, music):
    text = f"X:1\nM:none\nL:1/8\nK:{key}\nC {music} c\n"
    folder = tmp_path_factory.getbasetemp()
    source, target = folder / "melody.abc", folder / "melody.mid"
    source.write_text(text)
    subprocess.run([require_program("abc2midi"), source, "-o", target], check=True, capture_output=True)
    assert [(note.pitch, note.onset) for note in read_melody(text).notes] == played(target)


def played(path):
    """(pitch, onset in whole notes) of the notes of a MIDI file."""
    midi = mido.MidiFile(path)
    assert midi.ticks_per_beat * 4 == WHOLE_NOTE_TICKS
    now, found = -1, []  # abc2midi begins one tick late
    for message in midi.tracks[0]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            found.append((message.note, Fraction(now, WHOLE_NOTE_TICKS)))
    return found
