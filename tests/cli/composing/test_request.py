"""Units held at a value with --clamp: which texts are accepted, and that composing and files obey them."""

import pytest
from command_line import run
from hypothesis import given
from hypothesis import strategies as st

from tunewright.cli.composing.request import parse_clamps
from tunewright.errors import OptionError
from tunewright.model.checkpoint import read_checkpoint, write_checkpoint
from tunewright.model.clamping import clamp_units, origin


@pytest.fixture
def model(untrained, tmp_path):
    folder = tmp_path / "model"
    write_checkpoint(folder, untrained(units=6, layers=2))
    return folder


def test_units_are_named_with_or_without_their_layer():
    held = {(0, 4): 1, (1, 4): -0.5, (0, 2): 0.25, (0, 3): -0.1}
    assert parse_clamps(["4=1", "1:4=-0.5", "2=.25", "0:3=-1e-1"]) == held
    assert parse_clamps(None) == parse_clamps([]) == {}


@pytest.mark.parametrize(
    "wrong", ["", "4", "4=", "=1", "4=high", "a:4=1", "1:2:3=1", "4=1,5=1", "4=nan", "-4=1", "٤=1"]
)
def test_anything_else_is_refused_with_an_example(wrong):
    with pytest.raises(OptionError, match=r"allowed: a unit and a value from -1 to 1, such as 42=1"):
        parse_clamps([wrong])


def test_a_unit_named_twice_is_refused():
    with pytest.raises(OptionError, match="names unit 4 twice"):
        parse_clamps(["0:4=1", "4=0"])


@given(st.text(max_size=12))
def test_any_text_is_understood_or_refused(untrained, text):
    try:
        held = clamp_units(untrained(units=6), parse_clamps([text]))
    except OptionError:
        return
    assert origin(held)["clamped"]


def test_composing_with_a_unit_held(capsys, model, tmp_path):
    compose = ["compose", model, "--raw", "--no-originality", "--max-length", "60", "--seed", "2"]
    _, free, _ = run(capsys, *compose)
    status, held, _ = run(capsys, *compose, "--clamp", "4=1", "1:2=-0.5")
    assert status == 0
    assert held != free
    assert run(capsys, *compose, "--clamp", "4=1", "--clamp", "1:2=-0.5")[1] == held
    assert run(capsys, *compose, "--clamp", "4=1", "--out", tmp_path / "out", "--format", "abc")[0] == 0
    written = (tmp_path / "out" / "tune-2.abc").read_text()
    assert f"% weights: {read_checkpoint(model).fingerprint}\n" in written
    assert "% clamped: 4=1\n" in written
    run(capsys, *compose, "--out", tmp_path / "free", "--format", "abc")
    assert "clamped" not in (tmp_path / "free" / "tune-2.abc").read_text()


def test_mistakes_exit_with_their_reason(capsys, model):
    for clamp, words in (("6=1", "there is no unit 6"), ("4=1.5", "allowed: -1 to 1"), ("four", "--clamp is 'four'")):
        status, out, err = run(capsys, "compose", model, "--clamp", clamp)
        assert (status, out) == (2, "")
        assert words in err
