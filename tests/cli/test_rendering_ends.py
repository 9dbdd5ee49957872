"""Commands that render end with status 0, wherever V8 ends."""

import os
import subprocess
import sys

import pytest

from tunewright.model.checkpoint import write_checkpoint


def run(*arguments):
    """Exit status, once that of a crash on some processors, and errors of a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tunewright", *map(str, arguments)],
        capture_output=True, text=True, timeout=280, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.fixture
def model(untrained, tmp_path):
    write_checkpoint(tmp_path / "model", untrained(units=4))
    return tmp_path / "model"


@pytest.mark.slow
def test_render(tiny_corpus, tmp_path):
    assert run("render", tiny_corpus, "--to", "midi,svg", "--out", tmp_path / "out") == (0, "")
    assert len(list((tmp_path / "out").iterdir())) == 60


@pytest.mark.slow
def test_compose(model, tmp_path):
    assert run("compose", model, "--out", tmp_path / "out", "--format", "abc,midi,svg", "--count", "2")[0] == 0
    assert len(list((tmp_path / "out").iterdir())) == 6


@pytest.mark.slow
def test_neurons(model, tiny_corpus, tmp_path):
    assert run("neurons", model, "--data", tiny_corpus, "--out", tmp_path / "out") == (0, "")
    assert list((tmp_path / "out" / "figures").glob("*-score*"))


@pytest.mark.slow
def test_demo(tiny_corpus, tmp_path):
    status, errors = run("demo", "--corpus", tiny_corpus, "--minutes", "0.05", "--out", tmp_path / "out")
    assert status == 0
    assert [line for line in errors.splitlines() if not line.startswith("indexing 30 tunes")] == []
    assert (tmp_path / "out" / "index.html").exists()


@pytest.mark.slow
def test_report(small_study, tmp_path):
    assert run("report", small_study, "--out", tmp_path / "out") == (0, "")
    assert (tmp_path / "out" / "paper.html").exists()
