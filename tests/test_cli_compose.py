import mido
import pytest
from test_cli_main import run

TITLED = "<start>\nX:1\nT:Für Elise\nM:4/4\nK:D\n"


@pytest.fixture(scope="module")
def model(tiny_corpus, tmp_path_factory):
    """A network that has learned to write tunes much like the made-up ones."""
    import tunewright

    folder = tmp_path_factory.mktemp("composed") / "run"
    config = tunewright.TrainingConfig(epochs=60, length=40, lanes=4, learning_rate=0.02, threads=1, device="cpu")
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


def test_header_fields_begin_the_tune(capsys, model):
    _, out, _ = run(
        capsys, "compose", model, "--meter", "6/8", "--title", "Made-up", "--unit-length", "1/8", "--key", "Em"
    )
    assert out.startswith("X:1\nT:Made-up\nM:6/8\nL:1/8\nK:Em\n")


def test_a_tune_that_did_not_end_is_told(capsys, model):
    _, out, err = run(capsys, "compose", model, "--max-length", "5")
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
    status, _, err = run(capsys, "compose", model, *arguments)
    assert (status, err) == (0, "")
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
    arguments = ["--out", tmp_path / "out", "--prime", "X:1", "--max-length", "1", "--format", "midi,abc"]
    status, _, err = run(capsys, "compose", model, *arguments)
    assert status == 0
    assert "tune-0: no midi: " in err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["tune-0.abc"]
    arguments = ["--out", tmp_path / "none", "--prime", "X:1", "--max-length", "1", "--format", "midi"]
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
        (["--prime", "X:1", "--key", "G"], "one beginning only"),
        (["--prime-file", "missing.txt"], "missing.txt: cannot be read"),
        (["--out", "new", "--format", "mp4"], "mp4"),
        (["--format", "abc"], "--out"),
        (["--key", ""], "key is ''"),
        (["--unit-length", "1/0"], "unit-length is '1/0'"),
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
