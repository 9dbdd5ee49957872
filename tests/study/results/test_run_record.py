"""Records of runs: read as they were written, damage named with its place, comparability."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_studies import falling, plant_run, record

import tunewright
from tunewright.errors import InputError
from tunewright.study.plans.plan import PlannedRun
from tunewright.study.results.run_record import read_history, read_run, reasons_not_comparable
from tunewright.training.history import EpochRecord, history_as_csv

RUN = PlannedRun("one", "One", 0, tunewright.NetworkConfig(units=20), tunewright.TrainingConfig())
LOSS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture(scope="module")
def trained(tiny_corpus, tmp_path_factory):
    """A real run of two epochs and what it yielded."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    tunes = tunewright.read_tunes(tiny_corpus).tunes
    network = tunewright.NetworkConfig(units=6, embedding=4, cell="gru")
    config = tunewright.TrainingConfig(epochs=2, threads=1, select_by="cold_window")
    records = [
        step.record for step in tunewright.train(tunes, out=folder, network=network, config=config) if step.record
    ]
    return folder, records


def test_a_run_is_read_as_it_was_trained(trained):
    folder, records = trained
    run = read_run(folder)
    model = tunewright.read_checkpoint(folder)
    assert run.history == tuple(records)
    assert run.best == min(records, key=lambda record: record.validation_cold_window)
    assert run.network == model.config
    assert run.protocol == "cold_window"
    assert run.options["cell"] == "gru"
    assert run.parameters == sum(weight.size for weight in model.weights.values())
    assert run.data == model.training["data"]
    assert run.baselines.as_json() == model.training["baselines"]
    assert run.rate == pytest.approx(2 * model.training["data"]["training_characters"] / records[-1].seconds)


def test_weights_are_not_read(trained, tmp_path):
    folder, _ = trained
    bare = tmp_path / "bare"
    (bare / "best").mkdir(parents=True)
    for name in ("history.csv", "best/tunewright.json"):
        (bare / name).write_bytes((folder / name).read_bytes())
    assert read_run(bare).parameters == read_run(folder).parameters


def test_of_a_checkpoint_alone_one_epoch_is_known(trained):
    folder, records = trained
    run = read_run(folder / "last")
    assert run.history == (records[-1],)
    assert run.best == records[-1]


def test_a_network_that_comes_along_is_a_run():
    run = read_run("oneills")
    assert run.best.validation_full_tune == tunewright.read_checkpoint("oneills").metrics["validation_full_tune"]


@settings(max_examples=100, deadline=None)
@given(
    history=st.lists(st.tuples(*[LOSS] * 6, st.floats(min_value=0, exclude_min=True, allow_infinity=False)), min_size=1)
)
def test_any_finite_history_comes_back(history, tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "history.csv"
    epochs = [EpochRecord(number, *values) for number, values in enumerate(history, 1)]
    path.write_text(history_as_csv(epochs), encoding="utf-8")
    assert read_history(path) == tuple(epochs)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("\n2,", "\n3,"), ":3: is not an epoch: epoch 3 where 2 was expected"),
        (lambda text: text.replace("2.5", "nan", 1), ":2: is not an epoch: .* is nan; a finite number"),
        (lambda text: text.replace("2.5", "low", 1), ":2: is not an epoch: .*'low'"),
        (lambda text: text.replace("epoch,", "epochs,", 1), ":1: has the columns"),
        (lambda text: text[: text.index("\n2,") + 6], ":3: is not an epoch"),
        (lambda text: text[: text.index("\n") + 1], "holds no epoch"),
        (lambda text: text.replace(",2.0\n", ",0.0\n", 1), ":2: is not an epoch: epoch must be 1 or more, and seconds"),
        (lambda _: "", ":1: has the columns None"),
    ],
)
def test_a_damaged_history_is_named_with_its_line(tmp_path, change, words):
    path = tmp_path / "history.csv"
    text = history_as_csv([record(1, 2.5), record(2, 2.25)])
    path.write_text(change(text), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_history(path)


def test_a_history_that_is_no_text_is_named(tmp_path):
    (tmp_path / "history.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"history\.csv: cannot be read"):
        read_history(tmp_path / "history.csv")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda about: about["training"].pop("config"), "'config' is missing"),
        (lambda about: about["training"]["data"].pop("fingerprint"), "'fingerprint' is missing"),
        (
            lambda about: about["training"]["data"].update(training_characters="many"),
            "'training_characters' must be a number",
        ),
        (lambda about: about["network"].update(units=0), "units is 0"),
        (lambda about: about["training"].update(baselines=[]), "has no complete record of the training"),
        (lambda about: about["training"]["config"].update(select_by="luck"), "select_by is 'luck'"),
        (lambda about: about.update(training=None), "has no complete record of the training"),
    ],
)
def test_a_damaged_record_is_named(tmp_path, change, words):
    plant_run(tmp_path / "run", RUN, falling(RUN))
    path = tmp_path / "run" / "best" / "tunewright.json"
    about = json.loads(path.read_text())
    change(about)
    path.write_text(json.dumps(about))
    with pytest.raises(InputError, match=words):
        read_run(tmp_path / "run")


def test_a_checkpoint_from_before_its_first_epoch_is_named(tmp_path):
    plant_run(tmp_path / "run", RUN, falling(RUN))
    path = tmp_path / "run" / "best" / "tunewright.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "metrics": {}}))
    with pytest.raises(InputError, match="'epoch' is missing"):
        read_run(tmp_path / "run" / "best")


def test_what_may_not_be_compared(tmp_path):
    plant_run(tmp_path / "a", RUN, falling(RUN))
    a = read_run(tmp_path / "a")
    assert reasons_not_comparable({"a": a, "b": a}) == []
    other = replace(a, data={**a.data, "fingerprint": "def"})
    assert (
        "b has other tunes (10,000 characters to learn from, fingerprint def) than a"
        in reasons_not_comparable({"a": a, "b": other})[0]
    )
    chosen = replace(a, training=tunewright.TrainingConfig(select_by="cold_window"))
    assert reasons_not_comparable({"a": a, "b": chosen, "c": other})[0] == (
        "the best epoch of b is chosen by cold_window, that of a by full_tune"
    )
    assert len(reasons_not_comparable({"a": a, "b": chosen, "c": other})) == 2
