"""Is a unit that follows a label found, named and confirmed, and nothing else?"""

import random
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from tunewright.analysis.units.labels import LABELS, label_number, label_values
from tunewright.analysis.units.samples import Sides
from tunewright.analysis.units.unit_study import NeuronConfig, study_units
from tunewright.corpus.tune import Tune
from tunewright.errors import CorpusError, OptionError

PLANTED = 3
"""The unit that is made to follow grace notes, of UNITS."""
UNITS = 8


@pytest.fixture(scope="module")
def tunes():
    """Sixty tunes with grace notes here and there, too different to be settings of one another."""
    generator = random.Random(1850)

    def bar():
        notes = [generator.choice("ABcdefg") + generator.choice(["", "", "2"]) for _ in range(6)]
        if generator.random() < 0.5:
            notes.insert(
                generator.randrange(6), "{" + "".join(generator.choices("abcdef", k=generator.randint(1, 3))) + "}"
            )
        return "".join(notes) + "|"

    texts = [f"X:{n}\nT:No {n}\nM:6/8\nL:1/8\nK:D\n" + "".join(bar() for _ in range(8)) + "\n" for n in range(60)]
    return [Tune(text, Path("made-up.abc"), 1, len(text)) for text in texts]


@pytest.fixture(scope="module")
def planted(untrained):
    """An LSTM whose unit PLANTED is switched on by an opening brace and off by a closing one; the others are random."""
    model = untrained(units=UNITS, embedding=0)
    weights = {name: values.copy() for name, values in model.weights.items()}
    opens, forgets, writes, shows = (gate * UNITS + PLANTED for gate in range(4))
    for name in ("layers.0.weight_ih_l0", "layers.0.weight_hh_l0", "layers.0.bias_ih_l0", "layers.0.bias_hh_l0"):
        weights[name][[opens, forgets, writes, shows]] = 0
    given, bias = weights["layers.0.weight_ih_l0"], weights["layers.0.bias_ih_l0"]
    brace, closing = (model.vocabulary.symbols.index(symbol) for symbol in "{}")
    bias[[opens, forgets, shows]] = -10, 10, 10
    given[opens, [brace, closing]] = 20
    given[forgets, [brace, closing]] = -20
    given[writes, [brace, closing]] = 5, -5
    return replace(model, weights=weights)


@pytest.fixture(scope="module")
def study(planted, tunes):
    return study_units(planted, Sides.of(planted, tunes))


def test_the_planted_unit_comes_first_with_its_sentence(study):
    first = study.findings[0]
    assert (first.unit, first.layer, first.label) == (PLANTED, 0, "grace notes")
    assert (first.statistic, first.direction, first.confirmed, first.place) == ("auc", "on", True, 1)
    assert first.value == first.held_out_value == 1
    assert first.p_corrected < 0.001
    tunes = study.about["held_out"]["tunes"]
    assert tunes == 30
    having = "" if first.held_out_tunes == tunes else f", {first.held_out_tunes} of which have it"
    assert first.sentence == f"unit 3 is on inside grace notes: AUC 1.000 on 30 held-out tunes{having}"


def test_values_are_those_of_the_tunes_and_the_sides_have_none_in_common(planted, tunes):
    sides = Sides.of(planted, tunes)
    choosing, confirming = set(sides.choosing.tunes), set(sides.confirming.tunes)
    assert choosing | confirming == set(tunes)
    assert not choosing & confirming
    assert Sides.of(planted, tunes[:40], tunes[40:]).confirming.tunes == tuple(tunes[40:])


def test_a_unit_turned_round_is_off_with_the_same_value(planted, tunes, study):
    weights = {name: values.copy() for name, values in planted.weights.items()}
    weights["layers.0.weight_ih_l0"][2 * UNITS + PLANTED] *= -1
    found = study_units(replace(planted, weights=weights), Sides.of(planted, tunes), units=[PLANTED])
    first = found.findings[0]
    assert (first.direction, first.label) == ("off", "grace notes")
    assert first.value == study.findings[0].value
    assert first.sentence.startswith("unit 3 is off inside grace notes: AUC 1.000")


def test_shuffled_labels_confirm_nothing(planted, tunes):
    others = random.Random(2).sample(tunes, len(tunes))
    borrowed = {tune.text: other.text for tune, other in zip(tunes, others, strict=True)}

    def labels_of_another_tune(text):
        """The labels of another tune, turned by any number of characters so that not even the headers agree."""
        values = label_values(borrowed[text])
        values = np.roll(values, random.Random(text).randrange(values.shape[1]), axis=1)
        return np.resize(values.T, (len(text), len(LABELS))).T

    shuffled = study_units(planted, Sides.of(planted, tunes, label=labels_of_another_tune))
    assert len(shuffled.findings) >= UNITS
    assert [finding for finding in shuffled.findings if finding.confirmed] == []
    assert all(finding.sentence.startswith("not confirmed: ") for finding in shuffled.findings)


def test_randomly_drawn_labels_confirm_nothing(planted, tunes):
    def drawn(text):
        generator = np.random.default_rng(len(text) * 1000 + sum(map(ord, text)))
        bursts = np.repeat(generator.random((len(LABELS), len(text) // 7 + 1)) < 0.3, 7, axis=1)
        return bursts[:, : len(text)].astype(np.float32)

    found = study_units(planted, Sides.of(planted, tunes, label=drawn))
    assert len(found.findings) >= UNITS
    assert [finding for finding in found.findings if finding.confirmed] == []


def test_units_that_are_asked_for_are_the_only_ones_told_of_and_tested_as_before(planted, tunes, study):
    some = study_units(planted, Sides.of(planted, tunes), units=[5, PLANTED])
    assert {finding.unit for finding in some.findings} == {5, PLANTED}
    assert [report.unit for report in some.units] == [PLANTED, 5]
    before = {(each.unit, each.label): (each.value, each.p_corrected) for each in study.findings}
    for each in some.findings:
        assert before[each.unit, each.label] == (each.value, each.p_corrected)


def test_each_unit_has_as_many_labels_as_asked_for_and_each_label_its_best_unit(planted, tunes, study):
    first_places = [(each.unit, each.place) for each in study.findings if each.place <= 3]
    assert {(unit, place) for unit in range(UNITS) for place in (1, 2, 3)} <= set(first_places)
    assert set(study.about["labels"]) == {finding.label for finding in study.findings}
    assert list(study.best_of_label()) == [label.name for label in LABELS if label.name in study.about["labels"]]
    few = study_units(planted, Sides.of(planted, tunes), NeuronConfig(labels_per_unit=1))
    assert len(few.findings) < len(study.findings)


def test_snippets_are_where_the_unit_is_highest_and_lowest(study):
    (report,) = [each for each in study.units if each.unit == PLANTED]
    for snippet in report.most:
        assert snippet.text[: snippet.at + 1].rpartition("{")[2].isalpha() or snippet.text[snippet.at] == "{"
        assert snippet.value > 0.7
        assert snippet.tune.startswith("No ")
    assert {snippet.text[snippet.at] for snippet in report.least} == {"}"}
    assert len({snippet.tune for snippet in report.most}) == len(report.most) == 5


def test_another_quantity_is_another_study(planted, tunes):
    gate = study_units(planted, Sides.of(planted, tunes), NeuronConfig(quantity="forget"), units=[PLANTED])
    assert gate.about["quantity"] == "forget"
    assert all("the forget gate of unit 3 " in finding.sentence for finding in gate.findings)
    by_label = {finding.label: finding for finding in gate.findings}
    assert by_label["grace notes"].value < 0.7  # the gate acts at the braces only


def test_the_same_every_time(planted, tunes, study):
    again = study_units(planted, Sides.of(planted, tunes))
    assert [asdict(each) for each in again.findings] == [asdict(each) for each in study.findings]


@pytest.mark.parametrize("unit", [-1, UNITS])
def test_a_unit_that_does_not_exist_is_an_error(planted, tunes, unit):
    with pytest.raises(OptionError, match=rf"no unit {unit}; the network has units 0 to 7"):
        study_units(planted, Sides.of(planted, tunes[:4]), units=[unit])


def test_a_gate_that_the_network_lacks_is_an_error(untrained, tunes):
    model = untrained(cell="rnn", units=4)
    with pytest.raises(OptionError, match="kind 'rnn' have no quantity 'forget'; they have: h"):
        study_units(model, Sides.of(model, tunes[:4]), NeuronConfig(quantity="forget"))


def test_too_few_tunes_for_the_p_are_an_error_that_says_so(planted, tunes):
    with pytest.raises(CorpusError, match=r"characters to choose by give \d+ shifts; a p below 0.001 needs 1,000"):
        study_units(planted, Sides.of(planted, tunes[:4]))


def test_layers_are_told_apart(untrained, tunes):
    model = untrained(cell="gru", units=4, layers=2)
    found = study_units(model, Sides.of(model, tunes), NeuronConfig(labels_per_unit=1))
    assert {(each.layer, each.unit) for each in found.findings} == {(n, unit) for n in (0, 1) for unit in range(4)}
    assert any("of layer 1" in each.sentence for each in found.findings)
    assert label_number("header") == 0


def test_progress_rises_to_the_end(planted, tunes):
    told = []
    study_units(planted, Sides.of(planted, tunes), progress=lambda doing, share: told.append((share, doing)))
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert {"reading tunes", "comparing with chance", "confirming on other tunes", "describing"} == {
        doing for _, doing in told
    }
