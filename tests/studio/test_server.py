"""The command opens the studio at a free port, tells its address, stops when it is told to, and says what is wrong."""

import os
import re
import signal
import subprocess
import sys
import time

import httpx2
import pytest

from tunewright.cli.studio import studio
from tunewright.errors import MissingExtraError, OptionError
from tunewright.files import data_folder
from tunewright.studio.page_files import PageFiles
from tunewright.studio.server import listen
from tunewright.studio.settings import Settings

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture
def command(tmp_path):
    """A function that starts `tunewright studio`, and gives its process and the address that it printed."""
    started = []

    def start(*options):
        line = [sys.executable, "-m", "tunewright", "studio", "--folder", tmp_path, "--no-browser", *options]
        process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        said = process.stdout.readline()
        assert said, process.stderr.read()
        return process, re.search(r"http://\S+", said).group()

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_it_opens_answers_and_closes_at_control_c(command):
    process, address = command("--port", "0")
    with httpx2.Client() as client:
        assert client.get(address).status_code == 200
        begun = client.post(f"{address}api/compositions", json={"accept": 0.01, "network": "oneills-large"}).json()
        events = f"{address}api/compositions/{begun['id']}/events"
        with client.stream("GET", events) as stream:  # an open stream does not hold it up
            chunks = stream.iter_raw()
            next(chunks)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            list(chunks)
    said, complaints = process.communicate(timeout=20)
    assert (process.returncode, said, complaints) == (0, "The studio is closed.\n", "")
    assert time.monotonic() - began < 10


def test_beyond_this_machine_it_prints_a_token(command):
    _, address = command("--port", "0", "--host", EVERYWHERE)
    port, token = re.search(r":(\d+)/\?token=([\w-]{30,})$", address).groups()
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as client:
        assert client.get("/").status_code == 403
        assert client.get("/", params={"token": token}).status_code == 200
        assert client.get("/api/networks").status_code == 200  # by the cookie


def test_a_port_in_use_is_told(tmp_path):
    listening, settings = listen(Settings(folder=tmp_path, port=0))
    with listening:
        line = [sys.executable, "-m", "tunewright", "studio", "--no-browser", "--port", str(settings.port)]
        done = subprocess.run([*line, "--folder", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f"tunewright: port {settings.port} is in use") and "--port" in done.stderr


@pytest.mark.parametrize(("host", "port"), [("nosuch.invalid", 0), ("127.0.0.1", 70_000), ("127.0.0.1", -1)])
def test_an_address_that_cannot_be_is_told(host, port, tmp_path):
    with pytest.raises(OptionError, match=r"cannot listen on nosuch|allowed: 0"):
        listen(Settings(folder=tmp_path, host=host, port=port))


def test_the_data_folder_is_the_user_s(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "tunewright"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert data_folder().parts[-3:] == (".local", "share", "tunewright")


def test_a_studio_that_is_opened_again_has_the_same_folder(quiet_server):
    port = quiet_server.url.rpartition(":")[2]
    quiet_server.restart()
    assert quiet_server.url.endswith(f":{port}")
    assert quiet_server.client.get("/api/networks").status_code == 200


class TestPageFiles:
    def test_files_are_found_when_they_come_and_read_again_when_they_change(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tunewright.studio.page_files.LISTING_SECONDS", 0.0)
        files = PageFiles(tmp_path)
        assert files.find("a.js") is None
        (tmp_path / "a.js").write_text("one " * 100)
        first = files.find("a.js")
        assert first.content == b"one " * 100 and first.media_type.startswith("text/javascript")
        (tmp_path / "a.js").write_text("two")
        os.utime(tmp_path / "a.js", ns=(1, 1))
        assert files.find("a.js").content == b"two"
        assert files.find("a.js").tag != first.tag
        (tmp_path / "a.js").unlink()
        assert files.find("a.js") is None

    def test_only_kinds_that_are_known_are_served(self, tmp_path):
        for name in ("secret.py", "key.pem", "noend"):
            (tmp_path / name).write_text("x")
        assert [PageFiles(tmp_path).find(name) for name in ("secret.py", "key.pem", "noend")] == [None] * 3

    def test_a_browser_that_has_it_gets_nothing_again(self, quiet_server):
        first = quiet_server.client.get("/page/app.js")
        again = quiet_server.client.get("/page/app.js", headers={"if-none-match": first.headers["etag"]})
        assert (first.headers["content-encoding"], again.status_code, again.content) == ("gzip", 304, b"")
        plain = quiet_server.client.get("/page/app.js", headers={"accept-encoding": "identity"})
        assert plain.content == first.content and "content-encoding" not in plain.headers


def test_without_its_packages_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "tunewright.studio.server")
    with pytest.raises(MissingExtraError, match=r"pip install 'tunewright\[studio\]'"):
        studio(no_browser=True)
