"""Tunes are written as the library writes them, in turn, told at once, stopped at once, and never too many."""

import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

import tunewright
from tunewright.studio.composing.composing_jobs import MOST_WRITTEN, ComposingJobs
from tunewright.studio.route import Refused


def events_of(client, composition, **options):
    """Kind and data of each event, and their numbers."""
    found, numbers = [], []
    with client.stream("GET", f"/api/compositions/{composition}/events", **options) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                numbers.append(int(value))
            elif name == "event":
                found.append([value])
            elif name == "data":
                found[-1].append(json.loads(value))
    return found, numbers


def begin(client, status=202, **body):
    answer = client.post("/api/compositions", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0.7, "seed": 4},
        {"seed": 5, "key": "Edor", "meter": "6/8", "bars": 16, "form": "AABB", "rhythm": "jig", "top_p": 0.9},
        {"seed": 6, "beginning": "X:1\nT:Mine\nM:4/4\nK:G\n|:G2"},
        {"seed": 7, "accept": 0.33},
        {"seed": 8, "clamp": {"0:42": 1.0}},
        {"seed": 9, "raw": True, "key": "G"},
    ],
)
def test_the_studio_writes_what_the_library_writes(studio_server, options):
    keywords = {"accept": 1.0, "temperature": 0.8, **options}
    if "beginning" in keywords:
        keywords["prime"] = keywords.pop("beginning")
    if "clamp" in keywords:
        keywords["clamp"] = {(0, 42): 1.0}
    expected = tunewright.compose("oneills", **keywords)

    begun = begin(studio_server.client, **options)
    found, _ = events_of(studio_server.client, begun["id"])
    texts = [data for kind, data in found if kind == "text"]
    kind, done = found[-1]
    assert kind == "done"
    assert "".join(each["text"] for each in texts) == done["text"] == expected.text
    assert [each["place"] for each in texts] == [
        sum(len(former["text"]) for former in texts[:place]) for place in range(len(texts))
    ]
    assert (done["seed"], done["stop_reason"]) == (options["seed"], expected.stop_reason)
    assert done["findings"] == len(tunewright.check(expected.text))
    assert (done["chosen"] or {}).get("candidates") == (expected.choice.candidates if expected.choice else None)

    link = dict(parse_qsl(urlsplit(done["link"]).query))  # what a page would send again
    again = {name: _as_sent(name, value) for name, value in link.items()}
    second, _ = events_of(studio_server.client, begin(studio_server.client, **again)["id"])
    assert second[-1][1]["text"] == done["text"]


def _as_sent(name, value):
    if name == "clamp":
        return json.loads(value)
    if name in ("temperature", "top_p", "accept"):
        return float(value)
    if name in ("seed", "bars", "top_k"):
        return int(value)
    return value == "true" if name == "raw" else value


def test_a_seed_is_drawn_and_told(studio_server):
    first, second = begin(studio_server.client), begin(studio_server.client)
    assert first["seed"] != second["seed"]
    assert first["options"]["temperature"] == 0.8
    assert f"seed={first['seed']}" in first["link"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"network": "nobody"}, 404, "oneills-large"),
        ({"network": "../oneills"}, 404, "no network"),
        ({"temperature": 0}, 400, "temperature"),
        ({"key": "H"}, 400, "allowed"),
        ({"bars": 15, "form": "AABB"}, 400, "evenly"),
        ({"raw": True, "bars": 8}, 400, "raw"),
        ({"raw": True, "accept": 0.3}, 400, "raw"),
        ({"clamp": {"0:999": 1}}, 400, "unit 999"),
        ({"clamp": {"42": 1}}, 400, "clamp"),
        ({"temprature": 1}, 400, "did you mean 'temperature'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(studio_server, body, status, words):
    assert words in begin(studio_server.client, status, **body)["error"]


def test_a_wrong_beginning_is_refused_with_its_place(studio_server):
    told = begin(studio_server.client, 400, beginning="X:1\nM:6/8\nÄ")
    assert (told["line"], told["column"]) == (3, 1)


def test_a_stream_resumes_where_the_client_was(studio_server):
    client = studio_server.client
    name = begin(client, seed=11)["id"]
    whole, numbers = events_of(client, name)
    assert numbers == list(range(1, len(whole) + 1)) and len(whole) > 3
    assert events_of(client, name, headers={"last-event-id": "2"}) == (whole[2:], numbers[2:])
    assert events_of(client, name, params={"after": "3"}) == (whole[3:], numbers[3:])
    last = client.get(f"/api/compositions/{name}/events", headers={"last-event-id": str(len(whole))})
    assert last.status_code == 204  # a browser then stops asking
    state = client.get(f"/api/compositions/{name}").json()
    assert (state["state"], state["text"]) == ("done", whole[-1][1]["text"])


def test_a_tune_can_be_stopped(studio_server):
    client = studio_server.client
    jobs = studio_server.studio.part(ComposingJobs)
    name = begin(client, seed=3, accept=0.01, network="oneills-large")["id"]  # up to twelve tunes, one after another
    client.delete(f"/api/compositions/{name}")
    began = time.monotonic()
    found, _ = events_of(client, name)
    assert found[-1][0] == "stopped"
    assert time.monotonic() - began < 2
    assert jobs.find(name).state == "stopped"
    assert client.delete("/api/compositions/nothing").status_code == 404


def test_a_client_may_have_only_so_many_and_another_still_gets_its_turn(studio_server):
    client = studio_server.client
    slow = {"accept": 0.01, "network": "oneills-large"}
    mine, yours = {"x-studio-page": "mine"}, {"x-studio-page": "yours"}
    most = studio_server.studio.settings.jobs_per_client
    answers = [client.post("/api/compositions", json={**slow, "seed": n}, headers=mine) for n in range(most + 1)]
    assert [each.status_code for each in answers] == [202] * most + [429]
    assert "stop one" in answers[-1].json()["error"]
    quick = client.post("/api/compositions", json={"seed": 1}, headers=yours).json()["id"]
    assert events_of(client, quick)[0][-1][0] == "done"
    names = [each.json()["id"] for each in answers[:most]]
    states = [client.get(f"/api/compositions/{name}").json()["state"] for name in names]
    assert "writing" in states  # the other one was served in between
    for name in names:
        client.delete(f"/api/compositions/{name}")


def test_more_than_are_written_at_once_wait_and_are_told_their_place(studio_server):
    client = studio_server.client
    slow = {"accept": 0.01, "network": "oneills-large"}
    names = []
    for place in range(MOST_WRITTEN + 3):
        page = {"x-studio-page": f"page {place}"}
        names.append(client.post("/api/compositions", json={**slow, "seed": place}, headers=page).json()["id"])
    last = client.get(f"/api/compositions/{names[-1]}").json()
    for name in names:
        client.delete(f"/api/compositions/{name}")
    found, _ = events_of(client, names[-1])
    assert last["state"] == "waiting" and last["place"] >= 1
    assert ["waiting", {"place": last["place"]}] in found
    assert found[-1][0] == "stopped"


def test_there_is_a_limit_for_all_together(studio_server, monkeypatch):
    jobs = studio_server.studio.part(ComposingJobs)
    monkeypatch.setattr(jobs, "_most", 0)
    assert "hands full" in begin(studio_server.client, 429)["error"]


def test_finished_tunes_are_forgotten_in_the_end(studio_server, monkeypatch):
    client, jobs = studio_server.client, studio_server.studio.part(ComposingJobs)
    first = begin(client, seed=1)["id"]
    events_of(client, first)
    monkeypatch.setattr("tunewright.studio.composing.composing_jobs.MOST_FINISHED", 1)
    for seed in (2, 3):
        events_of(client, begin(client, seed=seed)["id"])
    with pytest.raises(Refused):
        jobs.find(first)
    assert client.get(f"/api/compositions/{first}/events").status_code == 404


def test_a_whole_tune_is_waiting(studio_server):
    tune = studio_server.client.get("/api/welcome").json()
    assert tunewright.check(tune["text"]) == ()
    assert studio_server.client.get("/api/welcome").json() == tune
    expected = tunewright.compose(tune["network"], temperature=0.7, accept=0.33, seed=tune["seed"])
    assert tune["text"] == expected.text


def test_networks_are_told(studio_server):
    networks = {each["name"]: each for each in studio_server.client.get("/api/networks").json()["networks"]}
    about = networks["oneills"]
    model = tunewright.read_checkpoint("oneills")
    assert (about["units"], about["cell"], about["shipped"]) == (model.config.units, model.config.cell, True)
    assert about["validation_loss"] == pytest.approx(model.metrics["validation_full_tune"])
    assert {"6/8", "C|"} < set(about["meters"]) and {"G", "Edor"} < set(about["keys"]) and "jig" in about["rhythms"]
    for key in about["keys"]:
        tunewright.Conditions(key=key)  # each can be asked for


def test_the_first_characters_come_at_once(studio_server):
    def seconds(seed):
        began = time.perf_counter()
        name = begin(studio_server.client, seed=seed)["id"]
        with studio_server.client.stream("GET", f"/api/compositions/{name}/events") as stream:
            for line in stream.iter_lines():
                if line == "event: text":
                    return time.perf_counter() - began
        return None

    seconds(100)
    assert min(map(seconds, range(101, 121))) < 0.1  # the least: others may use this machine
