"""The flag --network: a network from a Python file, at each command that has it; clear words at those that have not."""

import re

import pytest
from command_line import run

FILE = """\
import torch
from layer_beside import CELL
from torch import nn


class MyGru(nn.Module):
    def __init__(self, symbols, units=8):
        super().__init__()
        self.table = nn.Embedding(symbols, 6)
        self.cell = CELL(6, units)
        self.readout = nn.Linear(units, symbols)

    def forward(self, ids, state=None):
        outputs, after = self.cell(self.table(ids), state[0] if state else None)
        return self.readout(outputs), (after,)


number = 3
"""
RECIPE = ["--epochs", "2", "--batch-size", "8", "--sequence-length", "20", "--threads", "1", "--device", "cpu"]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "layer_beside.py").write_text("from torch.nn import GRU as CELL\n")
    (folder / "my_gru.py").write_text(FILE)
    return f"{folder / 'my_gru.py'}:MyGru"


@pytest.fixture
def trained(own, tiny_corpus, tmp_path, capsys):
    out = tmp_path / "run"
    status, printed, errors = run(capsys, "train", tiny_corpus, "--out", out, "--network", own, *RECIPE)
    assert status == 0, errors
    assert "own network of 8 units, " in printed
    return out


def test_a_network_from_a_file_is_trained_measured_and_composes(trained, own, tiny_corpus, capsys):
    status, printed, _ = run(capsys, "evaluate", trained, tiny_corpus, "--network", own)
    assert status == 0
    assert "full_tune" in printed
    raw = ["--raw", "--max-length", "60", "--seed", "3"]
    first = run(capsys, "compose", trained, "--network", own, *raw, "--no-originality")
    assert first[0] == 0
    assert first[:2] == run(capsys, "compose", trained, "--network", own, *raw, "--no-originality")[:2]
    status, printed, errors = run(capsys, "train", "--out", trained, "--resume", "--network", own, "--epochs", "3")
    assert status == 0, errors
    weights = re.search(r"own network of 8 units, ([\d,]+) weights", printed)[1]
    status, printed, errors = run(capsys, "compare", trained, trained / "last")
    assert status == 0, errors
    assert printed.count(weights) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate", "{run}", "{tunes}"],
        ["compose", "{run}"],
        ["neurons", "{run}", "--data", "{tunes}", "--out", "{out}"],
        ["train", "--out", "{run}", "--resume"],
        ["adapt", "{run}", "{tunes}", "--out", "{out}"],
    ],
)
def test_a_command_that_is_not_given_the_network_asks_for_it(trained, tiny_corpus, tmp_path, capsys, arguments):
    places = {"run": trained, "tunes": tiny_corpus, "out": tmp_path / "out"}
    status, _, errors = run(capsys, *(each.format(**places) for each in arguments))
    assert status == 2
    assert "whose code no checkpoint holds: name it again" in errors
    assert "--network FILE:CLASS" in errors


def test_commands_that_need_equations_say_so(trained, tmp_path, capsys):
    status, _, errors = run(capsys, "export", trained, "--onnx", tmp_path / "own.onnx")
    assert status == 2
    assert "the network is a module of your own; writing ONNX needs one whose equations Tunewright knows" in errors


def test_a_study_says_why_it_trains_none(tiny_corpus, tmp_path, capsys):
    plan = tmp_path / "plan.toml"
    plan.write_text(
        f'data = ["{tiny_corpus}"]\nseeds = [0]\n[[question]]\ntitle = "Which cell?"\ncell = ["lstm", "own"]\n'
    )
    status, _, errors = run(capsys, "study", "run", plan, "--out", tmp_path / "study")
    assert status == 2
    assert "cell is 'own', which no study trains" in errors


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("my_gru.py", "expected a Python file and a class in it, such as my_lstm.py:MyLstm"),
        ("nowhere.py:MyGru", "nowhere.py: there is no such file"),
        ("{folder}/my_gru.py:Other", "has no class or function 'Other'"),
        ("{folder}/my_gru.py:number", "has no class or function 'number'"),
        ("{folder}/text.txt:Other", "is no Python file"),
        ("{folder}/syntax.py:Other", r"syntax\.py:2: cannot be run"),
        ("{folder}/raising.py:Other", r"raising\.py:1: cannot be run: ZeroDivisionError"),
    ],
)
def test_a_wrong_file_or_name_is_told(own, tiny_corpus, tmp_path, capsys, given, message):
    folder = own.rpartition("/")[0]
    for name, text in (("text.txt", ""), ("syntax.py", "\nclass :\n"), ("raising.py", "1 / 0\n")):
        (tmp_path / name).write_text(text)
    place = folder if "my_gru" in given else tmp_path
    given = given.format(folder=place)
    status, _, errors = run(capsys, "train", tiny_corpus, "--out", tmp_path / "run", "--network", given)
    assert status == 2
    assert re.search(message, errors)
    assert errors.count("\n") == 1


def test_flags_of_our_networks_are_refused_beside_it(own, tiny_corpus, tmp_path, capsys):
    status, _, errors = run(capsys, "train", tiny_corpus, "--out", tmp_path / "run", "--network", own, "--units", "9")
    assert status == 2
    assert "units is an option of Tunewright's networks" in errors
