"""Each sign of music has its effect on what a voice plays, and what makes no sense is reported."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.meter import WHOLE
from tunewright.notation.reader import read_events
from tunewright.notation.voice.items import BarLine, MeterChange, Sound

HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"


def sounds(text, header=HEADER):
    """(pitch, eighths) of the sounds of the first voice."""
    items = read_events(header + text).voices[0].items
    return [(item.pitch, Fraction(item.ticks * 8, WHOLE)) for item in items if type(item) is Sound]


def pitches(text, header=HEADER):
    return [pitch for pitch, _ in sounds(text, header)]


def lengths(text, header=HEADER):
    return [length for _, length in sounds(text, header)]


def codes(text, header=HEADER):
    return [problem.code for problem in read_events(header + text).problems]


def test_octaves():
    assert pitches("C,,C,Ccc'c''C'") == [36, 48, 60, 72, 84, 96, 72]


def test_accidentals_hold_to_the_end_of_the_bar_in_every_octave():
    assert pitches("^FFf=ff|Ff") == [66, 66, 78, 77, 77, 65, 77]
    assert pitches("__B^^A_E=E") == [69, 71, 63, 64]


def test_the_key_signature_alters_every_octave():
    assert pitches("Ff,c", "K:D\n") == [66, 66, 73]
    assert pitches("F[K:D]F\nK:F\nFB") == [65, 66, 65, 70]


def test_a_tied_note_keeps_its_accidental_over_the_bar_line():
    assert pitches("^F-|FF") == [66, 66, 65]
    assert codes("^F-|F") == []


def test_lengths_follow_the_unit_length():
    assert lengths("AA2A/A3/2A//") == [1, 2, Fraction(1, 2), Fraction(3, 2), Fraction(1, 4)]
    assert lengths("A[L:1/4]A\nL:1/16\nA2A") == [1, 2, 1, Fraction(1, 2)]
    assert lengths("A", "M:2/4\nK:C\n") == [Fraction(1, 2)]


def test_rests():
    assert sounds("z2x") == [(None, 2), (None, 1)]
    assert lengths("Z Z3", "M:6/8\nK:C\n") == [6, 18]
    assert codes("Z3/2|Z0|") == ["bars-rest-in-parts"] * 2


def test_tuplets():
    assert lengths("(3ABcd") == [Fraction(2, 3)] * 3 + [1]
    assert lengths("(3:2:4A2BA2Bc") == [Fraction(4, 3), Fraction(2, 3)] * 2 + [1]
    assert sum(lengths("(5ABcde")) == 2
    assert sum(lengths("(5ABcde", "M:6/8\nL:1/8\nK:C\n")) == 3
    assert lengths("(3[AC]zA") == [Fraction(2, 3)] * 3


def test_broken_rhythm():
    assert lengths("A>BA<<B") == [Fraction(3, 2), Fraction(1, 2), Fraction(1, 4), Fraction(7, 4)]
    assert lengths("A2 > {g}B2") == [3, 1]
    assert lengths("A2>B") == [2, 1]
    assert lengths("(3A>BA") == [1, Fraction(1, 3), Fraction(2, 3)]


def test_a_chord_is_one_sound():
    assert sounds("[CEG]2[C2E2]/[c'C]") == [(67, 2), (64, 1), (84, 1)]


def test_grace_notes_take_no_time():
    assert sounds("{gef}A{/g}B") == [(69, 1), (71, 1)]


def test_bar_lines_endings_and_meters_stand_in_their_order():
    items = read_events(HEADER + "A|[M:3/4]B:|2c[1d").voices[0].items
    assert [type(item) for item in items] == [Sound, BarLine, MeterChange, Sound, BarLine, Sound, BarLine, Sound]
    assert [(item.text, item.ending) for item in items if type(item) is BarLine] == [("|", ""), (":|", "2"), ("", "1")]


def test_voices_are_kept_apart():
    events = read_events(HEADER + "V:1\nAB|\nV:2\nC,|\n[V:1]c|")
    assert [voice.name for voice in events.voices] == ["1", "2"]
    assert [item.pitch for item in events.voices[0].items if type(item) is Sound] == [69, 71, 72]


def test_a_further_layer_of_a_bar_is_left_out():
    assert pitches("AB&CD|c") == [69, 71, 72]


def test_the_header_is_known():
    events = read_events("X:7\nT:First\nT:Second\nM:6/8\nK:Em\nabc")
    assert dict(events.fields) == {"X": "7", "T": "First", "M": "6/8", "K": "Em"}
    assert (events.key.mode, events.meter.length, events.body) == ("minor", Fraction(3, 4), 32)


def test_a_file_header_fills_what_a_tune_lacks():
    events = read_events("X:1\nK:G\nf", {"L": "1/4", "K": "C"})
    (sound,) = events.voices[0].items
    assert isinstance(sound, Sound)
    assert (sound.pitch, sound.ticks * 4) == (78, WHOLE)


def test_words_know_how_many_notes_there_are():
    events = read_events(HEADER + "AB[CE]z|\nw:a b\nw:c\n+:d\ncd\nw:e\n")
    assert [(lyrics.words, lyrics.notes) for lyrics in events.lyrics] == [("a b", 3), ("c d", 3), ("e", 2)]


PROBLEMS = {
    "A-B": "tie-without-note",
    "-A": "tie-without-note",
    "A-": "tie-without-note",
    "A-z": "tie-without-note",
    "[CE]-[DF]": "tie-without-note",
    "A2>B": "broken-rhythm-unequal",
    ">A": "broken-rhythm-without-note",
    "A>": "broken-rhythm-without-note",
    "A>>>>B": "broken-rhythm-without-note",
    "(1A": "tuplet-unknown",
    "(3AB|": "tuplet-unfinished",
    "(3AB(3cde": "tuplet-unfinished",
    "[AB|": "chord-unclosed",
    "[A[Bc]": "chord-unclosed",
    "AB]": "chord-not-opened",
    "[]A": "chord-empty",
    "[A2B]": "chord-lengths-differ",
    "{AB|": "grace-unclosed",
    "{A{B}c": "grace-unclosed",
    "A}": "grace-not-opened",
}


@pytest.mark.parametrize(("text", "code"), PROBLEMS.items())
def test_what_makes_no_sense_is_told(text, code):
    assert codes(text) == [code]


@pytest.mark.parametrize("text", ["A-A", "A-|A", "[CE]-[CE]", "[C-E]C", "A>B", "(3ABc|", "[AB]", "{AB}c", "Z2"])
def test_what_makes_sense_is_not_told(text):
    assert codes(text) == []


@given(st.text(alphabet="ABcd|:[]()<>^_=,'/23 \n\"!+{}zZy~.-&VMKL") | st.text())
def test_any_text_can_be_read(text):
    for whole in (text, HEADER + text):
        for voice in read_events(whole).voices:
            assert all(0 <= item.start < len(whole) for item in voice.items)
