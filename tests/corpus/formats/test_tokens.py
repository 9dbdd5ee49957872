"""Token files of folk-rnn become ABC again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.formats.tokens import is_tokens, read_tokens

MADE_UP = """M:6/8
K:Cmaj
|: G 2 A B c d | (3 e f g e /2 ^c /2 z 2 < d |1 _B, 3/2 c' 3 :| |2 [ C E ] 2 c > A |

M:4/4 K:Cdor
C D E F G 2 c 2 | c B, A G F E D C |
"""


def read(text):
    return list(read_tokens(text, Path("data_v2")))


def test_tokens_are_joined_under_a_header():
    first, second = read(MADE_UP)
    assert first.text == "X:1\nM:6/8\nL:1/8\nK:Cmaj\n|:G2ABcd|(3efge/2^c/2z2<d|1_B,3/2c'3:| |2[CE]2c>A|\n"
    assert second.text == "X:2\nM:4/4\nL:1/8\nK:Cdor\nCDEFG2c2|cB,AGFEDC|\n"
    assert (first.line, second.line) == (1, 5)
    assert second.source_characters == len(second.text) + 1


def test_one_tune_a_line_needs_no_blank_lines():
    assert [tune.text.count("\n") for tune in read("<s> M:6/8 K:Cmaj G A B | </s>\n<s> M:2/4 K:Cmin G A | </s>\n")] == [
        5,
        5,
    ]


def test_a_unit_length_of_its_own_is_kept():
    assert read("M:2/4\nL:1/16\nK:Cmaj\nG A B c |")[0].text == "X:1\nM:2/4\nL:1/16\nK:Cmaj\nGABc|\n"


def test_tunes_without_key_or_music_are_reported():
    found = read("M:6/8\nG A B |\n\nM:6/8\nK:Cmaj\n\nM:6/8\nK:Cmaj\nG A |\n")
    assert [(item.line, item.reason) for item in found[:2]] == [
        (1, "a tune without a K: field"),
        (4, "a tune without music"),
    ]
    assert found[2].text.startswith("X:3\n")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (MADE_UP, True),
        ("X:1\n" + MADE_UP, False),
        ("M:6/8\nK:C\nG2A BAG | c2d dcB | GAB cde | f3 g3 | abc def | g3 f3 |\n", False),
        ("K:C", False),
        ("", False),
        ("T:A tune\nM:6/8\nK:C\nA B c d e f g | a b c d e f\n", False),
    ],
)
def test_token_files_are_told_from_abc(text, answer):
    assert is_tokens(text) is answer


token = st.sampled_from(["A", "^c", "B,", "c'", "2", "/2", "3/2", "|", ">", "(3", "z"])


@given(st.lists(st.lists(token, min_size=8), min_size=1))
def test_no_token_is_lost(tunes):
    source = "\n".join(f"M:6/8\nK:Cmaj\n{' '.join(tokens)}\n" for tokens in tunes)
    found = read(source)
    assert [tune.text.split("\n")[4].replace(" ", "") for tune in found] == ["".join(tokens) for tokens in tunes]
    assert is_tokens(source)
