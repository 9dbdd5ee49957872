"""Does each bar that comes from another have a curve to it, a number, and words, over a score and over a text?"""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from tunewright.analysis.memory.looked_at import Looked, SeenBar
from tunewright.rendering.score_places import engrave_with_areas
from tunewright.report.figures.arcs import COLUMNS, ROOM, looked_in_words, score_with_arcs, text_with_arcs
from tunewright.report.pages.looking_back_section import draw_arcs, looked_html, summary

HEADER = "X:1\nT:Tom & <Ann>\nM:4/4\nL:1/8\nK:C\n"
LINES = ("G2|ABcd efga|gfed cBAG|ABcd efga|\n", "gfed cBAG|A8|gfed cBAG|\n")
TEXT = HEADER + "".join(LINES)
SOURCES = {3: (1, 0.9), 4: (2, 0.75), 6: (4, 0.5)}
"""Bars that come from others, by their place: from where, and how much of them."""


def looked_at(text, sources):
    starts = [len(HEADER), *(found.end() for found in re.finditer(r"\|", text))]
    bars = []
    for place, (start, end) in enumerate(zip(starts, [*starts[1:-1], len(text)], strict=False)):
        source, share = sources.get(place, (-1, 0.0))
        bars.append(SeenBar(str(place), start, end, min(1, share + 0.05), source, share))
    return Looked(text, np.ones(len(text) + 1), np.zeros(len(text) + 1), tuple(bars))


LOOKED = looked_at(TEXT, SOURCES)


def curves(svg):
    """Width, and the places where it begins and ends, of each curve, by the first words of its title."""
    found = {}
    for path in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):  # noqa: S314
        if path.get("class") == "arc":
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d"))]
            words = path[0].text.split(" (")[0]
            found[words] = (float(path.get("stroke-width")), numbers[:2], numbers[-2:])
    return found


def labels(svg):
    """Where the middle of each number is."""
    return {each.text: float(each.get("x")) for each in ET.fromstring(svg)[-1]}  # noqa: S314


@pytest.mark.parametrize("draw", [score_with_arcs, text_with_arcs])
def test_curves_lead_to_where_bars_come_from_and_are_as_thick_as_their_share(draw):
    body = draw(LOOKED)
    found, names = curves(body.svg), labels(body.svg)
    assert set(found) == {"Bar 3 comes from bar 1", "Bar 4 comes from bar 2", "Bar 6 comes from bar 4"}
    assert set(names) == {"0", "1", "2", "3 ← 1", "4 ← 2", "5", "6 ← 4"}
    for name, label in {"3": "3 ← 1", "4": "4 ← 2", "6": "6 ← 4"}.items():
        source, share = SOURCES[int(name)]
        width, begin, end = found[f"Bar {name} comes from bar {source}"]
        assert begin[0] == names.get(str(source), names.get("4 ← 2"))
        assert end[0] == names[label]
        assert width == pytest.approx(9 * share, abs=0.06)
    within, across = found["Bar 3 comes from bar 1"], found["Bar 4 comes from bar 2"]
    assert within[1][1] == within[2][1]
    assert across[1][1] < across[2][1]
    for _, *ends in found.values():
        assert all(0 <= x <= body.width for x, _ in ends)


def test_numbers_stand_over_their_bars_in_the_text():
    names = labels(text_with_arcs(LOOKED).svg)
    assert names["1"] == pytest.approx(8.5 * (LINES[0].index("A") + len("ABcd efga|") / 2), abs=0.06)
    assert names["5"] == pytest.approx(8.5 * (LINES[1].index("A8") + len("A8|") / 2), abs=0.06)


def test_numbers_stand_over_their_bars_on_the_score():
    _, areas = engrave_with_areas(TEXT, room=ROOM)
    names = labels(score_with_arcs(LOOKED).svg)
    for label, x in names.items():
        bar = LOOKED.bars[int(label.split(" ")[0])]
        inside = [area for area in areas if bar.start <= area.places[0] < bar.end and area.kind == "note"]
        assert min(area.left for area in inside) < x < max(area.left + area.width for area in inside)


@pytest.mark.parametrize("room", [20.0, 44.0])
def test_room_moves_lines_of_music_apart_and_nothing_else(room):
    (close, areas), (wide, others) = engrave_with_areas(TEXT), engrave_with_areas(TEXT, room=room)
    moved = np.subtract(wide.systems, close.systems)
    np.testing.assert_allclose(moved, [room, 2 * room], atol=1.5)
    assert [area.places for area in areas] == [area.places for area in others]
    assert [area.left for area in areas] == [area.left for area in others]


def test_a_long_line_goes_on_in_the_next_row():
    text = HEADER + "ABcd efga|" * 12 + "\n"
    looked = looked_at(text, {11: (0, 0.8)})
    body = text_with_arcs(looked)
    assert body.width == pytest.approx(8.5 * COLUMNS)
    _, begin, end = curves(body.svg)["Bar 11 comes from the pick-up"]
    assert end[1] > begin[1]


def test_it_is_said_in_words():
    words = looked_in_words(LOOKED)
    assert words[0] == "The pick-up is new (5% copied)."
    assert words[3] == "Bar 3 comes from bar 1 (95% copied, 90% from there)."
    assert summary(LOOKED) == "3 of 7 bars come from bars before them."
    assert summary(looked_at(TEXT, {3: (1, 0.9)})) == "1 of 7 bars comes from bars before it."


def test_a_page_has_pictures_with_words_for_those_who_do_not_see():
    html = looked_html(LOOKED)
    assert html.count('role="img"') == 2
    for label in re.findall(r'aria-label="([^"]*Bar 3[^"]*)"', html):
        assert "Bar 4 comes from bar 2 (80% copied, 75% from there)." in label
    assert "<li>Bar 5 is new (5% copied).</li>" in html
    assert "<Ann>" not in html
    assert looked_html(Looked("X:1\n", np.ones(5), np.zeros(5), ())) == ""


def test_a_tune_that_cannot_be_engraved_has_its_text():
    html = looked_html(looked_at(HEADER + "G2|LX CD|\n", {}))
    assert html.count('role="img"') == 1


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
@pytest.mark.parametrize("kind", ["score", "text"])
def test_pictures_are_files(kind, form):
    made = draw_arcs(LOOKED, kind, title="Where & why", form=form)
    assert made.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[form])
    if form == "svg":
        described = ET.fromstring(made).find("{http://www.w3.org/2000/svg}desc").text  # noqa: S314
        assert described == " ".join(looked_in_words(LOOKED))
