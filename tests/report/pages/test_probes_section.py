"""Does the page show every property with every reading, whatever was found?"""

import io
import re
from dataclasses import replace

import numpy as np
import pytest

from tunewright.analysis.probes.state_probes import Probe, ProbeScore, ProbeStudy
from tunewright.report.pages.probes_section import READINGS, draw_probes, probes_section


def probe(name="metre", statistic="accuracy", trained=0.9, gain=0.2):
    scores = {
        field: ProbeScore(0.1 * place, 0.1 * place - 0.05, 0.1 * place + 0.05)
        for place, (field, *_) in enumerate(READINGS)
    }
    scores["trained"] = ProbeScore(trained, trained - 0.05, trained + 0.05)
    difference = ProbeScore(gain, gain - 0.1, gain + 0.1)
    return Probe(
        name=name, statistic=statistic, phrase=f"the {name}", where="among the music", answers=(), unit=3, layer=0,
        gain=difference, selectivity=difference, tunes=20, characters=5000, **scores,
    )  # fmt: skip


@pytest.fixture
def study():
    return ProbeStudy((probe(), probe("<bars> & left", "R2", -2.5, 0.05)), ("mode",), "h", "0123456789ab")


def test_every_property_and_reading_has_its_place(study):
    section = probes_section(study)
    for word in ("metre", "&lt;bars&gt; &amp; left", "Too rare to be probed: mode", "R²", "<svg", "0.900", "-2.500"):
        assert word in section.html, word
    assert "<bars>" not in section.html
    assert len(re.findall("<tr", section.html)) == 3
    assert len(re.findall('scope="col"', section.html)) == 2 + len(READINGS)
    assert "Read better than from an untrained network: metre. Not significantly better: &lt;bars&gt;" in section.html


def test_what_the_probe_may_have_learned_by_heart_is_named(study):
    by_heart = replace(probe("section"), selectivity=ProbeScore(-0.1, -0.2, 0.1))
    words = probes_section(replace(study, probes=(*study.probes, by_heart))).html
    assert (
        "untrained network: metre, section. Of these, not significantly better than the control task: section. Not"
        in words
    )
    assert "control task:" not in probes_section(study).html


@pytest.mark.slow
def test_nothing_reaches_the_edge_and_what_is_far_below_zero_stands_at_the_left(study):
    from matplotlib.image import imread

    picture = imread(io.BytesIO(draw_probes(study, "png")))[..., :3]
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (edges == 1).all()
    assert picture.min() < 0.3
    assert draw_probes(study, "png") == draw_probes(study, "png")
    raised = replace(study, probes=(study.probes[0], probe("<bars> & left", "R2", -0.05, 0.05)))
    assert draw_probes(study, "svg").count(b"<path") == draw_probes(raised, "svg").count(b"<path")


def test_readings_are_told_apart_without_colour():
    assert len({marker for *_, marker, _ in READINGS}) == len(READINGS)


@pytest.mark.parametrize("form", ["svg", "pdf"])
def test_one_kind_of_property_alone_is_drawn_as_well(study, form):
    assert draw_probes(replace(study, probes=study.probes[:1]), form)


def test_a_study_that_could_ask_nothing_says_so():
    section = probes_section(ProbeStudy((), ("mode", "metre"), "h", ""))
    assert "Too rare to be probed: mode, metre" in section.html
