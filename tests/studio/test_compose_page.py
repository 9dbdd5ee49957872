"""The page Compose in a real browser: a tune waits, is composed, changed, kept, and comes again by its link."""

import re
import time
from statistics import median
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tunewright.notation.check import check
from tunewright.sampling.compose import pieces
from tunewright.studio.composing import composing_jobs

WRITTEN = ".compose-page:not(.is-writing) .sheet:not(.writing) .score-bar"


def wait_for_tune(page, takes=1):
    expect(page.locator(".take")).to_have_count(takes)
    page.locator(WRITTEN).first.wait_for()


def shown_text(page):
    return page.locator(".abc-text").text_content()


def ask_for(page, *, bars, form):
    page.click("summary:has-text('Form and title')")
    page.get_by_label("Bars", exact=True).fill(str(bars))
    page.get_by_label("Form", exact=True).fill(form)
    page.get_by_label("Form", exact=True).press("Tab")


def compose(page, takes):
    page.click(".compose")
    wait_for_tune(page, takes)
    return shown_text(page)


@pytest.fixture
def written_slowly(monkeypatch):
    """Composing pauses after every few characters, so that a page on a busy machine sees them come too."""

    def paused(order, composer):
        writing = pieces(order, composer)
        while True:
            try:
                text = next(writing)
            except StopIteration as end:
                return end.value
            time.sleep(0.2)
            yield text

    monkeypatch.setattr(composing_jobs, "pieces", paused)


def field(text, letter):
    return re.search(rf"^{letter}:\s*(.*)$", text, re.MULTILINE)[1].strip()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_whole_tune_is_waiting(open_page, width):
    page = open_page(width=width)
    wait_for_tune(page)
    text = shown_text(page)
    assert check(text) == ()
    assert page.locator(".score-bar[role=option]").count() >= 4
    assert len(page.locator(".tune-title").text_content()) > 2
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0, "the page must not scroll sideways"


@pytest.mark.usefixtures("written_slowly")
def test_characters_come_one_after_another_and_bars_are_engraved_as_they_come(page):
    wait_for_tune(page)
    ask_for(page, bars=64, form="ABCD")
    page.evaluate("""() => {
        window.seen = [];
        const text = document.querySelector('.abc-text');
        const bars = () => document.querySelectorAll('.sheet .score-bar').length;
        new MutationObserver(() => window.seen.push([text.textContent.length, bars()]))
            .observe(document.querySelector('.sheet'), {childList: true, subtree: true, characterData: true});
    }""")
    compose(page, 2)
    seen = page.evaluate("window.seen")
    lengths = sorted({length for length, _ in seen})
    assert len(lengths) > 4, "the text came in one piece"
    bars = [bars for _, bars in seen if bars]
    assert len(set(bars)) > 3, "the score came in one piece"


@pytest.mark.slow
def test_the_same_link_composes_the_same_tune(page, open_page):
    wait_for_tune(page)
    page.select_option("select >> nth=0", "D")
    text = compose(page, 2)
    assert field(text, "K") == "D"
    query = urlsplit(page.url).query
    assert parse_qs(query)["key"] == ["D"]
    again = open_page(f"/?{query}")
    wait_for_tune(again)
    assert shown_text(again) == text


@pytest.mark.slow
def test_a_changed_option_grows_a_branch_and_what_changed_is_shown(page):
    wait_for_tune(page)
    first = compose(page, 2)
    page.select_option("select >> nth=1", "6/8")
    assert page.locator(".change").all_text_contents() == ["Metre any → 6/8"]
    page.click(".same-seed")
    wait_for_tune(page, 3)
    assert field(shown_text(page), "M") == "6/8"
    branch = page.locator(".twigs .take")
    assert branch.count() == 1
    assert branch.locator(".take-why").text_content() == "metre any → 6/8"
    page.click("text=See what changed")
    rows = page.locator(".changes tbody tr")
    assert rows.all_text_contents() == ["Metreany6/8"], "the seed is the same"
    assert page.locator(".compare-sides svg").count() == 2
    page.click("text=Show the first")
    assert shown_text(page) == first


def test_more_like_this_begins_with_the_same_bar(page):
    wait_for_tune(page)
    before = shown_text(page)
    page.click(".sheet button:has-text('More like this')")
    wait_for_tune(page, 2)
    after = shown_text(page)
    music = [text[text.index("\n", text.index("K:")) :].split("|")[:2] for text in (before, after)]
    assert music[0][0].strip() == music[1][0].strip()
    assert "(2nd Setting)" in field(after, "T")
    assert before != after


@pytest.mark.slow
def test_takes_are_discarded_and_come_back(page):
    wait_for_tune(page)
    text = compose(page, 2)
    page.click(".take.shown button[aria-label^='Discard']")
    assert page.locator(".take").count() == 1
    assert shown_text(page) != text
    page.click(".toast >> text=Undo")
    assert page.locator(".take").count() == 2
    assert shown_text(page) == text
    page.reload()
    wait_for_tune(page, 2)
    assert shown_text(page) == text, "takes outlast the page"


def test_a_tune_is_kept_in_the_tunebook(page, studio_server):
    wait_for_tune(page)
    text = compose(page, 2)
    page.click(".sheet button:has-text('Keep')")
    page.wait_for_selector(".sheet button:has-text('Kept')")
    kept = studio_server.client.get("/api/tunes").json()["tunes"]
    tune = studio_server.client.get(f"/api/tunes/{kept[0]['id']}").json()
    assert [line.rstrip() for line in tune["text"].strip().split("\n")] == [
        line.rstrip() for line in text.strip().split("\n")
    ]
    page.click(".toast >> text=Open")
    page.wait_for_url("**/tune?id=*")


@pytest.mark.slow
@pytest.mark.usefixtures("written_slowly")
def test_writing_can_be_stopped(page):
    wait_for_tune(page)
    ask_for(page, bars=128, form="ABCDEFGH")
    page.click(".compose")
    page.locator(".sheet.writing .score-bar").nth(2).wait_for()
    page.click(".is-writing .compose")
    wait_for_tune(page, 2)
    assert "Stopped" in page.locator(".sheet-origin").text_content()
    assert shown_text(page).count("|") < 128


def test_conditions_that_exclude_each_other_are_refused_in_words(page):
    wait_for_tune(page)
    ask_for(page, bars=15, form="AABB")
    page.click(".compose")
    said = page.locator(".rail .notice.wrong")
    said.wait_for()
    assert "15 bars cannot be divided" in said.text_content()
    page.problems.clear()  # the browser itself reports an answer of status 400
    page.wait_for_selector(WRITTEN)


@pytest.mark.slow
def test_by_keyboard_alone(open_page):
    page = open_page(width="phone")
    wait_for_tune(page)
    page.keyboard.press("n")
    wait_for_tune(page, 2)
    focused = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "option":
            break
    else:
        pytest.fail("the score cannot be reached with Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus must be visible"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.locator(".score-bar:focus[aria-label*=':']").wait_for()
    assert re.match(r"Bar \d+: .*[A-G]", page.evaluate(focused))
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.locator(".score-bar[aria-selected=true]").count() == 3
    page.keyboard.press("Escape")
    assert page.locator(".score-bar[aria-selected=true]").count() == 0
    page.keyboard.press("a")
    wait_for_tune(page, 3)
    page.keyboard.press(",")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    assert "Compose a new tune" in page.locator("dialog .keys").text_content()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.wait_for_selector(".sheet button:has-text('Kept')")
    page.keyboard.press("o")
    page.wait_for_url("**/tune**")


def test_bars_are_selected_by_click_drag_and_shift(page):
    wait_for_tune(page)
    bars = page.locator(".sheet .score-bar[role=option]")
    selected = page.locator(".sheet .score-bar[aria-selected=true]")
    bars.nth(1).click()
    assert selected.count() == 1
    bars.nth(3).click(modifiers=["Shift"])
    assert selected.count() == 3
    bars.nth(0).hover()  # waits until it is there and stands still
    page.mouse.down()
    bars.nth(1).hover()
    page.mouse.up()
    assert selected.count() == 2


@pytest.mark.slow
def test_a_tour_comes_at_the_first_start_and_never_again(open_page):
    page = open_page(tour=True)
    page.wait_for_selector(".tour")
    for _ in range(5):
        page.locator(".tour .primary").click()
    assert page.locator(".tour").count() == 0
    page.reload()
    wait_for_tune(page)
    page.wait_for_timeout(300)
    assert page.locator(".tour").count() == 0


def test_what_loads_before_first_play_is_small(page):
    wait_for_tune(page)
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate("""['resource', 'navigation'].flatMap((kind) => performance.getEntriesByType(kind))
        .map((entry) => [entry.name, entry.encodedBodySize])""")
    assert sum(size for _, size in sizes) <= 400_000, sizes


@pytest.mark.slow
def test_the_first_character_and_each_bar_come_quickly(page):
    wait_for_tune(page)
    for takes in range(2, 12):
        compose(page, takes)
    measures = page.evaluate("performance.getEntriesByType('measure').map(({name, duration}) => [name, duration])")
    first = sorted(duration for name, duration in measures if name == "first character")
    bars = sorted(duration for name, duration in measures if name == "bar engraved")
    assert len(first) == 10
    assert median(first) <= 150, first
    assert median(bars) <= 100, bars


def test_a_link_without_a_seed_composes_with_its_options(open_page):
    page = open_page("/?key=G&meter=6%2F8&temperature=0.6")
    wait_for_tune(page)
    text = shown_text(page)
    assert (field(text, "K"), field(text, "M")) == ("G", "6/8")
    assert parse_qs(urlsplit(page.url).query)["temperature"] == ["0.6"]


def test_the_tour_comes_again_when_it_is_asked_for(page):
    wait_for_tune(page)
    page.keyboard.press("?")
    page.click("dialog >> text=Take the tour")
    page.locator(".tour").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".tour").count() == 0


def test_the_same_seed_gives_the_take_that_is_there(page):
    wait_for_tune(page)
    text = compose(page, 2)
    page.click(".sheet-origin button:has-text('seed')")
    page.click(".compose")
    page.locator(".toast", has_text="the same tune").wait_for()
    wait_for_tune(page, 2)
    assert shown_text(page) == text
