"""Lines about what was left out of tunes, with the command that lists it."""

import json
import shlex

import pytest

from tunewright.cli.books.corpus import app
from tunewright.cli.sources import SHOWN, read_sources
from tunewright.errors import OptionError

TUNE = "X:1\nT:One\nM:6/8\nK:D\nabc|\n\n"
OTHER = "X:2\nT:Two\nM:6/8\nK:D\ncba|\n\n"


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "a book.abc"
    path.write_text(f"words\n\n{TUNE}more words\n\n{TUNE}{OTHER}X:3\nK:C\n", encoding="utf-8")
    return path


def listed(line, capsys):
    """What the command that `line` names prints."""
    command = shlex.split(line.rstrip().removesuffix(")").partition("listed by: ")[2])
    assert command[:2] == ["tunewright", "corpus"]
    app(command[2:], result_action="return_value")
    return capsys.readouterr().out.splitlines()


def test_nothing_left_out_is_no_line(tmp_path, capsys):
    (tmp_path / "one.abc").write_text(TUNE, encoding="utf-8")
    read_sources(str(tmp_path / "one.abc"))
    assert capsys.readouterr().err == ""


def test_one_line_counts_and_its_command_lists_everything(book, capsys):
    assert len(read_sources(str(book))) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("left out: 3 pieces that are not tunes, 1 exact duplicate (listed by: tunewright corpus '")
    assert listed(line, capsys) == [
        f"{book}:1: text between tunes, left out",
        f"{book}:9: text between tunes, left out",
        f"{book}:23: a tune without music",
        f"{book}:11: equal to a tune before it",
    ]


def test_duplicates_that_are_kept_are_not_counted_nor_listed(book, capsys):
    assert len(read_sources(str(book), keep_duplicates=True)) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("left out: 3 pieces that are not tunes (")
    assert len(listed(line, capsys)) == 3


def test_a_file_that_gives_no_tune_has_its_own_line(book, capsys):
    empty, bad = book.with_name("empty.abc"), book.with_name("bad.abc")
    empty.write_text("", encoding="utf-8")
    bad.write_text("X:1\nK:C\n\nX:2\nK:D\n", encoding="utf-8")
    read_sources(str(book), str(empty), str(bad))
    first, second, last = capsys.readouterr().err.splitlines()
    assert first.startswith(f"left out: {empty}:1: ")
    assert second == f"left out: {bad}:1: a tune without music (and 1 more)"
    assert last.startswith("left out: 3 pieces that are not tunes, 1 exact duplicate (")
    assert len(listed(last, capsys)) == 7


def test_a_file_of_duplicates_only_has_failed_in_nothing(book, capsys):
    again = book.with_name("again.abc")
    again.write_text(TUNE, encoding="utf-8")
    read_sources(str(book), str(again))
    (line,) = capsys.readouterr().err.splitlines()
    assert "3 pieces that are not tunes, 2 exact duplicates" in line


def test_many_files_without_a_tune_are_counted(book, capsys):
    for number in range(SHOWN + 2):
        book.with_name(f"empty{number}.abc").write_text("", encoding="utf-8")
    read_sources(str(book.parent))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == SHOWN + 1
    assert lines[-1].startswith("left out: 2 more files without a tune, 3 pieces that are not tunes, 1 exact duplicate")


def test_quiet_says_nothing(book, capsys):
    read_sources(str(book), quiet=True)
    assert capsys.readouterr().err == ""


def test_the_list_comes_as_json_too(book, capsys):
    app([str(book), "--left-out", "--json"], result_action="return_value")
    found = json.loads(capsys.readouterr().out)
    assert found[0] == {"path": str(book), "line": 1, "reason": "text between tunes, left out"}
    assert len(found) == 4


def test_a_built_corpus_has_its_list_in_a_file(book, tmp_path):
    app(["build", str(book), "--out", str(tmp_path / "built"), "--processes", "1"], result_action="return_value")
    with pytest.raises(OptionError, match=r"failures\.jsonl"):
        app([str(tmp_path / "built"), "--left-out"], result_action="return_value")
