"""The page Neurons in a real browser: a unit is chosen, colours a tune, follows one that is written, and is held."""

import json
import re
import shutil

import pytest
from playwright.sync_api import expect

from tunewright.model.checkpoint import NETWORKS, read_checkpoint
from tunewright.studio.settings import Settings
from tunewright.studio.units.unit_values import UnitReadings

pytestmark = pytest.mark.slow

COLOURED = ".unit-text span[style]"
SOUNDING = ".page-neurons .player[data-state='playing']"


def open_neurons(open_page, path="/neurons", **options):
    page = open_page(path, **options)
    page.locator(COLOURED).first.wait_for()
    return page


def text_of(page):
    return page.locator(".unit-text").text_content()


def test_a_unit_colours_the_tune_that_waits(open_page):
    page = open_neurons(open_page)
    expect(page.get_by_role("heading", level=2).first).to_have_text(re.compile(r"Unit \d+"))
    expect(page.locator(".unit-main")).to_have_text(re.compile("It (is on|is off|rises with|falls with) .+"))
    assert page.locator(".unit-list button").count() > 3
    unit = int(page.locator(".unit-list [aria-pressed=true] .unit-number").text_content())
    model = read_checkpoint(NETWORKS / "oneills")
    values, _ = UnitReadings(Settings()).values(model, text_of(page), 0, unit)
    cells = page.locator(".unit-text span").evaluate_all("nodes => nodes.map((node) => node.style.backgroundColor)")
    assert len(cells) == len(values)
    for value, colour in zip(values, cells, strict=True):
        if abs(value) > 0.05:
            assert ("curve-2" in colour) == (value > 0)
            assert abs(int(re.search(r"(\d+)%", colour)[1]) - 42 * abs(value)) <= 1
    painted = page.locator(".unit-view .score-sheet [style*='color-mix']").count()
    assert painted > 10


def test_another_unit_is_chosen_by_words_keys_and_number(open_page):
    page = open_neurons(open_page)
    page.get_by_label("Search").fill("bar")
    page.locator(".unit-list button").first.click()
    expect(page.locator(".unit-main")).to_contain_text("bar")
    first = page.url
    page.locator("h1").click()
    page.keyboard.press(".")
    expect(page.locator(".unit-list button").nth(1)).to_have_attribute("aria-pressed", "true")
    assert page.url != first
    page.get_by_label("Or any unit").fill("12")
    page.keyboard.press("Tab")
    expect(page.locator("h2").first).to_have_text("Unit 12")
    assert "unit=0%3A12" in page.url
    page.get_by_label("Or any unit").fill("999")
    page.keyboard.press("Tab")
    expect(page.locator(".unit-rail")).to_contain_text("units 0 to 175")
    page.reload()
    expect(page.locator("h2").first).to_have_text("Unit 12")


def test_the_colours_follow_a_tune_while_it_is_written(open_page):
    page = open_neurons(open_page)
    before = text_of(page)
    page.evaluate("""() => {
        window.seen = new Set();
        const text = document.querySelector('.unit-text');
        const coloured = () => [...text.children].filter((node) => node.style.backgroundColor).length;
        new MutationObserver(() => window.seen.add(coloured()))
            .observe(text, {childList: true, subtree: true, attributes: true});
    }""")
    page.get_by_role("button", name="Compose a tune").click()
    expect(page.get_by_role("button", name="Compose a tune")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.unit-text').textContent.length > 100")
    expect(page.locator(".unit-tune-head .button.primary")).to_have_text("Compose a tune", timeout=30_000)
    text = text_of(page)
    assert text != before
    seen = page.evaluate("() => [...window.seen]")
    assert any(20 < count < len(text) - 20 for count in seen), "coloured while it was written"


def test_a_tune_of_ones_own_is_coloured_and_told_in_figures(open_page):
    page = open_neurons(open_page, "/neurons?network=oneills&unit=0:7")
    page.click("summary:has-text('Show it on another tune')")
    page.get_by_label("Text of the tune, in ABC notation").fill(
        "X:1\nT:<b>Mine</b>\nM:4/4\nL:1/4\nK:G\nGABc|dcBA|\u4e2dG4|]\n"
    )
    expect(page.locator(".unit-tune-head h3")).to_have_text("<b>Mine</b>")
    expect(page.locator(".unit-view .notice")).to_contain_text("never seen 1 of these characters")
    page.click("summary:has-text('In figures')")
    rows = page.locator(".unit-table tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first.locator("td").first).to_have_text(re.compile(r"-?[01]\.\d\d"))
    assert page.locator("b").count() == 0


def test_a_unit_is_held_and_what_changes_is_shown_and_heard(open_page):
    page = open_neurons(open_page)
    page.get_by_role("button", name="Compose with and without").click()
    said = page.locator(".hold > p.soft")
    expect(said).to_have_text(re.compile("differ|another one|the same"), timeout=30_000)
    sides = page.locator(".hold-side")
    expect(sides.nth(1).locator("h3")).to_have_text(re.compile(r"Unit \d+ held at −?1"))
    assert sides.nth(0).locator(".score-bar").count() >= 4
    free = sides.nth(0).locator(".score-sheet").inner_html()
    page.get_by_label("Hold it at, as a number").fill("0.3")
    page.keyboard.press("Tab")
    expect(sides.nth(1).locator("h3")).to_have_text(re.compile("held at 0.3"))
    expect(said).to_have_text("Composing")
    expect(said).to_have_text(re.compile("differ|another one|the same"), timeout=30_000)
    assert sides.nth(0).locator(".score-sheet").inner_html() == free, "only the held one is composed anew"
    sides.nth(1).get_by_role("button", name="Play this").click()
    page.locator(SOUNDING).wait_for(timeout=20_000)
    sides.nth(1).locator(".sounding").first.wait_for(state="attached")
    assert page.locator(".unit-view .sounding").count() == 0


def test_a_held_unit_at_its_own_value_is_another_network_all_the_same(studio_server):
    asked = {"network": "oneills", "seed": 5, "clamp": {"0:7": 0.5}}
    begun = studio_server.client.post("/api/compositions", json=asked).json()
    assert begun["options"]["clamp"] == {"0:7": 0.5}
    assert "clamp=" in begun["link"]


@pytest.mark.parametrize(("width", "scheme"), [("phone", "dark"), ("desk", "light")])
def test_the_page_fits_and_everything_can_be_reached(open_page, width, scheme):
    page = open_neurons(open_page, width=width, scheme=scheme)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0, "the page must not scroll sideways"
    if width == "phone":
        expect(page.locator(".unit-list")).to_be_hidden()
        page.click("summary:has-text('Choose a unit')")
        page.locator(".unit-list button").nth(2).click()
        expect(page.locator(".unit-list")).to_be_hidden()
    named = "!(node.textContent.trim() || node.ariaLabel || node.labels?.length)"
    controls = page.locator("main button, main input, main select, main textarea")
    assert controls.evaluate_all(f"nodes => nodes.filter((node) => node.offsetParent && {named}).length") == 0


def test_a_network_that_nobody_has_studied_can_be_looked_at(open_page, studio_server):
    place = studio_server.folder / "trainings" / "mine"
    shutil.copytree(NETWORKS / "oneills", place / "run")
    order = {"title": "Mine", "corpus": "x", "corpus_title": "X", "sources": ["nothing.abc"], "preset": "small"}
    (place / "order.json").write_text(json.dumps(order), encoding="utf-8")
    page = open_page("/neurons?network=trained/mine")
    expect(page.locator(".state h2")).to_have_text("Nobody has looked inside this network yet")
    page.get_by_role("button", name="Look at any unit").click()
    page.locator(COLOURED).first.wait_for()
    expect(page.locator(".unit-said")).to_contain_text("Nothing was confirmed of this unit")
    page.goto(page.url.split("?")[0] + "?network=trained/mine")
    page.get_by_role("button", name="Find out").click()
    expect(page.locator(".state.failed")).to_contain_text("nothing.abc", timeout=60_000)
    page.get_by_label("Network").select_option("oneills")
    page.locator(COLOURED).first.wait_for()


def test_a_network_that_is_not_there_is_told_in_words(open_page):
    page = open_page("/neurons?network=none")
    page.locator(COLOURED).first.wait_for()  # the first one is shown
    expect(page.get_by_label("Network")).to_have_value("oneills")
