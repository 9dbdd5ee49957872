"""`tunewright musicality`: sets of tunes side by side, and errors."""

import json
import re

import pytest
from conftest import require_package

from tunewright.analysis.musicality import paired_sets
from tunewright.analysis.musicality.tune_features import FEATURES
from tunewright.cli.main import main


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["musicality", *map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    """Fewer resamples: the intervals themselves are tested elsewhere."""
    monkeypatch.setattr(paired_sets, "RESAMPLES", 20)
    monkeypatch.setattr(paired_sets, "SPLITS", 10)


@pytest.fixture
def sets(tiny_tunes, tmp_path):
    """A folder of tunes in a file each, and a file of others."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for number, tune in enumerate(tiny_tunes[:8]):
        (folder / f"{number}.abc").write_text(tune)
    (folder / "broken.abc").write_text("X:1\nT:without a key\n")
    (folder / "silent.abc").write_text("X:1\nM:4/4\nK:D\nz8|\n")
    file = tmp_path / "playable.txt"
    file.write_text("".join(f"<start>\n{tune}<end>\n" for tune in tiny_tunes[8:20]))
    return folder, file


def test_tables_show_every_feature_and_every_set(capsys, sets, tiny_corpus):
    status, out, _ = run(capsys, *sets, "--corpus", tiny_corpus)
    assert status == 0
    assert "corpus: 30 tunes, 0 more without a note" in out
    assert "raw: 8 tunes, 1 more without a note, 1 more that cannot be read; few" in out
    assert "playable: 12 tunes" in out
    for feature in FEATURES:
        assert out.count(f"\n {feature.name}  ") + out.count(f"\n  {feature.name}  ") == 2 + (
            feature.kind != "categorical"
        ), feature.name
    assert all(words in out for words in ("8 held out", "12 held out", "bits", "semitones", "mean of all"))
    assert max(map(len, out.splitlines())) > 80  # nothing is broken or cut where no terminal bounds it
    assert "…" not in out


def test_sets_as_near_as_held_out_tunes_are_marked(capsys, sets, tiny_corpus):
    _, out, _ = run(capsys, tiny_corpus, sets[1], "--corpus", tiny_corpus)
    (line,) = re.findall(r"^ pitch class .* =.*", out, re.MULTILINE)
    assert re.search(r"1\.000 \(\S+-1\.000\) =", line)


def test_sets_of_one_size_share_a_ceiling(capsys, sets, tiny_corpus):
    _, out, _ = run(capsys, sets[1], sets[1].parent / "raw" / ".." / "playable.txt", "--corpus", tiny_corpus)
    assert out.count("12 held out") == 2  # of overlaps and of distances
    assert str(sets[1]) in out  # two sets of one name are told apart by their paths


def test_json_holds_the_same(capsys, sets, tiny_corpus):
    status, out, _ = run(capsys, *sets, "--corpus", tiny_corpus, "--json")
    raw, playable = json.loads(out)
    assert status == 0
    assert (raw["name"], raw["composed_tunes"], raw["composed_without_notes"], raw["unread"]) == ("raw", 8, 1, 1)
    assert (playable["name"], playable["composed_tunes"], playable["reference_tunes"]) == ("playable", 12, 30)
    assert [row["name"] for row in raw["features"]] == [feature.name for feature in FEATURES]
    _, table, _ = run(capsys, *sets, "--corpus", tiny_corpus)
    overlap = raw["features"][0]["overlap"]
    assert f"{overlap['value']:.3f} ({overlap['low']:.3f}-{overlap['high']:.3f})" in table


def test_several_sources_make_one_corpus(capsys, sets, tiny_corpus):
    _, out, err = run(capsys, sets[1], "--corpus", tiny_corpus, sets[0], "--json")
    assert json.loads(out)[0]["reference_tunes"] == 30
    assert f"left out: 8 exact duplicates (listed by: tunewright corpus {tiny_corpus} {sets[0]} --left-out)" in err


def test_the_figure_is_written(capsys, sets, tiny_corpus, tmp_path):
    require_package("matplotlib")
    status, _, _ = run(capsys, *sets, "--corpus", tiny_corpus, "--figure", tmp_path / "figure.SVG")
    assert status == 0
    assert "raw (8 tunes)" in (tmp_path / "figure.SVG").read_text()  # a comment before the outlines


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{file}"], "corpus"),
        (["--corpus", "{corpus}"], "no composed tunes"),
        (["{file}", "--corpus", "none.abc"], "none.abc"),
        (["none.abc", "--corpus", "{corpus}"], "none.abc"),
        (["{silent}", "--corpus", "{corpus}"], "no tune here holds a note"),
        (["{file}", "--corpus", "{silent}"], "no tune here holds a note"),
        (["{file}", "--corpus", "{corpus}", "--figure", "figure.gif"], "allowed: a name that ends in .png, .svg, .pdf"),
        (
            ["{file}", "--corpus", "{corpus}", "--figure", "no/such/folder/figure.png"],
            "no/such/folder: no such folder",
        ),
        (["{file}", "{file}", "--corpus", "{corpus}"], "is named twice"),
        (
            [*(f"{{folder}}/{number}.abc" for number in range(5)), "--corpus", "{corpus}", "--figure", "figure.png"],
            "5 sets of tunes to draw; allowed: 1 to 4",
        ),
    ],
)
def test_mistakes_are_one_line(capsys, sets, tiny_corpus, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    places = {"file": sets[1], "corpus": tiny_corpus, "silent": sets[0] / "silent.abc", "folder": sets[0]}
    status, out, err = run(capsys, *(argument.format(**places) for argument in arguments))
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
