"""Does a paper say of networks that look back, and of a Transformer, what they are and what goes along with them?"""

import re

import pytest
from planted_studies import LOOKING_BACK, plant_study, record

from tunewright.errors import OptionError
from tunewright.report.paper.discussion import discussion, verdict
from tunewright.report.paper.front import abstract, related
from tunewright.report.paper.losses import losses
from tunewright.report.paper.material import PaperMaterial, gather
from tunewright.report.paper.methods import methods
from tunewright.report.paper.tunes import FreeTunes
from tunewright.study.results.comparisons import answer
from tunewright.study.results.study_results import read_results

LOSSES = {"rnn": 2.0, "lstm": 1.5, "transformer": 1.2}


def history_of(run):
    loss = LOSSES[run.network.cell] - 0.03 * run.network.look_back + 0.01 * run.seed
    return [record(1, loss, protocol="cold_window", seconds=run.network.units)]


def material_of(study):
    results = read_results(study)
    free = FreeTunes(10, 8, 5, 9, 0.1)
    composing = [setting.name for setting in results.settings if setting.network.is_recurrent]
    baseline = results.of("LSTM 30, looking back 8")[0]
    return PaperMaterial(
        results,
        baseline,
        baseline,
        free=dict.fromkeys((0.5, 1.0, 2.0), free),
        qualities=dict.fromkeys(composing, free),
    )


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return material_of(plant_study(tmp_path_factory.mktemp("studies") / "study", LOOKING_BACK, history_of))


def unbroken(text):
    return " ".join(text.replace("\\", "").split())


def test_methods_describe_both(material):
    text = unbroken(methods(material))
    assert "Beside its own softmax the network has a distribution" in text
    assert "[@merity2017pointer]: attention with keys of 8 numbers" in text
    assert "The Transformer in this study [@vaswani2017attention]" in text
    assert "3 in all" in text
    assert "with 2 heads" in text
    assert "4 times as wide as the 64 units" in text


def test_methods_say_what_goes_along(material):
    text = unbroken(methods(material))
    assert "(RNN and LSTM; not looking back and looking back 8)" in text
    assert "- with an RNN: 90 units" in text
    assert "- with a Transformer: no looking back, 64 units, 3 layers, and 5 epochs" in text
    assert "one cause" not in text


def test_related_work_cites_what_is_in_use(material, tmp_path):
    text = unbroken(related(material))
    assert "[@vaswani2017attention]" in text
    assert "[@merity2017pointer]" in text
    plain = related(material_of_plain(tmp_path))
    assert "Attention" not in plain
    assert "vaswani" not in plain


def material_of_plain(folder):
    results = read_results(plant_study(folder / "plain"))
    run = results.runs[0]
    return PaperMaterial(results, run, run)


def test_plain_studies_keep_their_words(tmp_path):
    text = unbroken(methods(material_of_plain(tmp_path)))
    assert "keeping everything else, so that any difference has one cause." in text
    assert "looking back" not in text
    assert "Transformer" not in text


def test_differences_are_told_between_settings_where_more_goes_along(material):
    found = answer(material.results, material.results.plan.questions[1])
    told = unbroken(verdict(material, found))
    assert re.match(r"With Transformer 64 the .* 0\.060 .*lower than with LSTM 30, looking back 8\.", told)
    both = unbroken(verdict(material, answer(material.results, material.results.plan.questions[0])))
    assert "With looking back (keys of 8) the" in both
    assert "lower than with no looking back" in both
    assert "With Transformer 64" in unbroken(abstract(material))


def test_the_discussion_names_who_does_not_compose_and_how_sizes_differ(material):
    text = unbroken(discussion(material))
    assert "Of all settings, Transformer 64 has the lowest" in text
    assert "of their probability (Transformer 64: for training and evaluation only)." in text
    assert "The best single run is" not in text
    assert "Cells differ in their numbers of units and of parameters as well" in text


def test_results_tell_learning_times_where_epochs_differ(material):
    text = unbroken(losses(material))
    assert "a run took 30 seconds of learning (LSTM 30, looking back 8) to 90 (RNN 90, not looking back)" in text
    assert "settings that differ in cell and looking back" in text


def test_a_study_whose_baseline_cannot_compose_gets_no_paper(tmp_path):
    plan = LOOKING_BACK.split("[[question]]")[0].replace("look_back = 8", 'cell = "transformer"')
    plan += '[[question]]\ntitle = "How wide?"\nunits = [32, 64]\n'
    results = read_results(plant_study(tmp_path / "study", plan, history_of))
    with pytest.raises(OptionError, match="cell is 'transformer'; a paper of tunes needs a recurrent network"):
        gather(results)
