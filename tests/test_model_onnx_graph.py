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
from tunewright.errors import CheckpointError, MissingExtraError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.config import NetworkConfig
from tunewright.model.network import load_network
from tunewright.model.onnx_graph import metadata, state_names, to_onnx
from tunewright.options import from_mapping

CELLS = ["lstm", "gru", "rnn"]


def inputs_for(checkpoint, time, lanes):
    """Random characters, and a random state by the names of its parts."""
    generator = np.random.default_rng(7)
    shape = (checkpoint.network.layers, lanes, checkpoint.network.units)
    state = {name: generator.uniform(-1, 1, shape).astype(np.float32) for name in state_names(checkpoint.network.cell)}
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
    assert from_mapping(NetworkConfig, json.loads(told["network"])) == checkpoint.network
    assert (told["tunewright"], told["weights"]) == (__version__, checkpoint.fingerprint)


@pytest.mark.parametrize("name", ["embedding.weight", "layers.0.weight_ih_l0", "layers.0.bias_hh_l0", "readout.weight"])
def test_weights_that_do_not_fit_are_named(untrained, name):
    whole = untrained(units=4)
    cut = {**whole.weights, name: whole.weights[name][:-1]}
    with pytest.raises(CheckpointError, match=name):
        to_onnx(Checkpoint(whole.network, whole.vocabulary, cut))
    del cut[name]
    with pytest.raises(CheckpointError, match=name):
        to_onnx(Checkpoint(whole.network, whole.vocabulary, cut))


def test_without_the_package_it_says_what_to_install(untrained, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tunewright\[onnx\]'"):
        to_onnx(untrained(units=4))


def test_a_network_that_looks_back_is_refused(untrained):
    with pytest.raises(OptionError, match="look_back is 4; networks that look back are not written as ONNX files"):
        to_onnx(untrained(units=4, look_back=4))
