"""Stands each note on the colour of its characters?"""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from tunewright.errors import OptionError, RenderError
from tunewright.rendering.score_places import engrave_with_areas
from tunewright.report.figures.colours import colour
from tunewright.report.figures.score_heatmap import draw_score_heatmap

TUNE = 'X:1\nT:Title\nM:4/4\nL:1/8\nK:G\n|:"Am7"{gf}A2 (3BcB [GBd]2-[GBd]2|1 z2 ^f2 gdzd|2 A8:|\nd4 e4-|e8|]\n'


def fills(values, **options):
    root = ET.fromstring(draw_score_heatmap(TUNE, values, title="unit 3", **options))  # noqa: S314
    found = {}
    for rectangle in root.iter("{http://www.w3.org/2000/svg}rect"):
        box = tuple(round(float(rectangle.get(name)), 1) for name in ("x", "y", "width", "height"))
        found.setdefault(box, rectangle.get("fill"))
    return found


def test_each_part_stands_on_the_mean_of_its_characters():
    values = np.random.default_rng(3).uniform(-1, 1, len(TUNE))
    found = fills(values)
    _, areas = engrave_with_areas(TUNE)
    assert len(areas) == 24
    for area in areas:
        box = tuple(round(float(f"{side:.2f}"), 1) for side in (area.left, area.top, area.width, area.height))
        assert found[box] == colour(values[list(area.places)].mean())


def test_one_note_alone_is_coloured():
    place = TUNE.index("^f2")
    values = np.zeros(len(TUNE))
    values[place : place + 3] = -1
    shades = [fill for box, fill in fills(values).items() if box[3] > 30 and fill not in ("#ffffff", None, "none")]
    assert shades == [colour(-1)]


def test_drawing_it_again_from_what_was_engraved_changes_nothing():
    values = np.linspace(-1, 1, len(TUNE))
    again = draw_score_heatmap(TUNE, values, title="unit 3", engraved=engrave_with_areas(TUNE))
    assert again == draw_score_heatmap(TUNE, values, title="unit 3")


def test_mistakes():
    with pytest.raises(OptionError, match=r"values have shape \(1,\); give one for each of the 95 characters"):
        draw_score_heatmap(TUNE, [0.0], title="")
    with pytest.raises(RenderError, match="no note"):
        draw_score_heatmap("X:1\nK:C\n", np.zeros(8), title="")


def test_pictures_show_the_colours(tmp_path):
    path = tmp_path / "score.png"
    path.write_bytes(draw_score_heatmap(TUNE, np.ones(len(TUNE)), title="unit 3", form="png"))
    counts = Image.open(path).convert("RGB").getcolors(1_000_000)
    shade = tuple(int(part, 16) for part in re.findall("..", colour(1)[1:]))
    assert max((count for count, pixel in counts if pixel == shade), default=0) > 100_000
