"""`tunewright corpus build`, and `tunewright corpus` of a built corpus."""

import json

import pytest

from tunewright.cli.main import main
from tunewright.corpus.large.built_corpus import read_corpus


def run(*words):
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return end.value.code


def test_a_corpus_is_built_shown_and_verified(tiny_corpus, tmp_path, capsys):
    out = tmp_path / "built"
    assert run("corpus", "build", tiny_corpus, "--out", out) == 0
    assert "to learn from: 27 tunes" in capsys.readouterr().out
    assert run("corpus", out) == 0
    shown = capsys.readouterr().out
    assert "to measure on: 3 tunes" in shown
    assert str(out) in shown
    assert run("corpus", out, "--json") == 0
    assert json.loads(capsys.readouterr().out)["training"]["tunes"] == 27
    shard = out / "training-00000.ids"
    shard.write_bytes(bytes(len(shard.read_bytes())))
    assert run("corpus", out) == 2
    assert "checksum" in capsys.readouterr().err


def test_options_reach_the_builder(tmp_path, capsys):
    rows, other, out = tmp_path / "rows.jsonl", tmp_path / "other.abc", tmp_path / "built"
    rows.write_text((json.dumps({"melody": "X:1\nK:C\nabc|\n"}) + "\n") * 2)
    other.write_text("X:1\nK:C\nabc|\nde|\n")
    command = ["corpus", "build", rows, "--text-field", "melody", "--keep-duplicates", "--processes", 1, "--out", out]
    assert run(*command, "--validation", other) == 0
    corpus = read_corpus(out)
    assert (len(corpus.training), len(corpus.validation)) == (2, 1)
    assert run(*command) == 2
    assert "--force" in capsys.readouterr().err
    assert run(*command[:5], "--processes", 1, "--validation", other, "--out", out, "--force") == 0
    assert len(read_corpus(out).training) == 1


def test_what_was_left_out_is_shown(tmp_path, capsys):
    book = tmp_path / "book.abc"
    book.write_text("words\n\nX:1\nK:C\nabcdefgabcde|\n\nX:2\nK:D\ngfedcbag|\n\nX:3\nK:D\ngfedcbag|\n")
    assert run("corpus", "build", book, "--out", tmp_path / "built") == 0
    shown = capsys.readouterr().out
    command = f"tunewright corpus {tmp_path / 'built'}"
    assert f"left out: 1 piece that is not a tune, 1 exact duplicate (reasons by: {command})" in shown
    assert run("corpus", tmp_path / "built") == 0
    shown = capsys.readouterr().out
    assert "left out: 1 exact duplicate\n" in shown
    assert "left out 1 times: text between tunes, left out" in shown


def test_mistakes_are_told(tmp_path, capsys):
    assert run("corpus", "build", "--out", tmp_path / "built") == 2
    assert "no file or folder was named" in capsys.readouterr().err
    assert run("corpus", "build", "x.abc", "--out", tmp_path / "built") == 2
    assert "does not exist" in capsys.readouterr().err
    assert run("corpus", "build", "x.abc", "--processes", "-1", "--out", tmp_path / "built") == 2
    assert "processes is -1; allowed: 0 or more" in capsys.readouterr().err
