import re
import threading
from dataclasses import replace

import pytest
import safetensors.torch
import torch
from stored_files import rewrite

import tunewright
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import (
    CARD,
    NETWORKS,
    Checkpoint,
    find_checkpoint,
    read_checkpoint,
    shipped,
    write_checkpoint,
)
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork, load_network, weights_of
from tunewright.sampling.playable import playable


@pytest.fixture
def checkpoint():
    torch.manual_seed(3)
    config = NetworkConfig(cell="gru", units=6, embedding=4, dropout=0.25)
    vocabulary = Vocabulary("\x02\x03\nABCé♭")
    weights = weights_of(CharNetwork(config, len(vocabulary)))
    return Checkpoint(config, vocabulary, weights, {"epoch": 3, "validation_full_tune": 1.5}, {"config": {"seed": 1}})


def test_what_is_written_is_read_back(tmp_path, checkpoint):
    write_checkpoint(tmp_path / "model", checkpoint)
    back = read_checkpoint(tmp_path / "model")
    assert (back.config, back.vocabulary, back.metrics, back.training) == (
        checkpoint.config,
        checkpoint.vocabulary,
        checkpoint.metrics,
        checkpoint.training,
    )
    ids = torch.tensor([[1, 2, 3]]).T
    assert torch.equal(load_network(back)(ids)[0], load_network(checkpoint)(ids)[0])


def test_weights_are_plain_safetensors(tmp_path, checkpoint):
    write_checkpoint(tmp_path / "model", checkpoint)
    tensors = safetensors.torch.load_file(tmp_path / "model" / "weights.safetensors")
    assert tensors.keys() == checkpoint.weights.keys()


def test_a_run_folder_means_its_best(tmp_path, checkpoint):
    write_checkpoint(tmp_path / "run" / "last", checkpoint)
    assert find_checkpoint(tmp_path / "run").name == "last"
    write_checkpoint(tmp_path / "run" / "best", checkpoint)
    assert find_checkpoint(tmp_path / "run").name == "best"
    assert find_checkpoint(tmp_path / "run" / "last").name == "last"


@pytest.mark.parametrize("name", ["weights.safetensors", "tunewright.json"])
@pytest.mark.parametrize("keep", [0, 10, -1])
def test_a_file_cut_short_is_named(tmp_path, checkpoint, name, keep):
    write_checkpoint(tmp_path / "model", checkpoint)
    path = tmp_path / "model" / name
    path.write_bytes(path.read_bytes()[:keep] if keep >= 0 else path.read_bytes()[: -len(path.read_bytes()) // 2])
    with pytest.raises(CheckpointError, match=f"{name}: is damaged"):
        read_checkpoint(tmp_path / "model")


def test_a_changed_weight_is_noticed(tmp_path, checkpoint):
    write_checkpoint(tmp_path / "model", checkpoint)
    path = tmp_path / "model" / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(CheckpointError, match="checksum"):
        read_checkpoint(tmp_path / "model")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 99}, "format 99"),
        ({"network": {"cell": "lstm", "unitz": 3}}, "units"),
        ({"vocabulary": "abc"}, "U\\+0002"),
        ({"metrics": None, "vocabulary": None}, "damaged"),
        ({"network": []}, "damaged"),
        ({"sha256": []}, "damaged"),
    ],
)
def test_a_description_of_another_kind_is_refused(tmp_path, checkpoint, change, words):
    write_checkpoint(tmp_path / "model", checkpoint)
    path = tmp_path / "model" / "tunewright.json"
    rewrite(path, lambda about: about | change)
    with pytest.raises(CheckpointError, match=words):
        read_checkpoint(tmp_path / "model")


def test_a_missing_file_and_a_missing_folder_are_named(tmp_path, checkpoint):
    with pytest.raises(CheckpointError, match="no such model"):
        read_checkpoint(tmp_path / "nothing")
    with pytest.raises(CheckpointError, match="is not a model"):
        read_checkpoint(tmp_path)
    write_checkpoint(tmp_path / "model", checkpoint)
    (tmp_path / "model" / "weights.safetensors").unlink()
    with pytest.raises(CheckpointError, match="cannot be read"):
        read_checkpoint(tmp_path / "model")


def test_a_run_can_be_read_while_it_is_written(tmp_path, checkpoint):
    """A reader gets the old or the new network, and never disturbs the writer."""
    write_checkpoint(tmp_path / "run" / "best", checkpoint)
    problems, done = [], threading.Event()

    def read_again_and_again():
        while not done.is_set():
            try:
                read_checkpoint(tmp_path / "run")
            except (CheckpointError, OSError) as error:
                problems.append(error)

    reader = threading.Thread(target=read_again_and_again)
    reader.start()
    for _ in range(100):
        write_checkpoint(tmp_path / "run" / "best", checkpoint)
    done.set()
    reader.join()
    assert problems == []


def test_what_a_kill_between_two_renames_leaves_can_be_read(tmp_path, checkpoint):
    write_checkpoint(tmp_path / "run" / "best", checkpoint)
    (tmp_path / "run" / "best").rename(tmp_path / "run" / ".best.old")
    assert read_checkpoint(tmp_path / "run").vocabulary == checkpoint.vocabulary
    assert (tmp_path / "run" / ".best.old").is_dir()


def test_the_fingerprint_tells_networks_apart(checkpoint):
    name = next(iter(checkpoint.weights))
    other = replace(checkpoint, weights={**checkpoint.weights, name: checkpoint.weights[name] + 1})
    assert checkpoint.fingerprint == replace(checkpoint).fingerprint != other.fingerprint


LIMIT_BYTES = 6_000_000
NAMES = ("oneills", "oneills-large")


def test_they_come_along_and_are_small():
    assert set(shipped()) == set(NAMES)
    assert sum(path.stat().st_size for path in NETWORKS.rglob("*") if path.is_file()) <= LIMIT_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_the_card_tells_of_this_network(name):
    model, card = read_checkpoint(name), (shipped()[name] / CARD).read_text(encoding="utf-8")
    assert model.fingerprint in card
    assert f"{sum(array.size for array in model.weights.values()):,} weights" in card
    for protocol in ("full_tune", "cold_window"):
        told = re.search(rf"{protocol}, validation \| ([\d.]+) nats", card)
        assert told and float(told[1]) == pytest.approx(model.metrics[f"validation_{protocol}"], abs=5e-4)
    assert "licence" in card and "Are they copies?" in card and "without a complaint" in card


def test_a_name_composes_as_its_folder_does():
    config = tunewright.CompositionConfig(seed=2, max_length=1500)
    by_name, by_folder = read_checkpoint("oneills"), read_checkpoint(shipped()["oneills"])
    tunes = [list(tunewright.compose_many(model, 2, config, grammar=playable(model))) for model in (by_name, by_folder)]
    assert [tune.text for tune in tunes[0]] == [tune.text for tune in tunes[1]]
    assert all(tune.ended for tune in tunes[0])
    assert not [found for tune in tunes[0] for found in tunewright.check(tune.text) if found.severity == "error"]


def test_a_folder_of_the_same_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "oneills").mkdir()
    with pytest.raises(tunewright.errors.CheckpointError, match="is not a model"):
        read_checkpoint("oneills")
