import json

import mido
import pytest
from test_cli_main import run

from tunewright.errors import RenderError


@pytest.fixture(scope="module")
def demo(tiny_corpus, tmp_path_factory):
    from tunewright.cli.main import main

    out = tmp_path_factory.mktemp("demo") / "demo"
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--corpus", str(tiny_corpus), "--minutes", "0.1", "--seed", "3", "--out", str(out)])
    assert ended.value.code == 0
    return out


def test_it_writes_tunes_a_run_and_a_page(demo):
    names = {path.name for path in demo.iterdir()}
    assert {"index.html", "run", *(f"temperature-{heat}.abc" for heat in ("0.5", "1", "2"))} <= names
    assert any(message.type == "note_on" for message in mido.MidiFile(demo / "temperature-0.5.mid"))
    assert (demo / "temperature-0.5.wav").read_bytes()[:4] == b"RIFF"


def test_the_page_shows_tunes_curves_options_and_seed(demo):
    page = (demo / "index.html").read_text()
    recorded = json.loads((demo / "run" / "best" / "tunewright.json").read_text())
    for name in (*recorded["network"], *recorded["training"]["config"]):
        assert f">{name.replace('_', ' ')}</th>" in page
    for words in ("temperature 0.5", "temperature 1", "temperature 2", "nats per character", "Loss curves"):
        assert words in page


def test_the_page_opens_from_disk_in_a_browser(demo, browser_page):
    page, problems = browser_page
    page.goto((demo / "index.html").as_uri())
    page.wait_for_selector("svg .abcjs-note")
    assert page.locator("article").count() == 3
    assert page.locator("audio").count() >= 1
    assert problems == []


def test_it_does_not_overwrite_unless_asked(demo, capsys, tiny_corpus):
    before = (demo / "index.html").read_bytes()
    status, _, err = run(capsys, "demo", "--corpus", tiny_corpus, "--out", demo)
    assert status == 2
    assert "--force" in err
    assert (demo / "index.html").read_bytes() == before


def test_no_time_at_all_is_refused(capsys, tmp_path):
    status, _, err = run(capsys, "demo", "--minutes", "0", "--out", tmp_path / "demo")
    assert status == 2
    assert "minutes is 0" in err
    assert not (tmp_path / "demo").exists()


def test_the_first_tune_that_ends_and_plays_is_taken(monkeypatch):
    from tunewright.cli import demo as module
    from tunewright.sampling.compose import Composition
    from tunewright.sampling.config import CompositionConfig

    tunes = [Composition("silent", True, 0), Composition("endless", False, 1), Composition("good", True, 2)]

    def render(tune, _format):
        if tune == "silent":
            raise RenderError("no note")
        return b""

    monkeypatch.setattr(module, "render", render)
    monkeypatch.setattr(module, "compose_many", lambda *_: iter(reversed(tunes)))
    assert module.first_that_plays(None, CompositionConfig()).text == "good"
    monkeypatch.setattr(module, "compose_many", lambda *_: iter(tunes[:2]))
    assert module.first_that_plays(None, CompositionConfig()).text == "silent"
