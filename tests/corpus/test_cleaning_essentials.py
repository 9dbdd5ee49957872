"""Claims, comments and runs of spaces are left out; all else stays, and what stays is stable."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.cleaning import essential_tunes, essentials
from tunewright.corpus.tune import Tune

TEXT = "X:1\nT:A  Tune % of mine\n% a comment\nC:Somebody\nZ: else\nM:4/4\nK:D\nDE \t FG|   \n|: d4 :| % end\n"


def test_music_title_and_key_stay():
    assert essentials(TEXT) == "X:1\nT:A Tune\nM:4/4\nK:D\nDE FG|\n|: d4 :|\n"


@given(st.text(alphabet="CTKXZ:% \tdE|\n"))
def test_a_second_time_changes_nothing(text):
    assert essentials(essentials(text)) == essentials(text)


def test_a_tune_of_claims_alone_is_left_out():
    claims, tune = (Tune(text, Path("a.abc"), 1, len(text)) for text in ("C:Somebody\n", TEXT))
    (left,) = essential_tunes([claims, tune])
    assert left.source_characters == len(left.text) + 1
    assert (left.path, left.line) == (tune.path, tune.line)
