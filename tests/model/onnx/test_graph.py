"""Oracles: torch's own recurrent modules, and ONNX's reference evaluator, which shares no code with ONNX Runtime."""

import json
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx.reference import ReferenceEvaluator

from tunewright import __version__
from tunewright.errors import CheckpointError, MissingExtraError
from tunewright.model import look_back
from tunewright.model import network as network_module
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.look_back import with_empty_rows
from tunewright.model.network import load_network
from tunewright.model.onnx import pointer_head
from tunewright.model.onnx.graph import metadata, state_names, to_onnx
from tunewright.options import from_mapping

CELLS = ["lstm", "gru", "rnn"]


def inputs_for(checkpoint, time, lanes):
    """Random characters, and a random state by the names of its parts."""
    generator, network = np.random.default_rng(7), checkpoint.config
    shape = (network.layers, lanes, network.units)
    state = {name: generator.uniform(-1, 1, shape).astype(np.float32) for name in state_names(network)}
    if network.look_back:
        state["memory"] = np.zeros((0, lanes, network.look_back + 4), np.float32)
    return generator.integers(len(checkpoint.vocabulary), size=(time, lanes)), state


def by_torch(checkpoint, ids, state):
    with torch.no_grad():
        logits, end = load_network(checkpoint)(torch.from_numpy(ids), tuple(map(torch.from_numpy, state.values())))
    return [logits.numpy(), *(part.numpy() for part in end)]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("embedding", [0, 5])
@pytest.mark.parametrize(("time", "lanes"), [(1, 1), (13, 4)])
def test_onnx_runtime_computes_what_torch_computes(untrained, cell, layers, embedding, time, lanes):
    checkpoint = untrained(cell=cell, units=7, layers=layers, embedding=embedding)
    ids, state = inputs_for(checkpoint, time, lanes)
    results = onnxruntime.InferenceSession(to_onnx(checkpoint)).run(None, {"ids": ids, **state})
    for ours, theirs in zip(results, by_torch(checkpoint, ids, state), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_so_does_the_reference_evaluator(untrained, cell):
    checkpoint = untrained(cell=cell, units=6, layers=2, embedding=4)
    ids, state = inputs_for(checkpoint, 3, 2)
    results = ReferenceEvaluator(onnx.load_from_string(to_onnx(checkpoint))).run(None, {"ids": ids, **state})
    for ours, theirs in zip(results[:1], by_torch(checkpoint, ids, state)[:1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_inputs_and_outputs_are_as_documented(untrained):
    checkpoint = untrained(units=7, layers=2)
    session = onnxruntime.InferenceSession(to_onnx(checkpoint))
    state = [2, "B", 7]
    given = {entry.name: (entry.type, entry.shape) for entry in session.get_inputs()}
    made = {entry.name: (entry.type, entry.shape) for entry in session.get_outputs()}
    assert given == {
        "ids": ("tensor(int64)", ["T", "B"]), "h": ("tensor(float)", state), "c": ("tensor(float)", state),
    }  # fmt: skip
    assert made == {
        "logits": ("tensor(float)", ["T", "B", len(checkpoint.vocabulary)]),
        "new_h": ("tensor(float)", state), "new_c": ("tensor(float)", state),
    }  # fmt: skip


def test_the_metadata_rebuild_vocabulary_and_network(untrained):
    checkpoint = untrained(cell="gru", units=4, symbols="aé♯\U0001d11e\"\\'\x00")
    told = onnxruntime.InferenceSession(to_onnx(checkpoint)).get_modelmeta().custom_metadata_map
    assert told == metadata(checkpoint)
    assert json.loads(told["symbols"]) == checkpoint.vocabulary.symbols
    assert from_mapping(NetworkConfig, json.loads(told["network"])) == checkpoint.config
    assert (told["tunewright"], told["weights"]) == (__version__, checkpoint.fingerprint)


@pytest.mark.parametrize(
    "name",
    ["embedding.weight", "layers.0.weight_ih_l0", "layers.0.bias_hh_l0", "readout.weight", "look_back.gate.weight"],
)
def test_weights_that_do_not_fit_are_named(untrained, name):
    whole = untrained(units=4, look_back=3)
    cut = {**whole.weights, name: whole.weights[name][:-1]}
    with pytest.raises(CheckpointError, match=name):
        to_onnx(Checkpoint(whole.config, whole.vocabulary, cut))
    del cut[name]
    with pytest.raises(CheckpointError, match=name):
        to_onnx(Checkpoint(whole.config, whole.vocabulary, cut))


def test_without_the_package_it_says_what_to_install(untrained, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tunewright\[onnx\]'"):
        to_onnx(untrained(units=4))


@pytest.fixture
def looking(untrained):
    """A function from the fields of a `NetworkConfig` to a network that looks back, its gate half open."""

    def make(**shape):
        model = untrained(**{"units": 6, "embedding": 4, "look_back": 5, **shape})
        weights = {
            **model.weights,
            "look_back.gate.bias": np.array([2.5], np.float32),
            "look_back.match": np.array([0.1], np.float32),
        }
        generator = np.random.default_rng(1)
        weights["look_back.place"] = generator.normal(-30, 10, (32, 32)).astype(np.float32)
        return Checkpoint(model.config, model.vocabulary, weights)

    return make


def whole_and_stepwise(ids, state, run):
    """Logits and memory as one sequence, in pieces of 7, and one step at a time."""
    for length in (len(ids), 7, 1):
        logits, now = [], dict(state)
        for first in range(0, len(ids), length):
            scores, *after = run(None, {"ids": ids[first : first + length], **now})
            now = dict(zip(now, after, strict=True))
            logits.append(scores)
        yield np.concatenate(logits), now["memory"]


@pytest.mark.parametrize("shape", [{}, {"cell": "gru", "layers": 2}, {"cell": "rnn", "embedding": 0}])
@pytest.mark.parametrize(("time", "lanes", "memory"), [(1, 1, 1200), (60, 4, 1200), (60, 3, 16)])
def test_looking_back_it_computes_what_torch_computes(looking, monkeypatch, shape, time, lanes, memory):
    """Tunes begin and end within a call, bars are longer and shorter than there are places, and the memory is full."""
    for module in (look_back, pointer_head, network_module):
        monkeypatch.setattr(module, "MEMORY", memory)
    checkpoint = looking(**shape)
    ids, state = inputs_for(checkpoint, time, lanes)
    ids[: time // 2] = 2 + ids[: time // 2] % 2  # some that come again and again
    ids[time // 3, :2] = 0  # a tune begins
    expected, *_, expected_memory = by_torch(checkpoint, ids, state)
    session = onnxruntime.InferenceSession(to_onnx(checkpoint))
    for logits, memory_then in whole_and_stepwise(ids, state, session.run):
        np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)
        assert len(memory_then) == min(time, memory)
        ours, theirs = (with_empty_rows(torch.from_numpy(each), memory) for each in (memory_then, expected_memory))
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_so_does_the_reference_evaluator_of_one_that_looks_back(looking):
    checkpoint = looking(units=4)
    ids, state = inputs_for(checkpoint, 9, 2)
    run = ReferenceEvaluator(onnx.load_from_string(to_onnx(checkpoint))).run
    expected = by_torch(checkpoint, ids, state)[0]
    for logits, _ in whole_and_stepwise(ids, state, run):
        np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_the_memory_is_an_input_and_an_output(looking):
    session = onnxruntime.InferenceSession(to_onnx(looking()))
    assert [entry.name for entry in session.get_inputs()] == ["ids", "h", "c", "memory"]
    assert session.get_inputs()[-1].shape == ["M", "B", 9]
    assert [entry.name for entry in session.get_outputs()] == ["logits", "new_h", "new_c", "new_memory"]
    assert session.get_outputs()[-1].shape == ["N", "B", 9]


def test_empty_rows_of_the_memory_change_nothing(looking):
    checkpoint = looking()
    ids, state = inputs_for(checkpoint, 12, 2)
    run = onnxruntime.InferenceSession(to_onnx(checkpoint)).run
    padded = {**state, "memory": np.zeros((5, 2, 9), np.float32)}
    without, with_rows = (run(["logits"], {"ids": ids, **each})[0] for each in (state, padded))
    np.testing.assert_allclose(with_rows, without, rtol=1e-5, atol=1e-5)
