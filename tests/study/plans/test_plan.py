"""Plans: reading, settings and runs that they give, and errors with their place."""

import itertools
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunewright.errors import OptionError
from tunewright.model.config import NetworkConfig
from tunewright.study.plans.plan import read_plan
from tunewright.study.plans.plan_writing import as_toml, difference
from tunewright.training.config import PRESETS, TrainingConfig

VALUES = {
    "cell": st.sampled_from(["rnn", "gru", "lstm"]),
    "units": st.integers(1, 999),
    "layers": st.integers(1, 3),
    "dropout": st.floats(0, 0.99) | st.just(0),
    "learning_rate": st.floats(1e-9, 1e9),
    "feed": st.sampled_from(["windows", "streams"]),
    "optimizer": st.sampled_from(["adamw", "sgd", "muon"]),
    "epochs": st.integers(1, 99),
}
OPTIONS = st.sampled_from(sorted(VALUES))
TITLES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@st.composite
def questions(draw):
    names = draw(st.lists(OPTIONS, min_size=1, max_size=3, unique=True))
    lists = {name: draw(st.lists(VALUES[name], min_size=1, max_size=3, unique=True)) for name in names}
    lists[names[0]] = draw(st.lists(VALUES[names[0]], min_size=2, max_size=3, unique=True))
    return {"title": draw(TITLES), **lists}


def toml_of(value) -> str:
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    return f"[{', '.join(map(toml_of, value))}]" if isinstance(value, list) else repr(value)


def text_of(base: dict, asked: list[dict], *, seeds=(0, 1), preset="assignment") -> str:
    lines = ['data = ["oneills"]', f"seeds = {list(seeds)}", f'preset = "{preset}"', "[base]"]
    lines += [f"{name} = {toml_of(value)}" for name, value in base.items()]
    for question in asked:
        lines += ["[[question]]", *(f"{name} = {toml_of(value)}" for name, value in question.items())]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    path = tmp_path_factory.mktemp("plans") / "plan.toml"

    def read(text: str):
        path.write_text(text, encoding="utf-8")
        return read_plan(path)

    read.path = path  # type: ignore[attr-defined]
    return read


def options_of(setting) -> dict:
    return {
        field.name: getattr(part, field.name) for part in (setting.network, setting.training) for field in fields(part)
    }


@given(
    base=st.dictionaries(OPTIONS, st.none(), max_size=3).flatmap(
        lambda names: st.fixed_dictionaries({name: VALUES[name] for name in names})
    ),
    asked=st.lists(questions(), min_size=1, max_size=3),
    seeds=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3, unique=True),
)
def test_settings_are_all_combinations_once_and_names_are_unique(read, base, asked, seeds):
    plan = read(text_of(base, asked, seeds=seeds))
    preset = PRESETS["assignment"]
    basis = {**vars(preset.network), **vars(preset.training), "threads": 1, **base}
    expected = [basis]
    for question in asked:
        lists = {name: values for name, values in question.items() if name != "title"}
        expected += [
            {**basis, **dict(zip(lists, values, strict=True))} for values in itertools.product(*lists.values())
        ]
    assert [options_of(setting) for setting in plan.settings] == [
        options for number, options in enumerate(expected) if options not in expected[:number]
    ]
    assert plan.baseline == plan.settings[0].name
    by_name = {setting.name: setting for setting in plan.settings}
    assert len(by_name) == len(plan.settings)
    answers = iter(expected[1:])
    for question, entry in zip(plan.questions, asked, strict=True):
        assert question.title == entry["title"]
        for name in question.settings:
            assert options_of(by_name[name]) == next(answers)
    assert len({run.name for run in plan.runs}) == len(plan.runs) == len(plan.settings) * len(seeds)
    for run in plan.runs:
        assert re.fullmatch(r"[a-z0-9._+-]+", run.name)
        assert run.training.seed == run.seed
        assert {**options_of(run), "seed": 0} == options_of(by_name[run.setting])


@pytest.mark.slow
@given(asked=st.lists(questions(), min_size=1, max_size=3))
def test_a_plan_that_is_written_out_is_read_as_the_same(read, asked):
    plan = read(text_of({"embedding": 7}, asked))
    again = read(as_toml(plan))
    assert again == plan
    assert again.runs == plan.runs
    assert difference(plan, again) is None


@given(
    text=st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            ["[base]", "[[question]]", "[search]", "[search.options]", 'title = "x"', "seeds = [0]", 'data = ["a"]']
        )
        | st.builds(
            "{} = {}".format,
            OPTIONS | st.sampled_from(["seeds", "preset", "data", "trials", "seed"]),
            st.sampled_from(["1", "-1", "[1, 2]", "[]", '"x"', "nan", "inf", "{}", "{ low = 1, high = 2 }", "9" * 5000,
                             "1" + "0" * 400, "true", "1979-05-27", "[[[" * 500, '["rnn", 1]']),
        ),
        max_size=12,
    ).map("\n".join)
)  # fmt: skip
def test_whatever_a_plan_says_it_is_read_or_refused_with_its_name(read, text):
    try:
        plan = read(text)
    except OptionError as error:
        assert str(error).startswith(f"{read.path}: ")
    else:
        assert plan.runs


GOOD = text_of({}, [{"title": "Size?", "units": [100, 150]}])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("seeds = [0, 1]", ""), "seeds is missing; seeds = [0, 1, 2], say, trains each setting three times"),
        (("seeds = [0, 1]", "seeds = []"), "seeds is missing; seeds = [0, 1, 2], say, trains each setting three times"),
        (("seeds = [0, 1]", "seeds = [3, 1, 3]"), "seeds has 3 twice"),
        (("seeds = [0, 1]", "seeds = [-1]"), "seed is -1; allowed: 0 up to, not including, 2^63"),
        (("seeds = [0, 1]", 'seeds = ["0"]'), "seeds is ['0']; a list of whole numbers was expected"),
        (("seeds", "sedes"), "no key is called 'sedes'; there are title, data, validation, preset, seeds, fingerprint, "
                             "base, question, where, search; did you mean 'seeds'?"),
        (("oneills", ""), "data holds an empty name"),
        (('data = ["oneills"]', ""), "data is missing; add data = [...] with files, folders, or corpora such as "
                                     "'oneills'"),
        (("assignment", "asignment"), "preset is 'asignment'; allowed: default, large, small, plain, "
                                      "assignment; did you mean 'assignment'?"),
        (("[base]", "[base]\nunit = 3"), "[base]: no option is called 'unit'; did you mean 'units'?"),
        (("[base]", "[base]\nlanes = 3"), "[base]: 'lanes' is now called 'batch_size'"),
        (("[base]", "[base]\nunits = 0"), "[base]: units is 0; allowed: 1 or more"),
        (("[base]", "[base]\nunits = 1.5"), "[base]: units is 1.5; a whole number was expected"),
        (("[base]", "[base]\nseed = 3"), "[base]: a plan cannot set seed: the list 'seeds' gives the seeds"),
        (("units", "unist"), "[[question]] 1 (Size?): no option is called 'unist'; did you mean 'units'?"),
        (("[100, 150]", "[100]"), "[[question]] 1 (Size?): varies no option; give one of them two values or "
                                  "more, such as units = [150, 200]"),
        (("units = [100, 150]", ""), "[[question]] 1 (Size?): varies no option; give one of them two values or "
                                     "more, such as units = [150, 200]"),
        (("[100, 150]", "[100, 100]"), "[[question]] 1 (Size?): units has 100 twice"),
        (("[100, 150]", "100"), "[[question]] 1 (Size?): units is 100; a list of values was expected, such as "
                                "units = [150, 200, 250]"),
        (("[100, 150]", "[100, 0]"), "[[question]] 1 (Size?): units is 0; allowed: 1 or more"),
        (("title", "titel"), "[[question]] 1: has no title; add one such as title = \"Which cell?\""),
        (("[[question]]", "[question]"), "question is {'title': 'Size?', 'units': [100, 150]}; tables [[question]] "
                                         "were expected"),
        (("[100, 150]", str([*range(1, 8001)])), "has 16,000 runs; at most 10,000 are allowed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(read, change, message):
    text = GOOD.replace('"\\U00000053\\U00000069\\U0000007a\\U00000065\\U0000003f"', '"Size?"').replace(
        change[0], change[1], 1
    )
    with pytest.raises(OptionError) as caught:
        read(text)
    assert caught.value.message == message


def test_a_plan_without_a_question_is_refused(read):
    with pytest.raises(OptionError, match="has no question; add a table"):
        read(text_of({}, []))


def test_files_are_looked_for_beside_the_plan(tmp_path, monkeypatch):
    (tmp_path / "tunes.abc").write_text("X:1\n", encoding="utf-8")
    (tmp_path / "plan.toml").write_text(GOOD.replace('["oneills"]', '["tunes.abc", "ryans"]'), encoding="utf-8")
    monkeypatch.chdir("/")
    plan = read_plan(tmp_path / "plan.toml")
    assert plan.data == (str(tmp_path / "tunes.abc"), "ryans")
    assert plan.title == "plan"


def test_other_tunes_take_the_place_of_the_plans(read):
    plan = read(GOOD.replace("seeds", 'validation = ["val.txt"]\nseeds'))
    assert plan.with_data() is plan
    assert (plan.with_data(["a"]).data, plan.with_data(["a"]).validation) == (("a",), ())
    assert (plan.with_data((), ["b"]).data, plan.with_data((), ["b"]).validation) == (("oneills",), ("b",))


def test_another_plan_differs(read):
    plan = read(GOOD)
    assert difference(plan, read(GOOD.replace("[0, 1]", "[0]"))) == "its seeds differ from the plan's"
    assert difference(plan, read(GOOD.replace("150", "151"))) == "its questions differ from the plan's"
    other = read(GOOD.replace("[base]", "[base]\nlearning_rate = 0.5"))
    assert difference(plan, other) == "its learning_rate is 0.006, and that of the plan 0.5"
    search = "\n[search]\ntrials = 3\n[search.options]\nunits = { low = 1, high = 2 }"
    assert difference(plan, read(GOOD + search)) == "its search differs"


def test_the_assignments_study_has_what_the_assignment_asks():
    path = Path(__file__).parents[3] / "studies" / "assignment.toml"
    plan = read_plan(path)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["data"] == ["ryans"]
    assert len(plan.seeds) >= 3
    assert len(plan.settings) >= 8
    assert {setting.network.cell for setting in plan.settings} == {"rnn", "gru", "lstm"}
    assert {setting.network.units for setting in plan.settings} == {150, 200, 250}
    assert {setting.network.dropout for setting in plan.settings} == {0, 0.1, 0.2, 0.3}
    assert {(setting.training.feed, setting.training.sequence_length) for setting in plan.settings} == {("windows", 30)}
    assert len(plan.questions) == 3
    assert all(plan.baseline in question.settings for question in plan.questions)
    assert isinstance(plan.base.network, NetworkConfig)
    assert isinstance(plan.base.training, TrainingConfig)
