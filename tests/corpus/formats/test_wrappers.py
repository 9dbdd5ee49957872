"""Tunes within other text: each wrapper gives the same tunes as the bare text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.corpus.formats.wrappers import from_quoted_printable, unwrap
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Failure

TUNE = "X:1\nT:Bare\nM:4/4\nL:1/4\nK:C\nCDEF|G4|]\n"
OTHER = "X:2\nT:Another\nM:3/4\nL:1/4\nK:G\n=F_E=F|G3|]\n"

WRAPPERS = {
    "fence": "# Tunes\n\n```abc\n{}```\n\ntext\n",
    "tildes": "~~~ abc\n{}~~~\n",
    "fence with attributes": "```{{.abc #one}}\n{}```\n",
    "quoted fence": "> ```\n> {}> ```\n",
    "forum": "[abc]\n{}[/abc]\n",
    "forum in capitals": "[ABC]\n{}[/ABC]\n",
    "forum with options": '[abc engraver="1"]\n{}[/abc]\n',
    "song sheet": "{{start_of_abc}}\n{}{{end_of_abc}}\n",
    "song sheet with label": "{{start_of_abc: The tune}}\n{}{{end_of_abc}}\n",
    "html": "<html><body><pre class='x'>\n{}</pre>\n</body></html>\n",
    "abc element": "<abc>\n{}</abc>\n",
    "text area": '<textarea id="abc" rows="9">\n{}</textarea>\n',
    "script": '<script type="text/vnd.abc">\n{}</script>\n',
    "wiki": '<score lang="ABC">\n{}</score>\n',
    "latex": "\\begin{{abc}}[name=x]\n{}\\end{{abc}}\n",
    "org": "#+BEGIN_SRC abc\n{}#+END_SRC\n",
}


def tunes_of(text, folder, name="book.txt"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [tune.text for tune in read_tunes(path, keep_duplicates=True)]


@pytest.mark.parametrize("name", WRAPPERS)
def test_marks_are_taken_away(name, tmp_path):
    def wrapped(tune):
        return WRAPPERS[name].format(tune.replace("\n", "\n> ")[:-2] if "quoted" in name else tune)

    assert tunes_of(wrapped(TUNE), tmp_path) == [TUNE]
    assert tunes_of(wrapped(TUNE) + "\n" + wrapped(OTHER), tmp_path) == [TUNE, OTHER]


@pytest.mark.parametrize("prefix", ["  ", "\t", "    ", "> ", ">> ", "  > "])
def test_indented_and_quoted_tunes(prefix, tmp_path):
    def prefixed(tune):
        return "".join(f"{prefix}{line}\n" for line in tune.splitlines())

    text = f"Some words first.\n\n{prefixed(TUNE)}{prefix}\n{prefixed(OTHER)}\nWords after.\n"
    assert tunes_of(text, tmp_path) == [TUNE, OTHER]


def test_marks_on_the_lines_of_the_tune(tmp_path):
    assert tunes_of(f"[abc]{TUNE.rstrip()}[/abc]\n", tmp_path) == [TUNE]
    assert tunes_of(f"<pre>{TUNE.rstrip()}</pre>\n", tmp_path) == [TUNE]


def test_music_is_no_mark(tmp_path):
    music = TUNE.replace("CDEF|", "A<abc>d|[abc]2|{ab}c|``d|~c|")
    assert tunes_of(music, tmp_path) == [music]
    assert unwrap(music).text == music


def test_lines_keep_their_numbers():
    wrapped = f"words\n\n```abc\n{TUNE}```\n"
    unwrapped = unwrap(wrapped)
    assert unwrapped.text.count("\n") == wrapped.count("\n")
    assert unwrapped.wrapped(unwrapped.text) == wrapped
    indented = unwrap("  X:1\n  K:C\n  CD|\n")
    assert indented.text == "X:1\nK:C\nCD|\n"
    assert indented.column(3, 1) == 3


@given(st.text(alphabet="X:1K`~[]/abc{}<>pre \n\t|CD_\r", max_size=120))
def test_what_was_taken_away_can_be_put_back(text):
    unwrapped = unwrap(text)
    assert unwrapped.wrapped(unwrapped.text) == text


def test_quoted_printable_is_decoded(tmp_path):
    quoted = "X:2\nT:Caf=C3=A9\nM:3/4\nL:1/4\nK:G\n=3DF_E=\n=3DF|=20\nG3|]\n"
    assert tunes_of(TUNE + "\n" + quoted, tmp_path) == [TUNE, "X:2\nT:Café\nM:3/4\nL:1/4\nK:G\n=F_E=F| \nG3|]\n"]


@pytest.mark.parametrize("music", ["=A4=E2", "=F=20", "a=3D_b =F"])
def test_naturals_are_not_quoted_printable(music):
    text = f"X:1\nK:C\n{music} =G|\n"
    assert from_quoted_printable(text) == text


def test_an_unwrapped_text_leaves_no_failure_behind(tmp_path):
    path = Path(tmp_path, "book.md")
    path.write_text(f"```abc\n{TUNE}```\n\n```abc\n{OTHER}```\n", encoding="utf-8")
    reading = read_tunes(path)
    assert [failure for failure in reading.failures if isinstance(failure, Failure)] == []
