"""Does a discussion claim no more than was measured?"""

import json

import pytest
from planted_studies import plant_study, record

from tunewright.report.paper.discussion import discussion
from tunewright.report.paper.material import PaperMaterial
from tunewright.report.paper.tunes import FreeTunes
from tunewright.study.results.study_results import read_results

LOSSES = {0.1: (1.70, 1.71, 1.73), 0.2: (1.80, 1.82, 1.80), 0.3: (1.90, 1.90, 1.90)}


def planted(folder, lowest, *, stacked=False):
    """A discussion of a study whose dropout 0.1 reaches the losses `lowest`, by seed."""
    losses = {**LOSSES, 0.1: lowest}
    study = plant_study(
        folder,
        history_of=lambda run: [record(1, losses[run.network.dropout][run.seed], seconds=1 + run.network.dropout)],
    )
    for path in study.glob("runs/*/best/tunewright.json") if stacked else ():
        about = json.loads(path.read_text(encoding="utf-8"))
        about["training"]["stacked"] = 9
        path.write_text(json.dumps(about), encoding="utf-8")
    results = read_results(study)
    free = FreeTunes(10, 8, 5, 9, 0.1)
    return discussion(
        PaperMaterial(
            results,
            results.of("LSTM 30, dropout 0.2")[0],
            results.of("LSTM 30, dropout 0.1")[0],
            free=dict.fromkeys((0.5, 1.0, 2.0), free),
            qualities={setting.name: free for setting in results.settings},
        )
    )


@pytest.mark.parametrize(
    ("lowest", "words"),
    [
        ((1.70, 1.71, 1.73), "nats lower (shown after correction for the 2 settings beside it)."),
        ((1.77, 1.80, 1.76), "nats lower, which may be chance."),  # p = .04, and either of two might have been lowest
    ],
)
def test_that_the_lowest_of_all_was_picked_is_considered(tmp_path, lowest, words):
    best = planted(tmp_path / "study", lowest).split("\n\n")[0]
    assert best.endswith(words)


def test_nothing_is_said_of_the_times_of_stacks(tmp_path):
    assert "learning time of an epoch" in planted(tmp_path / "alone", LOSSES[0.1])
    assert "learning time of an epoch" not in planted(tmp_path / "stacked", LOSSES[0.1], stacked=True)
