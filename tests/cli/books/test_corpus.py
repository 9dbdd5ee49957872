"""`tunewright corpus`: statistics and what was left out."""

import json

import pytest

from tunewright.cli.books.corpus import corpus
from tunewright.errors import CorpusError

BOOK = "words\n\nX:1\nT:One\nM:6/8\nK:D\nabc|\n\nX:2\nT:One\nM:6/8\nK:D\nabc|\n\nX:3\nK:G\ndef|\tg|\n"


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text(BOOK, encoding="utf-8")
    return str(path)


def test_json_holds_every_figure(book, capsys):
    corpus(book, json=True)
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == [
        "tunes", "characters", "source_characters", "symbols", "lengths", "fields", "duplicates", "failures",
    ]  # fmt: skip
    assert (shown["tunes"], shown["duplicates"], shown["lengths"]["most"]) == (2, 1, 25)
    assert shown["failures"] == [{"reason": "text between tunes, left out", "count": 1, "first": f"{book}:1"}]
    assert ["\t", 1] in shown["symbols"]


def test_tables_show_the_same(book, capsys):
    corpus(book)
    shown = capsys.readouterr().out
    for words in ("tunes", "K: key", "6/8 1", "D 1, G 1", "text between tunes, left out", "'\\t' 1"):
        assert words in shown


def test_duplicates_can_be_counted(book, capsys):
    corpus(book, json=True, keep_duplicates=True)
    assert json.loads(capsys.readouterr().out)["tunes"] == 3


def test_the_text_field_is_passed_on(tmp_path, capsys):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"melody": "X:1\nK:C\nabc|\n"}), encoding="utf-8")
    corpus(str(path), json=True, text_field="melody")
    assert json.loads(capsys.readouterr().out)["tunes"] == 1


@pytest.mark.parametrize("paths", [(), ("none.abc",)])
def test_nothing_to_read_is_an_error(paths):
    with pytest.raises(CorpusError):
        corpus(*paths)
