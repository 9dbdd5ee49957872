"""Fixtures of all tests: programs and corpora that may be missing, and a small made-up corpus.

A test that needs something which is not on this machine is skipped with a clear word. With ``TUNEWRIGHT_REQUIRE_ALL=1``
in the environment (CI sets it) the same test fails instead, so that nothing goes unchecked unnoticed.
``TUNEWRIGHT_EXAMPLES``: how many examples of a property hypothesis tries where a test names no number; 30, in CI 60.
"""

import importlib.util
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

    from tunewright.model.checkpoint import Checkpoint

# Read by torch when it is imported, here and in the commands that tests start. Threads that wait then sleep; by default
# they spin, which makes training several times slower where tests share the cores with other work.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# An example may take as long as it takes: beside other work the clock says nothing of the code.
# CI tries more examples of each property than one waits for at a desk.
settings.register_profile("tunewright", deadline=None, max_examples=int(os.environ.get("TUNEWRIGHT_EXAMPLES", "30")))
settings.load_profile("tunewright")


DEBIAN_PACKAGES = {
    "abc2midi": "abcmidi",
    "pdflatex": "texlive-latex-recommended lmodern",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
}
"""Which brings a program, where it is not called like it."""


def missing(what: str, *, remedy: str) -> NoReturn:
    """Skip the running test because `what` is not there; fail it where everything is required."""
    message = f"{what} is not on this machine; {remedy}"
    if os.environ.get("TUNEWRIGHT_REQUIRE_ALL") == "1":
        pytest.fail(f"{message} (TUNEWRIGHT_REQUIRE_ALL=1 allows no skip)")
    pytest.skip(message)


def require_package(name: str) -> None:
    """Skip the running test if the package of an extra is not installed."""
    if importlib.util.find_spec(name) is None:
        missing(f"The package {name}", remedy=f"'pip install {name}' brings it")


@pytest.fixture(autouse=True)
def numbers_near_zero_stay() -> Iterator[None]:
    """Training takes them for zero, and must not leave the processor so: the next test may need them."""
    yield
    assert sys.float_info.min / 2 > 0, "numbers near zero are still taken for zero: use training.denormals"


@pytest.fixture(scope="session")
def require_program() -> Callable[[str], str]:
    """A function from a program's name to its path; it skips the test if there is no such program."""

    def path_of(name: str) -> str:
        package = DEBIAN_PACKAGES.get(name, name)
        return shutil.which(name) or missing(name, remedy=f"on Debian, 'apt install {package}' brings it")

    return path_of


@pytest.fixture(scope="session")
def oneills_folder() -> Path:
    """The folder of O'Neill's 1850 inside the music21 package, found without importing that package."""
    package = importlib.util.find_spec("music21")
    folder = Path(package.origin).parent / "corpus" / "oneills1850" if package and package.origin else None
    if folder is None or not folder.is_dir():
        missing("O'Neill's 1850", remedy="'pip install music21' brings it")
    return folder


CHROMIUM_OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium(require_program: Callable[[str], str]) -> Iterator["Browser"]:
    """A running Chromium without a window."""
    program = require_program("chromium")
    from playwright.sync_api import sync_playwright

    try:
        playwright = sync_playwright().start()
    except Exception as error:  # noqa: BLE001 - what Playwright raises if its own driver does not start
        missing(f"what Playwright needs to start ({error})", remedy="on Debian, 'apt install libatomic1' brings it")
    browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture
def browser_page(chromium: "Browser") -> Iterator[tuple["Page", list[str]]]:
    """An empty page, and a list that grows by each message, error and request to anywhere but this machine's files."""
    # Playwright waits by evaluating text in the page, which a page's content security policy may forbid.
    context = chromium.new_context(viewport={"width": 1200, "height": 800}, bypass_csp=True)
    page, problems = context.new_page(), []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))

    def note(asked: "Request") -> None:
        if not asked.url.startswith(("file:", "data:", "blob:")):
            problems.append(asked.url)

    page.on("request", note)
    yield page, problems
    context.close()


@pytest.fixture(scope="session")
def untrained() -> Callable[..., "Checkpoint"]:
    """A function from the fields of a `NetworkConfig` to a network with bold random weights, always the same ones."""
    import torch

    from tunewright.corpus.vocabulary import Vocabulary
    from tunewright.model.checkpoint import Checkpoint
    from tunewright.model.config import NetworkConfig
    from tunewright.model.network import CharNetwork, weights_of

    printable = "".join(map(chr, range(32, 127)))

    def build(*, symbols: str = printable, **shape: object) -> Checkpoint:
        config = NetworkConfig(**shape)  # type: ignore[arg-type]
        vocabulary = Vocabulary("\x02\x03\n" + symbols)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1850)
            network = CharNetwork.of(config, vocabulary)
        weights = {name: (2 * values).astype("float32") for name, values in weights_of(network).items()}
        return Checkpoint(config, vocabulary, weights)

    return build


TINY_CORPUS_TUNES = 30


@pytest.fixture(scope="session")
def tiny_tunes() -> list[str]:
    """The texts of 30 short valid tunes, all different, the same in every run."""
    generator = random.Random(1850)
    return [_made_up_tune(number, generator) for number in range(1, TINY_CORPUS_TUNES + 1)]


@pytest.fixture(scope="session")
def tiny_corpus(tiny_tunes: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the 30 tunes of `tiny_tunes`, each between a ``<start>`` and an ``<end>`` line. Read it only."""
    path = tmp_path_factory.mktemp("tiny-corpus") / "tiny.txt"
    path.write_text("".join(f"<start>\n{text}<end>\n" for text in tiny_tunes), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small_study(tiny_tunes: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of small networks that were really trained; its corpus lies beside it. Read it only."""
    from small_papers import train_study, write_corpus

    folder = tmp_path_factory.mktemp("study")
    write_corpus(folder / "tunes.abc", tiny_tunes)
    train_study(folder, folder / "tunes.abc")
    return folder


@pytest.fixture(scope="session")
def small_paper(small_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The paper of that study. Read it only."""
    from tunewright.report.paper.writing import write_paper
    from tunewright.study.results.study_results import read_results

    out = tmp_path_factory.mktemp("paper") / "paper"
    written = write_paper(read_results(small_study), out, authors=["Ann O'Neill", "Ben Ryan"])
    assert written.problems == {}
    return out


def _made_up_tune(number: int, generator: random.Random) -> str:
    """Eight full bars of eighth notes that walk up and down a scale and come home."""
    meter, eighths_per_bar = generator.choice([("4/4", 8), ("6/8", 6), ("3/4", 6)])
    scale = "DEFGABcde"
    step = generator.randrange(len(scale))
    bars = []
    for _ in range(8):
        bar = ""
        for eighth in range(eighths_per_bar):
            step = min(max(step + generator.choice([-2, -1, 1, 2]), 0), len(scale) - 1)
            beam_ends = (eighth + 1) % (3 if meter == "6/8" else 2) == 0 and eighth + 1 < eighths_per_bar
            bar += scale[step] + (" " if beam_ends else "")
        bars.append(bar)
    bars[-1] = f"{generator.choice('DG')}{eighths_per_bar}"
    key = generator.choice(["D", "G", "Ador", "Em"])
    music = "|:" + "|".join(bars[:4]) + ":|\n|:" + "|".join(bars[4:]) + ":|\n"
    return f"X:{number}\nT:Made-up tune {number}\nM:{meter}\nL:1/8\nK:{key}\n{music}"
