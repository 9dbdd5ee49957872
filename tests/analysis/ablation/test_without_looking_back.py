"""Is what is lost without looking back what a network with its gate held at 1 loses?"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.ablation import without_looking_back
from tunewright.analysis.ablation.clamped_units import AblationConfig
from tunewright.analysis.ablation.sentences import sentences_alone
from tunewright.analysis.ablation.without_looking_back import study_alone, without_head
from tunewright.analysis.character_losses import TunesByKind, character_losses
from tunewright.analysis.units.samples import Sides
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError
from tunewright.model.network import load_network
from tunewright.report.pages.ablation_section import ablation_section

QUICK = AblationConfig(characters=2000)


@pytest.fixture(scope="module")
def model(untrained):
    return untrained(units=6, look_back=4)


@pytest.fixture(scope="module")
def sides(model, tiny_tunes):
    return Sides.of(model, [Tune(text, Path("tiny.abc"), 1, len(text)) for text in tiny_tunes])


@pytest.fixture(scope="module")
def alone(model, sides):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(without_looking_back, "LONGEST", 150)
        return study_alone(model, sides, QUICK, tunes=6)


def test_the_losses_are_those_of_a_gate_held_at_one(model, sides, alone):
    weights = {name: values.copy() for name, values in model.weights.items()}
    weights["look_back.gate.weight"][:] = weights["look_back.match"][:] = 0
    weights["look_back.gate.bias"][:] = 100
    reading = TunesByKind.of(sides.confirming, model.vocabulary, QUICK.characters)
    pair = (model, replace(model, weights=weights))
    looking, held = (np.concatenate(character_losses(load_network(each), reading.tunes)) for each in pair)
    assert alone.overall.looking == pytest.approx(looking.mean(), abs=1e-4)
    assert alone.overall.alone == pytest.approx(held.mean(), abs=1e-4)
    assert alone.overall.rise.value == pytest.approx((held - looking).mean(), abs=1e-4)
    kinds = {loss.of: loss for loss in alone.losses}
    sums, counts = reading.sums(held), reading.counts
    assert kinds["header"].alone == pytest.approx(sums[:, 0].sum() / counts[:, 0].sum(), abs=1e-4)
    assert abs(alone.overall.rise.value) > 0.01


def test_the_form_is_the_mean_share_of_bars_that_return(alone):
    header = "X:1\nM:4/4\nL:1/8\nK:C\n"
    texts = [f"{header}ABcdefga|ABcdefga|gfedcBAG|\n", f"{header}A8|B8|\n", "no music"]
    found = without_looking_back._returning(texts, 0)
    assert found.value == pytest.approx((2 / 3 + 0) / 2)
    assert without_looking_back._returning(["no music"], 0) is None
    assert alone.about["tunes_composed"] == 6
    assert 0 <= alone.read.value <= 1


def test_it_is_told_with_its_numbers(alone):
    words = " ".join(sentences_alone(alone))
    assert f"{alone.overall.alone:.3f} instead of {alone.overall.looking:.3f}" in words
    assert f"{alone.read.value:.1%}" in words
    from tunewright.analysis.ablation.clamped_units import AblationResult

    result = AblationResult((), (), (), (), 0.0, None, {})
    html = ablation_section(result, alone).html
    assert "Without looking back" in html
    assert html.count("<tr>") == 1 + len(alone.losses)
    assert "looking back" not in ablation_section(result).html


def test_without_tunes_nothing_is_said_of_the_form(model, sides):
    alone = study_alone(model, sides, QUICK, tunes=0)
    assert alone.looking is alone.alone is None
    assert "Of the bars" not in " ".join(sentences_alone(alone))


def test_a_plain_network_has_no_head_to_lose(untrained, model, sides):
    assert without_head(model).config.look_back == 0
    with pytest.raises(OptionError, match="does not look back"):
        study_alone(untrained(units=6), sides, QUICK, tunes=0)
