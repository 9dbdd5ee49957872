"""Are means of the gate those of the characters they speak of, and is a gate that follows a label found to?"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.character_kinds import KINDS, character_kinds
from tunewright.analysis.memory.copying import PLACES, study_copying
from tunewright.analysis.memory.looked_at import look_at
from tunewright.analysis.units.samples import Sides
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError
from tunewright.model.network import load_network
from tunewright.report.pages.copying_section import draw_copying, draw_gate, looking_section, sentences

HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"


@pytest.fixture(scope="module")
def model(untrained):
    """Its gate is open after a letter from A to G, and shut after any other character, whatever it finds."""
    model = untrained(cell="rnn", units=40, embedding=0, look_back=4)
    weights = {name: values.copy() for name, values in model.weights.items()}
    for name in ("layers.0.weight_ih_l0", "layers.0.weight_hh_l0", "layers.0.bias_ih_l0", "layers.0.bias_hh_l0"):
        weights[name][0] = 0
    for letter in "ABCDEFG":
        weights["layers.0.weight_ih_l0"][0, model.vocabulary.symbols.index(letter)] = 5
    weights["layers.0.bias_ih_l0"][0] = -2.5
    weights["look_back.gate.weight"][:] = weights["look_back.gate.bias"][:] = weights["look_back.match"][:] = 0
    weights["look_back.gate.weight"][0, 0] = 3
    return replace(model, weights=weights)


@pytest.fixture(scope="module")
def sides(model, tiny_tunes):
    texts = [*tiny_tunes, HEADER + "ABcd efga|gfed cBAG|ABcdefga|gfed cBAG|\n"]
    tunes = [Tune(text, Path("tiny.abc"), 1, len(text)) for text in texts]
    return Sides.of(model, tunes[:15], tunes[15:])


@pytest.fixture(scope="module")
def copying(model, sides):
    return study_copying(model, sides)


def test_means_are_those_of_the_characters_of_each_kind(model, sides, copying):
    network = load_network(model)
    looked = [look_at(network, model.vocabulary, text) for text in sides.confirming.texts]
    kinds = np.concatenate([character_kinds(each.text) for each in looked])
    gate, copied = (np.concatenate([getattr(each, name) for each in looked]) for name in ("gate", "copied"))
    assert copying.overall.characters == len(gate)
    assert copying.overall.gate.value == pytest.approx(gate.mean())
    assert copying.overall.copied.value == pytest.approx(copied.mean())
    for group in copying.kinds:
        here = kinds == KINDS.index(group.of)
        assert group.characters == here.sum() >= 30
        assert group.gate.value == pytest.approx(gate[here].mean())
        assert group.gate.low <= group.gate.value <= group.gate.high
    assert copying.bars == sum(len(each.bars) for each in looked)


def test_bars_that_stood_before_are_told_from_first_statements(model, sides):
    text = HEADER + "ABcd efga|gfed cBAG|ABcdefga|gfed cBAG|\n" * 4
    only = Tune(text, Path("one.abc"), 1, len(text))
    copying = study_copying(model, Sides(sides.choosing, Sides.of(model, sides.choosing.tunes, [only]).confirming))
    body = text[len(HEADER) :]
    first = len("ABcd efga|gfed cBAG|")
    assert copying.first == ()  # fewer characters than are told of
    assert copying.again[0].characters == len(body) - first
    assert [group.of for group in copying.again[1:]] == [
        quarter for place, quarter in enumerate(PLACES) if count(body[first:], place) >= 30
    ]
    for group in copying.again[1:]:
        assert group.characters == count(body[first:], PLACES.index(group.of))


def count(music, place):
    """Characters before which so many quarters of eight eighths were played."""
    total = notes = 0
    for character in music:
        total += notes // 2 == place
        notes = 0 if character == "|" else notes + character.isalpha()
    return total


def test_a_gate_that_follows_notes_is_found_to(copying):
    best = copying.findings[0]
    assert best.confirmed
    assert best.sentence.startswith("the gate ")
    assert best.direction in ("on", "off")
    assert best.held_out_value > 0.8
    assert [finding.place for finding in copying.findings] == [1, 2, 3]


@pytest.mark.slow
def test_it_is_told_and_drawn(model, copying):
    words = " ".join(sentences(copying))
    assert f"the gate is {copying.overall.gate.value:.2f}" in words
    looked = look_at(load_network(model), model.vocabulary, HEADER + "ABcd efga|ABcd efga|\n")
    section = looking_section(copying, [looked])
    assert section.html.count('class="heatmap"') == 1
    assert section.html.count('<details class="looked"') == 1
    values = [float(each) for each in re.findall(r'title="([\d.]+)">', section.html)]
    np.testing.assert_allclose(values, looked.gate[:-1], atol=0.0051)
    for form, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        assert draw_copying(copying, form).startswith(start)
    assert b"prediction of it" in draw_gate(looked)


def test_a_plain_network_has_no_gate(untrained, sides):
    with pytest.raises(OptionError, match="does not look back"):
        study_copying(untrained(units=4), sides)
