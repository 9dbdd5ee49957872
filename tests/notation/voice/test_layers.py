"""Overlays that go back too far, or do not end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.notation.check import check
from tunewright.notation.reader import read_events

HEADER = "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"


@pytest.mark.parametrize(
    ("body", "codes"), [("C4 & E4|", []), ("C4|D4|&& E4|F4|", []), ("C4 && E4|", ["overlay-too-far"])]
)
def test_an_overlay_goes_back_no_further_than_the_music(body, codes):
    assert [finding.code for finding in check(HEADER + body)] == codes


def test_a_layer_knows_its_text_and_place():
    text = HEADER + "C4|D4|\n&& E4|F4|\n"
    (voice,) = read_events(text).voices
    assert [text[layer.start : layer.end].strip() for layer in voice.overlays] == ["E4", "F4"]
    assert all(layer.moved for layer in voice.overlays)
    assert "".join(text[start:end] for start, end in voice.layer_texts).strip() == "&& E4|F4|"


@given(st.text(alphabet="CD&()|: [V:1]\n", max_size=100))
def test_any_succession_of_overlays_is_read(body):
    events = read_events(HEADER + body)
    for voice in events.voices:
        assert all(0 <= layer.at <= len(voice.items) for layer in voice.overlays)
