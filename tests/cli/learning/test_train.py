import csv
import json
import signal
import subprocess
import sys
import time

import pytest
from command_line import SMALL, TINY, run


def recorded(run_folder):
    return json.loads((run_folder / "last" / "tunewright.json").read_text())


def history_of(run_folder):
    with (run_folder / "history.csv").open(newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def test_a_run_folder_is_whole(capsys, tiny_corpus, tmp_path):
    status, out, _ = run(capsys, "train", tiny_corpus, "--validation", tiny_corpus, "--out", tmp_path / "run", *SMALL)
    assert status == 0
    assert "1/2" in out
    assert "2/2" in out
    assert "best: epoch" in out
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {"best", "last", "history.csv", "loss.png", "loss.svg"}
    assert (tmp_path / "run" / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "run" / "loss.svg").read_text()
    assert len(history_of(tmp_path / "run")) == 2


def test_flags_come_before_the_file_and_the_file_before_the_preset(capsys, tiny_corpus, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text('[network]\nunits = 9\ncell = "gru"\n[training]\nsequence_length = 11\nlearning_rate = 0.5\n')
    flags = ["--learning-rate", "0.01", "--epochs", "1", "--threads", "1"]
    arguments = ["--preset", "assignment", "--config", settings, *flags, "--out", tmp_path / "run"]
    assert run(capsys, "train", tiny_corpus, *arguments)[0] == 0
    about = recorded(tmp_path / "run")
    config = about["training"]["config"]
    assert (about["network"]["units"], about["network"]["cell"]) == (9, "gru")
    assert (config["sequence_length"], config["learning_rate"], config["feed"]) == (11, 0.01, "windows")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[network]\nunitz = 9\n", "did you mean 'units'"),
        ("[training]\nepochs = 'three'\n", "epochs is 'three'"),
        ("[trianing]\nepochs = 3\n", "[network], [training]"),
        ("epochs = 3\n", "outside the tables"),
        ("[network\n", "is not TOML"),
        ("[network]\nunits = 0\n", "1 or more"),
    ],
)
def test_a_mistake_in_the_file_is_named(capsys, tiny_corpus, tmp_path, content, words):
    settings = tmp_path / "settings.toml"
    settings.write_text(content)
    status, _, err = run(capsys, "train", tiny_corpus, "--config", settings, "--out", tmp_path / "run")
    assert status == 2
    assert str(settings) in err
    assert words in err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--preset", "asignment"], "did you mean 'assignment'"),
        (["--learning-rate", "nan"], "learning_rate is nan"),
        (["--dropout", "1.5"], "dropout is 1.5"),
        (["--config", "missing.toml"], "missing.toml: cannot be read"),
        (["--resume"], "no run to go on with"),
    ],
)
def test_a_mistake_in_a_flag_is_named(capsys, tiny_corpus, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    status, _, err = run(capsys, "train", tiny_corpus, "--out", "run", *arguments)
    assert status == 2
    assert words in err


def test_no_tunes_are_named(capsys, tmp_path):
    status, _, err = run(capsys, "train", "--out", tmp_path / "run")
    assert status == 2
    assert "no tunes to train on" in err


def test_a_used_folder_is_left_alone(capsys, tiny_corpus, tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    status, _, err = run(capsys, "train", tiny_corpus, "--out", tmp_path, *SMALL)
    assert status == 2
    assert "--force" in err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_characters_that_only_validation_has_are_reported_with_their_place(capsys, tiny_corpus, tmp_path):
    strange = tmp_path / "strange.txt"
    strange.write_text(tiny_corpus.read_text().replace("tune 3\n", "tüne 3\n"))
    status, _, err = run(capsys, "train", tiny_corpus, "--validation", strange, "--out", tmp_path / "run", *SMALL)
    assert status == 0
    assert "1 characters" in err
    assert "'ü' (" in err
    assert recorded(tmp_path / "run")["training"]["data"]["unknown_characters"] == 1


def start(*arguments):
    """A command in a process of its own; its words are read by `finish`."""
    command = [sys.executable, "-m", "tunewright", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process):
    with process:
        return process.communicate(timeout=120)[0]


def wait_for(path, process):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, finish(process)
        assert time.monotonic() < deadline, "nothing was written in 60 s"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(capsys, tiny_corpus, tmp_path, number):
    arguments = ["train", tiny_corpus, *TINY, "--epochs", "60"]
    process = start(*arguments, "--out", tmp_path / "stopped")
    wait_for(tmp_path / "stopped" / "last" / "tunewright.json", process)
    process.send_signal(number)
    out = finish(process)
    assert process.returncode == 130, out
    assert "--resume" in out
    done = len(history_of(tmp_path / "stopped"))
    assert 1 <= done < 60
    assert run(capsys, "train", "--out", tmp_path / "stopped", "--resume")[0] == 0
    assert run(capsys, *arguments, "--out", tmp_path / "whole")[0] == 0
    assert history_of(tmp_path / "stopped") == history_of(tmp_path / "whole")


@pytest.mark.slow
def test_a_run_goes_on_from_another_folder_and_with_other_threads(capsys, tiny_corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tiny_corpus.parent)
    assert run(capsys, "train", tiny_corpus.name, *SMALL, "--out", tmp_path / "run")[0] == 0
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "train", "--out", "run", "--resume", "--threads", "2")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--resume", "--force"], "--resume and --force exclude each other"),
        (["--resume", "--validation", "missing.abc"], "needs the training tunes too"),
        (["--resume", "--units", "9"], "units is 9, but the run to go on with has 8"),
    ],
)
def test_what_going_on_cannot_do_is_told(capsys, tiny_corpus, tmp_path, arguments, words):
    assert run(capsys, "train", tiny_corpus, *SMALL, "--out", tmp_path / "run")[0] == 0
    status, _, err = run(capsys, "train", "--out", tmp_path / "run", *arguments)
    assert status == 2
    assert words in err


def test_a_run_made_in_python_needs_its_tunes_to_go_on(capsys, tiny_corpus, tmp_path):
    import tunewright

    tunes, config = tunewright.read_tunes(tiny_corpus).tunes, tunewright.TrainingConfig(epochs=1, threads=1)
    list(tunewright.train(tunes, out=tmp_path / "run", network=tunewright.NetworkConfig(units=4), config=config))
    status, _, err = run(capsys, "train", "--out", tmp_path / "run", "--resume")
    assert status == 2
    assert "no tunes to train on" in err
    assert run(capsys, "train", tiny_corpus, "--out", tmp_path / "run", "--resume")[0] == 0


@pytest.mark.slow
def test_a_run_killed_again_and_again_ends_as_one_that_was_not(capsys, tiny_corpus, tmp_path):
    arguments = ["train", tiny_corpus, *TINY, "--epochs", "90"]
    assert run(capsys, *arguments, "--out", tmp_path / "whole")[0] == 0
    process = start(*arguments, "--out", tmp_path / "killed")
    wait_for(tmp_path / "killed" / "last" / "tunewright.json", process)
    for wait in (0.0, 0.07, 0.13):
        time.sleep(wait)
        process.kill()
        finish(process)
        before = len(recorded(tmp_path / "killed")["metrics"])
        assert before
        process = start("train", "--out", tmp_path / "killed", "--resume")
        time.sleep(2)
    finish(process)
    assert run(capsys, "train", "--out", tmp_path / "killed", "--resume")[0] == 0
    assert history_of(tmp_path / "killed") == history_of(tmp_path / "whole")
    for which in ("best", "last"):
        weights = [(tmp_path / name / which / "weights.safetensors").read_bytes() for name in ("killed", "whole")]
        assert weights[0] == weights[1]
