"""MIDI files of tunes that abcjs alone would play otherwise: onsets and pitches as mido reads them."""

import io
import random
from collections import Counter
from fractions import Fraction

import mido
import pytest

from tunewright.notation.meter import WHOLE
from tunewright.notation.playing.played import play_tune
from tunewright.rendering.midi import midi_file
from tunewright.rendering.performance import perform
from tunewright.rendering.source import abc_text
from tunewright.rendering.texts.playing_text import playing_text

HEADER = "X:1\nT:t\nM:4/4\nL:1/4\nQ:1/4=120\n"


def midi_notes(text):
    """Onset in quarter notes, and pitch, of all notes."""
    file = mido.MidiFile(file=io.BytesIO(midi_file(perform(abc_text(text)))), charset="utf-8")
    notes = []
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                notes.append((round(now / file.ticks_per_beat, 2), message.note))
    return sorted(notes)


@pytest.mark.parametrize(
    ("music", "notes"),
    [
        ("K:C\n(3:2:1G3/2 A B c|d4|]", [(0, 67), (1, 69), (2, 71), (3, 72), (4, 74)]),
        ("K:C\n|::C2E2::|c4|]", [(0, 60), (2, 64), (4, 60), (6, 64), (8, 60), (10, 64), (12, 72)]),
        ("K:D exp _e ^f\nDEFc|]", [(0, 62), (1, 63), (2, 66), (3, 72)]),
        ("K:B♭\nBAGe|]", [(0, 70), (1, 69), (2, 67), (3, 75)]),
        ("K:C\n|:G4 & E4|1 A4 & F4:|2 B4 & D4|]",
         [(0, 64), (0, 67), (4, 65), (4, 69), (8, 64), (8, 67), (12, 62), (12, 71)]),
        ("K:C\ng2f2|e3e|\n&& (d4|c3) c|\nG4|]",
         [(0, 74), (0, 79), (2, 77), (4, 72), (4, 76), (7, 72), (7, 76), (8, 67)]),
        ("K:C\nCDEF|[Q:1/4=60]GABc|]", [(beat, pitch) for beat, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]),
        ("P:AB2\nK:C\nP:A\nC4|\nP:B\nD4|]", [(0, 60), (4, 62), (8, 62)]),
        ("K:C clef=treble-8\nC4|]", [(0, 48)]),
        ("K:C\nC4|!fine!D4|E4!D.C.!|]", [(0, 60), (4, 62), (8, 64), (12, 60), (16, 62)]),
    ],
)  # fmt: skip
def test_what_sounds_is_what_is_written(music, notes):
    assert midi_notes(f"{HEADER}{music}\n") == notes


def test_ornaments_chords_and_directives_go_along():
    text = abc_text(f'{HEADER}K:C\n|::"Am"{{ab}}!trill!c2 .d2::|\n%%MIDI program 73\n[ce]4|]\n')
    made = playing_text(text, play_tune(text)).text
    assert made.count('"Am"{ab}!trill!=C\'1/2') == 3
    assert made.count("%%MIDI program 73") == 1
    performance = perform(text)
    assert {note.program for note in performance.tracks[0]} == {0, 73}
    assert len(performance.tracks) == 2  # the accompaniment


def test_places_are_those_of_the_original():
    text = abc_text(f"{HEADER}K:C\n|::C2 ^D2::|[EG]4|]\n")
    places = [text[slice(*note.characters)].strip() for note in perform(text).written_notes]
    assert places == ["C2", "^D2"] * 3 + ["[EG]4"] * 2


def music(random_numbers):
    """A random tune with constructs that abcjs plays otherwise."""

    def note():
        return random_numbers.choice(["", "", "^", "_", "="]) + random_numbers.choice("CDEFGABcdefg")

    def beat():
        two, three = f"{note()}{note()}", f"(3{note()}{note()}{note()}"
        return random_numbers.choice((two, f"{note()}2", three, f"{note()}>{note()}", f"[{note()}{note()}]2"))

    def bar():
        return " ".join(beat() for _ in range(4))

    key = random_numbers.choice(["C", "D exp _b", "B♭", "Em treble-8", "C octave=1", "F transpose=-2"])
    forms = (f"{bar()} & {bar()}|", f"{bar()}|{bar()}|\n&& {bar()}|{bar()}|", f"|::{bar()}::|", f"[Q:1/4=90]{bar()}|",
             f"|:{bar()}|1,3 {bar()}:|2 {bar()}|]", f"!segno!{bar()}|!fine!{bar()}|{bar()}!D.S.!|]")  # fmt: skip
    body = "\n".join(random_numbers.choice(forms) for _ in range(2))
    return f"X:1\nM:4/4\nL:1/8\nQ:1/4=120\nK:{key}\n{body}\n"


@pytest.mark.parametrize("seed", range(20))
def test_midi_agrees_with_our_reading_of_random_tunes(seed):
    text = music(random.Random(seed))
    expected = {(round(float(Fraction(note.onset_ticks * 4, WHOLE)), 2), note.pitch)
                for track in play_tune(text).tracks() for note in track}  # fmt: skip
    found = midi_notes(text)
    rounded = Counter((round(onset, 1), pitch) for onset, pitch in set(found))
    assert rounded.keys() == {(round(onset, 1), pitch) for onset, pitch in expected}


def test_a_dot_between_a_note_and_its_broken_rhythm_changes_no_time():
    assert midi_notes(f"{HEADER}K:C\n.B.>G .A.B|\n") == [(0, 71), (1.5, 67), (2, 69), (3, 71)]
