"""Broken rhythm beside grace notes: what abc2midi plays without a word is accepted, what it cuts off is not."""

import subprocess

import pytest

from tunewright import Conditions, Grammar

GRAMMAR = Grammar("\x02\x03\n" + "".join(map(chr, range(32, 127))), Conditions())
HEADER = "X:1\nT:t\nM:4/4\nL:1/8\nQ:1/4=120\nK:HP\n"

SOUND = ["{g}A<a", "{g}A>a", "A>{g}a", "A<{g}a", "{g}A<{g}a"]
CUT_OFF = ["{gef}A<a", "{gefg}A<a", "{ge}A<<a", "{g2}A<a"]


@pytest.mark.parametrize("pair", [*SOUND, *CUT_OFF])
def test_abc2midi_has_nothing_to_say_of_what_is_accepted(pair, require_program, tmp_path):
    tune = f"{HEADER}{pair} A2 A4|A8|]\n"
    source = tmp_path / "tune.abc"
    source.write_text(tune, encoding="utf-8")
    program = require_program("abc2midi")
    said = subprocess.run([program, source, "-o", tmp_path / "tune.mid"], capture_output=True, check=False, text=True)
    clean = "Warning" not in said.stdout and "Error" not in said.stdout
    assert clean is (pair in SOUND)
    assert (GRAMMAR.refusal(tune) is None) is clean


def test_a_pipe_tune_is_accepted():
    assert GRAMMAR.refusal(f"{HEADER}A>B c>B {{g}}A<a a>e|e4 A4|A8|]\n") is None
