"""Training of a discriminator at the end of a training, and for a checkpoint that has none."""

from dataclasses import replace

import pytest
from command_line import run

from tunewright.cli.learning.add_discriminator import add_discriminator
from tunewright.corpus.readers import read_tunes
from tunewright.model.checkpoint import read_checkpoint, write_checkpoint
from tunewright.sampling.choosing import learning
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.training.data import TrainingData


@pytest.mark.slow
def test_training_adds_one_or_says_why_not(capsys, tiny_corpus, tmp_path):
    command = ["train", tiny_corpus, "--out", tmp_path / "run", "--epochs", "1", "--units", "8", "--threads", "1"]
    _, out, _ = run(capsys, *command)
    assert "no discriminator, so that composing takes every tune: a discriminator needs 200 tunes; there are 27" in out
    assert "discriminator" not in run(capsys, *command, "--force", "--no-discriminator")[1]


def test_one_is_added_to_a_checkpoint_and_nothing_else_changes(
    capsys, model_with_discriminator, tiny_corpus, monkeypatch, tmp_path
):
    monkeypatch.setattr(learning, "FEWEST_TUNES", 10)
    monkeypatch.setattr(learning, "WITHOUT_FAIL", 1.0)
    before = replace(read_checkpoint(model_with_discriminator), style={"tempo": 3})
    write_checkpoint(tmp_path / "best", before)
    data = TrainingData.of(read_tunes(tiny_corpus).tunes)
    add_discriminator(tmp_path / "best", replace(data, tunes=data.tunes[:10]))
    assert "to tell 10 training tunes from as many composed ones" in capsys.readouterr().out
    after = read_checkpoint(tmp_path / "best")
    assert Discriminator.of(after).tunes == 10
    assert after.fingerprint == before.fingerprint
    assert after.style["tempo"] == 3
    add_discriminator(tmp_path / "best", data)
    assert capsys.readouterr().out == ""
