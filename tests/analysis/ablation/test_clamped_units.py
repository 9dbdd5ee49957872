"""Is a unit that was made for something found to be for it, and a dead one for nothing?"""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.ablation import clamped_units
from tunewright.analysis.ablation.clamped_units import AblationConfig, study_ablation
from tunewright.analysis.ablation.targets import Target
from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.samples import Sides
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError

UNITS, BAR_UNIT, DEAD_UNIT = 24, 5, 9
QUICK = AblationConfig(tunes=3, composing_sets=2, random_sets=19)


@pytest.fixture(scope="module", autouse=True)
def short_tunes():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clamped_units, "LONGEST", 120)
        yield


@pytest.fixture(scope="module")
def tunes():
    """Sixty tunes of bars that end with the letter G, which stands nowhere else."""
    generator = random.Random(1850)
    texts = []
    for number in range(60):
        bars = ("".join(generator.choices("ABcdef", k=5)) + "G|" for _ in range(8))
        texts.append(f"X:{number}\nM:6/8\nL:1/8\nK:D\n{''.join(bars)}\n")
    return [Tune(text, Path("made-up.abc"), 1, len(text)) for text in texts]


@pytest.fixture(scope="module")
def planted(untrained):
    """An RNN whose unit BAR_UNIT is on after G, off after all else, and alone decides on bar lines."""
    model = untrained(cell="rnn", units=UNITS, embedding=0)
    weights = {name: values.copy() for name, values in model.weights.items()}
    given, recalled = weights["layers.0.weight_ih_l0"], weights["layers.0.weight_hh_l0"]
    for name in ("layers.0.weight_ih_l0", "layers.0.weight_hh_l0", "layers.0.bias_ih_l0", "layers.0.bias_hh_l0"):
        weights[name][BAR_UNIT] = 0
    given[BAR_UNIT, model.vocabulary.symbols.index("G")] = 10
    weights["layers.0.bias_ih_l0"][BAR_UNIT] = -5
    recalled[:, [BAR_UNIT, DEAD_UNIT]] = 0
    readout, bar = weights["readout.weight"], model.vocabulary.symbols.index("|")
    readout[:, [BAR_UNIT, DEAD_UNIT]] = 0
    readout[bar] = 0
    readout[bar, BAR_UNIT] = 8
    return replace(model, weights=weights)


@pytest.fixture(scope="module")
def sides(planted, tunes):
    return Sides.of(planted, tunes)


@pytest.fixture(scope="module")
def result(planted, sides):
    targets = [Target(((0, unit),), "") for unit in (BAR_UNIT, DEAD_UNIT)]
    return study_ablation(planted, sides, (), QUICK, targets=targets)


def by_kind(found):
    return {effect.of: effect for effect in found.kinds}


def test_the_unit_for_bar_lines_is_for_bar_lines_only(sides, result):
    (found, _) = result.ablations
    kinds = by_kind(found)
    bars = kinds.pop("bar lines, endings")
    assert bars.change.value > 5
    assert bars.change.low > 4
    assert (bars.as_large, bars.random_sets) == (0, 19)
    assert bars.p == bars.p_corrected == 0.05
    assert bars.stands_out
    assert set(kinds) == {"header", "notes and rests", "line ends", "end of tune"}
    assert all(abs(effect.change.value) < 0.05 for effect in kinds.values())
    assert not any(effect.stands_out for effect in kinds.values())
    share_of_g = 8 / np.mean([len(tune.text) for tune in sides.confirming.tunes])
    assert found.held_at == pytest.approx((np.tanh(5) * (2 * share_of_g - 1),), abs=1e-4)


def test_a_dead_unit_is_for_nothing(result):
    (_, found) = result.ablations
    for effect in (found.overall, *found.kinds, found.bars):
        assert (effect.change.value, effect.change.low, effect.change.high) == (0, 0, 0)
        assert not effect.stands_out


def test_all_characters_are_those_of_all_kinds_together(result):
    (found, _) = result.ablations
    assert sum(result.shares) == pytest.approx(1)
    weighted = sum(s * effect.change.value for s, effect in zip(result.shares, found.kinds, strict=True))
    assert found.overall.change.value == pytest.approx(weighted)
    assert result.loss == pytest.approx(sum(np.multiply(result.shares, result.losses)))
    assert found.overall.as_large == 0


def test_groups_stand_beside_random_groups(planted, sides):
    group = Target(((0, BAR_UNIT), (0, DEAD_UNIT)), "both")
    single = Target(((0, BAR_UNIT),), "")
    both, one = study_ablation(planted, sides, (), replace(QUICK, tunes=0), targets=[group, single]).ablations
    for pair in zip(both.kinds, one.kinds, strict=True):
        assert pair[0].change == pair[1].change  # the dead unit adds nothing
        assert pair[0].random_high != pair[1].random_high
    assert both.bars is None
    assert len(both.held_at) == 2


def test_without_targets_the_findings_say_what_to_ask_about(planted, sides):
    finding = UnitFinding(BAR_UNIT, 0, "end of bar", "auc", "on", 1.0, 1.0, 0.0001, 0.001, 30, None, 1, confirmed=True)
    (found,) = study_ablation(planted, sides, [finding], replace(QUICK, tunes=0)).ablations
    assert found.target.units == ((0, BAR_UNIT),)
    assert study_ablation(planted, sides, [], QUICK).ablations == ()


def test_the_same_every_time_and_other_random_units_with_another_seed(planted, sides, result):
    targets = [found.target for found in result.ablations]
    assert study_ablation(planted, sides, (), QUICK, targets=targets) == result
    other = study_ablation(planted, sides, (), replace(QUICK, seed=1, tunes=0), targets=targets)
    assert other.ablations[0].overall.change.value == result.ablations[0].overall.change.value
    assert other.ablations[0].overall.random_low != result.ablations[0].overall.random_low


def test_fewer_characters_and_other_tunes_can_be_asked_for(planted, sides):
    few = study_ablation(planted, sides, (), replace(QUICK, tunes=0, characters=900), targets=[Target(((0, 1),), "")])
    assert 600 < few.about["characters"] <= 900
    assert few.wrong_bars is None
    assert set(few.kinds) == {"header", "notes and rests", "bar lines, endings"}  # of the others there are too few


def test_the_file_has_every_figure(result):
    content = json.loads(json.dumps(result.as_json()))
    assert set(content) == {"ablations", "kinds", "losses", "shares", "loss", "wrong_bars", "about"}
    first = content["ablations"][0]
    assert first["target"]["units"] == [[0, BAR_UNIT]]
    assert {"of", "change", "random_low", "random_high", "random_sets", "as_large", "p", "p_corrected"} == set(
        first["overall"]
    )


def test_progress_rises_to_the_end(planted, sides):
    told = []
    study_ablation(planted, sides, (), QUICK, targets=[Target(((0, 1),), "")], progress=lambda *step: told.append(step))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert {"holding units", "composing"} == {doing for doing, _ in told}


@pytest.mark.parametrize(
    ("units", "message"),
    [
        (((0, UNITS),), "there is no unit 24"),
        (((1, 0),), "there is no layer 1; the network has layer 0 only"),
        (((0, 1), (0, 1)), "allowed: one unit or more, each once"),
        ((), "allowed: one unit or more, each once"),
        (tuple((0, unit) for unit in range(13)), "13 of the 24 units of layer 0 leave too few others"),
    ],
)
def test_units_that_cannot_be_held_are_refused(planted, sides, units, message):
    with pytest.raises(OptionError, match=message):
        study_ablation(planted, sides, (), QUICK, targets=[Target(units, "")])


@pytest.mark.parametrize(
    "options", [{"random_sets": 0}, {"characters": 0}, {"tunes": -1}, {"composing_sets": 0}, {"composing_sets": 30}]
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        AblationConfig(**options)
