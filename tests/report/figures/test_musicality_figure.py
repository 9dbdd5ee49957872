"""Does the figure of musicality show every feature and every set, in every format, with nothing cut off?"""

import io
import re

import pytest

from tunewright.analysis.musicality.musicality_study import compare
from tunewright.analysis.musicality.tune_features import FEATURES
from tunewright.errors import OptionError
from tunewright.report.figures import musicality_figure
from tunewright.report.figures.musicality_figure import STYLES, draw_musicality


@pytest.fixture(scope="module")
def found(tiny_tunes):
    return {"raw": compare(tiny_tunes, tiny_tunes[:10]), "playable": compare(tiny_tunes, tiny_tunes[10:])}


@pytest.fixture
def words(monkeypatch):
    """Draws a figure and returns the words in it; they are written as text, not as outlines."""
    import matplotlib

    monkeypatch.setitem(matplotlib.rcParams, "svg.fonttype", "none")
    return lambda sets, **options: re.findall(r"<text[^>]*>([^<]+)</text>", draw_musicality(sets, **options).decode())


@pytest.mark.slow
def test_every_feature_has_a_panel_and_every_set_its_name_as_it_is(found, words):
    long = "runs/of/november/temperature-1/first"
    shown = words({"_$5$": found["raw"], long: found["playable"]}, corpus="$x$")
    for feature in FEATURES:
        assert shown.count(feature.name) >= 2, feature.name  # above its own panel and among the overlaps
        assert any(feature.unit in word for word in shown if word != feature.name), feature.unit
    assert {"$x$ (30 tunes)", "_$5$ (10 tunes)", "runs/of/novemb…rature-1/first (20 tunes)"} <= set(
        map(str.strip, shown)
    )


def test_sets_are_told_apart_without_colour():
    assert len({line for _, line, _ in STYLES}) == len({marker for _, _, marker in STYLES}) == len(STYLES)


@pytest.mark.slow
def test_nothing_reaches_the_edge(found):
    import numpy as np
    from matplotlib.image import imread

    sets = {f"a set with a long name {number}": result for number, result in enumerate([*found.values()] * 2)}
    picture = imread(io.BytesIO(draw_musicality(sets, "png")))[..., :3]
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (edges == 1).all()
    assert picture.min() < 0.2


@pytest.mark.slow
def test_sets_without_a_feature_are_drawn_as_well(tiny_tunes):
    silent = compare(tiny_tunes, ["X:1\nM:none\nL:1/4\nK:none\nD4|E4|\n"])
    assert draw_musicality({"silent": silent, "one": compare(tiny_tunes, tiny_tunes[:1])}, "pdf").startswith(b"%PDF")
    assert draw_musicality({"nothing": compare([], [])})


@pytest.mark.parametrize("count", [0, len(STYLES) + 1])
def test_too_few_or_too_many_sets_are_refused(found, count):
    with pytest.raises(OptionError, match=f"{count} sets of tunes to draw; allowed: 1 to {len(STYLES)}"):
        draw_musicality({str(number): found["raw"] for number in range(count)})


def test_ticks_are_few_and_short():
    thirds = [f"{2 ** (third / 3):g}" for third in range(40)]
    assert list(musicality_figure._ticks(thirds, 3, 30).values()) == ["4", "16", "64", "256"]
    assert musicality_figure._ticks(["0", "0.5", "1"], 0, 3) == {0: "0", 1: "0.5", 2: "1"}
    assert musicality_figure._ticks(["0"], 0, 1) == {0: "0"}
