"""Oracles: the numpy reference, whose characters the compiled loop must write, and torch for the path of argmax."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tunewright.acceptor.grammar import Grammar
from tunewright.errors import OptionError
from tunewright.model.network import load_network
from tunewright.sampling.compiled import kernel, machine_code
from tunewright.sampling.compiled.calling import START_ID
from tunewright.sampling.compiled.kernel import Kernel
from tunewright.sampling.compiled.steering import Steering
from tunewright.sampling.compiled.weights import pack
from tunewright.sampling.config import CompositionConfig
from tunewright.sampling.generation_state import Writer, new_generation
from tunewright.sampling.reference import NumpyReference

SHAPES = [
    {"cell": "lstm", "units": 37, "embedding": 8},
    {"cell": "lstm", "units": 20, "layers": 2, "embedding": 0},
    {"cell": "gru", "units": 19, "layers": 2},
    {"cell": "gru", "units": 1, "embedding": 0},
    {"cell": "rnn", "units": 30, "layers": 3},
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"temperature": 0.5},
    {"temperature": 2.0},
    {"temperature": 1e-3},
    {"top_k": 3},
    {"top_p": 0.7},
    {"temperature": 30.0, "top_k": 40, "top_p": 0.9},
    {"argmax": True},
]


@pytest.fixture(scope="module")
def entries():
    found = kernel.ready()
    assert found, "numba must be there for the tests"
    return found


def start(network, length, seed, acceptor_state=None, given=(START_ID,)):
    return new_generation(network, np.array(given), length, seed, acceptor_state)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_writes_what_the_twin_writes(entries, untrained, shape):
    network = pack(untrained(**shape))
    for seed, options in enumerate(OPTIONS * 2):
        config = CompositionConfig(**options)
        generations = [start(network, 300, seed, given=(START_ID, 5, 9, 30)) for _ in range(2)]
        writers: tuple[Writer, ...] = (Kernel(entries, network, config), NumpyReference(network, config))
        for generation, writer in zip(generations, writers, strict=True):
            assert not writer.write(generation, 300)
        assert generations[0].written.tolist() == generations[1].written.tolist()
        np.testing.assert_allclose(generations[0].tallies, generations[1].tallies, rtol=1e-12)
        assert generations[0].tallies[1] == 0


@pytest.mark.parametrize("options", [{}, {"temperature": 2.0}, {"temperature": 0.01, "top_p": 0.9}], ids=str)
def test_it_writes_what_the_twin_writes_with_a_grammar(entries, untrained, options):
    model = untrained(units=24)
    network, grammar, config = pack(model), Grammar(model.vocabulary.symbols), CompositionConfig(**options)
    acceptor_state = np.array(grammar.begin(160).numbers())
    for seed in range(2):
        generations = [start(network, 160, seed, acceptor_state) for _ in range(2)]
        writers: tuple[Writer, ...] = (
            Kernel(entries, network, config, Steering.of(grammar)),
            NumpyReference(network, config, grammar),
        )
        for generation, writer in zip(generations, writers, strict=True):
            assert not writer.write(generation, 160)
        assert generations[0].written.tolist() == generations[1].written.tolist()
        np.testing.assert_allclose(generations[0].tallies, generations[1].tallies, rtol=1e-9)
        assert generations[0].ended
        text = model.vocabulary.decode(generations[0].written[:-1])
        assert grammar.refusal(text) is None
        assert 0 < generations[0].tallies[1] < len(text)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_every_choice_is_that_of_torchs_layers(entries, untrained, cell):
    model = untrained(cell=cell, units=40, layers=2)
    network = pack(model)
    generation = start(network, 400, 0)
    Kernel(entries, network, CompositionConfig(argmax=True)).write(generation, 400)
    with torch.inference_mode():
        logits = load_network(model)(torch.from_numpy(generation.symbols[: generation.position])[:, None])[0][:, 0]
    written = torch.from_numpy(generation.written)[:, None]
    best = logits[:, START_ID + 1 :].max(dim=1).values
    assert (best - logits.gather(1, written)[:, 0]).max() < 1e-4
    likelihood = torch.log_softmax(logits.double(), dim=1).gather(1, written).sum()
    assert generation.tallies[0] == pytest.approx(float(likelihood), rel=1e-5)


@pytest.mark.parametrize("piece", [1, 7])
def test_a_tune_can_be_written_in_pieces(entries, untrained, piece):
    network = pack(untrained(units=16))
    whole, pieces = start(network, 90, 4, given=(0, 7, 8)), start(network, 90, 4, given=(0, 7, 8))
    writer = Kernel(entries, network, CompositionConfig())
    assert not writer.write(whole, 1000)
    calls = 1
    while writer.write(pieces, piece):
        calls += 1
    assert calls == -(-len(whole.written) // piece)
    assert pieces.symbols.tolist() == whole.symbols.tolist()
    assert pieces.tallies.tolist() == whole.tallies.tolist()


def test_a_grammar_without_room_is_told(entries, untrained):
    model = untrained(units=8)
    network, grammar = pack(model), Grammar(model.vocabulary.symbols)
    state = grammar.begin(200)
    state.budget = 3  # as if all but three characters were spent
    for writer in (
        Kernel(entries, network, CompositionConfig(), Steering.of(grammar)),
        NumpyReference(network, CompositionConfig(), grammar),
    ):
        with pytest.raises(OptionError, match="max_length is 3"):
            writer.write(start(network, 3, 0, np.array(state.numbers())), 3)


def test_without_numba_there_is_no_loop(monkeypatch):
    def fail(_program):
        raise ImportError("no module named numba")

    monkeypatch.setattr(kernel, "_loaded", [])
    monkeypatch.setattr(machine_code, "load", fail)
    assert kernel.ready() is None
    assert not kernel.is_ready()


@pytest.mark.usefixtures("entries")
def test_composing_imports_neither_torch_nor_numba(untrained, tmp_path):
    from tunewright.model.checkpoint import write_checkpoint

    write_checkpoint(tmp_path / "model", replace(untrained(units=12), path=None))
    code = f"""
import sys, tunewright
from tunewright.acceptor.grammar import Grammar
from tunewright.sampling.compiled.kernel import is_ready
model = tunewright.read_checkpoint({str(tmp_path / "model")!r})
config = tunewright.CompositionConfig(max_length=200)
for grammar in (None, Grammar(model.vocabulary.symbols)):
    "".join(tunewright.stream(model, config, grammar=grammar, raw=grammar is None))
    assert len(list(tunewright.compose_many(model, 30, config, grammar=grammar, raw=grammar is None))) == 30
assert is_ready()
print("loaded:", *(name for name in ("torch", "numba") if name in sys.modules))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["loaded:"]
