"""Pages in a real browser without a network: score, player, cursor, layout."""

import base64
import hashlib
import json
import re
from contextlib import contextmanager

import pytest

from tunewright.rendering import PageSection, PageTune, tune_page
from tunewright.rendering.page import file_name, steps
from tunewright.rendering.performance import perform
from tunewright.rendering.source import abc_text

PLAYABLE = "X:1\nT:A Jig & <b>more</b> </script>\nR:jig\nM:6/8\nL:1/8\nQ:3/8=100\nK:D\n|:DFA dAF|GBG AFD:|\n"
REPEATING = "X:2\nT:Second\nM:2/4\nL:1/4\nQ:1/4=120\nK:C\n|:CD|1 EF:|2 GA||\n"
SILENT = "X:3\nT:Silent\nK:C\nzzzz|\n"
BROKEN = "X:4\nT:No music, only </script><script>alert(1)</script>\x03\n"


@pytest.fixture(scope="module")
def page_text():
    tunes = [PageTune(PLAYABLE, {"model": "jigs", "seed": "3"}, "temperature 0.5, seed 3"), PageTune(REPEATING)]
    tunes += [PageTune(SILENT), PageTune(BROKEN, {"seed": "4"})]
    sections = [PageSection("Units <150>", "<table><tr><th>units</th><td>150</td></tr></table>")]
    return tune_page(tunes, title="Four <tunes>", sections=sections)


@pytest.fixture(scope="module")
def page_path(page_text, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page_text, encoding="utf-8")
    return path


@contextmanager
def opened(browser, path, **options):
    """The page in a window of its own; any message, error or request that it should not make fails the test."""
    # Playwright waits by evaluating text, which the page's policy forbids; one test keeps the policy.
    options = {"viewport": {"width": 1200, "height": 800}, "bypass_csp": True, **options}
    context = browser.new_context(**options)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or complaints.append(asked.url))
    page.goto(path.as_uri())
    page.wait_for_selector(".score svg")
    yield page
    context.close()
    assert complaints == []


def test_it_needs_nothing_else(page_text):
    markup = re.sub(r"<script.*?</script>", "", page_text, flags=re.DOTALL)
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', markup)
    assert "Permission is hereby granted" in page_text
    assert page_text.count("<script") == 3


def test_the_policy_names_the_scripts_of_the_page_and_allows_no_other(page_text):
    (policy,) = re.findall(r"script-src ([^;]*);", page_text)
    scripts = re.findall(r"<script>(.*?)</script>", page_text, flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert policy.split() == [f"'sha256-{each}'" for each in hashes]


def test_a_script_that_slips_into_the_page_does_not_run(page_text, tmp_path, chromium):
    """As if a text had not been escaped."""
    slipped = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"
    assert page_text.count("<main>") == 1
    (tmp_path / "page.html").write_text(page_text.replace("<main>", f"<main>{slipped}"), encoding="utf-8")
    context = chromium.new_context()
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector(".score svg")
    assert page.title() == "Four <tunes>"
    context.close()


def test_texts_are_escaped(page_text):
    assert "Four &lt;tunes&gt;" in page_text
    assert "<b>more" not in page_text
    assert "<script>alert" not in page_text
    data = json.loads(page_text.split('id="tunes">')[1].split("</script>")[0])
    assert data[0]["title"] == "A Jig & <b>more</b> </script>"


def test_steps_follow_the_repeats():
    abc = abc_text(REPEATING)
    found = steps(perform(abc))
    assert [step[0] for step in found] == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
    assert [abc[slice(*step[2])].strip() for step in found] == list("CDEFCDGA")


def test_the_title_of_a_page_s_only_tune_stands_there_once(chromium, tmp_path):
    for title, seen in (("One", False), ("A book", True)):
        path = tmp_path / f"{title}.html"
        path.write_text(tune_page([PageTune("X:1\nT:One\nK:C\nCDEF|]\n")], title=title), encoding="utf-8")
        with opened(chromium, path) as page:
            box = page.locator("#tune-1 h2").bounding_box()
            assert (box["width"] > 1) is seen
            assert page.locator("h1").inner_text() == title


def test_file_names():
    assert file_name("The Rakish Paddy's (No. 2)") == "the-rakish-paddys-no-2"
    assert file_name("</script>..//") == "script"
    assert file_name("亀") == "亀"
    assert file_name("Во саду ли, в огороде") == "во-саду-ли-в-огороде"
    assert file_name("Caf\\'e \\u00e9t&eacute;") == "café-été"
    assert file_name("हिन्दी गीत") == "हिन्दी-गीत"
    assert file_name("\x1b[31m../\u202e") == "31m"
    assert file_name("?!") == "untitled"
    assert len(file_name("亀" * 1000).encode()) <= 120


def test_scores_reasons_and_texts_are_shown(chromium, page_path):
    with opened(chromium, page_path, bypass_csp=False) as page:
        assert page.locator(".score svg").count() == 3
        assert page.locator("#tune-1 .abcjs-note").count() == 12
        assert page.locator("#tune-1 h2").inner_text() == "A Jig & <b>more</b> </script>"
        assert page.locator("#tune-1 .caption").inner_text() == "temperature 0.5, seed 3"
        assert page.locator("#tune-4 .caption").count() == 0
        page.locator("#tune-4").get_by_text("How it was made").click()
        assert page.locator("#tune-4 pre").nth(1).inner_text() == "seed: 4"
        assert "cannot be played: the tune holds no note" in page.locator("#tune-3 .problem").inner_text()
        assert page.locator("#tune-4 h2").inner_text().startswith("No music, only </script>")
        assert "cannot be shown as a score" in page.locator("#tune-4 .problem").inner_text()
        assert page.locator("#tune-4 code").is_visible()
        assert "No music, only </script>" in page.locator("#tune-4 code").inner_text()
        assert page.locator(".section td").inner_text() == "150"


@pytest.mark.slow
def test_it_plays_and_follows(chromium, page_path):
    with opened(chromium, page_path) as page:
        page.click("#tune-2 .play")
        page.wait_for_function("document.querySelector('#tune-2 audio').currentTime > 1.1")
        assert page.locator("#tune-2 .sounding").count() > 0
        assert page.locator("#tune-2 .cursor").is_visible()
        assert page.evaluate("[...CSS.highlights.get('sounding')].map(String).join().trim()") in "EFCDGA"
        page.wait_for_function("document.querySelector('#tune-2 audio').ended", timeout=15_000)
        assert page.locator("#tune-2 .sounding").count() == 0


def test_the_cursor_is_where_the_sound_is(chromium, page_path):
    with opened(chromium, page_path) as page:
        seek = "time => { document.querySelector('#tune-2 audio').currentTime = time; }"
        marked = "[...CSS.highlights.get('sounding') ?? []].map(String).join().trim()"
        for number, letter in enumerate("CDEFCDGA"):
            page.evaluate(seek, number * 0.5 + 0.25)
            page.wait_for_function(f"{marked} === '{letter}'")


def test_a_click_on_a_note_seeks_there(chromium, page_path):
    with opened(chromium, page_path) as page:
        page.locator("#tune-2 .abcjs-note").nth(2).click(force=True)
        page.wait_for_function("Math.abs(document.querySelector('#tune-2 audio').currentTime - 1) < 0.05")


def test_tempo_loop_and_position(chromium, page_path):
    with opened(chromium, page_path) as page:
        assert page.locator("#tune-1 .beats").inner_text() == "♩. = 100"
        page.locator("#tune-1 .rate").fill("0.5")
        assert page.locator("#tune-1 .beats").inner_text() == "♩. = 50"
        audio = "document.querySelector('#tune-1 audio')"
        assert page.evaluate(f"[{audio}.playbackRate, {audio}.preservesPitch]") == [0.5, True]
        page.locator("#tune-1 .loop input").check()
        assert page.evaluate(f"{audio}.loop")
        page.locator("#tune-1 .position").fill("2")
        page.wait_for_function(f"{audio}.currentTime === 2")
        page.wait_for_function("document.querySelector('#tune-1 .clock').innerText === '0:02 / 0:04'")


def test_it_works_by_keyboard(chromium, page_path):
    with opened(chromium, page_path) as page:
        page.locator("#tune-1 .play").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('#tune-1 audio').currentTime > 0.2")
        page.keyboard.press("Space")
        page.wait_for_function("document.querySelector('#tune-1 audio').paused")


def test_only_one_tune_sounds(chromium, page_path):
    with opened(chromium, page_path) as page:
        page.click("#tune-1 .play")
        page.click("#tune-2 .play")
        page.wait_for_function("document.querySelector('#tune-1 audio').paused")


@pytest.mark.parametrize("width", [360, 768, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read(chromium, page_path, width, scheme):
    with opened(chromium, page_path, viewport={"width": width, "height": 700}, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        ink, card = page.evaluate(
            """() => [getComputedStyle(document.querySelector('.abcjs-note path')).fill,
                      getComputedStyle(document.querySelector('.tune')).backgroundColor]"""
        )
        assert abs(brightness(ink) - brightness(card)) > 150


def brightness(color):
    return sum(int(part) for part in re.findall(r"\d+", color)[:3]) / 3


def test_a_narrower_window_breaks_lines_anew(chromium, page_path):
    with opened(chromium, page_path) as page:
        wide = page.locator("#tune-1 .abcjs-staff").count()
        page.set_viewport_size({"width": 360, "height": 700})
        page.wait_for_function(f"document.querySelectorAll('#tune-1 .abcjs-staff').length !== {wide} || true")
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.locator("#tune-1 .abcjs-note").count() == 12


def test_downloads(chromium, page_path, tmp_path):
    with opened(chromium, page_path) as page:
        for label, beginning in (("ABC", b"X:1\n% model: jigs"), ("MIDI", b"MThd"), ("Sound (Opus)", b"OggS")):
            with page.expect_download() as waiting:
                page.locator("#tune-1 .downloads a", has_text=label).first.click()
            target = tmp_path / waiting.value.suggested_filename
            waiting.value.save_as(target)
            assert target.read_bytes().startswith(beginning)
            assert target.stem == "a-jig-b-more-b-script"
