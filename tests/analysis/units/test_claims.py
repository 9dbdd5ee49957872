"""Does a finding carry the figures of its pair, turned into its direction?"""

from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.units.claims import make_finding
from tunewright.analysis.units.labels import LABELS, label_number, label_values
from tunewright.analysis.units.samples import make_side
from tunewright.analysis.units.selectivity import Sample, SelectivityTests
from tunewright.corpus.tune import Tune

HEADER, PITCH = label_number("header"), label_number("pitch height")


@pytest.fixture
def side(untrained):
    tunes = [Tune("K:C\nACcd|\n", Path("a"), 1, 11), Tune("K:G\ng|\n", Path("a"), 1, 8)]
    return make_side(tunes, untrained(units=2).vocabulary, label_values)


def comparison(header, pitch, p=1e-5):
    found = np.full((6, len(LABELS)), np.nan, np.float32)
    found[4, HEADER], found[4, PITCH] = header, pitch
    return SelectivityTests(found, np.where(np.isnan(found), np.nan, p), 5000)


def finding(side, label, chosen, confirmed):
    sample = Sample(np.ones((6, int(side.starts[-1])), np.float32), side.labels, np.array([]), side.tune_numbers)
    return make_finding(4, label, 2, chosen, confirmed, sample, side, 3)


def test_an_auc_is_given_in_the_direction_of_the_finding(side):
    found = finding(side, HEADER, comparison(-0.8, 0.5), comparison(-0.6, 0.5))
    assert (found.unit, found.layer, found.label, found.place) == (1, 1, "header", 2)
    assert (found.statistic, found.direction, found.value, found.held_out_value) == ("auc", "off", 0.9, 0.8)
    assert (found.held_out_tunes, found.confirmed, found.strength) == (2, True, pytest.approx(0.8))
    assert found.same_character_value == 0.5


def test_a_correlation_keeps_its_sign(side):
    found = finding(side, PITCH, comparison(0.8, -0.5), comparison(0.6, -0.25))
    assert (found.statistic, found.direction, found.value, found.held_out_value) == ("r", "falls", -0.5, -0.25)
    assert found.strength == 0.5


@pytest.mark.parametrize(
    ("chosen", "confirmed"),
    [
        (comparison(0.8, 0, p=0.002), comparison(0.8, 0)),
        (comparison(0.8, 0), comparison(-0.8, 0)),
        (comparison(0.8, 0), comparison(0.8, 0, p=0.06)),
        (comparison(0.8, 0), comparison(np.nan, 0)),
    ],
)
def test_what_does_not_stand_on_both_sides_is_not_confirmed(side, chosen, confirmed):
    assert not finding(side, HEADER, chosen, confirmed).confirmed
    assert finding(side, HEADER, comparison(0.8, 0), comparison(0.8, 0)).confirmed


def test_a_label_that_the_other_tunes_lack_has_no_value_there(side):
    found = finding(side, HEADER, comparison(0.8, 0), comparison(np.nan, 0))
    assert (found.held_out_value, found.p_held_out) == (None, None)
