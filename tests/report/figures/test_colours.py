"""Does one scale say near and far, plus and minus, and can ink be read on all of it?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.errors import OptionError
from tunewright.report.figures.colours import HIGHEST, INK, LOWEST, PAPER, colour, contrast, luminance, positions, scale

PLACES = st.floats(-1, 1)


def test_ends_and_middle():
    assert [colour(place) for place in (-1, 0, 1)] == [LOWEST, PAPER, HIGHEST]
    assert [colour(place) for place in (-7, 7)] == [LOWEST, HIGHEST]


def test_contrast_is_that_of_the_standard():
    # Figures that the standard's own authors quote.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert luminance("#ff0000") == pytest.approx(0.2126)


def test_ink_can_be_read_on_every_shade():
    assert min(contrast(shade, INK) for shade in scale()) >= 4.5


def test_farther_from_the_middle_is_darker():
    lights = [luminance(shade) for shade in scale()]
    middle = len(lights) // 2
    assert lights[:middle] == sorted(lights[:middle])
    assert lights[middle:] == sorted(lights[middle:], reverse=True)
    assert len(set(scale())) == len(scale())


@given(PLACES)
def test_plus_and_minus_have_colours_of_their_own(place):
    red, _, blue = (int(colour(place)[start : start + 2], 16) for start in (1, 3, 5))
    if abs(place) >= 0.05:
        assert (red > blue) == (place > 0)


@given(st.floats(-100, 100), st.floats(0.1, 100), st.floats(0, 1))
def test_values_find_their_place(low, size, share):
    assert positions([low + share * size], low, low + size)[0] == pytest.approx(2 * share - 1, abs=1e-6)


@pytest.mark.parametrize("values", [[float("nan")], [0, float("inf")]])
def test_what_is_no_number_has_no_colour(values):
    with pytest.raises(OptionError, match="not a finite number"):
        positions(values)


def test_a_scale_needs_room():
    with pytest.raises(OptionError, match="a scale from 1 to 1 is empty; the first must be below the second"):
        positions([0], 1, 1)
