"""Do the files of a study hold what was found?"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from tunewright.analysis.activations import read_activations
from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.counterparts import Counterpart
from tunewright.analysis.units.shown_tunes import read_shown
from tunewright.analysis.units.snippets import Snippet
from tunewright.analysis.units.unit_files import study_files, tunes_file
from tunewright.analysis.units.unit_study import NeuronStudy, UnitReport
from tunewright.corpus.tune import Tune
from tunewright.model.network import load_network

FOUND = UnitFinding(
    42, 0, "header", "auc", "on", 0.99, None, 1e-5, None, 153, 0.9, 1, confirmed=True, sentence="unit 42 …"
)
STUDY = NeuronStudy((FOUND,), (UnitReport(42, 0, (Snippet("A\ud800", "K:", 1, 0.9),), ()),), {"shifts": 3})


def test_findings_are_a_list_with_the_names_that_others_read():
    files = study_files(
        STUDY, NeuronStudy((), (), {"shifts": 4}), {"runs/two": [Counterpart("header", 3, 0, 0.9, 0.8)]}
    )
    (finding,) = json.loads(files["neurons.json"])
    assert finding == asdict(FOUND)
    wanted = {"unit", "layer", "label", "statistic", "value", "held_out_value", "p_corrected", "confirmed", "sentence"}
    assert wanted <= set(finding)
    assert json.loads(files["untrained.json"]) == []
    study = json.loads(files["study.json"])
    assert (study["shifts"], study["untrained"]) == (3, {"shifts": 4})
    assert study["units"][0]["most"][0]["text"] == "K:"
    assert study["against"]["runs/two"][0]["unit"] == 3
    assert {"label": "header", "kind": "yes/no", "phrase": "in the header", "defined": "everywhere"} in study[
        "meanings"
    ]


def test_tunes_come_with_what_the_units_do(untrained):
    model = untrained(units=4, layers=2)
    tune = Tune("K:C\nAB|\n", Path("a.abc"), 7, 8)
    (content,) = json.loads(tunes_file(read_shown(model, [tune], "c"), [(0, 1), (1, 3)], 4))
    assert (content["path"], content["line"], content["text"]) == ("a.abc", 7, tune.text)
    cells = read_activations(load_network(model), model.vocabulary.encode(tune.text), ["c"])["c"]
    assert [(row["layer"], row["unit"]) for row in content["units"]] == [(0, 1), (1, 3)]
    np.testing.assert_allclose(content["units"][1]["values"], cells[1, :, 3], atol=1e-4)
