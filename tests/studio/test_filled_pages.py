"""Training and Studies with something in them: no grave fault under axe-core, nothing wider than the page."""

from pathlib import Path

import pytest
from planted_studies import falling, plant_study

from tunewright.studio.teaching.training_journal import JournalWriter
from tunewright.studio.teaching.training_order import LESSON, TrainingOrder

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDER = """[...document.querySelectorAll("main *")].filter((node) => {
  const box = node.getBoundingClientRect();
  return document.documentElement.scrollWidth > innerWidth && box.right > innerWidth + 1;
}).map((node) => node.outerHTML.slice(0, 100)).slice(0, 5)"""
GRAVE = ("serious", "critical")
TUNE = "X:1\nT:After pass {}\nM:6/8\nL:1/8\nK:G\n|:GAB cBA|GAB d3|GAB cBA|G3 G3:|\n"


@pytest.fixture(scope="module")
def studio_server(studio_in, tmp_path_factory):
    """A studio with a lesson that is finished, a training that was interrupted, and a study."""
    folder = tmp_path_factory.mktemp("data")
    plant_study(folder / "studies" / "dropout", history_of=falling)
    for name, preset, end in (("my-first-network", LESSON, "done"), ("long", "large", "")):
        place = folder / "trainings" / name
        place.mkdir(parents=True)
        TrainingOrder(name.title().replace("-", " "), "oneills", "O'Neill's", ("oneills",), preset).write(place)
        plant_journal(JournalWriter(place), end)
    return studio_in(folder)


def plant_journal(journal, end):
    journal.write("read", tunes=1850, refused=3, duplicates=12)
    journal.write("begun", epochs=3, units=96, resumed=False)
    for epoch in (1, 2, 3):
        for step in (1, 2):
            at = 2 * (epoch - 1) + step
            journal.write("progress", step=at, steps=6, loss=3.0 / at, rate=9000.0, seconds_left=60.0 - at)
        journal.write("epoch", epoch=epoch, training=2.0 / epoch, validation=2.2 / epoch, seconds=10.0 * epoch)
        journal.write("sample", epoch=epoch, text=TUNE.format(epoch), findings=0, raw=False)
    if end:
        journal.write(end, epochs=3)


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here; `npm ci` in web/ brings it")
@pytest.mark.parametrize(("width", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_pages_with_something_in_them(open_page, studio_server, width, scheme):
    pages = {
        "/training": ".training-row",
        "/training?run=my-first-network": ".samples .score svg",
        "/training?run=long": ".samples .score svg",
        "/studies": ".study-row",
        "/studies?study=studies~dropout": ".study-figure",
    }
    page = open_page(width=width, scheme=scheme)
    for path, holds in pages.items():
        page.goto(studio_server.url + path)
        page.locator(holds).first.wait_for()
        page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run(document)).violations")
        grave = [
            (fault["id"], [node["html"][:150] for node in fault["nodes"][:3]])
            for fault in found
            if fault["impact"] in GRAVE
        ]
        assert grave == [], f"{path} at {width}, {scheme}"
        assert page.evaluate(WIDER) == [], path


def test_the_lesson_counts_what_was_done(open_page):
    page = open_page("/training?run=my-first-network")
    page.get_by_role("link", name="Open its units").wait_for()
    done = page.locator(".lesson-step.done h3").all_text_contents()
    assert done == ["Train (done)", "Watch (done)", "Hear (done)"]
    page.keyboard.press("n")
    page.wait_for_url("**/?network=trained*")


def test_an_interrupted_training_can_go_on(open_page):
    page = open_page("/training")
    page.get_by_role("link", name="Long").click()
    page.locator("main").get_by_text("Interrupted", exact=True).wait_for()
    page.get_by_role("button", name="Go on").wait_for()
    page.locator("main").get_by_text("3 of 3 passes. It can go on where it was saved.").wait_for()
