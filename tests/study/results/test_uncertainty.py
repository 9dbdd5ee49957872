"""Student's intervals and p-values against scipy, and Holm's correction against published values."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tunewright.study.results.uncertainty import SeedMean, holm, p_value, quantile, two_sided_tail

LOSSES = st.floats(-1e6, 1e6)
SHARES = st.floats(0, 1)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 6, 9, 10, 29, 100, 1001])
def test_students_distribution(freedom):
    assert quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-12)
    for distance in (0.0, 0.01, 0.3, 1.0, 2.5, 12.0, 400.0):
        assert two_sided_tail(distance, freedom) == pytest.approx(2 * stats.t.sf(distance, freedom), abs=1e-13)


@settings(max_examples=200, deadline=None)
@given(st.lists(LOSSES, min_size=2, max_size=12))
def test_a_mean_and_its_interval(values):
    found = SeedMean.of(values)
    error = stats.sem(values)
    assert found.value == pytest.approx(math.fsum(values) / len(values))
    assert found.count == len(values)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, len(values) - 1) * error, rel=1e-6, abs=1e-9)
    assert (found.low + found.high) / 2 == pytest.approx(found.value, abs=1e-9)
    assert found.low <= found.value <= found.high


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-3, 3).map(lambda value: round(value, 3)), min_size=2, max_size=10))
def test_the_p_value_is_that_of_the_t_test(values):
    if len(set(values)) == 1:
        assert p_value(values) == (0.0 if values[0] else 1.0)
    else:
        assert p_value(values) == pytest.approx(stats.ttest_1samp(values, 0.0).pvalue, abs=1e-9)


@given(st.lists(SHARES, min_size=1, max_size=12))
def test_holms_correction_rejects_what_his_procedure_rejects(p_values):
    adjusted = holm(p_values)
    for level in (0.01, 0.05, 0.3):
        rejected = set()
        for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
            if p_values[place] * (len(p_values) - rank) >= level:
                break
            rejected.add(place)
        assert {place for place, value in enumerate(adjusted) if value < level} == rejected


def test_holms_correction_of_a_known_case():
    # Wright (1992), "Adjusted P-values for simultaneous inference", Biometrics 48, and R: p.adjust(c(...), "holm")
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_one_value_has_no_interval():
    found = SeedMean.of([1.5])
    assert (found.value, found.half_width, found.low, found.high, found.count) == (1.5, None, None, None, 1)
    assert p_value([1.5]) is None
    assert found.in_words() == "1.500"
    assert found.in_words(1, signed=True) == "+1.5"


def test_words():
    assert SeedMean(-0.0312, 0.0058, 3).in_words(signed=True) == "-0.031 ± 0.006"
    assert SeedMean(123456.4, 2000.0, 3).in_words(0) == "123,456 ± 2,000"
