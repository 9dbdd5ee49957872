"""`tunewright export`: an ONNX file that runs without Tunewright, and errors that are one clear line."""

import sys
from dataclasses import replace

import numpy as np
import onnxruntime
from command_line import run

from tunewright.model.checkpoint import write_checkpoint


def test_the_file_runs_and_the_difference_is_told(capsys, untrained_model, tmp_path):
    status, out, err = run(capsys, "export", untrained_model, "--onnx", tmp_path / "net.onnx")
    assert (status, err) == (0, "")
    assert "differs from torch by" in out
    state = np.zeros((1, 1, 6), np.float32)
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx")
    logits, _, _ = session.run(None, {"ids": np.array([[0]]), "h": state, "c": state})
    assert np.isfinite(logits).all()


def test_without_onnxruntime_it_is_written_and_said(capsys, untrained_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    status, out, _ = run(capsys, "export", untrained_model, "--onnx", tmp_path / "net.onnx")
    assert status == 0
    assert "not compared" in out
    assert "tunewright[onnx]" in out
    assert (tmp_path / "net.onnx").stat().st_size > 1000


def test_without_onnx_it_says_what_to_install(capsys, untrained_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    status, _, err = run(capsys, "export", untrained_model, "--onnx", tmp_path / "net.onnx")
    assert status == 2
    assert "pip install 'tunewright[onnx]'" in err
    assert not (tmp_path / "net.onnx").exists()


def test_a_network_that_cannot_be_compared_is_not_written(capsys, untrained, tmp_path):
    checkpoint = untrained(units=4)
    broken = {**checkpoint.weights, "readout.bias": np.full_like(checkpoint.weights["readout.bias"], np.nan)}
    write_checkpoint(tmp_path / "model", replace(checkpoint, weights=broken))
    status, _, err = run(capsys, "export", tmp_path / "model", "--onnx", tmp_path / "net.onnx")
    assert status == 2
    assert "differ on it by nan" in err
    assert not (tmp_path / "net.onnx").exists()


def test_an_old_file_is_replaced_and_a_folder_refused(capsys, untrained_model, tmp_path):
    (tmp_path / "net.onnx").write_text("old")
    assert run(capsys, "export", untrained_model, "--onnx", tmp_path / "net.onnx")[0] == 0
    assert (tmp_path / "net.onnx").read_bytes() != b"old"
    for place in (tmp_path, tmp_path / "none" / "net.onnx"):
        status, _, err = run(capsys, "export", untrained_model, "--onnx", place)
        assert status == 2
        assert err.startswith(f"tunewright: {place}: cannot be written")


def test_a_missing_model_is_named(capsys, tmp_path):
    status, _, err = run(capsys, "export", tmp_path / "none", "--onnx", tmp_path / "net.onnx")
    assert status == 2
    assert "no such model" in err
