"""Do figures become shares, standings and a scale as they should?"""

import json

import pytest

from tunewright.analysis.originality.nearness import FIGURES, Nearness, Scale


def near(characters=3, similarity=0.3, notes=60, **others):
    shares = {"characters_share": 0.1, "bars": 1, "bars_share": 0.1, "passage": 5.0, "passage_share": 0.2}
    return Nearness(characters=characters, similarity=similarity, notes=notes, **{**shares, **others})


@pytest.fixture
def scale():
    """100 human tunes: 1 to 100 characters, bars and so on in proportion."""
    values = {name: tuple(number / 100 for number in range(1, 101)) for name in FIGURES}
    return Scale("made up", values | dict.fromkeys(("characters", "bars", "passage"), tuple(range(1, 101))), 2)


def test_a_standing_is_the_share_of_human_tunes_that_have_less(scale):
    assert scale.standing("characters", 1) == 0
    assert scale.standing("characters", 51) == 0.5
    assert scale.standing("characters", 1000) == 1
    tied = Scale("ties", dict.fromkeys(FIGURES, (1.0,) * 30 + (2.0,) * 10))
    assert [tied.standing("bars", value) for value in (1, 2, 3)] == [0, 0.75, 1]


def test_too_few_human_tunes_give_no_standing():
    few = Scale("few", {name: tuple(range(19)) for name in FIGURES})
    assert few.standing("bars", 3) is None
    assert Scale("none", dict.fromkeys(FIGURES, ())).standing("bars", 3) is None


def test_human_tunes_that_are_settings_or_fragments_are_left_out_of_the_scale():
    scale = Scale.of("mixed", [near(3), near(2), near(similarity=0.9), near(notes=5)])
    assert (scale.tunes, scale.settings) == (2, 1)
    assert scale.figures["characters"] == (2, 3)


def test_a_scale_comes_back_from_json(scale):
    assert Scale.from_mapping(json.loads(json.dumps(scale.to_mapping()))) == scale


def test_the_copied_share_is_the_greatest_but_a_few_bars_copy_nothing():
    assert near().copied_share == near(bars=3, bars_share=0.9).copied_share == 0.2
    assert near(bars=4, bars_share=0.9).copied_share == 0.9
    assert near(characters_share=0.5).copied_share == 0.5
    assert not near(passage_share=0.49, similarity=0.59).is_copied
    assert near(passage_share=0.5).is_copied
    assert near(similarity=0.6).is_copied
