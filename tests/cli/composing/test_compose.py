import mido
import pytest
from command_line import run

import tunewright
from tunewright.analysis.originality.corpus_index import OriginalityIndex
from tunewright.model.checkpoint import write_checkpoint
from tunewright.notation.melody import read_melody

TITLED = "<start>\nX:1\nT:Für Elise\nM:4/4\nK:D\n"


@pytest.fixture(scope="module")
def model(tiny_corpus, tmp_path_factory):
    """A network that has learned to write tunes much like the made-up ones."""
    folder = tmp_path_factory.mktemp("composed") / "run"
    config = tunewright.TrainingConfig(
        epochs=60, sequence_length=40, batch_size=4, learning_rate=0.02, threads=1, device="cpu"
    )
    network = tunewright.NetworkConfig(units=48, embedding=16)
    for _ in tunewright.train(tunewright.read_tunes(tiny_corpus).tunes, out=folder, network=network, config=config):
        pass
    return folder


def test_a_tune_is_printed(capsys, model):
    status, out, _ = run(capsys, "compose", model, "--temperature", "0.5", "--seed", "4")
    assert status == 0
    assert out.startswith("X:")
    assert "\nK:" in out
    assert out == run(capsys, "compose", model, "--temperature", "0.5", "--seed", "4")[1]
    assert out != run(capsys, "compose", model, "--temperature", "0.5", "--seed", "5")[1]


def test_several_tunes_are_printed_apart(capsys, model):
    _, out, _ = run(capsys, "compose", model, "--count", "3", "--temperature", "0.5")
    tunes = out.split("\n\n")
    assert len([tune for tune in tunes if tune.startswith("X:")]) == 3


@pytest.mark.parametrize("more", [[], ["--count", "2", "--keep", "1"], ["--out", "{folder}", "--format", "abc"]])
def test_indexing_is_announced_once(capsys, model, tiny_corpus, tmp_path, monkeypatch, more):
    monkeypatch.setattr("tunewright.analysis.originality.corpus_index.cache_folder", lambda name: tmp_path / name)
    words = "indexing 30 tunes to look for copies; this happens once ...\n"
    command = [
        "compose",
        model,
        "--raw",
        "--corpus",
        tiny_corpus,
        *(each.format(folder=tmp_path / "out") for each in more),
    ]
    assert words in run(capsys, *command)[2]
    assert words not in run(capsys, *command, *(["--force"] if "--out" in more else []))[2]


def test_the_tune_comes_before_the_index(model, tiny_corpus, monkeypatch, capsys):
    printed = []
    monkeypatch.setattr(
        "tunewright.cli.composing.composed_figures.originality_index",
        lambda *_, **__: printed.append(capsys.readouterr().out) or OriginalityIndex.build(()),
    )
    run(capsys, "compose", model, "--raw", "--corpus", tiny_corpus)
    assert printed[0].startswith("X:")


FIELDS = ["--meter", "6/8", "--title", "Made-up", "--unit-length", "1/8", "--key", "Em"]


def test_raw_header_fields_begin_the_tune(capsys, model):
    _, out, _ = run(capsys, "compose", model, "--raw", *FIELDS)
    assert out.startswith("X:1\nT:Made-up\nM:6/8\nL:1/8\nK:Em\n")


def test_conditions_hold_and_the_tune_has_no_error(capsys, model, tiny_corpus):
    asked = [*FIELDS, "--bars", "8", "--form", "AABB", "--temperature", "2"]
    status, out, err = run(capsys, "compose", model, *asked, "--corpus", tiny_corpus)
    assert status == 0
    melody = read_melody(out)
    header = [line.rstrip() for line in out[: melody.body].splitlines()]
    assert [header.count(line) for line in ("T:Made-up", "M:6/8", "L:1/8", "K:Em")] == [1, 1, 1, 1]
    assert len([bar for bar in melody.bars if bar.length == bar.expected]) in (6, 7, 8)  # a pick-up takes from two
    assert out.count(":|") + out.count("::") == 2
    assert [finding for finding in tunewright.check(out) if finding.severity == "error"] == []
    assert "of the probability was ruled out" in err
    assert "verdict: " in err


def test_playable_is_the_default_and_raw_is_not(capsys, model):
    wild = ["compose", model, "--temperature", "3", "--seed", "1", "--no-originality"]
    _, playable, _ = run(capsys, *wild)
    _, raw, err = run(capsys, *wild, "--raw")
    assert run(capsys, *wild, "--playable")[1] == playable != raw
    assert [finding for finding in tunewright.check(playable) if finding.severity == "error"] == []
    assert "ruled out" not in err


def test_the_best_are_kept_with_reasons(capsys, model):
    status, out, err = run(capsys, "compose", model, "--count", "5", "--keep", "2", "--seed", "3")
    assert status == 0
    assert out.count("X:") == 2
    for words in ("likelihood: ", "originality: ", "variety: ", "of 5"):
        assert words in err


def test_bars_are_written_anew_and_all_else_stays(capsys, model, tmp_path, tiny_tunes):
    tune = tmp_path / "mine.abc"
    tune.write_text(tiny_tunes[0])
    status, out, err = run(capsys, "compose", model, "--vary", tune, "--bars", "3-4", "--count", "2", "--seed", "5")
    assert status == 0, err
    first = out.split("\n\n")[0] + "\n"
    old, new = (text.split("|") for text in (tiny_tunes[0], first))
    changed = [number for number, (before, after) in enumerate(zip(old, new, strict=True)) if before != after]
    assert changed
    assert set(changed) <= {3, 4}  # the header and "|:" come before the first
    assert "candidates fit" in err
    assert "nats (as it was: " in err


def test_variants_are_written_to_files(capsys, model, tmp_path, tiny_tunes):
    tune = tmp_path / "mine.abc"
    tune.write_text(tiny_tunes[1])
    arguments = ["--vary", tune, "--bars", "2", "--out", tmp_path / "out", "--format", "abc"]
    assert run(capsys, "compose", model, *arguments)[0] == 0
    assert "varied: bars 2 of mine.abc" in (tmp_path / "out" / "variant-1.abc").read_text()


def test_a_start_that_breaks_a_bar_is_refused_with_its_place(capsys, model, tmp_path):
    start = tmp_path / "start.abc"
    start.write_text("X:1\nT:Made-up tune 1\nM:4/4\nL:1/8\nK:D\nDEFG ABcd e|")
    status, out, err = run(capsys, "compose", model, "--start", start)
    assert (status, out) == (2, "")
    assert "start.abc:6:11" in err
    start.write_text("X:1\nT:Made-up tune 1\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|")
    assert run(capsys, "compose", model, "--start", start)[1].startswith(start.read_text())


def test_what_the_network_learned_from_may_be_gone(capsys, model, tmp_path, tiny_corpus):
    status, _, err = run(capsys, "compose", model)
    assert status == 0
    assert "originality is not known" in err or "verdict" in err
    assert "verdict" in run(capsys, "compose", model, "--corpus", tiny_corpus)[2]
    assert "verdict" not in run(capsys, "compose", model, "--no-originality")[2]
    assert run(capsys, "compose", model, "--corpus", tmp_path / "missing")[0] == 2


def test_a_tune_that_did_not_end_is_told(capsys, model):
    _, out, err = run(capsys, "compose", model, "--raw", "--max-length", "5")
    assert len(out) <= 6
    assert "stopped at --max-length" in err


def test_a_line_end_can_be_written_in_the_beginning(capsys, model):
    _, out, _ = run(capsys, "compose", model, "--prime", r"X:1\nT:Made-up tune 9\nM:3/4\n")
    assert out.startswith("X:1\nT:Made-up tune 9\nM:3/4\n")


def test_a_file_begins_the_tune_and_unknown_characters_are_named(capsys, model, tmp_path):
    (tmp_path / "elise.txt").write_text(TITLED)
    status, _, err = run(capsys, "compose", model, "--prime-file", tmp_path / "elise.txt")
    assert status == 2
    assert "elise.txt:3:4" in err
    assert "'ü'" in err
    assert "--drop-unknown" in err
    status, out, err = run(capsys, "compose", model, "--prime-file", tmp_path / "elise.txt", "--drop-unknown")
    assert status == 0
    assert "left out of the beginning" in err
    assert "'ü' (3:4)" in err
    assert out.startswith("X:1\nT:")


def test_files_say_where_they_come_from(capsys, model, tmp_path):
    arguments = [
        "--out",
        tmp_path / "out",
        "--count",
        "2",
        "--seed",
        "9",
        "--temperature",
        "0.5",
        "--format",
        "abc,midi,svg",
    ]
    assert run(capsys, "compose", model, *arguments)[0] == 0
    suffixes = ("abc", "mid", "svg")
    names = {f"tune-{seed}.{suffix}" for seed in ("09", "10") for suffix in suffixes}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    abc = (tmp_path / "out" / "tune-10.abc").read_text()
    for words in ("seed: 10", "temperature: 0.5", f"model: {model}", "Tunewright 0."):
        assert words in abc
    events = mido.MidiFile(tmp_path / "out" / "tune-10.mid").tracks[0]
    assert any("seed" in message.text for message in events if message.type == "text")
    assert "seed" in (tmp_path / "out" / "tune-10.svg").read_text()


def test_what_cannot_be_rendered_is_told_and_stops_nothing(capsys, model, tmp_path):
    arguments = ["--raw", "--out", tmp_path / "out", "--prime", "X:1", "--max-length", "1", "--format", "midi,abc"]
    status, _, err = run(capsys, "compose", model, *arguments)
    assert status == 0
    assert "tune-0: no midi: " in err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["tune-0.abc"]
    arguments = ["--raw", "--out", tmp_path / "none", "--prime", "X:1", "--max-length", "1", "--format", "midi"]
    assert run(capsys, "compose", model, *arguments)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--temperature", "0"], "temperature is 0.0; allowed: more than 0"),
        (["--temperature", "-1"], "temperature is -1.0"),
        (["--temperature", "nan"], "temperature is nan"),
        (["--count", "0"], "count is 0; allowed: 1 or more"),
        (["--top-p", "2"], "top_p is 2.0"),
        (["--meter", "waltz"], "meter is 'waltz'"),
        (["--raw", "--meter", "waltz"], "meter is 'waltz'"),
        (["--raw", "--prime", "X:1", "--key", "G"], "one beginning only"),
        (["--prime", "X:1", "--start", "missing.txt"], "one beginning only"),
        (["--raw", "--playable"], "exclude each other"),
        (["--raw", "--bars", "8"], "--bars needs"),
        (["--raw", "--form", "AABB"], "--form needs"),
        (["--bars", "5-8"], "bars is '5-8'; allowed: a number"),
        (["--bars", "0"], "bars is 0; allowed: 1 or more"),
        (["--bars", "7", "--form", "AABB"], "cannot be divided"),
        (["--form", "ABA"], "comes back later"),
        (["--form", "aabb"], "capital letters"),
        (["--meter", "17/64"], "the meter is '17/64'"),
        (["--keep", "2"], "keep is 2; allowed: 1 up to the 1"),
        (["--vary", "missing.abc"], "--vary needs --bars"),
        (["--vary", "missing.abc", "--bars", "1"], "missing.abc: cannot be read"),
        (["--vary", "missing.abc", "--bars", "1", "--key", "G"], "leave out --keep"),
        (["--max-length", "8"], "at most 8 characters"),
        (["--prime-file", "missing.txt"], "missing.txt: cannot be read"),
        (["--out", "new", "--format", "mp4"], "mp4"),
        (["--format", "abc"], "--out"),
        (["--key", ""], "the key is ''"),
        (["--raw", "--key", ""], "key is ''"),
        (["--unit-length", "1/0"], "the unit length is '1/0'"),
        (["--seed", "99999999999999999999"], "seed is"),
    ],
)
def test_a_mistake_is_named_and_writes_nothing(capsys, model, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, "compose", model, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_beginning(capsys, model, tmp_path):
    (tmp_path / "empty.abc").write_text("\n")
    status, _, err = run(capsys, "compose", model, "--prime-file", tmp_path / "empty.abc")
    assert status == 2
    assert "empty.abc: is empty" in err


def test_a_missing_package_is_told_before_anything_is_written(capsys, model, tmp_path, monkeypatch):
    from tunewright.rendering import formats

    monkeypatch.setitem(formats.PACKAGES, "svg", ("no_such_package",))
    status, _, err = run(capsys, "compose", model, "--out", tmp_path / "out", "--format", "abc,svg")
    assert status == 2
    assert "tunewright[render]" in err
    assert not (tmp_path / "out").exists()


def test_a_used_folder_is_left_alone(capsys, model, tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    assert run(capsys, "compose", model, "--out", tmp_path, "--format", "abc")[0] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    assert run(capsys, "compose", model, "--out", tmp_path, "--format", "abc", "--force")[0] == 0
    assert (tmp_path / "kept.txt").read_text() == "kept"


@pytest.mark.parametrize("bars", ["9", "0-4", "7-9", "4-3", "x"])
def test_bars_beyond_the_tune_are_refused(capsys, model, tmp_path, tiny_tunes, bars):
    tune = tmp_path / "mine.abc"
    tune.write_text(tiny_tunes[0])
    status, out, err = run(capsys, "compose", model, "--vary", tune, "--bars", bars)
    assert (status, out) == (2, "")
    assert "bars is " in err


def test_a_tune_that_does_not_play_is_not_varied(capsys, model, tmp_path):
    tune = tmp_path / "mine.abc"
    tune.write_text("X:1\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|DEFG A|DEFG ABcd|\n")
    status, _, err = run(capsys, "compose", model, "--vary", tune, "--bars", "1")
    assert status == 2
    assert "mine.abc:5:" in err


def test_comments_do_not_stand_in_the_way_of_varying():
    from tunewright.sampling.vary import without_comments

    assert without_comments("X:1\n% made by\nK:D\nABc|%end\n%") == ("X:1\nK:D\nABc|%end", [1, 3, 4])


@pytest.mark.parametrize("look_back", [0, 4])
def test_pages_show_where_bars_come_from_if_the_network_looks_back(capsys, untrained, tmp_path, look_back):
    write_checkpoint(tmp_path / "model", untrained(units=6, look_back=look_back))
    start = tmp_path / "start.abc"
    start.write_text("X:1\nT:Mine\nM:4/4\nL:1/8\nK:C\nABcd efga|A8|ABcd efga|A8|\n", encoding="utf-8")
    status, _, err = run(
        capsys, "compose", tmp_path / "model", "--start", start, "--out", tmp_path / "out", "--format", "html",
        "--no-originality", "--max-length", "120",
    )  # fmt: skip
    assert (status, err) == (0, "")
    page = (tmp_path / "out" / "tune-0.html").read_text(encoding="utf-8")
    assert page.count('<details class="looked"') == bool(look_back)
    assert page.count("Bar 4 ") >= 2 * bool(look_back)
    assert ("comes from" in page) == bool(look_back)


def test_without_the_extra_of_its_corpus_a_tune_comes_all_the_same(capsys, model, monkeypatch):
    def missing(*_):
        raise tunewright.MissingExtraError("The corpus 'oneills'", "corpora")

    monkeypatch.setattr("tunewright.cli.composing.composed_figures.learned_from", missing)
    status, out, err = run(capsys, "compose", model, "--temperature", "0.5")
    assert status == 0
    assert out.startswith("X:")
    assert "originality is not known: The corpus 'oneills' needs a package" in err
    assert run(capsys, "compose", model, "--corpus", "oneills")[0] == 2
