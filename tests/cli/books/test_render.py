"""`tunewright render`: files, and what could not be rendered."""

import pytest

from tunewright.cli.books.render import render
from tunewright.errors import CorpusError, OptionError, OutputError

GOOD = "X:1\nT:One\nK:C\nCDE|\n"
SILENT = "X:2\nT:Two\nK:C\nzzz|\n"


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text(f"{GOOD}\n{SILENT}", encoding="utf-8")
    return str(path)


def test_files_are_written_and_failures_told(book, tmp_path, capsys):
    out = tmp_path / "out"
    assert render(book, to="midi, svg,midi", out=out) == 0
    assert sorted(path.name for path in out.iterdir()) == ["book-1-one.mid", "book-1-one.svg", "book-2-two.svg"]
    told = capsys.readouterr()
    assert told.err == f"{book}:6: no midi: the tune holds no note\n"
    assert told.out == f"3 files in {out}; 1 could not be made\n"


def test_the_defaults_are_a_score_midi_sound_and_a_page(book, tmp_path):
    assert render(book, out=tmp_path / "out") == 0
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".svg", ".mid", ".wav", ".html"}


def test_nothing_rendered_is_status_2(tmp_path, capsys):
    path = tmp_path / "silent.abc"
    path.write_text(SILENT, encoding="utf-8")
    assert render(str(path), to="midi", out=tmp_path / "out") == 2
    assert "0 files" in capsys.readouterr().out


def test_an_unknown_format_is_told_before_anything_is_written(book, tmp_path):
    with pytest.raises(OptionError, match="'mp3'"):
        render(book, to="svg,mp3", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_refused_unless_forced(book, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(OutputError, match="--force"):
        render(book, to="svg", out=out)
    assert render(book, to="svg", out=out, force=True) == 0
    assert (out / "mine.txt").read_text(encoding="utf-8") == "kept"


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(CorpusError):
        render("none.abc", out=tmp_path / "out")
