"""Folders that version 0.1.0 wrote are read, and what cannot be read says what to do."""

import json
import shutil
from pathlib import Path

import pytest
from command_line import run

from tunewright.analysis.originality.corpus_index import OriginalityIndex
from tunewright.corpus.large.built_corpus import read_corpus
from tunewright.corpus.large.shard_builder import build_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.errors import CheckpointError, IndexFolderError, OutputError
from tunewright.model.checkpoint import read_checkpoint
from tunewright.study.results.run_record import read_run
from tunewright.study.results.study_results import read_results
from tunewright.training.data import TrainingData
from tunewright.training.run import training_config_of

OLD = Path(__file__).parent / "old_formats"


def test_a_run_is_read():
    model = read_checkpoint(OLD / "run")
    assert json.loads((OLD / "run" / "best" / "tunewright.json").read_text())["format"] == 1
    assert model.config.units == 2
    assert model.metrics["epoch"] == 2
    assert training_config_of(model).learning_rate == 0.02
    assert len(read_run(OLD / "run").history) == 2


def test_a_run_is_trained_longer_and_becomes_one_of_today(capsys, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(OLD / "run", copy)
    status, _, err = run(capsys, "train", OLD / "tunes.abc", "--out", copy, "--resume", "--no-discriminator")
    assert (status, "Traceback" in err) == (0, False)  # nothing is left to learn
    assert json.loads((copy / "last" / "tunewright.json").read_text())["format"] == 1


def test_a_misspelt_key_of_a_run_is_an_error(tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(OLD / "run", copy)
    path = copy / "best" / "tunewright.json"
    path.write_text(path.read_text().replace('"metrics"', '"metricz"'))
    with pytest.raises(CheckpointError, match="no key is called 'metricz'; did you mean 'metrics'"):
        read_checkpoint(copy)


def test_a_built_corpus_is_read():
    corpus = read_corpus(OLD / "corpus")
    corpus.verify()
    texts = {tune.text for tune in read_tunes(OLD / "tunes.abc").tunes}
    assert {tune.text for tune in corpus.training.read(range(len(corpus.training)))} < texts
    assert TrainingData.built(corpus).fingerprint == corpus.fingerprint


def test_a_build_that_an_earlier_version_began_is_refused(tmp_path):
    copy = tmp_path / "corpus"
    shutil.copytree(OLD / "corpus", copy)
    with pytest.raises(OutputError, match=r"was begun with .*give --force"):
        list(build_corpus(OLD / "tunes.abc", out=copy))
    list(build_corpus(OLD / "tunes.abc", out=copy, force=True))
    assert read_corpus(copy).fingerprint == read_corpus(OLD / "corpus").fingerprint


def test_a_study_is_read():
    results = read_results(OLD / "study")
    assert [result.setting for result in results.runs] == ["LSTM 2", "LSTM 3"]
    assert not results.failed
    assert not results.missing


def test_an_originality_index_of_an_earlier_format_is_built_again(tmp_path):
    (tmp_path / "index.json").write_text('{"format": 2, "checksum": "a", "alphabet": "b", "scale": {}, "arrays": {}}')
    with pytest.raises(IndexFolderError, match="build the index again"):
        OriginalityIndex.open(tmp_path)
