"""Networks that learn text of any kind: everything but music."""

import json
import random

import pytest
from command_line import SMALL, run

WORDS = ("the", "of", "and", "to", "in", "that", "was", "his", "her", "with", "as", "had", "for", "it", "which", "on")


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    chance, path = random.Random(1), tmp_path_factory.mktemp("text") / "novel.md"
    lines = [" ".join(chance.choice(WORDS) for _ in range(12)).capitalize() + ".\n" for _ in range(120)]
    path.write_text("".join(line + ("\n" if number % 6 == 5 else "") for number, line in enumerate(lines)))
    return path


@pytest.fixture
def model(capsys, text, tmp_path):
    status, _, err = run(capsys, "train", text, "--plain-text", "--out", tmp_path / "run", *SMALL)
    assert (status, err) == (0, "")
    return tmp_path / "run"


def test_text_that_is_no_abc_is_refused_unless_it_is_asked_for(capsys, text, tmp_path):
    status, _, err = run(capsys, "train", text, "--out", tmp_path / "run", *SMALL)
    assert status == 2
    assert "--plain-text" in err


@pytest.mark.slow
def test_a_network_of_plain_text_does_everything_but_music(capsys, model, text, tmp_path):
    about = json.loads((model / "best" / "tunewright.json").read_text())
    assert about["training"]["data"]["plain_text"] is True
    assert about["style"] == {}
    assert run(capsys, "train", "--out", model, "--resume", "--epochs", "3")[0] == 0
    status, out, _ = run(capsys, "evaluate", model, text)
    assert (status, "counting" in out) == (0, True)
    status, out, err = run(capsys, "compose", model, "--max-length", "60", "--prime", "the ")
    assert (status, out.startswith("the ")) == (0, True), err
    status, _, err = run(capsys, "adapt", model, text, "--out", tmp_path / "own", "--epochs", "1")
    assert status == 0, err
    assert run(capsys, "compose", tmp_path / "own", "--max-length", "60")[0] == 0
    assert run(capsys, "compare", model, tmp_path / "own")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["compose", "--bars", "8"],
        ["compose", "--key", "D"],
        ["compose", "--out", "tunes"],
        ["compose", "--vary", "novel.md", "--bars", "1"],
        ["neurons", "--data", "novel.md", "--out", "page"],
    ],
)
def test_what_is_about_music_says_so(capsys, model, text, monkeypatch, command):
    monkeypatch.chdir(text.parent)
    name, *arguments = command
    status, _, err = run(capsys, name, model, *arguments)
    assert (status, "learned plain text" in err, err.count("\n")) == (2, True, 1), err
