"""Results of a study as tables for other programs: CSV files, and Parquet files if pyarrow is installed.

    runs.csv      one row per finished run: setting, all options that vary, seed, losses of the best epoch
    epochs.csv    one row per epoch of each
    timing.csv    one row per finished run: seconds and rates, which depend on the clock
    trials.csv    of a search, one row per trial that has ended: its options, losses of its best epoch

All but timing.csv are the same to the byte for the same results.
"""

import csv
import io
import math
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

from tunewright.errors import OutputError
from tunewright.files import write_file
from tunewright.study.results.comparisons import options_of
from tunewright.study.results.measures import first_at, levels
from tunewright.study.results.study_results import RunResult, StudyResults
from tunewright.study.running.search import ended_trials
from tunewright.training.config import Protocol
from tunewright.training.history import EpochRecord

SIDES = ("training", "validation")
CLOCK = ("seconds",)
"""Fields of `EpochRecord` that depend on the clock."""


@dataclass(frozen=True)
class ResultTable:
    """Named columns, and rows of as many values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    """None where there is no value."""


def runs_table(results: StudyResults) -> ResultTable:
    """One row per finished run, in the order of the plan; nothing in it depends on the clock."""
    options = varied_options(results)
    losses = [(side, protocol) for side in SIDES for protocol in get_args(Protocol)]
    columns = ["run", "setting", *options, "seed", "parameters", "epochs", "best_epoch"]
    columns += [f"{side}_{protocol}_{unit}" for side, protocol in losses for unit in ("nats", "bits")]
    rows = []
    for run in results.runs:
        found = [getattr(run.best, f"{side}_{protocol}") for side, protocol in losses]
        measured = [value for nats in found for value in (nats, nats / math.log(2))]
        rows.append((*_name(run, options), run.parameters, len(run.history), run.best.epoch, *measured))
    return ResultTable(tuple(columns), tuple(rows))


def epochs_table(results: StudyResults) -> ResultTable:
    """One row per epoch of each finished run, losses in nats per character; nothing in it depends on the clock."""
    options = varied_options(results)
    recorded = [column.name for column in fields(EpochRecord) if column.name not in CLOCK]
    rows = [
        (*_name(run, options), *(getattr(record, name) for name in recorded))
        for run in results.runs
        for record in run.history
    ]
    return ResultTable(("run", "setting", *options, "seed", *recorded), tuple(rows))


def timing_table(results: StudyResults) -> ResultTable:
    """One row per finished run: seconds of learning, to the best epoch and to some losses, and characters a second."""
    waited = levels(results)
    columns = ["run", "setting", "seed", "seconds", "seconds_to_best", "seconds_per_epoch", "characters_per_second"]
    columns += [f"seconds_to_{level.loss:.3f}_nats" for level in waited]
    rows = []
    for run in results.runs:
        reached = [first_at(run, level.loss, results.protocol) for level in waited]
        own = (run.seconds, run.best.seconds, run.seconds / len(run.history), run.rate)
        rows.append((*_name(run, ()), *own, *(record.seconds if record else None for record in reached)))
    return ResultTable(tuple(columns), tuple(rows))


def trials_table(results: StudyResults) -> ResultTable:
    """One row per trial that has ended, as they were drawn, losses in nats per character."""
    options = tuple(results.plan.search.options) if results.plan.search else ()
    losses = tuple(f"validation_{protocol}" for protocol in get_args(Protocol))
    rows = [
        (
            trial.name, "pruned" if trial.pruned else "done", *(trial.run.options[name] for name in options),
            len(trial.run.history), trial.run.best.epoch, *(getattr(trial.run.best, name) for name in losses),
        )
        for trial in ended_trials(results.folder)
    ]  # fmt: skip
    return ResultTable(
        ("trial", "status", *options, "epochs", "best_epoch", *(f"{name}_nats" for name in losses)), tuple(rows)
    )


def varied_options(results: StudyResults) -> tuple[str, ...]:
    """Names of the options that are not the same in all settings of the plan."""
    every = [options_of(setting) for setting in results.plan.settings]
    return tuple(name for name in every[0] if len({options[name] for options in every}) > 1)


def write_tables(results: StudyResults, folder: Path) -> list[Path]:
    """Write all tables into `folder`, which is made if need be; returns the files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot be used as a folder: {error.strerror or error}", path=folder) from error
    tables = {"runs": runs_table(results), "epochs": epochs_table(results), "timing": timing_table(results)}
    if results.plan.search:
        tables["trials"] = trials_table(results)
    forms = {"csv": as_csv, **({"parquet": as_parquet} if find_spec("pyarrow") else {})}
    written = []
    for name, table in tables.items():
        for form, content_of in forms.items():
            write_file(folder / f"{name}.{form}", content_of(table))
            written.append(folder / f"{name}.{form}")
    return written


def as_csv(table: ResultTable) -> bytes:
    """Comma-separated values in UTF-8; every number with all its digits, nothing where there is no value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue().encode()


def as_parquet(table: ResultTable) -> bytes:
    """The table as a Parquet file; needs pyarrow."""
    import pyarrow
    import pyarrow.parquet

    columns = {name: [row[place] for row in table.rows] for place, name in enumerate(table.columns)}
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), content)
    return content.getvalue()


def _name(run: RunResult, options: tuple[str, ...]) -> tuple[Any, ...]:
    return (run.name, run.setting, *(run.options[name] for name in options), run.seed)
