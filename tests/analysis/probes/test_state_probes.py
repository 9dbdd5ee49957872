"""Is what a state knows read off it, and nothing that it does not know?"""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.probes.probe_targets import PROPERTIES, property_values
from tunewright.analysis.probes.state_probes import study_probes
from tunewright.analysis.units.samples import Sides
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError

UNITS, PLANTED = 8, 5


@pytest.fixture(scope="module")
def tunes():
    """Sixty tunes in 6/8 or 3/4; their type and mode were thrown with dice."""
    generator = random.Random(7)

    def bar():
        return "".join(generator.choice("ABcdefg") + generator.choice(["", "", "2"]) for _ in range(5)) + "|"

    texts = [
        f"X:1\nT:{''.join(generator.choices('abcdefghij', k=8))}\nR:{generator.choice(['reel', 'jig'])}\n"
        f"M:{generator.choice(['6/8', '3/4'])}\nK:{generator.choice(['D', 'Dm'])}\n" + "".join(bar() for _ in range(9))
        for _ in range(60)
    ]
    return [Tune(text + "\n", Path("made-up.abc"), 1, len(text) + 1) for text in texts]


@pytest.fixture(scope="module")
def planted(untrained):
    """An LSTM whose unit PLANTED is switched on by a 6 and off by a 3, which only metres have."""
    model = untrained(units=UNITS, embedding=0)
    weights = {name: values.copy() for name, values in model.weights.items()}
    opens, forgets, writes, shows = (gate * UNITS + PLANTED for gate in range(4))
    for name in ("layers.0.weight_ih_l0", "layers.0.weight_hh_l0", "layers.0.bias_ih_l0", "layers.0.bias_hh_l0"):
        weights[name][[opens, forgets, writes, shows]] = 0
    given, bias = weights["layers.0.weight_ih_l0"], weights["layers.0.bias_ih_l0"]
    six, three = (model.vocabulary.symbols.index(symbol) for symbol in "63")
    bias[[opens, forgets, shows]] = -10, 10, 10
    given[opens, [six, three]] = 20
    given[forgets, [six, three]] = -20
    given[writes, [six, three]] = 5, -5
    return replace(model, weights=weights)


@pytest.fixture(scope="module")
def sides(planted, tunes):
    return Sides.of(planted, tunes)


@pytest.fixture(scope="module")
def study(planted, sides):
    return study_probes(planted, sides)


@pytest.fixture(scope="module")
def by_name(study):
    return {probe.name: probe for probe in study.probes}


def test_a_planted_property_is_read_without_a_mistake_and_its_unit_found(by_name):
    metre = by_name["metre"]
    assert metre.trained.value == metre.best_unit.value == 1
    assert (metre.unit, metre.layer, metre.statistic, metre.answers) == (PLANTED, 0, "accuracy", ("3/4", "6/8"))
    assert metre.gain.low > 0.2
    assert metre.selectivity.low > 0.2
    assert metre.control.value < 0.7
    assert "the state tells the metre: 100% of the characters right on" in metre.sentence


@pytest.mark.parametrize("name", ["type of tune", "mode"])
def test_what_was_thrown_with_dice_and_is_long_past_is_not_known(by_name, name):
    probe = by_name[name]
    assert probe.trained.low <= 0.55
    assert probe.gain.low <= 0 <= probe.gain.high or probe.gain.high < 0


def test_the_figures_beside_it_are_what_they_say(by_name, sides):
    answers = {
        side: [property_values(text)["metre"] for text in getattr(sides, side).texts]
        for side in ("choosing", "confirming")
    }
    pooled = {side: np.concatenate(found) for side, found in answers.items()}
    commonest = max(("3/4", "6/8"), key=lambda answer: (pooled["choosing"] == answer).sum())
    asked = pooled["confirming"][pooled["confirming"] != ""]
    metre = by_name["metre"]
    assert metre.constant.value == pytest.approx((asked == commonest).mean(), abs=1e-6)
    assert (metre.characters, metre.tunes) == (len(asked), len(sides.confirming.texts))
    position = by_name["position in the bar"]
    assert (position.statistic, position.answers) == ("R2", ())
    assert position.constant.value == pytest.approx(0, abs=1e-6)
    for probe in by_name.values():
        for score in (probe.trained, probe.untrained, probe.control, probe.best_unit, probe.constant):
            assert score.low - 0.02 <= score.value <= score.high + 0.02
            assert score.value <= 1
        assert probe.gain.value == pytest.approx(probe.trained.value - probe.untrained.value, abs=2e-6)
        assert probe.selectivity.value == pytest.approx(probe.trained.value - probe.control.value, abs=2e-6)


def test_intervals_are_those_of_resampled_tunes(by_name, sides):
    """The share of tunes in the commoner metre, resampled here by hand."""
    texts = [property_values(text)["metre"] for text in sides.confirming.texts]
    learned = np.concatenate([property_values(text)["metre"] for text in sides.choosing.texts])
    commonest = max(("3/4", "6/8"), key=lambda answer: (learned == answer).sum())
    right = np.array([(text == commonest).sum() for text in texts])
    asked = np.array([(text != "").sum() for text in texts])
    generator = np.random.default_rng(0)
    drawn = generator.integers(len(texts), size=(4000, len(texts)))
    low, high = np.quantile(right[drawn].sum(axis=1) / asked[drawn].sum(axis=1), [0.025, 0.975])
    constant = by_name["metre"].constant
    assert (constant.low, constant.high) == (pytest.approx(low, abs=0.03), pytest.approx(high, abs=0.03))


def test_properties_that_too_few_tunes_have_are_named(planted, tunes):
    without = [Tune(tune.text.replace("R:", "N:"), tune.path, 1, len(tune.text)) for tune in tunes]
    study = study_probes(planted, Sides.of(planted, without))
    assert "type of tune" in study.too_rare
    assert {probe.name for probe in study.probes} | set(study.too_rare) == {about.name for about in PROPERTIES}
    assert "tonic" in study.too_rare  # all are in D


def test_the_same_every_time_and_fit_for_a_file(planted, sides, study):
    told = []
    again = study_probes(planted, sides, progress=lambda _, share: told.append(share))
    assert again == study
    assert told == sorted(told)
    content = json.loads(json.dumps(study.as_json(), allow_nan=False))
    assert [each["sentence"] for each in content["probes"]] == [probe.sentence for probe in study.probes]
    assert content["fingerprint"] == planted.fingerprint


def test_other_quantities_and_layers(untrained, tunes):
    model = untrained(cell="gru", units=4, layers=2, embedding=0)
    sides = Sides.of(model, tunes[:20])
    assert {probe.layer for probe in study_probes(model, sides).probes} <= {0, 1}
    assert study_probes(model, sides, "update") != study_probes(model, sides)
    with pytest.raises(OptionError, match="kind 'gru' have no quantity 'c'"):
        study_probes(model, sides, "c")
