"""Does the page sort, search, open units and colour rightly, in a real browser that has no network?"""

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.counterparts import Counterpart
from tunewright.analysis.units.shown_tunes import ShownTune
from tunewright.analysis.units.snippets import Snippet
from tunewright.analysis.units.unit_study import NeuronStudy, UnitReport
from tunewright.corpus.tune import Tune
from tunewright.rendering.page import PageSection
from tunewright.rendering.score_places import engrave_with_areas
from tunewright.report.figures.colours import STEPS, colour
from tunewright.report.figures.unit_map import draw_map
from tunewright.report.pages.neuron_page import neuron_page
from tunewright.report.pages.neuron_page_data import NeuronPage, page_data

TEXTS = ('X:1\nT:A <b>\tjig</b>\nM:6/8\nL:1/8\nK:D\n|:"D"DFA dAF|{g}GBG AFD:|\n', "T:No music, only </script>é亀\n")
UNITS = 12
VALUES = np.random.default_rng(7).uniform(-1, 1, (UNITS, len(TEXTS[0]))).astype(np.float32)


def finding(unit, label, value, *, place=1, confirmed=True, statistic="auc", direction="on"):
    sentence = f"unit {unit} is {direction} at {label}: {value:.3f} <on> 5 tunes"
    return UnitFinding(
        unit, 0, label, statistic, direction, value, value, 3e-5, 1e-4, 5, 0.6, place, confirmed, sentence
    )  # fmt: skip


def make_study(*findings, units=UNITS):
    most, least = Snippet("Reel </script>", "AB\ncd", 2, 0.9), Snippet("Jig", "𝄞x", 1, -0.8)
    about = {
        "network": {"cell": "lstm", "units": units, "layers": 1}, "fingerprint": "abc", "pairs_tested": 1234,
        "choosing": {"tunes": 7, "characters": 900}, "held_out": {"tunes": 5, "characters": 800},
    }  # fmt: skip
    return NeuronStudy(findings, tuple(UnitReport(unit, 0, (most,), (least,)) for unit in range(units)), about)


@pytest.fixture(scope="module")
def page():
    found = [
        finding(3, "end of bar", 0.99), finding(3, "header", 0.8, place=2), finding(5, "header", 0.95, direction="off"),
        finding(0, "pitch height", -0.7, statistic="r", direction="falls"),
        *(finding(unit, "note C", 0.6 + unit / 100, confirmed=False) for unit in (1, 2, 4, 6, 7, 8, 9, 10)),
    ]  # fmt: skip
    study, untrained = make_study(*found), make_study(finding(8, "header", 0.7))
    tunes = [Tune(text, Path("a.abc"), 1, len(text)) for text in TEXTS]
    shown = [ShownTune(tunes[0], VALUES), ShownTune(tunes[1], np.full((UNITS, len(TEXTS[1])), 0.5, np.float32))]
    drawn = draw_map(study, untrained, linked=[(0, unit) for unit in range(UNITS)]).decode()
    return NeuronPage(
        "Inside <it>", study, untrained, {"other": [Counterpart("header", 4, 0, 0.9, 0.85)]}, shown,
        [engrave_with_areas(TEXTS[0]), None], False, "output h", -1.0, 1.0, {(0, 3): ["Without it, all is <lost>."]},
        [PageSection("Map", f'<div class="map">{drawn}</div>')],
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(page, tmp_path_factory):
    path = tmp_path_factory.mktemp("neurons") / "index.html"
    path.write_text(neuron_page(page), encoding="utf-8")
    return path


@contextmanager
def opened(browser, path, fragment="", **options):
    """The page in a window of its own; any message, error or request that it should not make fails the test."""
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 800}, **options})
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith("file:") or complaints.append(asked.url))
    page.goto(path.as_uri() + fragment)
    yield page
    context.close()
    assert complaints == []


def numbers(page):
    return [int(text) for text in page.locator("#table tbody tr:visible th").all_inner_texts()]


def sort_by(page, name):
    page.locator(f"#table thead button:has-text('{name}')").click()


def test_it_needs_nothing_else(path):
    text = path.read_text(encoding="utf-8")
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', markup)
    assert "default-src 'none'" in text
    assert "<b>\tjig" not in text
    assert text.count("<script") == 2
    json.loads(text.split('id="data">')[1].split("</script>")[0])


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=80))
def test_any_text_can_be_shown(page, text):
    snippet = Snippet(text, text, 0, -2.0)
    reports = tuple(UnitReport(unit, 0, (snippet,), ()) for unit in range(UNITS))
    shown = ShownTune(Tune(text, Path("a.abc"), 1, len(text)), np.zeros((UNITS, len(text)), np.float32))
    odd = replace(page, study=replace(page.study, units=reports), tunes=[shown], engraved=[None], title=text)
    html = neuron_page(odd)
    html.encode()
    assert html.count("<script") == 2
    assert len(re.findall('<span class="o[nf]+" style', html)) == len(text)
    data = json.loads(html.split('id="data">')[1].split("</script>")[0])
    assert data["units"][0]["most"][0]["place"] == -STEPS


def test_values_survive_as_bytes(page):
    data = page_data(page)
    assert len(json.dumps(data["tunes"][0]["values"])) < 2 * UNITS * len(TEXTS[0])
    assert data["first"] == "unit-3"
    assert data["units"][3]["findings"][1][:2] == ["header on", "AUC 0.800 ✓"]
    assert data["units"][5]["findings"][0][-2:] == ["0.700", "0.850 (unit 4)"]


def test_the_strongest_are_first_and_headings_sort(chromium, path):
    with opened(chromium, path) as page:
        assert numbers(page)[:3] == [3, 5, 0]
        sort_by(page, "unit")
        assert numbers(page) == list(range(UNITS))
        sort_by(page, "unit")
        assert numbers(page) == list(reversed(range(UNITS)))
        sort_by(page, "follows")
        assert page.locator("#table th[aria-sort]").inner_text().startswith("follows")
        labels = [row.split("\t")[1] for row in page.locator("#table tbody tr").all_inner_texts()]
        assert labels[1:] == sorted(labels[1:])
        sort_by(page, "held out")
        assert numbers(page)[:3] == [3, 5, 0]


def test_search_finds_labels_sentences_and_numbers(chromium, path):
    with opened(chromium, path) as page:
        for words, found in (("header", [3, 5]), ("OFF header", [5]), ("1", [1]), ("nonsense", []), ("", None)):
            page.fill("#search", words)
            assert numbers(page) == found or found is None
            assert page.locator("#count").inner_text() == f"{UNITS if found is None else len(found)} of {UNITS}"


def shades(page, selector, attribute):
    return page.eval_on_selector_all(selector, f"all => all.map(each => {attribute})")


def rgb(place):
    return tuple(int(part, 16) for part in re.findall("..", colour(place)[1:]))


@pytest.mark.parametrize("unit", [3, 11])
def test_a_unit_has_an_address_and_its_colours(chromium, path, unit):
    with opened(chromium, path, f"#unit-{unit}") as page:
        assert page.locator("#unit > h3").inner_text() == f"Unit {unit}"
        assert page.locator("[aria-current]").get_attribute("data-unit") == str(unit)
        found = shades(page, "#tune-1 .heatmap span", "getComputedStyle(each).backgroundColor")
        expected = [np.round(STEPS * float(value)) / STEPS for value in VALUES[unit]]
        assert [tuple(map(int, re.findall(r"\d+", shade))) for shade in found] == [rgb(value) for value in expected]
        assert shades(page, "#tune-1 .heatmap span", "each.classList[0]") == [
            "on" if value > 0 else "off" for value in expected
        ]
        _, areas = engrave_with_areas(TEXTS[0])
        means = [np.mean([expected[place] for place in area.places]) for area in areas]
        cells = shades(page, "#tune-1 .score .cell", "each.getAttribute('fill')")
        near = [{colour(mean - 0.5 / STEPS), colour(mean), colour(mean + 0.5 / STEPS)} for mean in means]
        assert len(cells) == len(areas) == 17
        assert all(cell in some for cell, some in zip(cells, near, strict=True))
        widths = shades(page, "#tune-1 .score .bar", "Number(each.getAttribute('width'))")
        lengths = [area.width * abs(mean) for area, mean in zip(areas, means, strict=True)]
        assert widths == pytest.approx(lengths, abs=0.5)


def test_a_unit_tells_what_it_follows_and_where_it_is_extreme(chromium, path):
    with opened(chromium, path, "#unit-3") as page:
        said = page.locator("#unit").inner_text()
        assert "Unit 3 is on at end of bar: 0.990 <on> 5 tunes" in said
        assert "Without it, all is <lost>." in said
        assert page.locator("#unit table tr").nth(2).inner_text().split("\t")[-2:] == ["0.700", "0.850 (unit 4)"]
        snippets = page.locator("#snippets").inner_text()
        assert "0.90 in Reel </script>" in snippets
        assert page.locator("#snippets mark").first.inner_text() == "↵"
        assert page.locator("#snippets mark").last.inner_text() == "x"


def test_links_lead_on_and_back(chromium, path):
    with opened(chromium, path) as page:
        assert page.locator("#unit > h3").inner_text() == "Unit 3"  # the one that shows well on the tune
        page.locator(".turn a").last.click()
        assert page.locator("#unit > h3").inner_text() == "Unit 5"
        assert page.url.endswith("#unit-5")
        page.go_back()
        page.locator("#table a:has-text('11')").focus()
        page.keyboard.press("Enter")
        page.locator("#unit > h3:has-text('Unit 11')").wait_for()
        page.locator(".map a").first.click(force=True)
        assert page.url.endswith(page.locator(".map a").first.get_attribute("href"))


def test_texts_are_real_and_tunes_can_be_chosen(chromium, path):
    with opened(chromium, path) as page:
        for number, text in enumerate(TEXTS):
            assert page.eval_on_selector(f"#tune-{number + 1} .heatmap", "each => each.textContent") == text
        assert page.locator("#tune-1").is_visible()
        assert not page.locator("#tune-2").is_visible()
        page.select_option("#tune", "1")
        assert page.locator("#tune-2 .heatmap").is_visible()
        assert page.locator("#tune-2 .heatmap span").first.get_attribute("title") == "0.50"
        assert page.locator("#tune-2 .score").count() == 0


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read(chromium, path, width, scheme):
    with opened(chromium, path, viewport={"width": width, "height": 700}, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for selector in ("#unit > h3", ".heatmap", "#table a"):
            ink = page.eval_on_selector(selector, "each => getComputedStyle(each).color")
            ground = page.eval_on_selector(
                selector,
                "each => { while (/rgba/.test(getComputedStyle(each).backgroundColor)) each = each.parentNode;"
                " return getComputedStyle(each).backgroundColor; }",
            )
            assert abs(brightness(ink) - brightness(ground)) > 90, selector


def brightness(shade):
    return sum(int(part) for part in re.findall(r"\d+", shade)[:3]) / 3
