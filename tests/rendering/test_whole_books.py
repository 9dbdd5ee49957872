"""Every tune of two large books, O'Neill's and Ryan's, is rendered by one command.

The engine is exchanged after some thousand questions: a book that is longer must not notice.
"""

import pytest
from command_line import run

from tunewright.corpus.library import resolve
from tunewright.corpus.readers import read_tunes


@pytest.mark.slow
@pytest.mark.usefixtures("oneills_folder")
def test_all_tunes_of_two_books_become_midi_files(capsys, tmp_path):
    books = ("oneills", "ryans")
    tunes = sum(len(read_tunes(resolve(book), keep_duplicates=True).tunes) for book in books)
    assert tunes > 2008
    status, out, err = run(capsys, "render", *books, "--to", "midi", "--out", tmp_path / "out")
    named = [line for line in err.splitlines() if ": no midi: " in line]
    assert len(list((tmp_path / "out").glob("*.mid*"))) == tunes - len(named)
    assert named == []
    assert (status, out) == (0, f"{tunes} files in {tmp_path / 'out'}\n")
