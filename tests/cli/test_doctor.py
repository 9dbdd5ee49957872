import importlib.metadata
import re

from command_line import run

from tunewright import __version__


def test_says_what_is_installed_where_it_is_and_how_fast_it_is(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    status, out, _ = run(capsys, "doctor")
    assert status == 0
    assert out.startswith(f"Tunewright     {__version__} in ")
    assert f"numpy {importlib.metadata.version('numpy')}" in out
    assert f"{tmp_path / 'tunewright'} (0 files, 0 MB" in out
    assert re.search(
        r"^composing      (?:plain numpy|compiled); one tune of \d+ characters took \d+\.\d\d s$", out, re.MULTILINE
    )
    assert "torch" in out


def test_says_how_to_add_what_is_missing(capsys, monkeypatch):
    there = importlib.metadata.version
    lacking = {"optuna"}

    def version(name):
        if name in lacking:
            raise importlib.metadata.PackageNotFoundError(name)
        return there(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    _, out, _ = run(capsys, "doctor")
    assert re.search(r"^search .*optuna \(missing\)", out, re.MULTILINE)
    assert "-> pip install 'tunewright[search]'" in out
    assert "-> pip install 'tunewright[onnx]'" not in out
