"""Rejection sampling on the command line: --accept, what is printed and recorded about it, and its sentences."""

from dataclasses import replace

import pytest
from command_line import run

from tunewright.cli.composing.composed_figures import acceptance_sentence, choosing_sentence
from tunewright.model.checkpoint import read_checkpoint, write_checkpoint
from tunewright.sampling.composition import Choice, Composition

TUNE = Composition("X:1\n", True, 3, likelihood=-60.0, composed=100)
SHORT = ("--max-length", "80", "--no-originality")


def test_what_choosing_took_is_told(capsys, model_with_discriminator):
    status, out, err = run(capsys, "compose", model_with_discriminator, "--count", "2", *SHORT)
    assert status == 0
    assert err.count("\n  chosen: ") == 2
    assert "nats per character" in err
    assert "choosing: " in err.splitlines()[-1]
    one = run(capsys, "compose", model_with_discriminator, *SHORT)
    assert out.startswith(one[1].rstrip("\n"))
    assert one[2].startswith("composing until a tune is accepted; --accept 1")


def test_one_flag_takes_every_tune(capsys, model_with_discriminator):
    _, out, err = run(capsys, "compose", model_with_discriminator, *SHORT, "--accept", "1")
    assert "chosen" not in err
    assert "accepted" not in err
    assert run(capsys, "compose", model_with_discriminator, *SHORT, "--accept", "0.01")[1] != out


def test_files_say_how_their_tune_was_chosen(capsys, model_with_discriminator, tmp_path):
    out = tmp_path / "tunes"
    _, _, err = run(capsys, "compose", model_with_discriminator, *SHORT, "--out", out, "--format", "abc")
    assert "chosen" in (out / "tune-0.abc").read_text(encoding="utf-8")
    assert "choosing: " in err


def test_kept_tunes_have_their_likeness_to_the_corpus(capsys, model_with_discriminator):
    _, _, err = run(capsys, "compose", model_with_discriminator, "--count", "2", "--keep", "1", "--accept", "1", *SHORT)
    assert "likeness to the corpus: " in err


@pytest.mark.parametrize("more", [["--raw"], ["--clamp", "1=1"]])
def test_nothing_is_chosen_where_the_discriminator_knows_nothing(capsys, model_with_discriminator, more):
    assert "chosen" not in run(capsys, "compose", model_with_discriminator, *SHORT, *more)[2]
    status, _, err = run(capsys, "compose", model_with_discriminator, *SHORT, *more, "--accept", "0.5")
    assert status == 2
    assert "leave out --raw and --clamp" in err


def test_accepting_needs_a_discriminator(capsys, model_with_discriminator, tmp_path):
    write_checkpoint(tmp_path / "plain", replace(read_checkpoint(model_with_discriminator), style={}))
    status, _, err = run(capsys, "compose", tmp_path / "plain", "--accept", "0.5")
    assert status == 2
    assert "needs a network with a discriminator" in err


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
