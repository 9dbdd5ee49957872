"""Tables of results: all runs and epochs, and nothing that depends on the clock except in timing.csv."""

import csv
import io
import math
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

import pytest
from planted_studies import falling, plant_study, record

from tunewright.errors import OutputError
from tunewright.study.results.result_tables import ResultTable, as_csv, as_parquet, write_tables
from tunewright.study.results.study_results import read_results


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def written(tmp_path):
    found = read_results(plant_study(tmp_path / "study"))
    write_tables(found, tmp_path / "tables")
    return found, tmp_path / "tables"


def test_a_row_for_each_run(written):
    found, folder = written
    rows = rows_of(folder / "runs.csv")
    assert len(rows) == 9
    assert list(rows[0])[:8] == ["run", "setting", "dropout", "seed", "parameters", "epochs", "best_epoch",
                                 "training_full_tune_nats"]  # fmt: skip
    for row, run in zip(rows, found.runs, strict=True):
        assert (row["run"], row["setting"], int(row["seed"])) == (run.name, run.setting, run.seed)
        assert float(row["dropout"]) == run.network.dropout
        assert int(row["parameters"]) == run.parameters
        for protocol in ("full_tune", "cold_window"):
            for side in ("training", "validation"):
                loss = getattr(run.best, f"{side}_{protocol}")
                assert float(row[f"{side}_{protocol}_nats"]) == loss
                assert float(row[f"{side}_{protocol}_bits"]) == pytest.approx(math.log2(math.e) * loss)


def test_a_row_for_each_epoch(written):
    found, folder = written
    rows = rows_of(folder / "epochs.csv")
    assert len(rows) == 9 * 8
    assert "seconds" not in rows[0]
    first = found.runs[0].history
    assert [float(row["validation_full_tune"]) for row in rows[:8]] == [each.validation_full_tune for each in first]
    assert [int(row["epoch"]) for row in rows[:8]] == list(range(1, 9))


def test_times_stand_apart(written):
    found, folder = written
    rows = rows_of(folder / "timing.csv")
    assert len(rows) == 9
    for row, run in zip(rows, found.runs, strict=True):
        assert float(row["seconds"]) == run.history[-1].seconds
        assert float(row["seconds_to_best"]) == run.best.seconds
        assert float(row["characters_per_second"]) == pytest.approx(8 * 10_000 / run.history[-1].seconds)


def test_a_loss_that_was_never_reached_has_an_empty_cell(tmp_path):
    study = plant_study(
        tmp_path / "study", history_of=lambda run: [record(1, 3.0), record(2, 1.8 if run.seed else 2.5)]
    )
    write_tables(read_results(study), tmp_path)
    times = [row["seconds_to_1.900_nats"] for row in rows_of(tmp_path / "timing.csv")]
    assert times == ["", "4.0", "4.0"] * 3


def falling_at(run, pace):
    return [replace(each, seconds=each.seconds * pace) for each in falling(run)]


def test_the_same_numbers_give_the_same_bytes_whatever_the_clock_said(tmp_path):
    for name, pace in (("fast", 1.0), ("slow", 7.5)):
        study = plant_study(
            tmp_path / name,
            history_of=partial(falling_at, pace=pace),
        )
        write_tables(read_results(study), tmp_path / name)
    same = {name: (tmp_path / "fast" / name).read_bytes() == (tmp_path / "slow" / name).read_bytes()
            for name in ("runs.csv", "epochs.csv", "timing.csv")}  # fmt: skip
    assert same == {"runs.csv": True, "epochs.csv": True, "timing.csv": False}


def test_a_study_without_a_finished_run_has_empty_tables(tmp_path):
    write_tables(read_results(plant_study(tmp_path / "study", history_of=lambda _: None)), tmp_path)
    assert (tmp_path / "runs.csv").read_text().count("\n") == 1


def test_words_with_commas_and_quotes_come_back():
    table = ResultTable(("setting", "loss"), (('LSTM 1, "small"', 0.1 + 0.2), ("none", None)))
    rows = list(csv.reader(io.StringIO(as_csv(table).decode())))
    assert rows == [["setting", "loss"], ['LSTM 1, "small"', "0.30000000000000004"], ["none", ""]]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    found = read_results(plant_study(tmp_path / "study", history_of=lambda _: None))
    with pytest.raises(OutputError, match="file"):
        write_tables(found, tmp_path / "file")


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed; no extra brings it")
def test_parquet_holds_the_same(written):
    import pyarrow.parquet

    _, folder = written
    for name in ("runs", "epochs", "timing"):
        rows = pyarrow.parquet.read_table(folder / f"{name}.parquet").to_pylist()
        assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows] == rows_of(
            folder / f"{name}.csv"
        )
    table = pyarrow.parquet.read_table(io.BytesIO(as_parquet(ResultTable(("a", "b"), ((1, None), (2, 0.5))))))
    assert table.to_pydict() == {"a": [1, 2], "b": [None, 0.5]}
