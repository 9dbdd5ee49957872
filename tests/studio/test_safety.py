"""Requests that do not come from the studio's own pages are refused; what is too large too; no path leads out."""

import json
import socket
from dataclasses import dataclass
from typing import Annotated

import pytest
from msgspec import Meta
from starlette.testclient import TestClient

from tunewright.errors import OptionError
from tunewright.studio.application import application
from tunewright.studio.route import Done, Download, Route, Uploads
from tunewright.studio.safety import POLICY
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio

HOME = "http://127.0.0.1:8044"
EVERYWHERE = "0.0.0.0"  # noqa: S104
SECRET, PLAIN = "secret-öé", "secret"


@dataclass(frozen=True)
class Pair:
    first: Annotated[int, Meta(ge=0, le=9)]
    second: str = ""


@dataclass(frozen=True)
class Book:
    files: Uploads
    tag: str = ""


@dataclass(frozen=True)
class Sizes:
    sizes: tuple[int, ...]
    tag: str


ROUTES = (
    Route("POST", "/api/pairs", lambda _studio, _pair: Done(), Pair, Done, "Take a pair.", largest_body=1000),
    Route("GET", "/api/pairs", lambda _studio, pair: pair, Pair, Pair, "The pair of the query."),
    Route(
        "GET", "/api/files/{name}", lambda _studio, name: Download(b"x", "text/plain", name), None, Download, "A file."
    ),
    Route("GET", "/api/bug", lambda _studio: 1 // 0, None, Done, "A bug."),
    Route(
        "POST", "/api/books", lambda _studio, book: Sizes(tuple(len(each.content) for each in book.files), book.tag),
        Book, Sizes, "Take a book.", largest_body=5000,
    ),
)  # fmt: skip


def client_of(tmp_path, *, base_url=HOME, **settings):
    app = application(Studio(Settings(folder=tmp_path, warm=False, **settings)), ROUTES)
    return TestClient(app, base_url=base_url, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def client(tmp_path):
    return client_of(tmp_path)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.7", "[::2]", "[", "", "a b"])
def test_another_host_is_refused(client, host):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert "another address" in answer.json()["error"]


@pytest.mark.parametrize("host", ["127.0.0.1:8044", "localhost", "[::1]:9", "LOCALHOST:1"])
def test_this_machine_is_not(client, host):
    assert client.get("/api/pairs?first=1", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_requests_of_other_pages_are_refused(client, method, headers):
    query = {"params": {"first": "1"}} if method == "GET" else {"json": {"first": 1}}
    assert client.request(method, "/api/pairs", **query).status_code == 200
    answer = client.request(method, "/api/pairs", **query, headers=headers)
    assert answer.status_code == 403
    assert "another page" in answer.json()["error"]


def test_a_link_from_elsewhere_may_open_a_page_but_no_frame_may(client):
    visit = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/tune", headers=visit).status_code == 200
    assert client.get("/tune", headers={**visit, "sec-fetch-dest": "iframe"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/api/pairs?first=1", "/api/nothing", "/nothing", "/page/app.js", "/api/bug"])
def test_every_answer_has_the_policy(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe-inline" not in POLICY and "unsafe-eval'" not in POLICY.replace("wasm-unsafe-eval", "")


def test_opening_beyond_this_machine_needs_a_token(tmp_path):
    with pytest.raises(OptionError, match="token"):
        client_of(tmp_path, host=EVERYWHERE)
    client_of(tmp_path, host="::1").get("/", headers={"host": "[::1]"})


class TestOpened:
    @pytest.fixture
    def client(self, tmp_path):
        return client_of(tmp_path, base_url="http://192.168.1.7:8044", host=EVERYWHERE, token=SECRET)

    def test_nothing_comes_without_the_token(self, client):
        for path in ("/", "/page/app.js", "/api/pairs?first=1", "/?token=wrong", "/api/openapi.json"):
            answer = client.get(path)
            assert answer.status_code == 403
            assert "token" in answer.json()["error"]

    def test_the_address_with_the_token_sets_a_cookie_of_this_port(self, client):
        answer = client.get("/tune", params={"token": SECRET})
        assert (answer.status_code, answer.headers["location"]) == (303, "/tune")
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("tunewright_8044=")
        assert "httponly" in cookie and "samesite=strict" in cookie

    def test_programs_send_it_in_a_header(self, tmp_path):
        client = client_of(tmp_path, base_url="http://192.168.1.7:8044", host=EVERYWHERE, token=PLAIN)
        assert client.get("/api/pairs?first=1", headers={"authorization": "Bearer secret"}).status_code == 200
        assert client.get("/api/pairs?first=1", headers={"authorization": "Bearer secre"}).status_code == 403
        assert client.get("/api/pairs?first=1", headers={"cookie": "tunewright_8044=secret"}).status_code == 200
        assert client.get("/api/pairs?first=1", headers={"cookie": "tunewright_8045=secret"}).status_code == 403

    def test_names_are_refused_but_this_machines(self, client):
        assert "another address" in client.get("/", headers={"host": "evil.example"}).json()["error"]
        assert "token" in client.get("/", headers={"host": socket.gethostname()}).json()["error"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"first": "1"}', b'{"first": 10}', b'{"first": 1.5}', b'{"first": true}',
     b'{"second": ""}', b'{"first": 1, "third": 2}', b'{"first": 1, "second": "\\u0000"}', b"[" * 900,
     b'{"first": 1e999}', b'{"first": 1, "second": "\\ud800"}'],
)  # fmt: skip
def test_a_wrong_request_is_refused_in_words(client, body):
    answer = client.post("/api/pairs", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


def test_only_json_is_read(client):
    answer = client.post("/api/pairs", content=b'{"first": 1}', headers={"content-type": "text/plain"})
    assert (answer.status_code, "application/json" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("query", ["first=1&third=1", "first=x", "first=10", "", "first=1&second=%00"])
def test_a_wrong_query_is_refused(client, query):
    assert client.get(f"/api/pairs?{query}").status_code == 400
    assert client.get("/api/pairs?first=7&second=x").json() == {"first": 7, "second": "x"}


def test_a_large_body_is_refused_whether_or_not_its_size_is_told(client):
    body = json.dumps({"first": 1, "second": "x" * 2000}).encode()
    kind = {"content-type": "application/json"}
    assert client.post("/api/pairs", content=body, headers=kind).status_code == 413
    parts = (body[at : at + 100] for at in range(0, len(body), 100))
    assert client.post("/api/pairs", content=parts, headers=kind).status_code == 413
    small = client.post("/api/pairs", content=iter([b'{"first"', b": 1}"]), headers=kind)
    assert small.status_code == 200


def test_files_come_in_a_form(client):
    files = [("files", ("a.abc", b"X:1")), ("files", ("../../b", b""))]
    assert client.post("/api/books", files=files, data={"tag": "jigs"}).json() == {"sizes": [3, 0], "tag": "jigs"}
    assert client.post("/api/books", files=[("files", ("a", b"x" * 6000))]).status_code == 413
    assert client.post("/api/books", files=[("other", ("a", b"x"))]).status_code == 400
    assert client.post("/api/books", data={"files": "x"}, files=[("files", ("a", b"x"))]).status_code == 400
    assert client.post("/api/books", json={"files": []}).status_code == 400
    broken = client.post("/api/books", content=b"--x", headers={"content-type": "multipart/form-data"})
    assert broken.status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/page/../route.py", "/page/%2e%2e/route.py", "/page/..%2froute.py", "/page//etc/passwd", "/page/%2fetc/passwd",
     "/page/pages/../../route.py", "/page/", "/page/.", "/page/app.js%00.html", "/..%2f..%2fetc%2fpasswd"],
)  # fmt: skip
def test_no_path_leads_out_of_the_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}
    assert client.get("/page/app.js").status_code == 200


def test_a_files_name_cannot_break_out_of_its_header(client):
    answer = client.get('/api/files/a"; x=%0d%0ay: z')
    assert answer.headers["content-disposition"] == 'attachment; filename="a___x___y__z"'


def test_a_bug_is_told_without_details(client):
    answer = client.get("/api/bug")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text and "terminal" in answer.json()["error"]


def test_reports_of_the_policy_are_counted(client):
    assert client.get("/api/policy-reports").json() == {"count": 0, "first": []}
    client.post("/api/policy-reports", content=b'{"csp-report": {}}')
    assert client.get("/api/policy-reports").json() == {"count": 1, "first": ['{"csp-report": {}}']}
    assert client.post("/api/policy-reports", content=b"x" * 30_000).status_code == 413
