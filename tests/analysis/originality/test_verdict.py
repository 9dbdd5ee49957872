"""Do standings, verdicts and sentences follow from the figures?"""

import json

import pytest

from tunewright.analysis.originality.nearness import COPIED_SHARE, FIGURES, Scale
from tunewright.analysis.originality.verdict import (
    CLOSE_STANDING,
    VERDICTS,
    CopiedBars,
    CopiedSpan,
    NearTune,
    Originality,
    SharedPassage,
    TuneSource,
)

SOURCE = TuneSource("The Reel", "book.abc", 12)


def made(characters=10, bars=1, similarity=0.3, passage=0.1, notes=60, of=20):
    return Originality(
        span=CopiedSpan(characters, 100, 40, 40 + characters, 3, SOURCE) if characters else None,
        bars=CopiedBars(bars, of, 3, 2 + bars, SOURCE, 7, 6 + bars, -2) if bars else None,
        nearest=(NearTune(similarity, SOURCE), NearTune(similarity / 2, SOURCE)) if similarity else (),
        passage=SharedPassage(100 * passage, passage, round(passage * notes), 2, 5, SOURCE) if passage else None,
        notes=notes,
    )


@pytest.fixture
def scale():
    """100 human tunes: 1 to 100 characters, bars and so on in proportion."""
    values = {name: tuple(number / 100 for number in range(1, 101)) for name in FIGURES}
    return Scale("made up", values | dict.fromkeys(("characters", "bars", "passage"), tuple(range(1, 101))), 2)


def test_too_few_human_tunes_leave_a_tune_unrated():
    few = Scale("few", {name: tuple(range(19)) for name in FIGURES})
    assert made().beside(few).verdict == "unrated"


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ({}, "new"),
        ({"characters": 0, "bars": 0, "similarity": 0, "passage": 0}, "new"),
        ({"characters": 49}, "new"),
        ({"characters": 50}, "copied"),
        ({"bars": 9}, "new"),
        ({"bars": 10}, "copied"),
        ({"bars": 3, "of": 4}, "new"),
        ({"bars": 4, "of": 4}, "copied"),
        ({"similarity": 0.59}, "new"),
        ({"similarity": 0.6}, "copied"),
        ({"passage": 0.49}, "new"),
        ({"passage": 0.5}, "copied"),
        ({"notes": 15, "similarity": 1}, "too short"),
        ({"notes": 16, "similarity": 1}, "copied"),
    ],
)
def test_the_verdict_follows_its_rules(figures, verdict, scale):
    assert made(**figures).beside(scale).verdict == verdict


@pytest.mark.parametrize("figure", FIGURES)
def test_one_figure_beyond_the_human_tunes_makes_a_tune_close(figure, scale):
    values = {name: tuple(value / 1000 for value in scale.figures[name]) for name in FIGURES}
    high = Scale("high", {name: tuple(1000 * value for value in values[name]) for name in FIGURES})
    nothing_below = Scale("mixed", {name: high.figures[name] if name != figure else values[name] for name in FIGURES})
    assert made().beside(nothing_below).standings[figure] > CLOSE_STANDING
    assert made().beside(nothing_below).verdict == "close"


def test_every_verdict_word_has_its_numbers():
    for name, rule in VERDICTS.items():
        assert any(letter.isdigit() for letter in rule), name
    assert f"{COPIED_SHARE:.0%}" in VERDICTS["copied"]


def test_sentences_hold_every_figure(scale):
    assert made(characters=24, bars=4, similarity=0.42, passage=0.25).beside(scale).sentences() == (
        "longest copied span: 24 of 100 characters of its music in “The Reel” (book.abc:12) and 2 more; "
        "more than 23% of 100 human tunes new to it",
        "longest copied run of bars: 4 of 20 (bars 3 to 6) = bars 7 to 10 of “The Reel” (book.abc:12), "
        "2 semitones lower; more than 3% of 100 human tunes new to it",
        "nearest melody: similarity 0.42, “The Reel” (book.abc:12); more than 41% of 100 human tunes new to it",
        "next: similarity 0.21, “The Reel” (book.abc:12)",
        "longest passage alike: 15 of 60 notes (bars 2 to 5), explaining 25% of the melody, like “The Reel” "
        "(book.abc:12); more than 24% of 100 human tunes new to it",
        "verdict: new: no figure is greater than in 98% of human tunes new to this corpus",
    )


def test_sentences_without_figures_tell_the_verdict():
    (line,) = made(0, 0, 0, 0, 0).sentences()
    assert line == "verdict: too short: fewer than 16 notes to compare"
    assert "; more than" not in " ".join(made().sentences())
    assert "(bar 3) = bar 7 of" in made().sentences()[1]


def test_everything_goes_into_json(scale):
    written = json.loads(json.dumps(made().beside(scale).to_mapping()))
    assert written["verdict"] == "new"
    assert written["figures"] == {"characters": 10, "bars": 1, "similarity": 0.3, "passage": 10}
    assert written["span"]["source"] == {"title": "The Reel", "path": "book.abc", "line": 12}
    assert written["standings"]["characters"] == 0.09
    assert written["copied_share"] == 0.1
