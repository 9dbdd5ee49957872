"""A study of small networks, really trained in seconds, for papers to be made from."""

from pathlib import Path

from tunewright.corpus.readers import read_tunes
from tunewright.study.plans.plan import read_plan
from tunewright.study.running.perform import StudyData, perform
from tunewright.study.running.study_folder import RUNS
from tunewright.training.data import TrainingData

PLAN = """
title = "A paper's study: <b>#1</b> & more"
data = ["{data}"]
preset = "assignment"
seeds = [0, 1]

[base]
units = 24
dropout = 0.0
epochs = 3
sequence_length = 10
batch_size = 8
learning_rate = 0.02

[[question]]
title = "Which cell?"
cell = ["lstm", "rnn"]

[[question]]
title = "How much dropout?"
dropout = [0.0, 0.2]
"""


def write_corpus(path: Path, tiny_tunes: list[str]) -> None:
    """Write 120 tunes: those of the tiny corpus, the bars of their first half in other orders."""
    tunes = []
    for shift in range(4):
        for number, tune in enumerate(tiny_tunes):
            _, *head, first, second = tune.strip().split("\n")
            bars = first.strip("|:").split("|")
            turned = bars[shift:] + bars[:shift]
            lines = [f"X:{len(tiny_tunes) * shift + number + 1}", *head, f"|:{'|'.join(turned)}:|", second]
            tunes.append("\n".join(lines) + "\n")
    path.write_text("\n".join(tunes), encoding="utf-8")


def train_study(folder: Path, corpus: Path) -> None:
    """Write a study of `PLAN` and train its runs here and now."""
    (folder / "plan.toml").write_text(PLAN.format(data=corpus), encoding="utf-8")
    shared = StudyData(TrainingData.of(read_tunes(corpus).tunes), {"training_sources": [str(corpus)]})
    for planned in read_plan(folder / "plan.toml").runs:
        list(perform(planned, folder / RUNS / planned.name, shared))
