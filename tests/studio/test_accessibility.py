"""Every page of the studio under axe-core, which knows the rules of accessibility: no serious or critical fault."""

import json
from pathlib import Path
from urllib.parse import urljoin

import pytest

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/", "/tune", "/tunebook", "/neurons", "/training", "/studies")
GRAVE = ("serious", "critical")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here; `npm ci` in web/ brings it"),
]


def faults(page):
    """Serious and critical faults of the page as it is now: rule, and the first elements that break it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        (fault["id"], [node["html"][:120] for node in fault["nodes"][:3]])
        for fault in found
        if fault["impact"] in GRAVE
    ]


def settle(page):
    page.wait_for_selector("main .page:not(:empty), main .state")
    page.wait_for_selector(".state.loading", state="detached")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        ("desk", "light"),
        ("phone", "dark"),
        pytest.param("desk", "dark", marks=pytest.mark.slow),
        pytest.param("phone", "light", marks=pytest.mark.slow),
    ],
)
def test_no_page_has_a_grave_fault(open_page, width, scheme):
    page = open_page(PAGES[0], width=width, scheme=scheme)
    for path in PAGES:
        if path != PAGES[0]:
            page.goto(urljoin(page.url, path))
        settle(page)
        assert faults(page) == [], f"{path} at {width}, {scheme}"


def test_dialogs_the_tour_and_open_options_have_no_grave_fault(open_page):
    page = open_page(tour=True)
    page.wait_for_selector(".tour")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    assert faults(page) == []
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    assert faults(page) == []


def test_axe_finds_what_is_wrong(open_page):
    page = open_page()
    settle(page)
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert json.dumps(faults(page)).count("button-name") == 1
