"""What the tunebook's API answers, in process: statuses, and what the page and other rooms rely on."""

import pytest
from starlette.testclient import TestClient

from tunewright.studio.application import application
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio

TUNE = "X:1\nT:The Rakish Paddy\nR:reel\nM:C|\nL:1/8\nK:Ador\n|:c3B cAGc|cAdB cAGE|\n"
OTHER = TUNE.replace("The Rakish Paddy", "Other").replace("c3B", "G3B")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    studio = Studio(Settings(folder=tmp_path_factory.mktemp("book"), warm=False))
    with TestClient(application(studio), base_url="http://127.0.0.1:8044") as opened:
        yield opened


@pytest.fixture
def kept(client):
    """Two tunes and nothing else, whatever the test before did."""
    for each in client.get("/api/sets").json()["sets"]:
        client.delete(f"/api/sets/{each['id']}")
    client.post("/api/tunes/deletion", json={"tunes": [tune["id"] for tune in listed(client)["tunes"]]})
    numbers = [client.post("/api/tunes", json={"text": text}).json()["id"] for text in (TUNE, OTHER)]
    for number in numbers:
        assert client.put(f"/api/tunes/{number}", json={"tags": []}).status_code == 200
    return numbers


def listed(client, **asked):
    return client.get("/api/tunes", params=asked).json()


def test_a_tune_has_a_life(client, kept):
    number = kept[0]
    answer = client.post("/api/tunes", json={"text": TUNE, "tags": ["a"], "provenance": {"seed": 1, "raw": False}})
    assert (answer.status_code, answer.json()["id"], answer.json()["was_there"]) == (201, number, True)
    assert client.put(f"/api/tunes/{number}", json={"title": "New"}).json()["text"] == TUNE.replace(
        "The Rakish Paddy", "New"
    )
    assert client.delete(f"/api/tunes/{number}").json() == {"done": True}
    for answer in (client.get(f"/api/tunes/{number}"), client.delete(f"/api/tunes/{number}")):
        assert (answer.status_code, answer.json()) == (404, {"error": f"no tune of the book has the number {number}"})
    assert client.post(f"/api/tunes/{number}/restore").json()["title"] == "New"


def test_many_at_once(client, kept):
    assert client.post("/api/tunes/tagging", json={"tunes": kept, "add": ["x", "y"]}).json() == {"tunes": 2}
    assert client.post("/api/tunes/tagging", json={"tunes": kept[:1], "remove": ["X"]}).json() == {"tunes": 1}
    assert [listed(client, tag=tag)["total"] for tag in "xy"] == [1, 2]
    assert client.post("/api/tunes/deletion", json={"tunes": [*kept, 999]}).json() == {"tunes": 2}
    assert client.post("/api/tunes/restoration", json={"tunes": kept}).json() == {"tunes": 2}


def test_tagging_what_is_not_there_changes_nothing(client, kept):
    answer = client.post("/api/tunes/tagging", json={"tunes": [kept[0], 999], "add": ["z"]})
    assert answer.status_code == 404
    assert listed(client, tag="z")["total"] == 0


@pytest.mark.usefixtures("kept")
def test_pages_of_the_list(client):
    assert listed(client, limit=1)["tunes"][0]["title"] == "Other"
    assert [listed(client, limit=1, offset=place)["total"] for place in (0, 1, 7)] == [2, 2, 2]
    assert listed(client, limit=1, offset=7)["tunes"] == []
    assert all(tune["text"] == "" for tune in listed(client)["tunes"])


def test_notes_are_found_and_shown_where_they_stand(client, kept):
    found = listed(client, notes="D d c A B G c")  # a wrong note, a tone lower than written
    assert found["heard"][:3] == [62, 74, 72]
    assert listed(client, notes="c B c A G c")["tunes"][0]["id"] == kept[0]
    place = client.get(f"/api/tunes/{kept[0]}/passage", params={"notes": "B c A G c"}).json()
    assert TUNE[place["start"] : place["end"]].replace(" ", "") == "BcAGc"
    assert client.get(f"/api/tunes/{kept[0]}/passage", params={"notes": "^C F ^G _B _e _b"}).json()["start"] is None


def test_places_are_counted_as_javascript_counts(client):
    text = TUNE.replace("The Rakish Paddy", "𝄞 clef")
    number = client.post("/api/tunes", json={"text": text}).json()["id"]
    place = client.get(f"/api/tunes/{number}/passage", params={"notes": "B c A G c"}).json()
    units = text.encode("utf-16-le")[2 * place["start"] : 2 * place["end"]]
    assert units.decode("utf-16-le").replace(" ", "") == "BcAGc"
    client.delete(f"/api/tunes/{number}")


@pytest.mark.parametrize(
    ("path", "asked", "status", "words"),
    [
        ("/api/tunes", {"notes": "xyz"}, 400, "type at least three"),
        ("/api/tunes", {"limit": 201}, 400, "limit"),
        ("/api/tunes", {"sort": "colour"}, 400, "sort"),
        ("/api/tunes", {"offset": -1}, 400, "offset"),
        ("/api/tunes", {"colour": "red"}, 400, "no option is called 'colour'"),
        ("/api/book", {"format": "pdf", "ids": "1,x"}, 400, "ids"),
        ("/api/book", {"format": "pdf", "words": "nothing like it"}, 404, "no tune fits"),
        ("/api/book", {"format": "abc", "set": 77}, 404, "no set has the number 77"),
        ("/api/book", {"format": "abc", "ids": "999"}, 404, "number 999"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_words(client, kept, path, asked, status, words):
    answer = client.get(path, params=asked)
    assert answer.status_code == status, kept
    assert words in answer.json()["error"]


def test_sets(client, kept):
    made = client.post("/api/sets", json={"name": "Set", "tunes": [kept[1], kept[0]]})
    number = made.json()["id"]
    assert made.status_code == 201
    assert [tune["id"] for tune in listed(client, set=number, sort="set")["tunes"]] == [kept[1], kept[0]]
    assert client.put(f"/api/sets/{number}", json={"tunes": kept, "name": "Other"}).json()["name"] == "Other"
    book = client.get("/api/book", params={"format": "abc", "set": number})
    assert book.headers["content-disposition"] == 'attachment; filename="other.abc"'
    assert book.text.index("T:The Rakish Paddy") < book.text.index("T:Other")
    assert client.get("/api/tunebook").json()["sets"][0]["name"] == "Other"
    assert client.delete(f"/api/sets/{number}").status_code == 200
    assert client.get("/api/sets").json() == {"sets": []}
    assert client.delete(f"/api/sets/{number}").status_code == 404
    assert client.post(f"/api/sets/{number}/restore").json()["name"] == "Other"
    assert client.put(f"/api/sets/{number}", json={"tunes": [999]}).status_code == 404


def test_a_book_comes_in_and_goes(client, kept):
    files = [("files", ("new.abc", f"{TUNE}\n{OTHER.replace('Other', 'New')}".encode()))]
    report = client.post("/api/books", files=files, data={"tag": "brought"}).json()
    assert (report["added"], report["duplicates"], report["failed"], report["name"]) == (1, 1, 0, "new.abc")
    assert listed(client, book="new.abc")["total"] == 1
    assert client.delete(f"/api/books/{report['book']}").json() == {"tunes": 1}
    assert listed(client, book="new.abc")["total"] == 0
    assert client.post(f"/api/books/{report['book']}/restore").json() == {"tunes": 1}
    assert client.delete("/api/books/999").json() == {"tunes": 0}
    assert len(kept) == 2
