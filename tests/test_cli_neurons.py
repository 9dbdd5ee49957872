"""Does ``tunewright neurons`` write what it found, show it, and say what is wrong?"""

import json

import pytest
from test_cli_main import run

from tunewright.model.checkpoint import write_checkpoint


@pytest.fixture
def book(tiny_tunes, tmp_path):
    path = tmp_path / "book.abc"
    path.write_text("\n".join(tiny_tunes), encoding="utf-8")
    return path


@pytest.fixture
def model(untrained, tmp_path):
    write_checkpoint(tmp_path / "model", untrained(units=6))
    return tmp_path / "model"


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_findings_stand_beside_those_of_an_untrained_network_and_other_models(capsys, untrained, model, book, tmp_path):
    write_checkpoint(tmp_path / "other", untrained(units=3, cell="gru"))
    out = tmp_path / "out"
    status, shown, err = run(capsys, "neurons", model, "--data", book, "--out", out, "--against", tmp_path / "other")
    assert (status, err) == (0, "")
    findings, study = read(out, "neurons.json"), read(out, "study.json")
    assert {finding["unit"] for finding in findings} == set(range(6))
    assert {finding["unit"] for finding in read(out, "untrained.json")} == set(range(6))
    assert study["choosing"]["tunes"] + study["held_out"]["tunes"] == 30
    assert {each["unit"] for each in study["against"][str(tmp_path / "other")]} <= {0, 1, 2}
    assert not (out / "tunes.json").exists()
    assert "header" in shown
    assert "untrained" in shown
    assert "the network: " in shown
    for label in study["labels"]:
        assert label in shown


def test_units_and_tunes_are_told_of_as_asked(capsys, model, book, tiny_tunes, tmp_path):
    tune = tmp_path / "mine.abc"
    tune.write_text(tiny_tunes[3], encoding="utf-8")
    out = tmp_path / "out"
    status, shown, _ = run(
        capsys, "neurons", model, "--data", book, "--held-out", book, "--out", out,
        "--tune", tune, "--unit", 4, 2, "--quantity", "c",
    )  # fmt: skip
    assert status == 0
    assert {finding["unit"] for finding in read(out, "neurons.json")} == {2, 4}
    study = read(out, "study.json")
    assert study["quantity"] == "c"
    assert study["choosing"] == study["held_out"]
    (content,) = read(out, "tunes.json")
    assert content["text"] == tiny_tunes[3]
    assert [row["unit"] for row in content["units"]] == [2, 4]
    assert len(content["units"][0]["values"]) == len(tiny_tunes[3])
    rows = [line for line in shown.splitlines() if " 2 " in line or " 4 " in line]
    assert len(rows) >= 6


def test_fewer_characters_are_looked_at_if_asked(capsys, model, book, tmp_path):
    run(capsys, "neurons", model, "--data", book, "--held-out", book, "--out", tmp_path / "out", "--characters", 2000)
    assert read(tmp_path / "out", "study.json")["choosing"]["characters"] <= 2000


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--unit", "6"], "there is no unit 6; the network has units 0 to 5 in each layer"),
        (["--quantity", "reset"], "units of kind 'lstm' have no quantity 'reset'; they have: h, c, input"),
        (["--characters", "5"], "characters is 5; allowed: 1,000 or more"),
    ],
)
def test_mistakes_are_one_line(capsys, model, book, tmp_path, more, message):
    status, _, err = run(capsys, "neurons", model, "--data", book, "--out", tmp_path / "out", *more)
    assert status == 2
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("X:1\nT:é\nK:C\nA|\n", "mine.abc:2:3: the network has never seen 'é'"),
        ("", "mine.abc:1: is empty"),
        ("\n\n", "mine.abc:1: is empty"),
    ],
)
def test_a_tune_that_cannot_be_read_is_an_error(capsys, model, book, tmp_path, content, message):
    tune = tmp_path / "mine.abc"
    tune.write_text(content, encoding="utf-8")
    status, _, err = run(capsys, "neurons", model, "--data", book, "--out", tmp_path / "out", "--tune", tune)
    assert status == 2
    assert message in err
    assert "Traceback" not in err


def test_a_folder_that_holds_something_is_left_alone(capsys, model, book, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "neurons.json").write_text("mine")
    status, _, err = run(capsys, "neurons", model, "--data", book, "--out", out)
    assert status == 2
    assert "holds something already" in err
    assert (out / "neurons.json").read_text() == "mine"
    assert run(capsys, "neurons", model, "--data", book, "--out", out, "--force")[0] == 0
    assert read(out, "neurons.json")
