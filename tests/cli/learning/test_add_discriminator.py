from dataclasses import replace

import pytest
from command_line import run

from tunewright.cli.learning.add_discriminator import acceptance_sentence, add_discriminator, choosing_sentence
from tunewright.corpus.readers import read_tunes
from tunewright.model.checkpoint import read_checkpoint, write_checkpoint
from tunewright.sampling.choosing import learning
from tunewright.sampling.choosing.discriminator import KEY, Discriminator
from tunewright.sampling.composition import Choice, Composition
from tunewright.training.data import TrainingData

TUNE = Composition("X:1\n", True, 3, likelihood=-60.0, composed=100)
SHORT = ("--max-length", "80", "--no-originality")


@pytest.fixture(scope="module")
def model(untrained, tmp_path_factory):
    """A network whose tunes are chosen by their last note."""
    folder = tmp_path_factory.mktemp("chosen") / "model"
    network = untrained(units=8)
    weights = {f"ends on {degree}": degree % 5 - 2.0 for degree in range(12)}
    told = Discriminator(network.fingerprint, weights, 0.0, {"1": (-2.0, -1.0, 0.0, 1.0, 2.0)}, auc=0.9, tunes=300)
    write_checkpoint(folder, replace(network, style={KEY: told.as_json()}))
    return folder


def test_what_choosing_took_is_told(capsys, model):
    status, out, err = run(capsys, "compose", model, "--count", "2", *SHORT)
    assert status == 0
    assert err.count("\n  chosen: ") == 2
    assert "nats per character" in err
    assert "choosing: " in err.splitlines()[-1]
    one = run(capsys, "compose", model, *SHORT)
    assert out.startswith(one[1].rstrip("\n"))
    assert one[2].startswith("composing until a tune is accepted; --accept 1")


def test_one_flag_takes_every_tune(capsys, model):
    _, out, err = run(capsys, "compose", model, *SHORT, "--accept", "1")
    assert "chosen" not in err
    assert "accepted" not in err
    assert run(capsys, "compose", model, *SHORT, "--accept", "0.01")[1] != out


def test_files_say_how_their_tune_was_chosen(capsys, model, tmp_path):
    out = tmp_path / "tunes"
    _, _, err = run(capsys, "compose", model, *SHORT, "--out", out, "--format", "abc")
    assert "chosen" in (out / "tune-0.abc").read_text(encoding="utf-8")
    assert "choosing: " in err


def test_kept_tunes_have_their_likeness_to_the_corpus(capsys, model):
    _, _, err = run(capsys, "compose", model, "--count", "2", "--keep", "1", "--accept", "1", *SHORT)
    assert "likeness to the corpus: " in err


@pytest.mark.parametrize("more", [["--raw"], ["--clamp", "1=1"]])
def test_nothing_is_chosen_where_the_discriminator_knows_nothing(capsys, model, more):
    assert "chosen" not in run(capsys, "compose", model, *SHORT, *more)[2]
    status, _, err = run(capsys, "compose", model, *SHORT, *more, "--accept", "0.5")
    assert status == 2
    assert "leave out --raw and --clamp" in err


def test_accepting_needs_a_discriminator(capsys, model, tmp_path):
    write_checkpoint(tmp_path / "plain", replace(read_checkpoint(model), style={}))
    status, _, err = run(capsys, "compose", tmp_path / "plain", "--accept", "0.5")
    assert status == 2
    assert "needs a network with a discriminator" in err


def test_training_adds_one_or_says_why_not(capsys, tiny_corpus, tmp_path):
    command = ["train", tiny_corpus, "--out", tmp_path / "run", "--epochs", "1", "--units", "8", "--threads", "1"]
    _, out, _ = run(capsys, *command)
    assert "no discriminator, so that composing takes every tune: a discriminator needs 200 tunes; there are 27" in out
    assert "discriminator" not in run(capsys, *command, "--force", "--no-discriminator")[1]


def test_one_is_added_to_a_checkpoint_and_nothing_else_changes(capsys, model, tiny_corpus, monkeypatch, tmp_path):
    monkeypatch.setattr(learning, "FEWEST_TUNES", 10)
    monkeypatch.setattr(learning, "WITHOUT_FAIL", 1.0)
    before = replace(read_checkpoint(model), style={"tempo": 3})
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


def test_sentences():
    chosen = replace(TUNE, choice=Choice(-1.25, 3, accepted=True, seed=77))
    drawn = replace(TUNE, choice=Choice(-4.0, 12, accepted=False, seed=78))
    assert choosing_sentence(TUNE) is None
    assert choosing_sentence(chosen) == (
        "chosen: accepted as number 3 of the candidates of its seed; log-ratio of corpus to network -1.25 nats; "
        "under the network alone 0.600 nats per character; --seed 77 --accept 1 composes it again"
    )
    assert "drawn among 12 of the candidates" in choosing_sentence(drawn)
    assert acceptance_sentence([TUNE]) is None
    assert acceptance_sentence([chosen, drawn]) == (
        "choosing: 15 tunes composed for 2; 6.7% were accepted, 1 drawn where none was; --accept 1 takes every tune"
    )
