"""Human tunes torn in random places, and any text: whatever a person types, an answer comes, and places are right."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tunewright
from tunewright.errors import OptionError, RenderError
from tunewright.rendering.midi import midi_file
from tunewright.studio.tunes.bar_words import bars_in_words
from tunewright.studio.tunes.checked_text import placed_findings
from tunewright.studio.tunes.clicks import with_clicks
from tunewright.studio.tunes.playing import play_bars
from tunewright.studio.tunes.practice import played_tune

SIGNS = "ABcd|:[]()<>'\",^_=/0123{}~-\\ \n%KLMQVTXwz&!𝄞é"


def answers_to(text):
    """Everything that the page asks of a text."""
    units = len(text.encode("utf-16-le")) // 2
    for finding in placed_findings(text):
        assert 0 <= finding.start <= finding.end <= units
        if finding.repair:
            assert 0 <= finding.repair.start <= finding.repair.end <= units
    for bar in bars_in_words(text):
        assert 0 <= bar.start <= bar.end <= units
    try:
        playing = play_bars(text, swing=0.6)
    except RenderError:
        return False
    tune = played_tune(playing)
    assert all(0 <= start <= end <= units for step in tune.steps for start, end in step.ranges)
    assert all(before.start <= after.start for before, after in zip(tune.bars, tune.bars[1:], strict=False))
    midi_file(with_clicks(playing, counted=True, beaten=True).performance)
    numbers = [bar.number for bar in tune.bars]
    try:
        play_bars(text, min(numbers), max(numbers), repeats=False)
        play_bars(text, numbers[len(numbers) // 2], numbers[len(numbers) // 2])
    except (OptionError, RenderError):
        pass
    return True


@pytest.mark.parametrize("seed", range(4))
def test_torn_human_tunes(oneills_folder, seed):
    draw = random.Random(seed)
    tunes = tunewright.read_tunes(oneills_folder)
    played = 0
    for _ in range(12):
        text = list(draw.choice(tunes).text)
        for _ in range(draw.randrange(1, 12)):
            place = draw.randrange(len(text))
            text[place : place + draw.randrange(0, 6)] = draw.choices(SIGNS, k=draw.randrange(0, 4))
        played += answers_to("".join(text))
    assert played > 3


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=SIGNS, max_size=200))
def test_any_text(text):
    answers_to("X:1\nM:4/4\nL:1/8\nK:D\n" + text)
    answers_to(text)
