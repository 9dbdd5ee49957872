"""Tunes to show: the user's without added comments, or a composed one."""

from pathlib import Path

import pytest
from command_line import run

from tunewright.analysis.composed_tune import CONFIG, as_composed, composed_tune
from tunewright.cli.sources import read_sources
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError
from tunewright.model.checkpoint import write_checkpoint
from tunewright.notation.check import check


def test_it_is_playable_and_always_the_same(untrained):
    # Without signs that abc2midi, which the acceptor follows, and the standard, which the check follows, differ on.
    model = untrained(units=6, symbols=" /:|]123468ABCDEFGKLMTXabcdefg")
    tune = composed_tune(model)
    assert tune == composed_tune(model)
    assert not [finding for finding in check(tune.text) if finding.severity == "error"]


def test_a_composed_file_is_shown_as_the_network_wrote_it(capsys, untrained, tmp_path):
    model = untrained(units=6, symbols="".join(map(chr, range(32, 127))).replace("%", ""))
    write_checkpoint(tmp_path / "model", model)
    status, _, err = run(
        capsys, "compose", tmp_path / "model", "--out", tmp_path / "out", "--format", "abc", "--no-originality"
    )
    assert status == 0, err
    (tune,) = read_sources(str(tmp_path / "out" / "tune-0.abc"))
    comments = tune.text.count("\n% ")
    assert comments >= 5
    shown = as_composed(tune)
    assert "%" not in shown.text
    assert tune.text.split("\n")[comments + 1 :] == shown.text.split("\n")[1:]
    assert shown.line == 1 + comments
    model.vocabulary.encode(shown.text)
    assert as_composed(shown) == shown


def test_a_comment_of_another_hand_stays():
    text = "X:1\n% collected in Kerry\nT:The Kesh\nK:G\nGAB % twice\n"
    tune = Tune(text, Path("kesh.abc"), 3, len(text))
    assert as_composed(tune) is tune


def test_a_network_that_knows_few_characters_writes_as_it_can(untrained):
    text = composed_tune(untrained(units=4, symbols="abc|")).text
    assert set(text) <= set("abc|\n")
    assert 0 < len(text) <= CONFIG.max_length


def test_a_network_that_composes_nothing_is_an_error(untrained):
    model = untrained(units=4, symbols="ab")
    model.weights["readout.bias"][:] = [0, 100, 0, 0, 0]  # the end of a tune, whatever came
    with pytest.raises(OptionError, match="name a tune"):
        composed_tune(model)
