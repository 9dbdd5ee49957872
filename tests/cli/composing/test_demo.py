import json
import re

import mido
import pytest
from command_line import run

import tunewright
from tunewright.notation.melody import read_melody


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


def test_its_tunes_are_whole_with_sections(demo):
    for heat in ("0.5", "1", "2"):
        abc = (demo / f"temperature-{heat}.abc").read_text()
        melody = read_melody(abc)
        assert len([bar for bar in melody.bars if bar.number]) >= 8
        assert ":|" in abc


def test_the_page_says_how_its_tunes_were_chosen_and_what_the_network_writes_alone(demo):
    page = (demo / "index.html").read_text()
    candidates = [int(found) for found in re.findall(r"; the best of (\d+);", page)]
    assert len(candidates) == 3
    assert min(candidates) >= 3
    assert f"Chosen from {sum(candidates)} (" in page
    assert page.count("What the network alone writes at temperature") == 2 * 3  # heading and label


@pytest.mark.slow
def test_the_machine_is_measured_and_what_was_chosen_is_told(demo, capsys, tiny_corpus, tmp_path):
    """How much of its schedule a run of 0.1 minutes comes through depends on what else the machine does."""
    history = (demo / "run" / "history.csv").read_text().splitlines()
    recorded = json.loads((demo / "run" / "last" / "tunewright.json").read_text())
    assert 1 < len(history) - 1 <= recorded["training"]["config"]["epochs"]
    status, out, _ = run(capsys, "demo", "--corpus", tiny_corpus, "--minutes", "0.01", "--out", tmp_path / "demo")
    assert status == 0
    assert re.search(r"learns about [\d,]+ characters a second now: \d+ pass(es)? over 27 tunes by an LSTM of", out)


def test_commands_to_go_on_can_be_copied(demo, browser_page):
    page, problems = browser_page
    page.goto((demo / "index.html").as_uri())
    commands = page.locator(".command code").all_inner_texts()
    assert len(commands) == 3
    assert all(" compose " in command or " train " in command for command in commands)
    page.locator(".copy").first.click()
    page.wait_for_function("document.querySelector('.copy').textContent === 'Copied' || String(getSelection())")
    assert problems == []


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


def test_its_tunes_play_and_say_how_near_they_are_to_the_corpus(demo):
    for heat in ("0.5", "1", "2"):
        abc = (demo / f"temperature-{heat}.abc").read_text()
        assert [finding for finding in tunewright.check(abc) if finding.severity == "error"] == []
        assert "% composed: playable" in abc
        assert "% verdict: " in abc
    assert "nearest melody" in (demo / "index.html").read_text()


def test_characters_that_make_no_tune_are_composed_raw():
    from tunewright.cli.composing.demo_tunes import demo_grammar
    from tunewright.corpus.vocabulary import Vocabulary
    from tunewright.model.checkpoint import Checkpoint
    from tunewright.model.config import NetworkConfig

    steering = demo_grammar(Checkpoint(NetworkConfig(), Vocabulary("\x02\x03\n obenrt"), {}))
    assert steering.grammar is None
    assert "lacks what every tune needs" in steering.problem
    assert "--raw" not in steering.problem  # the demo has no such option
