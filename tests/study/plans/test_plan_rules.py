"""Rules of a plan: options that depend on others, and errors with their place."""

import pytest
from planted_studies import LOOKING_BACK

from tunewright.errors import OptionError
from tunewright.study.plans.plan import read_plan
from tunewright.study.plans.plan_writing import as_toml, difference


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "plan.toml"
        path.write_text(text, encoding="utf-8")
        return read_plan(path)

    return read


def test_a_setting_has_what_goes_along_with_its_options(read):
    plan = read(LOOKING_BACK)
    found = {
        setting.name: (setting.network.look_back, setting.network.layers, setting.training.epochs)
        for setting in plan.settings
    }
    assert found == {
        "LSTM 30, looking back 8": (8, 1, 6),
        "RNN 90, not looking back": (0, 1, 6),
        "RNN 90, looking back 8": (8, 1, 6),
        "LSTM 30, not looking back": (0, 1, 6),
        "Transformer 64": (0, 3, 5),
    }
    assert plan.questions[1].settings == ("LSTM 30, looking back 8", "Transformer 64")


def test_the_baseline_has_what_goes_along_with_it_too(read):
    plan = read(LOOKING_BACK.replace('cell = "rnn"\nthen = { units = 90 }', 'cell = "lstm"\nthen = { units = 40 }'))
    assert plan.baseline == "LSTM 40, looking back 8"
    assert plan.base.network.units == 30


def test_what_a_question_names_is_as_it_says(read):
    plan = read(LOOKING_BACK.replace("look_back = [0, 8]", "look_back = [0, 8]\nunits = [20]"))
    assert plan.questions[0].settings[0] == "RNN 20, not looking back"


def test_later_rules_win_where_several_hold(read):
    plan = read(LOOKING_BACK + "\n[[where]]\ncell = 'rnn'\nlook_back = 8\nthen = { units = 70, epochs = 2 }\n")
    assert [setting.name for setting in plan.settings if setting.network.cell == "rnn"] == [
        "RNN 90, not looking back",
        "RNN 70, looking back 8",
    ]


def test_a_plan_with_rules_is_written_so_that_it_reads_the_same(read):
    plan = read(LOOKING_BACK)
    again = read(as_toml(plan))
    assert again.settings == plan.settings
    assert again.rules == plan.rules
    assert difference(plan, again) is None
    other = read(LOOKING_BACK.replace("layers = 3", "layers = 2"))
    assert difference(plan, other) == "its rules differ from the plan's"


@pytest.mark.parametrize(
    ("came", "instead", "message"),
    [
        ('cell = "rnn"\nthen', 'cell = "gru"\nthen', r"\[\[where\]\] 1: no setting has these options"),
        ('cell = "rnn"\nthen', "then", r"\[\[where\]\] 1: names no option"),
        ("then = { units = 90 }", "", r"\[\[where\]\] 1: names no option"),
        (
            'cell = "rnn"\nthen',
            'sell = "rnn"\nthen',
            r"\[\[where\]\] 1: no option is called 'sell'; did you mean 'cell'",
        ),
        ("{ units = 90 }", "{ unit = 90 }", r"\[\[where\]\] 1 then: no option is called 'unit'; did you mean 'units'"),
        ("{ units = 90 }", "{ minutes = 3 }", r"\[\[where\]\] 1 then: a plan cannot set minutes"),
        ("{ units = 90 }", "{ units = 0 }", r"\[\[question\]\] 1 .*units is 0; allowed: 1 or more"),
        ("look_back = 0, units", "units", r"\[\[question\]\] 2 .*look_back is 8; allowed: 0 with cell 'transformer'"),
    ],
)
def test_what_no_rule_can_say_is_refused_with_its_place(read, came, instead, message):
    assert came in LOOKING_BACK
    with pytest.raises(OptionError, match=message):
        read(LOOKING_BACK.replace(came, instead, 1))
