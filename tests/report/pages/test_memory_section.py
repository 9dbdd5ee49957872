"""Does the page show every network, gates or none, whatever their memory?"""

import io
import re

import numpy as np
import pytest

from tunewright.analysis.memory.context_loss import ContextLoss, ContextLosses
from tunewright.analysis.memory.gates import Gate
from tunewright.analysis.memory.gradient_decay import GradientDecay
from tunewright.analysis.memory.memory_study import MemoryStudy
from tunewright.errors import OptionError
from tunewright.report.pages.memory_section import MOST, draw_memory, memory_section


def decay(factor, steps=120):
    lengths = tuple(factor**k for k in range(steps))
    return GradientDecay(lengths, lengths, lengths, lengths, lengths, tuple(float(factor > 1) for _ in lengths), 10)


def study(cell="lstm", factor=0.9, steps=120, excess=(1.0, 0.1, 0.001)):
    parts = tuple(ContextLoss(n, n, each, 0.01, 100) for n, each in zip((1, 2, 4), excess, strict=True))
    names = {"lstm": ("input", "forget", "output"), "gru": ("reset", "update"), "rnn": ()}[cell]
    gates = tuple(
        Gate(name, 0.5, 0.2, 0.3, (0.5,), (0.2,), (0.3,), (1.5, 8.5, 2.5) if name in ("forget", "update") else ())
        for name in names
    )
    return MemoryStudy(
        cell, 7, 1, decay(factor, steps), decay(0.5, steps), ContextLosses(1.5, parts), gates, "", 9, 999
    )


STUDIES = {"$a$ <b>": study(), "plain": study("rnn", 1.1), "third": study("gru", excess=(1.0, 0.1, 0.1))}


def test_every_network_is_there_with_what_it_has():
    html = memory_section(STUDIES).html
    for word in (
        "$a$ &lt;b&gt; (LSTM)", "plain (RNN) before training", "third: update", "2.5, 8.5 characters",
        "plain: an RNN has no gates: all its units are overwritten at each character.",
        "4 characters", "more than measured", "0.900", "1.100", "100% of places", "20%", "30%",
    ):  # fmt: skip
        assert word in html, word
    assert "<b>" not in html
    assert len(re.findall("<tr", html)) == 1 + 6 + 1 + 5


def test_distances_beyond_those_measured_are_left_open():
    html = memory_section({"short": study(steps=30)}).html
    assert html.count("<td>-</td>") == 2 * 2 + 1 + 2  # two distances, both networks; context; time constants
    assert "0.900" in html


@pytest.mark.parametrize("names", [["plain"], ["$a$ <b>"], list(STUDIES)])
def test_nothing_reaches_the_edge(names):
    from matplotlib.image import imread

    picture = imread(io.BytesIO(draw_memory({name: STUDIES[name] for name in names}, "png")))[..., :3]
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (edges == 1).all()
    assert picture.min() < 0.3


def test_without_gates_the_figure_is_half_as_high():
    from matplotlib.image import imread

    heights = [imread(io.BytesIO(draw_memory({"x": STUDIES[name]}, "png"))).shape[0] for name in ("plain", "third")]
    assert heights[0] < 0.6 * heights[1]


def test_gradients_of_zero_and_a_single_tune_are_drawn():
    none = ContextLosses(1.0, (ContextLoss(1, 1, 0.5, None, 3),))
    zero = MemoryStudy("rnn", 2, 1, decay(0.0, 20), decay(0.0, 20), none, (), "", 1, 30)
    assert draw_memory({"zero": zero}, "pdf").startswith(b"%PDF")


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_too_few_or_too_many_networks_are_refused(count):
    with pytest.raises(OptionError, match=f"{count} networks to draw the memory of; allowed: 1 to 6"):
        draw_memory({str(number): STUDIES["plain"] for number in range(count)})
