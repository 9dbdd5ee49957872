"""Bars in words, checked word by word, and on human tunes against the pitches that abc2midi plays."""

import re
import subprocess
from fractions import Fraction

import mido
import pytest

import tunewright
from tunewright.studio.tunes.bar_words import bars_in_words, part_name, value_in_words

HEAD = "X:1\nT:Try\nM:4/4\nL:1/8\nK:D\n"


@pytest.mark.parametrize(
    ("music", "words"),
    [
        ("DFA2 d3f|", "eighth D, F sharp, quarter A, dotted quarter high D, eighth high F sharp"),
        ("=c^d2_e d4|", "eighth high C, quarter high D sharp, eighth high E flat, half high D sharp"),
        ("(3ABc d6|", "triplet eighth A, B, high C sharp, dotted half high D"),
        ("A>B z6|", "dotted eighth A, sixteenth B, dotted half rest"),
        ("D,, D, D d d' d''4|", "eighth very low D, low D, D, high D, very high D, half octave 7 D"),
        ("[DFA]4 ~d4|", "half chord of D and F sharp and A, roll, high D"),
        ('"Am"{gf}A4- A4|', "chord Am, grace G F sharp, half A tied, A"),
        ("d8|Z2|", "whole high D"),
    ],
)
def test_a_bar_in_words(music, words):
    assert bars_in_words(HEAD + music)[0].words == words


def test_repeats_endings_and_parts_are_said():
    bars = bars_in_words(HEAD + "A2|:d8|1 e8:|2 f8||g8|]")
    assert [bar.number for bar in bars] == [0, 1, 2, 3, 4]
    assert [bar.part for bar in bars] == ["A", "A", "A", "A", "B"]
    assert bars[1].words == "repeat begins, whole high D"
    assert bars[2].words == "ending 1, whole high E, repeat ends"
    assert bars[3].words == "ending 2, whole high F sharp"


def test_places_are_those_of_the_text_as_it_was_given():
    text = "T:𝄞\n\nM:4/4\nL:1/8\nK:D\nd8|e8|\n"
    units = text.encode("utf-16-le")
    assert [units[2 * bar.start : 2 * bar.end].decode("utf-16-le") for bar in bars_in_words(text)] == ["d8", "e8"]


def test_a_text_without_music_has_no_bars():
    assert bars_in_words("") == ()
    assert bars_in_words("hello <b>there</b>") == ()


SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SAID = re.compile(r"\b([A-G])( double)?( sharp| flat)?(?= tied|,|$)")


def test_the_words_of_human_tunes_name_the_pitches_that_abc2midi_plays(require_program, oneills_folder, tmp_path):
    program = require_program("abc2midi")
    compared = 0
    for number, tune in enumerate(tunewright.read_tunes(oneills_folder)[:400:8]):
        head, body = tune.text[: tune.text.index("K:")], tune.text[tune.text.index("K:") :]
        body = re.sub(r"\{[^}]*\}", "", body)
        if re.search(r"[-\[~T!P]|\|[12]", body):  # chords, ties, ornaments that abc2midi plays, endings
            continue
        text = head + body.replace(":", "").replace("K", "K:", 1)  # without repeats
        source, target = tmp_path / f"{number}.abc", tmp_path / f"{number}.mid"
        source.write_text(text)
        subprocess.run([program, source, "-o", target, "-NGUI"], check=False, capture_output=True)
        played = [
            message.note % 12 for message in mido.MidiFile(target) if message.type == "note_on" and message.velocity
        ]
        words = ", ".join(bar.words for bar in bars_in_words(text))
        said = [
            (SEMITONES[letter] + (2 if double else 1) * {" sharp": 1, " flat": -1, "": 0}[sign]) % 12
            for letter, double, sign in SAID.findall(re.sub(r"chord [^,]*,", "", words))
        ]
        assert said == played, tune.text
        compared += 1
    assert compared >= 15


@pytest.mark.parametrize(
    ("length", "name"),
    [(Fraction(1, 4), "quarter"), (Fraction(7, 16), "double dotted quarter"), (Fraction(1, 12), "triplet eighth"),
     (Fraction(5, 16), "5 16th")],
)  # fmt: skip
def test_values(length, name):
    assert value_in_words(length) == name


def test_parts_go_on_after_z():
    assert [part_name(number) for number in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]
