"""What units do on a text, computed without torch, against torch's own; findings that came along, and studies."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

import tunewright
from tunewright.analysis.units.labels import LABELS
from tunewright.errors import OptionError
from tunewright.model.checkpoint import NETWORKS
from tunewright.studio.application import application
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio
from tunewright.studio.units import unit_studies
from tunewright.studio.units.neuron_routes import GROUPS, group_of
from tunewright.studio.units.unit_findings import SHIPPED, ShownFinding, UnitFindings, read_findings, write_findings
from tunewright.studio.units.unit_values import UnitReadings

TUNE = "X:1\nT:A Tune\nR:jig\nM:6/8\nL:1/8\nK:D\n|:DFA dAF|GBG AFD|1 EGE FDF:|2 EGE D3||\n"


@pytest.fixture
def readings(tmp_path):
    return UnitReadings(Settings(folder=tmp_path))


@pytest.fixture
def studio(tmp_path):
    studio = Studio(Settings(folder=tmp_path, warm=False))
    yield studio
    studio.close()


@pytest.fixture
def client(studio):
    with TestClient(application(studio), base_url="http://127.0.0.1", headers={"X-Studio-Page": "test"}) as client:
        yield client


@pytest.mark.parametrize(("layers", "cell"), [(1, "lstm"), (2, "gru"), (2, "rnn")])
def test_values_are_those_of_torch(readings, untrained, layers, cell):
    model = untrained(cell=cell, layers=layers, units=9, embedding=4)
    text = TUNE * 2
    shown = tunewright.heatmap(model, text, 3, layer=layers - 1)
    values, unknown = readings.values(model, text, layers - 1, 3)
    assert unknown == 0
    np.testing.assert_allclose(values, shown.values, atol=1e-5)


def test_a_text_that_grows_or_is_edited_is_read_as_if_anew(readings, tmp_path):
    model = tunewright.read_checkpoint(NETWORKS / "oneills")
    texts = [TUNE[:40], TUNE[:60], TUNE, TUNE[:50] + "|" + TUNE[50:], TUNE[:20], "", TUNE]
    for text in texts:
        again = UnitReadings(Settings(folder=tmp_path))
        assert readings.values(model, text, 0, 7) == again.values(model, text, 0, 7)


def test_reading_on_costs_only_what_is_new(readings):
    model = tunewright.read_checkpoint(NETWORKS / "oneills")
    long = TUNE * 8
    begun = time.process_time()
    readings.values(model, long, 0, 7)
    whole = time.process_time() - begun
    begun = time.process_time()
    readings.values(model, long + "A", 0, 7)
    assert time.process_time() - begun < whole / 4


def test_characters_that_the_network_does_not_know_change_nothing(readings):
    model = tunewright.read_checkpoint(NETWORKS / "oneills")
    plain, _ = readings.values(model, TUNE, 0, 7)
    values, unknown = readings.values(model, TUNE[:30] + "\u4e2d\x02" + TUNE[30:], 0, 7)
    assert unknown == 2
    assert values == [*plain[:30], plain[29], plain[29], *plain[30:]]


def test_a_unit_that_is_not_there_is_an_error(readings):
    with pytest.raises(OptionError, match="units 0 to 175"):
        readings.values(tunewright.read_checkpoint(NETWORKS / "oneills"), TUNE, 0, 176)


def test_values_stand_at_the_places_of_the_page(client):
    asked = {"text": "A\U0001d11eB", "layer": 0, "unit": 3}
    answer = client.post("/api/units/values", json=asked).json()
    assert len(answer["values"]) == 4  # JavaScript counts the clef twice
    assert answer["values"][0] == answer["values"][1] == answer["values"][2] != answer["values"][3]
    assert answer["unknown"] == 1
    assert client.post("/api/units/values", json={**asked, "layer": 1}).status_code == 400
    assert client.post("/api/units/values", json={**asked, "text": "A" * 4001}).status_code == 400


@pytest.mark.parametrize("name", ["oneills", "oneills-large"])
def test_findings_of_the_networks_that_come_along_are_theirs(client, name):
    model = tunewright.read_checkpoint(NETWORKS / name)
    known = read_findings(SHIPPED / f"{name}.json", model.fingerprint)
    assert known is not None
    about = client.get(f"/api/units?network={name}").json()
    assert (about["state"], about["units"]) == ("ready", model.config.units)
    assert about["held_out_tunes"] == known.held_out_tunes > 100
    findings = about["findings"]
    assert len(findings) > 100
    assert {each["label"] for each in findings} >= {"end of bar", "header", "position in the bar", "repeat sign"}
    strengths = [each["strength"] for each in findings]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 <= each["unit"] < model.config.units and str(each["unit"]) in each["sentence"] for each in findings)


def test_a_finding_that_came_along_is_true_of_other_tunes(readings):
    model = tunewright.read_checkpoint(NETWORKS / "oneills")
    found = read_findings(SHIPPED / "oneills.json", model.fingerprint)
    assert found
    best = next(each for each in found.findings if each.label == "bar line")
    tune = tunewright.compose(model, seed=3, accept=1, max_length=600).text
    values = np.array(readings.values(model, tune, 0, best.unit)[0])
    row = tunewright.label_values(tune)[[label.name for label in LABELS].index("bar line")]
    on, off = values[row == 1], values[row == 0]
    share = float((on[:, None] > off[None, :]).mean())
    assert (share if best.direction == "on" else 1 - share) > 0.8


def test_findings_about_other_weights_are_not_shown(tmp_path):
    path = tmp_path / "found.json"
    finding = ShownFinding(0, 3, "header", "in the header", "on", "auc", 0.9, None, 0.8, 1, "unit 3 is on")
    written = UnitFindings("abc", 10, 2000, (finding,))
    write_findings(path, written)
    assert read_findings(path, "abc") == written
    assert read_findings(path, "abd") is None
    path.write_text("{", encoding="utf-8")
    assert read_findings(path, "abc") is None
    assert read_findings(tmp_path / "none.json", "abc") is None


def test_every_label_is_in_a_group_that_fits():
    groups = {label.name: group_of(label.name) for label in LABELS}
    assert set(groups.values()) == {*GROUPS, "signs"}
    assert (groups["end of bar"], groups["note G"], groups["pitch class C sharp"]) == ("bars", "notes", "notes")
    assert (groups["field K"], groups["repeat"], groups["column"]) == ("header", "form", "signs")


def trained(folder, sources):
    """A network that the studio counts as trained in it, with what it learned from."""
    place = folder / "trainings" / "mine"
    shutil.copytree(NETWORKS / "oneills", place / "run")
    order = {"title": "Mine", "corpus": "x", "corpus_title": "X", "sources": sources, "preset": "small"}
    (place / "order.json").write_text(json.dumps(order), encoding="utf-8")


def test_a_network_that_nobody_has_studied_can_be(client, tmp_path, monkeypatch):
    trained(tmp_path, [str(tmp_path / "nothing.abc")])
    assert client.get("/api/units?network=trained/mine").json()["state"] == "none"
    monkeypatch.setattr(unit_studies, "find_spec", lambda _: None)
    refused = client.post("/api/units/studies", json={"network": "trained/mine"})
    assert (refused.status_code, refused.json()["install"]) == (501, "pip install 'tunewright[train]'")
    assert client.post("/api/units/studies", json={"network": "none"}).status_code == 404
    assert client.post("/api/units/studies", json={"network": "oneills"}).json()["state"] == "ready"


@pytest.mark.slow
def test_a_study_that_cannot_be_done_says_why(client, tmp_path):
    trained(tmp_path, [str(tmp_path / "nothing.abc")])
    assert client.post("/api/units/studies", json={"network": "trained/mine"}).status_code == 202
    about = wait(client)
    assert about["state"] == "failed"
    assert "nothing.abc" in about["error"]


def wait(client, seconds=200):
    limit = time.monotonic() + seconds
    seen = set()
    while (about := client.get("/api/units?network=trained/mine").json())["state"] == "running":
        assert time.monotonic() < limit, about
        seen.add(about["doing"])
        time.sleep(0.3)
    return {**about, "seen": seen}


@pytest.mark.slow
def test_a_study_finds_and_keeps_what_units_follow(client, tmp_path, untrained, oneills_folder):
    book = Path(tmp_path, "book.abc")
    tunes = tunewright.read_tunes(oneills_folder)[::10]
    book.write_text("\n\n".join(tune.text for tune in tunes), encoding="utf-8")
    trained(tmp_path, [str(book)])
    run = tmp_path / "trainings" / "mine" / "run"
    shutil.rmtree(run)
    tunewright.write_checkpoint(run, untrained(cell="lstm", units=12, embedding=8))
    assert client.post("/api/units/studies", json={"network": "trained/mine"}).json()["state"] == "running"
    about = wait(client, 500)
    assert about["state"] == "ready", about["error"]
    assert about["seen"] & {"comparing with chance", "comparing with a network that learned nothing"}
    assert "bar line" in {each["label"] for each in about["findings"]}
    assert [path.suffixes for path in (tmp_path / "units").glob("*.json")] == [[".json"]]
