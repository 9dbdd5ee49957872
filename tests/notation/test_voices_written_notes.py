"""Are notes read in runs what they are when they are read one by one?"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tunewright.notation import reader
from tunewright.notation.keys import parse_key
from tunewright.notation.lexer import MUSIC, MUSIC_AND_RUNS, NOTE
from tunewright.notation.meter import FREE, WHOLE
from tunewright.notation.reader import read_events
from tunewright.notation.voices import Voice, spelled

pieces = st.sampled_from([
    "A", "B2", "c/", "d'", "E,3/2", "F//", "^F", "_B", "=c", " ", "  ", "(", ")", "(3", "-", ">", "<<", "|", ":|", "z",
    "[CEG]", "[A", "]", "{", "}", ".", "H", "&", "[K:D]", "[L:1/4]", "[V:2]", '"Am"', "y", "\n", "w: la la\n", "~",
])  # fmt: skip


@example(["A", "-", "A", "B2", "c/"])
@example(["^F", "A", "F//", "|", "F//", "A"])
@example(["H", "A", "B2", "(3", "A", "B2", "A", "B2"])
@example(["A", ">", "B2", "A", "(", "B2", ")", "A"])
@given(st.lists(pieces, max_size=40))
def test_runs_change_nothing(written):
    text = "X:1\nL:1/8\nM:4/4\nK:G\n" + "".join(written)
    in_runs = read_events(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "MUSIC_AND_RUNS", MUSIC)
        assert read_events(text) == in_runs


def test_plain_notes_make_runs():
    found = [match.lastgroup for match in MUSIC_AND_RUNS.finditer("(dBA F2) ^A>B A/2c'//\t|")]
    assert found == ["run", "note", "broken", "run", "bar"]
    assert all(match.lastgroup != "run" for match in MUSIC_AND_RUNS.finditer("^A |(3^C> z2 x"))


@pytest.mark.parametrize(
    ("note", "pitch", "length"),
    [("F", 66, 1), ("f'", 90, 1), ("=F", 65, 1), ("^^C,", 50, 1), ("F3/2", 66, 1.5), ("F//", 66, 0.25)],
)
def test_a_note_has_the_pitch_of_its_key_and_its_own_length(note, pitch, length):
    key = parse_key("D")
    assert key
    found = spelled(NOTE.match(note), Voice("", key, FREE, WHOLE // 8))
    assert found[:2] == (pitch, length * WHOLE // 8)
