"""`tunewright adapt`: losses before and after, missing former tunes, errors, and stopping."""

import json
import shutil
import signal
import subprocess
import sys
import time

import pytest
from command_line import run
from stored_files import rewrite

from tunewright.model.checkpoint import read_checkpoint


@pytest.fixture
def own(tiny_tunes, tmp_path):
    path = tmp_path / "own.abc"
    path.write_text("\n".join(text.replace("tune", "mélodie") for text in tiny_tunes[:12]))
    return path


def test_a_table_shows_both_losses_before_and_after(capsys, trained_run, own, tmp_path):
    status, out, err = run(capsys, "adapt", trained_run, own, "--out", tmp_path / "run", "--epochs", "2")
    assert (status, err) == (0, "")
    assert "new to the network: 'i' 'l' 'é'" in out
    about = read_checkpoint(tmp_path / "run").training["adapted_from"]
    assert about["network"] == read_checkpoint(trained_run).fingerprint
    table = out.splitlines()[-2:]
    for line, name in zip(table, ("own", "former"), strict=True):
        for protocol in ("full_tune", "cold_window"):
            assert f"{about['before'][name][protocol]:.3f} -> {about['after'][name][protocol]:.3f}" in line
    assert f"({about['held_out']} held out)" in table[0]


@pytest.mark.slow
def test_without_the_former_tunes_it_says_so_and_goes_on(capsys, trained_run, own, tiny_corpus, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(trained_run / "best", copy)
    gone = {"training_sources": [str(tmp_path / "gone.txt")]}
    rewrite(copy / "tunewright.json", lambda about: about["training"]["data"].update(gone))
    status, out, err = run(capsys, "adapt", copy, own, "--out", tmp_path / "run", "--epochs", "1")
    assert status == 0
    assert "gone.txt" in err
    assert "--corpus" in err
    assert err.count("\n") == 1
    assert "former validation" not in out
    arguments = ("--corpus", tiny_corpus, "--out", tmp_path / "named", "--epochs", "1")
    status, out, err = run(capsys, "adapt", copy, own, *arguments)
    assert (status, err) == (0, "")
    assert "former validation" in out


def test_few_tunes_are_all_learned(capsys, trained_run, tiny_tunes, tmp_path):
    (tmp_path / "few.abc").write_text("\n".join(tiny_tunes[:3]))
    status, out, _ = run(capsys, "adapt", trained_run, tmp_path / "few.abc", "--out", tmp_path / "run", "--epochs", "1")
    assert status == 0
    assert "too few tunes to hold any out" in out
    assert "own tunes (learned from)" in out


def test_it_is_evaluated_and_looked_for_copies_beside_all_that_it_learned(capsys, trained_run, own, tmp_path):
    from tunewright.cli.sources import learned_from
    from tunewright.corpus.readers import read_tunes

    run(capsys, "adapt", trained_run, own, "--out", tmp_path / "run", "--epochs", "1")
    status, out, err = run(capsys, "evaluate", tmp_path / "run", own, "--json")
    assert (status, err) == (0, "")
    first = read_checkpoint(trained_run).training["data"]["training_characters"]
    assert json.loads(out)["baselines"]["counted_characters"] == first
    texts = {tune.text for tune in learned_from(read_checkpoint(tmp_path / "run"))}
    assert {tune.text for tune in read_tunes(own).tunes} < texts


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], "epochs is 0"),
        (["--l2-sp", "-1"], "l2_sp is -1"),
        (["--resume"], "no run to go on with"),
        (["--corpus", "nowhere"], "nowhere"),
    ],
)
def test_mistakes_are_named(capsys, trained_run, own, tmp_path, arguments, words):
    status, _, err = run(capsys, "adapt", trained_run, own, "--out", tmp_path / "run", *arguments)
    assert status == 2
    assert words in err
    status, _, err = run(capsys, "adapt", trained_run, "--out", tmp_path / "run")
    assert status == 2
    assert "no tunes to learn" in err


@pytest.mark.slow
def test_stopped_by_the_system_it_goes_on(capsys, trained_run, own, tmp_path):
    arguments = [
        "adapt",
        str(trained_run),
        str(own),
        "--out",
        str(tmp_path / "run"),
        "--epochs",
        "24",
        "--patience",
        "0",
    ]
    process = subprocess.Popen([sys.executable, "-m", "tunewright", *arguments], stdout=subprocess.PIPE, text=True)
    limit = time.monotonic() + 120
    while not (tmp_path / "run" / "history.csv").exists():
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "--resume" in out
    done = len((tmp_path / "run" / "history.csv").read_text().splitlines()) - 1
    assert 0 < done < 24
    status, out, _ = run(capsys, *arguments, "--resume")
    assert status == 0
    assert len((tmp_path / "run" / "history.csv").read_text().splitlines()) == 25
    assert "->" in out
