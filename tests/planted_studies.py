"""Study folders written by hand, so that what they must say is known; no network is trained, there are no weights."""

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tunewright.options import to_mapping
from tunewright.study.plans.plan import PlannedRun, read_plan
from tunewright.training.history import EpochRecord, history_as_csv

SYMBOLS = "".join(map(chr, range(32, 122)))
BASELINES = {
    "unigram": {"full_tune": {"nats_per_char": 3.0}, "cold_window": {"nats_per_char": 3.1, "standard_error": 0.01}},
    "ngram": {"full_tune": {"nats_per_char": 1.75}, "cold_window": {"nats_per_char": 1.88, "standard_error": 0.01}},
    "context": 10,
    "counted_characters": 9000,
}
PLAN = """
title = "A planted study"
data = ["ryans"]
preset = "assignment"
seeds = [0, 1, 2]

[base]
units = 30

[[question]]
title = "Which dropout?"
dropout = [0.1, 0.2, 0.3]
"""


def record(epoch: int, loss: float, *, protocol: str = "cold_window", seconds: float = 2.0) -> EpochRecord:
    """An epoch with a validation loss under one protocol; all else follows from it."""
    other = {"cold_window": "full_tune", "full_tune": "cold_window"}[protocol]
    losses = {
        f"validation_{protocol}": loss,
        f"validation_{other}": loss - 0.1,
        f"training_{protocol}": loss - 0.2,
        f"training_{other}": loss - 0.3,
    }
    return EpochRecord(epoch=epoch, learning_rate=0.01, training_loss=loss, seconds=seconds * epoch, **losses)


def falling(run: PlannedRun, *, epochs: int = 8) -> list[EpochRecord]:
    """A made-up training, the same each time: larger networks and less dropout reach less, other seeds a bit else."""
    chance = random.Random(run.name)
    floor = 1.5 + 20 / run.network.units + run.network.dropout / 2 + (0.2 if run.network.cell == "rnn" else 0.0)
    floor += chance.uniform(-0.02, 0.02)
    seconds = run.network.units / 50 + chance.uniform(0.0, 0.1)
    return [record(epoch, floor + math.exp(-epoch), seconds=seconds) for epoch in range(1, epochs + 1)]


def plant_run(
    folder: Path,
    run: PlannedRun,
    history: Sequence[EpochRecord],
    *,
    fingerprint: str = "abc",
    status: Mapping[str, object] | None = None,
) -> None:
    """Write the folder of a run that has finished."""
    about = {
        "format": 1,
        "network": to_mapping(run.network),
        "vocabulary": SYMBOLS,
        "metrics": asdict(history[-1]),
        "training": {
            "config": to_mapping(run.training),
            "data": {"training_tunes": 40, "training_characters": 10_000, "fingerprint": fingerprint},
            "baselines": BASELINES,
        },
    }
    (folder / "best").mkdir(parents=True)
    (folder / "best" / "tunewright.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "history.csv").write_text(history_as_csv(history), encoding="utf-8")
    about_run = {"name": run.name, "setting": run.setting, "seed": run.seed, "status": "done", "error": None}
    (folder / "run.json").write_text(json.dumps({**about_run, **(status or {})}), encoding="utf-8")


def plant_study(
    folder: Path, plan: str = PLAN, history_of: Callable[[PlannedRun], Sequence[EpochRecord] | None] = falling
) -> Path:
    """Write a study folder; a run for which `history_of` gives None is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    for run in read_plan(folder / "plan.toml").runs:
        history = history_of(run)
        if history is not None:
            plant_run(folder / "runs" / run.name, run, history)
    return folder


LOOKING_BACK = """
title = "A planted study of looking back"
data = ["ryans"]
preset = "assignment"
seeds = [0, 1, 2]

[base]
units = 30
look_back = 8
epochs = 6

[[question]]
title = "What does looking back bring?"
cell = ["rnn", "lstm"]
look_back = [0, 8]

[[question]]
title = "Is a Transformer better?"
cell = ["lstm", "transformer"]

[[where]]
cell = "rnn"
then = { units = 90 }

[[where]]
cell = "transformer"
then = { look_back = 0, units = 64, layers = 3, epochs = 5 }
"""
"""Settings of other sizes and epochs, one of which cannot compose."""
