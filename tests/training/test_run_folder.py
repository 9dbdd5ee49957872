"""The folder of a run: what is removed, what stays, and that one training at a time writes there."""

import shutil
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from command_line import SMALL, TINY, run

from tunewright.corpus.readers import read_tunes
from tunewright.errors import CheckpointError, OutputError
from tunewright.model.checkpoint import read_checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.training.config import TrainingConfig
from tunewright.training.training_run import train

OPTIONS: dict[str, Any] = {
    "network": NetworkConfig(units=3, embedding=2),
    "config": TrainingConfig(epochs=2, device="cpu", threads=1),
}


@pytest.fixture(scope="module")
def tunes(tiny_corpus):
    return read_tunes(tiny_corpus).tunes


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_force_removes_what_a_training_wrote_and_nothing_else(capsys, tiny_corpus, tmp_path):
    for name in ("loss.abc", "best/mine.abc", "last/mine.abc", "own/weights.safetensors"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(tiny_corpus, tmp_path / name)
    mine = names(tmp_path)
    command = ["train", tmp_path / "loss.abc", "--out", tmp_path, "--no-discriminator", "--force", *SMALL]
    for _ in range(2):
        assert run(capsys, *command)[0] == 0
        assert mine < names(tmp_path)
        assert all((tmp_path / name).read_bytes() == tiny_corpus.read_bytes() for name in mine - {"own"})
    assert read_checkpoint(tmp_path).path == tmp_path / "best"


@pytest.mark.parametrize("name", ["history.csv", "loss.png"])
def test_a_file_that_it_would_replace_and_did_not_write_is_named(tunes, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match=f"holds {name}, which Tunewright did not write"):
        train(tunes, out=tmp_path, force=True, **OPTIONS)
    assert names(tmp_path) == {name}


def test_what_a_manifest_names_outside_its_folder_stays(tunes, tmp_path):
    (tmp_path / "mine.abc").write_text("mine")
    train(tunes, out=tmp_path / "run", **OPTIONS).finish()
    about = tmp_path / "run" / "best" / "tunewright.json"
    about.write_text('{"format": 1, "sha256": {"../../mine.abc": "", "..": ""}}')
    train(tunes, out=tmp_path / "run", force=True, **OPTIONS).close()
    assert (tmp_path / "mine.abc").read_text() == "mine"


def test_after_a_kill_in_the_first_save_the_same_command_begins_again(tunes, tmp_path):
    (tmp_path / "run" / ".best.new").mkdir(parents=True)
    (tmp_path / "run" / ".best.new" / "weights.safetensors").write_bytes(b"half")
    with pytest.raises(CheckpointError, match="leave --resume out"):
        train(tunes, out=tmp_path / "run", resume=True, **OPTIONS)
    train(tunes, out=tmp_path / "run", **OPTIONS).finish()
    assert not list((tmp_path / "run").glob(".*"))


def test_after_a_kill_between_its_two_checkpoints_both_ways_say_the_same(tunes, tmp_path):
    train(tunes, out=tmp_path / "run", **OPTIONS).finish()
    shutil.rmtree(tmp_path / "run" / "last")
    with pytest.raises(CheckpointError, match="give --force in place of --resume"):
        train(tunes, out=tmp_path / "run", resume=True, **OPTIONS)
    with pytest.raises(OutputError, match="give --force"):
        train(tunes, out=tmp_path / "run", **OPTIONS)


def test_a_later_training_of_the_same_process_takes_the_folder_over(tunes, tmp_path):
    first = train(tunes, out=tmp_path, **OPTIONS)
    next(first)
    second = train(tunes, out=tmp_path, force=True, **OPTIONS)
    with pytest.raises(OutputError, match="another training of this process has begun"):
        list(first)
    second.finish()
    third = train(tunes, out=tmp_path, resume=True, **OPTIONS)
    second.close()
    assert third.run._lock.held


@pytest.fixture
def training(tiny_corpus, tmp_path):
    """A training in another process, which has saved something."""
    command = [sys.executable, "-m", "tunewright", "train", str(tiny_corpus), "--out", str(tmp_path / "run"), *TINY]
    process = subprocess.Popen([*command, "--epochs", "100000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 120
    while not (tmp_path / "run" / "last" / "tunewright.json").is_file():
        assert process.poll() is None and time.monotonic() < ends
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_a_second_training_in_the_same_folder_is_refused(capsys, training, tiny_corpus, tmp_path):
    pytest.importorskip("fcntl")
    for how in ("--force", "--resume"):
        status, _, err = run(capsys, "train", tiny_corpus, "--out", tmp_path / "run", how, *TINY, "--epochs", "100000")
        assert (status, err) == (
            2,
            f"tunewright: {tmp_path / 'run'}: another process trains in it; wait until that has ended, or choose "
            "another folder\n",
        )
    training.send_signal(signal.SIGKILL)
    training.wait()
    assert run(capsys, "train", tiny_corpus, "--out", tmp_path / "run", "--force", "--no-discriminator", *SMALL)[0] == 0
    assert names(tmp_path / "run") >= {"best/tunewright.json", "history.csv"}
    assert not list((tmp_path / "run").rglob(".*"))
