"""Networks are trained in processes of their own, which outlive the studio; nothing that was learned is lost."""

import json
import os
import signal
import time
from dataclasses import replace

import pytest

import tunewright
from tunewright.studio.event_stream import EventLog
from tunewright.studio.teaching import trainings as trainings_module
from tunewright.studio.teaching.training_journal import JournalReader, JournalWriter, ProcessLock
from tunewright.studio.teaching.training_order import TrainingOrder, read_order
from tunewright.studio.teaching.training_process import run_training

LONGEST_SECONDS = 120


def detail_of(server, name):
    answer = server.client.get(f"/api/trainings/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def wait_for(server, name, holds):
    limit = time.monotonic() + LONGEST_SECONDS
    while not holds(detail := detail_of(server, name)):
        assert time.monotonic() < limit, detail["state"]
        assert detail["state"]["status"] not in ("failed",), detail["state"]["error"]
        time.sleep(0.1)
    return detail


def events_of(server, name, after=0):
    found = []
    with server.client.stream("GET", f"/api/trainings/{name}/events", params={"after": after}, timeout=60) as stream:
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            if field == "id":
                found.append([int(value)])
            elif field == "event":
                found[-1].append(value)
            elif field == "data":
                found[-1].append(json.loads(value))
    return found


@pytest.fixture(scope="module", autouse=True)
def processes_end():
    yield
    for process in trainings_module._running:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def corpus(quiet_server, tiny_tunes):
    """The tiny corpus, brought in with a file that holds no tune and one with a wicked name."""
    book = "".join(f"X:{number}\n{text.partition(chr(10))[2]}\n" for number, text in enumerate(tiny_tunes, 1))
    files = [
        ("files", ("<b>my</b> jigs.abc", book.encode())),
        ("files", ("letter.abc", b"Dear Ann,\nno tune today.\n")),
        ("files", ("../../../escaped.abc", tiny_tunes[0].encode())),
    ]
    answer = quiet_server.client.post("/api/corpora", files=files, data={"title": "<i>Tiny</i>"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_what_was_read_and_refused_is_told(quiet_server, corpus, tiny_tunes):
    assert corpus["tunes"] == len(tiny_tunes) and corpus["duplicates"] == 1
    assert corpus["files"] == ["<b>my</b> jigs.abc", "letter.abc", "../../../escaped.abc"]
    assert [(piece["file"], piece["line"]) for piece in corpus["refused_first"]] == [("letter.abc", 1)]
    assert corpus["name"] == "i-tiny-i"
    stored = sorted(path.name for path in (quiet_server.folder / "corpora" / corpus["name"] / "files").iterdir())
    assert stored == ["001.abc", "002.abc", "003.abc"]
    assert quiet_server.client.get(f"/api/corpora/{corpus['name']}").json() == corpus
    assert corpus in quiet_server.client.get("/api/corpora").json()["corpora"]


def test_files_without_a_tune_are_refused_in_their_own_names(quiet_server):
    client = quiet_server.client
    answer = client.post("/api/corpora", files=[("files", ("letter.abc", b"Dear Ann"))])
    assert answer.status_code == 400
    assert "letter.abc" in answer.json()["error"] and str(quiet_server.folder) not in answer.json()["error"]
    assert client.post("/api/corpora", data={"title": "x"}, files=[("files", ("", b""))]).status_code == 400
    assert client.get("/api/corpora/nothing").status_code == 404
    assert client.delete("/api/corpora/oneills").status_code == 404
    assert client.post("/api/trainings", json={"corpus": "../x"}).status_code == 404


@pytest.mark.slow
def test_a_training_outlives_the_studio_and_a_kill(quiet_server, corpus):
    server = quiet_server
    asked = {"corpus": corpus["name"], "preset": "small", "epochs": 150, "title": "Long one"}
    begun = server.client.post("/api/trainings", json=asked).json()
    name = begun["name"]
    assert (name, begun["status"]) == ("long-one", "starting")
    assert server.client.post("/api/trainings", json=asked).status_code == 409
    assert server.client.delete(f"/api/trainings/{name}").status_code == 409
    process = trainings_module._running[-1]
    first = wait_for(server, name, lambda detail: detail["samples"])
    assert first["state"]["status"] == "running" and first["tunes"] == corpus["tunes"]
    assert tunewright.check(first["samples"][0]["text"]) == ()

    server.restart()
    assert process.poll() is None, "the training ended with the studio"
    later = wait_for(server, name, lambda detail: detail["state"]["epoch"] > first["state"]["epoch"])
    assert later["state"]["status"] == "running"

    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    interrupted = wait_for(server, name, lambda detail: detail["state"]["status"] == "interrupted")
    found = events_of(server, name, after=interrupted["events"])
    assert [kind for _, kind, _ in found] == ["failed"] and "go on" in found[0][2]["error"]

    server.client.post(f"/api/trainings/{name}/resume")
    resumed = wait_for(server, name, lambda detail: detail["state"]["epoch"] > later["state"]["epoch"])
    assert [each["epoch"] for each in resumed["losses"]] == list(range(1, resumed["state"]["epoch"] + 1))
    server.client.post(f"/api/trainings/{name}/stop")
    found = events_of(server, name, after=resumed["events"])
    assert found[-1][1] == "stopped"
    assert [number for number, _, _ in found] == list(range(resumed["events"] + 1, found[-1][0] + 1))
    assert wait_for(server, name, lambda detail: detail["state"]["status"] == "stopped")

    network = resumed["state"]["network"]
    assert network in [each["name"] for each in server.client.get("/api/networks").json()["networks"]]
    begun = server.client.post("/api/compositions", json={"network": network, "seed": 3})
    assert begun.status_code == 202, begun.text
    assert server.client.delete(f"/api/trainings/{name}").json() == {"done": True}
    assert server.client.get(f"/api/trainings/{name}").status_code == 404
    assert server.client.post("/api/compositions", json={"network": network}).status_code == 404


@pytest.mark.slow
def test_a_short_one_ends_and_its_journal_is_told_whole(quiet_server, corpus):
    asked = {"corpus": corpus["name"], "preset": "small", "epochs": 2}
    name = quiet_server.client.post("/api/trainings", json=asked).json()["name"]
    found = events_of(quiet_server, name)
    kinds = [kind for _, kind, _ in found]
    assert kinds[:4] == ["starting", "reading", "read", "begun"] and kinds[-1] == "done"
    assert kinds.count("epoch") == kinds.count("sample") == 2
    detail = wait_for(quiet_server, name, lambda each: each["state"]["status"] == "done")
    history = (quiet_server.folder / "trainings" / name / "run" / "history.csv").read_text().splitlines()
    expected = [float(line.split(",")[5]) for line in history[1:]]
    assert [each["validation"] for each in detail["losses"]] == pytest.approx(expected)
    assert quiet_server.client.post(f"/api/trainings/{name}/resume").status_code == 409


def test_a_training_that_cannot_be_says_why(quiet_server):
    manager = quiet_server.studio.part(trainings_module.Trainings)
    order = TrainingOrder("Broken", "x", "x", (str(quiet_server.folder / "gone"),), "small")
    name = manager.start(order)
    found = events_of(quiet_server, name)
    assert found[-1][1] == "failed" and "does not exist" in found[-1][2]["error"]
    assert detail_of(quiet_server, name)["state"]["status"] == "failed"


def test_without_torch_it_says_what_to_install(quiet_server, corpus, monkeypatch):
    monkeypatch.setattr("tunewright.studio.teaching.training_routes.find_spec", lambda _name: None)
    for path, body in (("/api/trainings", {"corpus": corpus["name"]}), ("/api/lesson", None)):
        answer = quiet_server.client.post(path, json=body)
        assert (answer.status_code, answer.json()["install"]) == (501, "pip install 'tunewright[train]'")
    assert quiet_server.client.get("/api/trainings").json()["install"] == "pip install 'tunewright[train]'"


def add(folder, content):
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(content)


def test_a_journal_survives_a_line_cut_short(tmp_path):
    writer, reader = JournalWriter(tmp_path), JournalReader(tmp_path)
    assert list(reader.new_lines()) == []
    writer.write("reading", corpus="Ö")
    add(tmp_path, b'{"kind": "pro')
    assert [(line.kind, line.data["corpus"]) for line in reader.new_lines()] == [("reading", "Ö")]
    add(tmp_path, b'gress"}\nrubbish\n')
    assert [line.kind for line in reader.new_lines()] == ["progress"]


def test_an_epoch_that_a_killed_process_saved_and_did_not_tell_is_told_by_the_next(tmp_path, tiny_tunes):
    (tmp_path / "book.abc").write_text("\n\n".join(tiny_tunes))
    order = TrainingOrder("T", "c", "C", (str(tmp_path / "book.abc"),), "small", 3)
    recipe = order.recipe(1)
    order.settled(replace(recipe, network=replace(recipe.network, units=8))).write(tmp_path)
    run_training(tmp_path)
    journal = tmp_path / "journal.jsonl"
    whole = [json.loads(line) for line in journal.read_text().splitlines()]
    told = [{**each, "at": 0} for each in whole if each["kind"] == "epoch"]
    assert [each["epoch"] for each in told] == [1, 2, 3]

    untold = whole.index(next(each for each in whole if each["kind"] == "epoch" and each["epoch"] == 3))
    journal.write_text("".join(json.dumps(each) + "\n" for each in whole[:untold]))
    run_training(tmp_path)
    again = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [{**each, "at": 0} for each in again if each["kind"] == "epoch"] == told
    assert again[-1]["kind"] == "done"


def test_a_lock_is_one_process_s(tmp_path):
    first, second = ProcessLock(tmp_path), ProcessLock(tmp_path)
    assert not second.is_taken()
    assert first.take()
    assert second.is_taken()
    first.give_back()
    assert not second.is_taken() and second.take()
    second.give_back()


def test_an_order_comes_back_as_it_was_kept(tmp_path):
    order = TrainingOrder("T", "c", "C", ("a", "b"), "small", 3, 1.5, 7)
    settled = order.settled(order.recipe(2))
    settled.write(tmp_path)
    assert read_order(tmp_path) == settled
    assert read_order(tmp_path).recipe(1).training.epochs == 3
    assert read_order(tmp_path).recipe(1).training.threads == 1


def test_a_number_of_a_former_log_begins_anew():
    log = EventLog()
    log.publish("a", {})
    assert (log.known(1), log.known(2)) == (1, 0)
