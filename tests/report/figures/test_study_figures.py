"""Does each figure of a study show what it should, in every format, with nothing cut off?"""

import io
import re

import pytest
from planted_studies import PLAN, falling, plant_study, record

from tunewright.errors import InputError
from tunewright.report.figures import study_figures
from tunewright.report.figures.study_figures import draw_question, draw_sizes, draw_speed
from tunewright.report.figures.study_styles import styles_of
from tunewright.study.results.study_results import read_results

MANY = """
title = "Many"
data = ["ryans"]
preset = "assignment"
seeds = [0, 1]
[[question]]
title = "What do cell, size and dropout bring, each beside the others, and what do they cost, for $5 and less?"
cell = ["lstm", "rnn"]
units = [20, 30]
dropout = [0.1, 0.2]
[[question]]
title = "Which size?"
units = [20, 30]
"""

FIGURES = {
    "question": lambda found, form="svg": draw_question(found, found.plan.questions[0], form),
    "speed": draw_speed,
    "sizes": draw_sizes,
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return read_results(plant_study(tmp_path_factory.mktemp("few") / "study"))


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return read_results(plant_study(tmp_path_factory.mktemp("many") / "study", MANY))


@pytest.fixture
def words(monkeypatch):
    """The words in a figure; they are written as text, not as outlines."""
    import matplotlib

    monkeypatch.setitem(matplotlib.rcParams, "svg.fonttype", "none")
    return lambda svg: [word.strip() for word in re.findall(r"<text[^>]*>([^<]+)</text>", svg.decode())]


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_every_format_is_the_same_to_the_byte_each_time(found, name):
    for form, beginning in {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}.items():
        picture = FIGURES[name](found, form)
        assert picture.startswith(beginning)
        assert picture == FIGURES[name](found, form)


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_reaches_the_edge(many, name):
    import numpy as np
    from matplotlib.image import imread

    picture = imread(io.BytesIO(FIGURES[name](many, "png")))[..., :3]
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (edges == 1).all()
    assert picture.min() < 0.2


def test_every_axis_has_its_unit_and_every_setting_its_name(found, words):
    labels = {
        "question": {"epoch", "(nats per character)", "Which dropout?", "training", "validation (band: all seeds)"},
        "speed": {"learning time (s)", "rate (characters/s)", "(nats per character)"},
        "sizes": {"parameters (settings of one size side by side)", "(nats per character)"},
    }
    for name, draw in FIGURES.items():
        shown = words(draw(found))
        assert labels[name] | {f"LSTM 30, dropout 0.{share}" for share in (1, 2, 3)} <= set(shown), name
        assert "counting (n-gram)" in shown
        assert any("95% intervals" in word for word in shown)


def test_many_settings_are_spread_over_panels(many, words):
    shown = words(draw_question(many, many.plan.questions[0]))
    for cell in ("lstm", "rnn"):
        for units in (20, 30):
            assert shown.count(f"cell {cell}, units {units}") == 1
    assert "title" not in shown
    assert any("$5 and less?" in word for word in shown)


def test_many_values_of_one_option_share_a_panel(tmp_path, words):
    plan = PLAN.replace("[0.1, 0.2, 0.3]", "[0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]")
    found = read_results(plant_study(tmp_path / "study", plan))
    shown = words(draw_question(found, found.plan.questions[0]))
    assert shown.count("Loss after each epoch") == 1
    assert {f"LSTM 30, dropout {share:g}" for share in (0, 0.05, 0.3)} <= set(shown)


def test_a_setting_looks_the_same_in_every_figure(many):
    styles = styles_of([setting.name for setting in many.plan.settings])
    asked = many.plan.questions[1]
    svg = draw_question(many, asked).decode()
    for name, style in styles.items():
        assert (style.colour in svg) == (
            name in asked.settings or style.colour in {styles[n].colour for n in asked.settings}
        )
    for draw in (draw_speed, draw_sizes):
        svg = draw(many).decode()
        assert all(style.colour in svg for style in styles.values())


def test_settings_of_one_size_stand_around_it_beside_one_another(many):
    places = study_figures._places(many)
    sizes = {name: many.of(name)[0].parameters for name in places}
    assert len(set(places.values())) == len(places) > len(set(sizes.values()))
    for size in set(sizes.values()):
        same = [places[name] for name in places if sizes[name] == size]
        assert sum(same) / len(same) == pytest.approx(size)
        assert max(same) - min(same) < 0.02 * max(sizes.values())


def test_one_seed_has_neither_bands_nor_bars(tmp_path, words):
    found = read_results(plant_study(tmp_path / "study", PLAN.replace("[0, 1, 2]", "[0]", 1)))
    for name, draw in FIGURES.items():
        shown = words(draw(found))
        assert any("one seed" in word for word in shown), name
        assert not any("interval" in word or "band" in word for word in shown), name


def test_runs_of_other_lengths_and_of_one_epoch_are_drawn(tmp_path):
    study = plant_study(tmp_path / "study", history_of=lambda run: falling(run, epochs=1 + 3 * run.seed))
    for draw in FIGURES.values():
        assert draw(read_results(study))
    study = plant_study(tmp_path / "short", history_of=lambda _: [record(1, 2.0)])
    for draw in FIGURES.values():
        assert draw(read_results(study))


def test_nothing_to_draw_is_a_clear_word(tmp_path):
    found = read_results(plant_study(tmp_path / "study", history_of=lambda _: None))
    for draw in FIGURES.values():
        with pytest.raises(InputError, match="study: there is nothing to draw: no run has finished"):
            draw(found)
