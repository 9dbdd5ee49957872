"""Search spaces of a plan: reading, and errors with their place."""

import pytest

from tunewright.errors import OptionError
from tunewright.study.plans.plan import read_plan
from tunewright.study.plans.plan_writing import as_toml
from tunewright.study.plans.search_space import Range, Search

PLAN = """
data = ["oneills"]
preset = "plain"
seeds = [0]

[search]
trials = 30

[search.options]
learning_rate = { low = 0.001, high = 0.03, log = true }
dropout = { low = 0, high = 0.5 }
units = { low = 100, high = 300 }
cell = ["lstm", "gru"]
"""


@pytest.fixture
def read(tmp_path):
    def read(text: str):
        (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
        return read_plan(tmp_path / "plan.toml")

    return read


def test_ranges_and_choices(read):
    plan = read(PLAN)
    options: dict[str, Range | tuple[str | int | float, ...]] = {
        "learning_rate": Range(0.001, 0.03, log=True),
        "dropout": Range(0.0, 0.5),
        "units": Range(100, 300),
        "cell": ("lstm", "gru"),
    }
    assert plan.search == Search(30, options, "tpe", "median")
    assert isinstance(plan.search.options["units"].low, int)
    assert isinstance(plan.search.options["dropout"].low, float)
    assert [run.setting for run in plan.runs] == ["LSTM 150"]  # the baseline, to compare with
    again = read(as_toml(plan))
    assert again == plan
    assert read(PLAN.replace("30\n", '30\nsampler = "random"\npruner = "none"\n')).search.sampler == "random"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("trials = 30", "", "[search]: trials is None; a whole number was expected"),
        ("trials = 30", "trials = 0", "[search]: trials is 0; allowed: 1 to 10,000"),
        ("trials", "trails", "[search]: no key is called 'trails'; there are trials, sampler, pruner, options; "
                             "did you mean 'trials'?"),
        ("30", '30\nsampler = "tpa"', "[search]: sampler is 'tpa'; allowed: tpe, random; did you mean 'tpe'?"),
        ("30", '30\npruner = "mean"', "[search]: pruner is 'mean'; allowed: none, median, hyperband; "
                                      "did you mean 'median'?"),
        ("units", "unist", "[search.options]: no option is called 'unist'; did you mean 'units'?"),
        ("low = 100, ", "", "[search.options] units: has no low"),
        ("low = 100", "low = 100, lag = 1", "[search.options] units: no key is called 'lag'; there are low, high, log; "
                                            "did you mean 'log'?"),
        ("low = 100", "low = 300", "[search.options] units: low is 300 and high 300; low must be less"),
        ("low = 100", "low = 0", "[search.options] units: units is 0; allowed: 1 or more"),
        ("low = 100", "low = 0.5", "[search.options] units: units is 0.5; a whole number was expected"),
        ("high = 0.5", "high = 0.5, log = true", "[search.options] dropout: low is 0.0; with log it must be above 0"),
        ("log = true", "log = 1", "[search.options] learning_rate: log is 1; true or false was expected"),
        ('["lstm", "gru"]', '["lstm"]', "[search.options]: cell is ['lstm']; a list of values was expected, or "
                                        "{ low = ..., high = ... }"),
        ('["lstm", "gru"]', '["lstm", "lstm"]', "[search.options]: cell has 'lstm' twice"),
        ('["lstm", "gru"]', '["lstm", "ggu"]', "[search.options]: cell is 'ggu'; allowed: lstm, gru, rnn, transformer; "
                                               "did you mean 'gru'?"),
        ('["lstm", "gru"]', "{ low = 1, high = 2 }", "[search.options] cell: takes words, not numbers; "
                                             "give a list of them"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_refused_with_its_place(read, old, new, message):
    with pytest.raises(OptionError) as caught:
        read(PLAN.replace(old, new, 1))
    assert caught.value.message == message


def test_a_search_among_nothing_is_refused(read):
    with pytest.raises(OptionError, match="names no option"):
        read(PLAN.partition("[search.options]")[0])
