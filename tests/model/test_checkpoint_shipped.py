"""Do the networks that come along stand up to what their cards say?"""

import re

import pytest

import tunewright
from tunewright.model.checkpoint import CARD, NETWORKS, read_checkpoint, shipped
from tunewright.sampling.playable import playable

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
