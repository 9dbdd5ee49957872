"""Fixtures of the studio's tests: a real server with its own data folder, and real pages that tolerate no fault."""

import threading
import time
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

from tunewright.studio.server import StudioServer, listen
from tunewright.studio.settings import Settings
from tunewright.studio.studio import Studio

WIDTHS = {"desk": (1280, 800), "phone": (390, 844)}
STARTING_SECONDS = 20


class RunningStudio:
    """A studio that is served from a thread of this process, on a free port."""

    def __init__(self, settings):
        self.folder = settings.folder
        self._settings = settings
        self.start()

    def start(self):
        """Serve the same data folder at the same port."""
        listening, self._settings = listen(self._settings)
        self.studio = Studio(self._settings)
        self.server = StudioServer(self.studio, listening)
        self.url = f"http://127.0.0.1:{self._settings.port}"
        self._thread = threading.Thread(target=self.server.serve_until_stopped, daemon=True)
        self._thread.start()
        limit = time.monotonic() + STARTING_SECONDS
        while not self.server.started:
            assert self._thread.is_alive() and time.monotonic() < limit, "the studio did not start"
            time.sleep(0.01)
        self.client = httpx2.Client(base_url=self.url, timeout=60)

    def stop(self):
        self.client.close()
        self.server.should_exit = True
        self._thread.join(STARTING_SECONDS)
        assert not self._thread.is_alive(), "the studio did not stop"

    def restart(self):
        self.stop()
        self.start()

    @property
    def policy_reports(self):
        return self.server.application.reports


@contextmanager
def running(folder, **settings):
    studio = RunningStudio(Settings(folder=folder, port=0, **settings))
    try:
        yield studio
    finally:
        studio.stop()


@pytest.fixture(scope="module")
def studio_server(tmp_path_factory):
    """A studio with an empty data folder, for the tests of one file; see `RunningStudio`."""
    with running(tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@pytest.fixture(scope="module")
def quiet_server(tmp_path_factory):
    """The same without a network that is loaded and a tune that is composed at its start: quicker."""
    with running(tmp_path_factory.mktemp("quiet"), warm=False) as studio:
        yield studio


@pytest.fixture(scope="module")
def studio_in():
    """A function from a data folder and further settings to a running studio without a welcoming tune."""
    with ExitStack() as stack:
        yield lambda folder, **settings: stack.enter_context(running(folder, warm=False, **settings))


@pytest.fixture
def open_page(studio_server, chromium):
    """A function from width ("desk" or "phone") and scheme ("light" or "dark") to a page of the studio.

    After the test there must have been no message of an error, no request elsewhere and no report of the policy. The
    tour counts as seen unless `tour` is true; `problems` is for a test that expects some and clears them.
    """
    contexts, problems = [], []
    reported = studio_server.policy_reports.count

    def note(kind, text):
        problems.append(f"{kind}: {text}")

    def opened(path="/", *, width="desk", scheme="light", tour=False, **options):
        size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
        context = chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", **options)
        contexts.append(context)
        if not tour:
            context.add_init_script("localStorage.setItem('tour', 'seen')")
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.problems = problems
        page.on("console", lambda message: note("console", message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: note("error", error))
        page.on("request", lambda asked: None if is_ours(asked.url) else note("request", asked.url))
        page.on("requestfailed", lambda asked: note("failed", asked.url) if is_failure(asked) else None)
        page.goto(studio_server.url + path)
        return page

    def is_ours(url):
        return url.startswith((studio_server.url + "/", "data:", "blob:"))

    def is_failure(asked):
        return "ERR_ABORTED" not in (asked.failure or "")  # what the page itself gave up is no fault

    yield opened
    for context in contexts:
        context.close()
    assert problems == []
    first = studio_server.policy_reports.first
    assert studio_server.policy_reports.count == reported, f"the policy was broken: {first}"


@pytest.fixture
def page(open_page):
    """A page of the studio at 1280 px, on Compose."""
    return open_page()


@pytest.fixture
def phone_page(open_page):
    """The same at 390 px."""
    return open_page(width="phone")
