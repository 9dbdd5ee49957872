"""The score in a real browser: bars as items in words, lines broken at bar lines, text that never becomes markup."""

import random
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

TUNE = """X:1
T:The Known Tune
M:4/4
L:1/8
R:reel
K:D
A2|:d2fd Adfd|e2ge cege|1 d2fd Adfd|e2c2 A2G2:|2 f2a2 e2c2|d4 d2z2|]
"""
WORDS = ("Pick-up", "Bar 1", "Bar 2", "Bar 3", "Bar 4", "Bar 5", "Bar 6")
"""As counted by hand."""

MARKUP = """X:1
T:<img src=x onerror="document.title='broken'"> & <b>bold</b>
C:<script>document.title='broken'</script>
M:4/4
L:1/8
K:D
"<i>Am</i>"d2fd "^<svg onload=alert(1)>"Adfd|d8|
w:<img src=x> la la
"""


@pytest.fixture(scope="module")
def studio_server(quiet_server):
    """No network is needed here."""
    return quiet_server


@pytest.fixture
def score_page(open_page):
    """A page of the studio, with a function that shows a text as a score in it."""
    page = open_page("/studies")
    page.wait_for_selector("main .page:not(:empty)")

    def show(text):
        page.evaluate(
            """async (text) => {
            const {Score} = await import("/page/components/score.js");
            window.score = new Score({text});
            document.querySelector(".page").replaceChildren(window.score.element);
        }""",
            text,
        )
        page.locator(".score-bar").first.wait_for()

    page.show = show
    return page


def test_each_bar_is_an_item_in_words(score_page):
    score_page.show(TUNE)
    items = score_page.locator("[role=listbox] > [role=option]")
    expect(items.first).to_have_attribute("aria-label", re.compile("^Pick-up: .*A"))
    labels = [item.get_attribute("aria-label") for item in items.all()]
    assert tuple(label.split(":")[0] for label in labels) == WORDS
    assert "F sharp" in labels[1]


def test_selected_characters_are_those_of_the_bars(score_page):
    score_page.show(TUNE)
    expect(score_page.locator("[role=option]").first).to_have_attribute("aria-label", re.compile("^Pick-up"))
    start, end = score_page.evaluate("(window.score.select(1, 2), window.score.selectedRange)")
    assert TUNE[start:end].strip("|: ") == "d2fd Adfd|e2ge cege"


def test_no_text_of_a_tune_becomes_markup(score_page):
    score_page.show(MARKUP)
    assert score_page.locator(".score img, .score script, .score b, .score i").count() == 0
    assert "<img src=x" in score_page.locator(".score svg").text_content()
    assert score_page.title().startswith("Studies")


def test_lines_are_broken_at_bar_lines_into_even_parts(score_page):
    random_numbers = random.Random(15)
    for _ in range(100):
        bars = ["".join(random_numbers.choices("abcdefgABC", k=random_numbers.randint(4, 12))) for _ in range(8)]
        line = "".join(bar + random_numbers.choice(["|", "||", ":|", "|]", " | "]) for bar in bars)
        capacity = random_numbers.randint(8, 40)
        ends = score_page.evaluate(
            """async ([line, capacity]) =>
            (await import("/page/components/line_breaks.js")).lineBreaks(line, capacity)""",
            [line, capacity],
        )
        parts = [line[start:end] for start, end in zip([0, *ends], [*ends, len(line)], strict=True)]
        notes = [len(re.findall("[A-Ga-g]", part)) for part in parts]
        assert all(re.search(r"\|[\]:|]*\s*$", part) for part in parts), parts
        assert max(notes) <= max(capacity + 12, 12), (capacity, notes)
        assert sum(notes) <= capacity or len(parts) > 1


def test_a_chart_has_its_figures_in_a_table(score_page):
    score_page.evaluate("""async () => {
        const {Chart} = await import("/page/components/chart.js");
        const chart = new Chart({label: "Loss", x: "Epoch", y: "nats"});
        document.querySelector(".page").replaceChildren(chart.element);
        chart.update([{name: "Training", points: [[1, 2.5], [2, 1.25]]}, {name: "Held out", points: [[2, 1.5]]}]);
    }""")
    rows = score_page.locator("tbody tr").all_text_contents()
    assert rows == ["12.500–", "21.2501.500"]
    assert score_page.locator("polyline.chart-line").count() == 4  # two curves, and each again in the legend


def test_a_text_that_abcjs_fails_on_is_told(score_page):
    score_page.show(TUNE)
    score_page.evaluate("window.score.update('X:1\\nV:1\\nV:2\\nK:C1DEF|GABc|\\nV:2\\nC,4|G,4|X')")
    expect(score_page.locator(".score-failure")).to_contain_text("cannot be engraved")
    score_page.evaluate("window.score.update('X:1\\nK:C\\n' + 'CDEF|'.repeat(20000))")
    expect(score_page.locator(".score-failure")).to_contain_text("too long")
