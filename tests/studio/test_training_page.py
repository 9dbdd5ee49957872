"""The page Training in a real browser: tunes are dropped, a network learns, is watched and heard, and composes."""

from functools import partial

import pytest

from tunewright.studio.teaching import training_routes
from tunewright.studio.teaching import trainings as trainings_module
from tunewright.studio.teaching.training_order import TrainingOrder

pytestmark = pytest.mark.slow

LONG = 120_000


@pytest.fixture(scope="module", autouse=True)
def processes_end():
    yield
    for process in trainings_module._running:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def book(tiny_tunes):
    return "".join(f"X:{n}\n{text.partition(chr(10))[2]}\n" for n, text in enumerate(tiny_tunes, 1)).encode()


def file(name, content):
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def test_drop_train_watch_hear_compose(open_page, studio_server, book):
    page = open_page("/training")
    page.locator("main").get_by_text("None yet. The lesson makes the first.").wait_for()
    wicked = "<img src=x onerror=alert(1)>.abc"
    page.locator("#corpus-files").set_input_files([file(wicked, book), file("letter.abc", b"Dear Ann")])
    page.locator("main").get_by_text("30 tunes were read, 3,615 characters").wait_for()
    page.locator("main").get_by_text("What was refused, and why").click()
    assert "letter.abc, line 1" in page.locator(".refused").inner_text()
    assert page.locator("img[src=x]").count() == 0

    page.locator("main").get_by_text("More", exact=True).click()
    page.get_by_role("spinbutton", name="Passes").fill("3")
    page.get_by_label("Name").fill("<b>Mine</b>")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("heading", name="<b>Mine</b>").wait_for()
    page.locator("main").get_by_text("Finished: 3 passes.").wait_for(timeout=LONG)
    page.locator("main").get_by_text("As a table").click()
    rows = page.locator(".chart-table tbody tr")
    assert [row.split("\t")[0] for row in rows.all_inner_texts()] == ["1", "2", "3"]
    told = studio_server.client.get("/api/trainings/b-mine-b").json()
    assert f"{told['losses'][2]['validation']:.3f}" in rows.nth(2).inner_text()

    assert page.locator(".sample-tabs button").all_inner_texts() == ["1", "2", "3"]
    page.get_by_role("button", name="The tune after pass 1").press("Enter")
    page.locator(".samples .score svg").first.wait_for()
    page.get_by_role("button", name="Open as a tune").click()
    page.wait_for_url("**/tune")
    page.go_back()
    page.get_by_role("link", name="Compose with it").click()
    page.wait_for_url("**/?network=trained%2Fb-mine-b")

    page.goto(f"{studio_server.url}/training")
    page.get_by_role("link", name="<b>Mine</b>").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    page.locator("main").get_by_text("None yet").wait_for()


def test_stop_go_on_and_leave_the_page(open_page, studio_server, book):
    answer = studio_server.client.post("/api/corpora", files=[("files", ("tiny.abc", book))])
    asked = {"corpus": answer.json()["name"], "preset": "small", "epochs": 200, "title": "Long"}
    studio_server.client.post("/api/trainings", json=asked)
    page = open_page("/training?run=long", width="phone", scheme="dark")
    page.locator(".sample-tabs button").first.wait_for(timeout=LONG)
    page.get_by_role("button", name="Stop").click()
    page.locator("main").get_by_text("Stopped", exact=True).wait_for(timeout=LONG)
    page.goto(f"{studio_server.url}/training")
    page.get_by_role("link", name="Long").click()
    page.get_by_role("button", name="Go on").press("Enter")
    page.locator("main").get_by_text("Learning", exact=True).wait_for(timeout=LONG)
    studio_server.client.post("/api/trainings/long/stop")
    page.locator("main").get_by_text("Stopped", exact=True).wait_for(timeout=LONG)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_failures_and_what_is_missing_are_told(open_page, monkeypatch):
    page = open_page("/training?run=nothing")
    page.locator("main").get_by_text("no training is called 'nothing'").wait_for()
    page.problems.clear()  # the browser logs each answer of 404
    monkeypatch.setattr("tunewright.studio.teaching.training_routes.find_spec", lambda _name: None)
    page = open_page("/training")
    page.locator("main").get_by_text("pip install 'tunewright[train]'").wait_for()
    assert page.get_by_role("button", name="Train", exact=True).is_disabled()
    assert page.get_by_role("button", name="Begin the lesson").is_disabled()
    page.locator("#corpus-files").set_input_files([file("letter.abc", b"Dear Ann")])
    page.locator("main").get_by_text("no tune was found: letter.abc").wait_for()
    page.problems.clear()


@pytest.mark.slow
def test_the_lesson_goes_to_its_end(open_page, studio_server, monkeypatch):
    monkeypatch.setattr(training_routes, "TrainingOrder", partial(TrainingOrder, minutes=1.0))  # and not three
    page = open_page("/training")
    page.get_by_role("button", name="Begin the lesson").click()
    page.locator(".lesson-step").nth(3).wait_for()
    page.locator(".lesson-step.done").first.wait_for(timeout=LONG)
    page.locator("main").get_by_text("Finished", exact=True).wait_for(timeout=10 * LONG)
    page.get_by_role("link", name="Open its units").wait_for()
    state = studio_server.client.get("/api/trainings/my-first-network").json()["state"]
    assert state["validation"] < 1.6
