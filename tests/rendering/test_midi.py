"""MIDI files as mido reads them, compared with those of abc2midi."""

import io
import re
import subprocess
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import mido
import pytest

from tunewright.corpus.readers import read_tunes
from tunewright.rendering.midi import TICKS_PER_QUARTER, midi_file
from tunewright.rendering.performance import Performance, SoundingNote, perform
from tunewright.rendering.source import abc_text

SAMPLE = slice(0, None, 34)
"""Sixty tunes of O'Neill's; `pytest -m slow` asks about all."""

AGREEMENT = 0.978
"""Share of O'Neill's on which both give the same notes; docs/rendering.md tells where they differ, and why."""

HEADER = "X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\n"


def notes_of(data: bytes) -> list[tuple[Fraction, int]]:
    """Onset in quarter notes and pitch of every note of the first track that has any."""
    file = mido.MidiFile(file=io.BytesIO(data), charset="utf-8")
    for track in file.tracks:
        now, notes = 0, []
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                notes.append((Fraction(now, file.ticks_per_beat), message.note))
        if notes:
            return sorted(notes)
    return []


def pitches(body: str, header: str = HEADER) -> list[int]:
    return [pitch for _, pitch in notes_of(midi_file(perform(abc_text(header + body))))]


def onsets(body: str, header: str = HEADER) -> list[Fraction]:
    return [onset for onset, _ in notes_of(midi_file(perform(abc_text(header + body))))]


C, D, E, F, G, A = 60, 62, 64, 65, 67, 69


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("|:C4|D4:|", [C, D, C, D]),
        ("C4|D4:|E4|F4:|", [C, D, C, D, E, F, E, F]),
        ("|:C4|1 D4:|2 E4||F4|]", [C, D, C, E, F]),
        ("C4|1 D4:|2 E4||F4|1 G4:|2 A4|]", [C, D, C, E, F, G, F, A]),
        ("|:C4|[1 D4:|[2 E4:|F4|]", [C, D, C, E, F]),
        ("|:C4|1,3 D4:|2 E4|]", [C, D, C, E, C, D]),
        ("C4||D4|E4:|", [C, D, E, D, E]),
        ("|:C4||D4:|", [C, D, C, D]),
        ("|:C4|1 D4:|2 E4||F4||\nG4|1 A4:|2 C4||", [C, D, C, E, F, G, A, G, C]),
        ("C4|D2\n|:E2|F4:|", [C, D, E, F, E, F]),
        ("|:C4::D4:|", [C, C, D, D]),
        ("|:C4|1 D4:|2", [C, D, C]),
        ("C4|:D4|1 E4:|2 F4|:G4:|", [C, D, E, D, F, G, G]),
    ],
)
def test_repeats_and_endings(body, expected):
    assert pitches(body) == expected


def test_ties_are_one_note_and_false_ties_are_none():
    assert onsets("C2-C2|D4-|D2 E2|]") == [0, 4, 10]
    assert pitches("C-D C-D|C D C D|]") == [C, D, C, D, C, D, C, D]


def test_a_tied_accidental_crosses_the_bar_line():
    assert pitches("^F4-|F2 F2|]") == [66, F]
    assert pitches("^F F =F F|F ^f f F|]") == [66, 66, F, F, F, 78, 78, 66]


def test_an_accidental_holds_in_all_octaves_unless_the_tune_says_otherwise():
    assert pitches("^FfF,|f|]") == [66, 78, 54, 77]
    assert pitches("%%propagate-accidentals octave\n^FfF|]") == [66, 77, 66]
    assert pitches("%%propagate-accidentals not\n^FF|]") == [66, F]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("(3CDE F|", [0, Fraction(2, 3), Fraction(4, 3), 2]),
        ("(3C/D/E F|", [0, Fraction(1, 3), Fraction(2, 3), Fraction(4, 3)]),
        ("(3:2:2C2D F|", [0, Fraction(4, 3), 2]),
        ("(5C/D/E/F/G/ A|", [0, Fraction(1, 5), Fraction(2, 5), Fraction(3, 5), Fraction(4, 5), 1]),
        ("C>D E<F|", [0, Fraction(3, 2), 2, Fraction(5, 2)]),
        ("[CEG]2 D|", [0, 0, 0, 2]),
    ],
)
def test_tuplets_broken_rhythm_and_chords(body, expected):
    assert onsets(body) == pytest.approx(expected, abs=1 / TICKS_PER_QUARTER)


def test_grace_notes_take_little_time():
    assert onsets("{A}C D|") == pytest.approx([0, 1 / 12, 1], abs=1 / TICKS_PER_QUARTER)


@pytest.mark.parametrize(
    ("header", "microseconds", "quarters_long"),
    [
        ("X:1\nM:6/8\nL:1/8\nQ:3/8=80\nK:C\n", 500_000, 3),
        ("X:1\nM:6/8\nL:1/8\nQ:1/4=120\nK:C\n", 500_000, 3),
        ("X:1\nM:6/8\nL:1/8\nQ:120\nK:C\n", 1_000_000, 3),
        ("X:1\nM:C|\nL:1/4\nQ:1/2=90\nK:C\n", 333_333, 6),
        ("X:1\nM:9/8\nL:1/8\nR:slip jig\nK:C\n", 363_636, 3),
    ],
)
def test_tempo_also_in_compound_metres(header, microseconds, quarters_long):
    file = mido.MidiFile(file=io.BytesIO(midi_file(perform(abc_text(header + "CDEFGA|")))))
    assert [message.tempo for message in file.tracks[0] if message.type == "set_tempo"] == [microseconds]
    assert file.length == pytest.approx(quarters_long * microseconds / 1e6, rel=1e-3)


def test_a_later_tempo_is_a_tempo_event():
    file = mido.MidiFile(file=io.BytesIO(midi_file(perform(abc_text(HEADER + "C4|[Q:1/4=60]D2 E2|")))))
    assert onsets("C4|[Q:1/4=60]D2 E2|") == [0, 4, 6]
    now, tempos = 0, []
    for message in file.tracks[0]:
        now += message.time
        if message.type == "set_tempo":
            tempos.append((now / file.ticks_per_beat, message.tempo))
    assert tempos == [(0, 500_000), (4, 1_000_000)]
    assert file.length == pytest.approx(4 * 0.5 + 4 * 1.0, rel=1e-3)


def test_title_provenance_metre_and_instrument_are_in_the_file():
    tune = "X:1\nT:Żółw – 亀\nM:6/8\nL:1/8\nK:C\n%%MIDI program 73\nCDE|\n"
    file = mido.MidiFile(file=io.BytesIO(midi_file(perform(abc_text(tune)), {"seed": "3ü"})), charset="utf-8")
    metas = {message.type: message for message in file.tracks[0]}
    assert metas["track_name"].name == "Żółw – 亀"
    assert metas["text"].text == "seed: 3ü"
    assert (metas["time_signature"].numerator, metas["time_signature"].denominator) == (6, 8)
    assert [message.program for message in file.tracks[1] if message.type == "program_change"] == [73]


def test_voices_and_accompaniment_have_tracks_of_their_own():
    file = mido.MidiFile(file=io.BytesIO(midi_file(perform(abc_text('X:1\nL:1/4\nK:C\nV:1\n"C"CDEF|\nV:2\nC,4|\n')))))
    assert [message.type for track in file.tracks for message in track].count("end_of_track") == 4
    assert len({message.channel for track in file.tracks for message in track if message.type == "note_on"}) == 3


def test_no_key_is_pressed_twice():
    notes = (
        SoundingNote(0, 0.5, 60, 90),
        SoundingNote(0, 0.25, 60, 90),
        SoundingNote(0.25, 0.25, 60, 90),
        SoundingNote(0.25, 0.25, 64, 90),
    )
    down = set()
    for message in mido.MidiFile(file=io.BytesIO(midi_file(Performance("", (4, 4), 120, (notes,))))).tracks[1]:
        if message.type == "note_on":
            assert message.note not in down
            down.add(message.note)
        if message.type == "note_off":
            down.remove(message.note)
    assert not down


def test_silence_after_the_end():
    performance = perform(abc_text(HEADER + "C4|"))
    length = mido.MidiFile(file=io.BytesIO(midi_file(performance, silence_seconds=1.5))).length
    assert length == pytest.approx(performance.length_seconds + 1.5, abs=0.01)
    slower = replace(performance, tempo=60.0)
    assert mido.MidiFile(file=io.BytesIO(midi_file(slower))).length == pytest.approx(4.0, abs=0.01)


def without_what_is_taste(abc: str) -> str:
    """Take out ornaments, grace notes, chord symbols and the rhythm by which abc2midi swings hornpipes."""
    lines = []
    for line in abc.splitlines():
        if line.startswith("R:"):
            continue
        if not re.match(r"[A-Za-z+]:|%", line):
            line = re.sub(r'"[^"]*"|\{[^}]*\}|![A-Za-z().<>+0-9]*!', "", line)
            line = re.sub(
                r"(\[[A-Z]:[^\]]*\])|[~THLMOPSuvJR]|\.(?=[\^=_A-Ga-g\[(])", lambda found: found[1] or "", line
            )
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def same_notes(ours: list[tuple[Fraction, int]], theirs: list[tuple[Fraction, int]]) -> bool:
    """The same pitches at the same times, up to a twentieth of a quarter note (abc2midi spreads chords a little)."""

    def by_pitch(notes):
        times = defaultdict(list)
        for onset, pitch in notes:
            times[pitch].append(onset)
        return times

    mine, other = by_pitch(ours), by_pitch(theirs)
    return mine.keys() == other.keys() and all(
        len(mine[pitch]) == len(other[pitch])
        and all(abs(a - b) < Fraction(1, 20) for a, b in zip(mine[pitch], other[pitch], strict=True))
        for pitch in mine
    )


def judge(tunes, program: str, folder: Path) -> float:
    """Share of the tunes for which abc2midi gives the same notes."""
    agreed = 0
    for tune in tunes:
        abc = without_what_is_taste(abc_text(tune.text))
        source, target = folder / "tune.abc", folder / "tune.mid"
        source.write_text(abc, encoding="utf-8")
        target.unlink(missing_ok=True)
        subprocess.run([program, source, "-o", target], capture_output=True, check=False)
        agreed += target.is_file() and same_notes(notes_of(midi_file(perform(abc))), notes_of(target.read_bytes()))
    return agreed / len(tunes)


def test_abc2midi_agrees_on_a_sample_of_oneills(require_program, oneills_folder, tmp_path):
    program = require_program("abc2midi")
    assert judge(read_tunes(oneills_folder).tunes[SAMPLE], program, tmp_path) >= AGREEMENT - 0.04


@pytest.mark.slow
def test_abc2midi_agrees_on_all_of_oneills(require_program, oneills_folder, tmp_path):
    program = require_program("abc2midi")
    assert judge(read_tunes(oneills_folder, keep_duplicates=True).tunes, program, tmp_path) >= AGREEMENT
