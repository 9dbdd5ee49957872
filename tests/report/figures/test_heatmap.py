"""Has each character its cell with the right colour, and is nothing lost whatever the text?"""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunewright.errors import OptionError
from tunewright.report.figures.colours import INK, colour
from tunewright.report.figures.heatmap import CELL_HEIGHT, CELL_WIDTH, COLUMNS, draw_heatmap, heatmap_html, sign_of

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = st.text(st.characters(), min_size=1, max_size=300)  # any code point, lone surrogates too


def parse(text, values, **options):
    return ET.fromstring(draw_heatmap(text, values, title="unit 3", **options))  # noqa: S314


def rectangles(element, width=None, height=None):
    found = []
    for each in element.iter(f"{SVG}rect"):
        box = [float(each.get(name)) for name in ("x", "y", "width", "height")]
        if (width is None or abs(box[2] - width) < 0.01) and (height is None or abs(box[3] - height) < 0.01):
            found.append((*box, each.get("fill")))
    return found


def cells(root):
    return rectangles(root, CELL_WIDTH, CELL_HEIGHT - 1)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.randoms())
def test_each_character_of_any_text_has_one_cell_of_its_colour(text, randomness):
    values = [randomness.uniform(-1, 1) for _ in text]
    found = cells(parse(text, values))
    assert [cell[4] for cell in found] == [colour(value) for value in values]
    assert len({cell[:2] for cell in found}) == len(text)


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_rows_are_the_lines_of_the_text(text):
    found = cells(parse(text, np.zeros(len(text))))
    rows = []
    for cell in found:
        if not rows or rows[-1][0] != cell[1]:
            rows.append([cell[1], 0])
        rows[-1][1] += 1
    expected = []
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        full, rest = divmod(len(line), COLUMNS)
        expected += [COLUMNS] * full + [rest] * (rest > 0)
    assert [size for _, size in rows] == expected
    assert [top for top, _ in rows] == [CELL_HEIGHT * number for number in range(len(rows))]


def test_a_bar_says_the_sign_and_the_size():
    root = parse("abc", [0.5, -0.25, 0.0])
    first, second, _ = cells(root)
    bars = [box for box in rectangles(root) if box[4] == INK][-2:]  # those before belong to the scale
    (left, top, width, *_), below = bars
    assert (left, top, width) == (first[0], first[1], CELL_WIDTH / 2)
    assert below[1] + below[3] == pytest.approx(second[1] + second[3])
    assert below[2] == CELL_WIDTH / 4


def test_what_leaves_no_mark_has_a_sign():
    shown = {"\n": "↵", "\t": "⇥", " ": "", "\x02": "^B", "\r": "^M", "\x7f": "^?", "\u0301": "◌\u0301"}
    shown |= {"\ud800": "�", "\u200b": "�", "\u00a0": "␣", "A": "A", "é": "é", "亀": "亀", "𝄞": "𝄞"}
    assert {character: sign_of(character) for character in shown} == shown
    texts = ["".join(element.itertext()) for element in parse("a\tb \n", np.zeros(5)).iter(f"{SVG}text")]
    assert [text for text in texts if text in "a⇥b↵"] == ["a", "⇥", "b", "↵"]


def test_a_line_that_goes_on_says_so():
    texts = ["".join(element.itertext()) for element in parse("a" * (COLUMNS + 1), np.zeros(81)).iter(f"{SVG}text")]
    assert texts.count("…") == 1
    assert texts.count("↳") == 1


def test_title_scale_and_caption_stand_around_it():
    root = parse("a", [1.0], low=-2, high=4, unit="cell c of unit 3")
    texts = ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
    assert texts[0] == "Unit 3"
    assert {"−2", "1", "4", "cell c of unit 3"} <= set(texts)
    assert "above 1" in " ".join(texts)
    assert cells(root)[0][4] == colour(0)


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("", [], "the text is empty; give one of at least one character"),
        ("ab", [1], r"shape \(1,\); give one for each of the 2 characters"),
        ("ab", [[1, 1]], r"shape \(1, 2\); give one for each of the 2 characters"),
        ("a", [float("nan")], "not a finite number"),
    ],
)
def test_values_must_fit(text, values, message):
    with pytest.raises(OptionError, match=message):
        draw_heatmap(text, values, title="")


def test_an_unknown_form_is_an_error():
    with pytest.raises(OptionError, match="form is 'gif'; allowed: svg, png, pdf"):
        draw_heatmap("a", [0], title="", form="gif")


def test_pictures_and_documents_are_made():
    assert draw_heatmap("a\n亀𝄞\u0301", np.zeros(5), title="亀" * 200, form="png").startswith(b"\x89PNG")
    assert draw_heatmap("a", [0.5], title="unit", form="pdf").startswith(b"%PDF")


def test_nothing_is_clipped_in_a_browser(browser_page):
    page, problems = browser_page
    title = "unit 148 is off at the end of a bar, before its line: AUC 0.968 on 76 held-out tunes " * 3
    picture = draw_heatmap("x" * 200 + "\n<&>", np.linspace(-1, 1, 204), title=title).decode()
    page.set_content(picture)
    whole = page.evaluate("document.querySelector('svg').width.baseVal.value")
    ends = page.evaluate("[...document.querySelectorAll('text')].map(text => text.getBoundingClientRect().right)")
    start = page.evaluate("document.querySelector('svg').getBoundingClientRect().left")
    assert max(ends) - start <= whole
    assert problems == []


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.randoms())
def test_html_holds_the_text_and_the_colours(text, randomness):
    values = [randomness.uniform(-1, 1) for _ in text]
    markup = heatmap_html(text, values)
    assert re.findall(r"background-color:(#\w{6})", markup) == [colour(value) for value in values]
    assert len(re.findall("<span ", markup)) == len(text)


def test_html_can_be_read_and_selected(browser_page):
    page, problems = browser_page
    text = 'X:1\nT:<b>"A"</b>\u0301 &amp;\tend\r of\nK:C\n'
    page.set_content(f"<style>pre {{ white-space: pre-wrap }}</style>{heatmap_html(text, np.zeros(len(text)))}")
    assert page.evaluate("document.querySelector('pre').textContent") == text
    assert page.locator("span").first.get_attribute("title") == "0.00"
    assert problems == []
