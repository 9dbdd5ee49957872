"""Does the matrix show every figure, marked for what stands out, and is the section safe to put into a page?"""

import re
import sys
from dataclasses import replace

import matplotlib
import pytest
from planted_ablations import BAR_LINES, DOES_NOT, MATTERS, NOTES, UNIT, WRONG, planted

from tunewright.analysis.ablation.clamped_units import Ablation
from tunewright.analysis.ablation.targets import Target
from tunewright.errors import MissingExtraError, OptionError
from tunewright.rendering.page import tune_page
from tunewright.report.pages.ablation_section import BEYOND, RANDOM, RATHER, ablation_section, draw_ablation


@pytest.fixture
def result():
    return planted()


SIGNATURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


def words_of(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())


@pytest.fixture
def words(monkeypatch):
    """Words of a picture, which are else drawn as outlines."""
    monkeypatch.setitem(matplotlib.rcParams, "svg.fonttype", "none")
    return lambda result: words_of(draw_ablation(result, "svg"))


@pytest.mark.parametrize("form", sorted(SIGNATURES))
def test_every_form_can_be_drawn(result, form):
    assert draw_ablation(result, form).startswith(SIGNATURES[form])


def test_every_figure_stands_in_the_matrix(result, words):
    found = words(result)
    for word in ("unit 42: end of bar", "+0.012", "+1.500", "-0.004", "+20", "30%", "1.500", "0.400", "random units"):
        assert word in found
    joined = " ".join(found)
    for word in ("nats per character", "percentage points", "bar lines", "wrong length", "90% of random units"):
        assert word in joined
    assert "-0.001" in found  # where random units' changes begin
    assert "+0.004" in found


def test_what_stands_out_is_filled_and_what_does_not_is_not(result):
    svg = draw_ablation(result, "svg").decode()
    assert svg.count(BEYOND) == 2  # all characters, and bar lines
    assert RATHER not in svg
    assert RANDOM in svg
    alone = replace(DOES_NOT, p=0.05)
    rather = replace(result.ablations[0], overall=alone, kinds=(NOTES, BAR_LINES))
    svg = draw_ablation(replace(result, ablations=(rather,)), "svg").decode()
    assert (svg.count(BEYOND), svg.count(RATHER)) == (1, 1)


def test_groups_stand_beside_groups_of_their_size(result, words):
    group = Ablation(Target(((0, 1), (0, 2)), "the bar"), (0.1, 0.2), MATTERS, (NOTES, BAR_LINES), None)
    found = words(replace(result, ablations=(*result.ablations, group)))
    places = [
        found.index(name) for name in ("unit 42: end of bar", "random units", "2 units: the bar", "random groups of 2")
    ]
    assert places == sorted(places)


def test_the_units_of_a_group_are_named_in_the_table(result):
    group = Ablation(Target(((0, 1), (1, 2)), "the bar"), (0.1, 0.2), MATTERS, (NOTES, BAR_LINES), None)
    assert "<td>1, 1:2</td>" in ablation_section(replace(result, ablations=(group,))).html


def test_bars_are_left_out_where_none_were_composed(result, words):
    silent = replace(result, wrong_bars=None, ablations=(replace(result.ablations[0], bars=None),))
    joined = " ".join(words(silent))
    assert "percentage points" not in joined
    assert "<td>-</td>" in ablation_section(silent).html


def test_the_section_holds_picture_sentences_and_table(result):
    section = ablation_section(result)
    assert section.title == "What units are for"
    assert "<?xml" not in section.html
    assert "more than with any of 29 random units" in section.html
    assert "<td>3 of 19" not in section.html
    assert "<td>+20 points; 3 of 19</td>" in section.html
    assert "<td>42</td>" in section.html
    assert "<td>+0.0123 (+0.0100 to +0.0150)</td>" in section.html
    assert section.html in tune_page([], title="Neurons", sections=[section])


def test_what_comes_from_outside_is_escaped(result):
    strange = replace(UNIT, label="<script>", meaning="<b>")
    html = ablation_section(replace(result, ablations=(replace(result.ablations[0], target=strange),))).html
    assert "<script>" not in html
    assert "<b>" not in html


def test_nothing_held_is_said_and_not_drawn(result):
    empty = replace(result, ablations=())
    assert "No unit has a confirmed label" in ablation_section(empty).html
    with pytest.raises(OptionError, match="nothing to draw"):
        draw_ablation(empty)


def test_without_matplotlib_the_extra_is_named(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"tunewright\[figures\]"):
        draw_ablation(result)


def test_pictures_are_the_same_every_time(result):
    assert draw_ablation(result, "png") == draw_ablation(result, "png")
    other = replace(result.ablations[0], bars=replace(WRONG, change=replace(WRONG.change, value=0.1)))
    assert draw_ablation(replace(result, ablations=(other,)), "png") != draw_ablation(result, "png")
