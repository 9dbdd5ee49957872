"""`tunewright originality`: copies and verdicts."""

import json

import pytest

from tunewright.analysis.originality.index_files import HEADER_FILE
from tunewright.cli.books.originality import originality
from tunewright.cli.main import main
from tunewright.errors import CorpusError, OptionError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def composed(tmp_path, tiny_tunes):
    """A corpus tune under another title, and a tune of long notes."""
    path = tmp_path / "composed.abc"
    copy = tiny_tunes[4].replace("T:Made-up tune 5", "T:My own")
    path.write_text(f"{copy}\nX:2\nM:4/4\nL:1/8\nK:F\n" + "F8|c4 A4|B8|d4 f4|" * 4 + "\n", encoding="utf-8")
    return str(path)


def test_a_block_for_each_tune(composed, tiny_corpus, capsys):
    originality(composed, corpus=[str(tiny_corpus)])
    shown = capsys.readouterr().out
    first, copied, other, summary = shown.strip().split("\n\n")
    assert first.startswith("corpus: 30 tunes; beside ")
    assert copied.startswith(f"My own ({composed}:1)\n  longest copied span: ")
    assert "“Made-up tune 5”" in copied
    assert "\n  verdict: copied: at least 50%" in copied
    assert other.startswith(f"untitled ({composed}:9)\n")
    assert "1 copied" in summary


def test_json_is_a_list_with_every_figure(composed, tiny_corpus, capsys):
    originality(composed, corpus=[str(tiny_corpus)], json=True)
    copied, other = json.loads(capsys.readouterr().out)
    assert (copied["tune"], copied["line"], copied["verdict"]) == ("My own", 1, "copied")
    assert copied["figures"]["similarity"] == 1
    assert (other["tune"], other["figures"]["similarity"] < 0.6) == ("untitled", True)


def test_held_out_tunes_take_the_place_of_the_scale(composed, tiny_corpus, tmp_path, capsys, tiny_tunes):
    half = tmp_path / "half.abc"
    half.write_text("\n".join(tiny_tunes[:5]), encoding="utf-8")
    originality(composed, corpus=[str(half)], held_out=[str(tiny_corpus)], json=True)
    copied, other = json.loads(capsys.readouterr().out)
    assert copied["verdict"] == "copied"
    assert other["human_tunes"] == 25  # the other five are copies of themselves


def test_the_index_is_kept(composed, tiny_corpus, cache, capsys):
    for _ in range(2):
        originality(composed, corpus=[str(tiny_corpus)])
    first, second = capsys.readouterr().out.split("corpus:")[1:]
    assert first == second
    assert len(list(cache.rglob(HEADER_FILE))) == 1


def test_no_tune_to_look_at_is_an_error(tiny_corpus, tmp_path):
    with pytest.raises(OptionError, match="name files or folders"):
        originality(corpus=[str(tiny_corpus)])
    with pytest.raises(CorpusError):
        originality(str(tmp_path / "none.abc"), corpus=[str(tiny_corpus)])


def test_no_corpus_is_one_line(composed, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["originality", composed])
    assert ended.value.code == 2
    assert "--corpus" in capsys.readouterr().err


def test_an_index_is_announced_when_it_is_built_and_never_again(composed, tiny_corpus, capsys):
    originality(composed, corpus=[str(tiny_corpus)])
    assert capsys.readouterr().err == "indexing 30 tunes to look for copies; this happens once ...\n"
    originality(composed, corpus=[str(tiny_corpus)])
    assert capsys.readouterr().err == ""
