"""Does the figure of some runs show both protocols, and counting only where it is the same for all?"""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from planted_studies import falling, plant_run

import tunewright
from tunewright.report.figures.compare_figure import draw_runs
from tunewright.study.plans.plan import PlannedRun
from tunewright.study.results.run_record import read_run


@pytest.fixture
def runs(tmp_path):
    planned = PlannedRun("one", "One", 0, tunewright.NetworkConfig(units=20), tunewright.TrainingConfig())
    plant_run(tmp_path / "a", planned, falling(planned))
    run = read_run(tmp_path / "a")
    return {"first_$run$": run, "second": replace(run, history=run.history[-1:])}


def words_of(svg):
    return {word.strip() for word in re.findall(r"<text[^>]*>([^<]+)</text>", svg.decode())}


def test_what_is_shown(runs, monkeypatch):
    import matplotlib

    monkeypatch.setitem(matplotlib.rcParams, "svg.fonttype", "none")
    shown = words_of(draw_runs(runs))
    assert {"first_$run$", "second", "training", "validation", "epoch", "loss (nats per character)"} <= shown
    assert {"Loss, whole tunes", "Loss, cold windows", "counting (n-gram)"} <= shown
    other = replace(runs["second"], data={**runs["second"].data, "fingerprint": "def"})
    assert "counting (n-gram)" not in words_of(draw_runs({**runs, "second": other}))


@pytest.mark.slow
def test_every_format_with_nothing_cut_off(runs):
    from matplotlib.image import imread

    assert draw_runs(runs, "pdf").startswith(b"%PDF")
    assert draw_runs(runs) == draw_runs(runs)
    many = {
        f"a run with a rather long name of its own {number}": run for number, run in enumerate([*runs.values()] * 4)
    }
    picture = imread(io.BytesIO(draw_runs(many, "png")))[..., :3]
    assert (np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]) == 1).all()
    assert picture.min() < 0.2
