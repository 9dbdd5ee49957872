"""JSON files of a study of units.

neurons.json     findings, the strongest first: see `UnitFinding`
untrained.json   the same of an untrained network of the same shape
study.json       settings, the labels in words, where each unit is highest and lowest, units of other networks
tunes.json       the tunes that are shown: text, and activations of units at each character
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tunewright.analysis.units.counterparts import Counterpart
from tunewright.analysis.units.labels import LABELS
from tunewright.analysis.units.shown_tunes import ShownTune
from tunewright.analysis.units.unit_study import NeuronStudy

FINDINGS, UNTRAINED, STUDY, TUNES = "neurons.json", "untrained.json", "study.json", "tunes.json"
PLACES = 4
"""Decimal places of activations."""


def study_files(
    study: NeuronStudy, untrained: NeuronStudy, others: Mapping[str, Sequence[Counterpart]]
) -> dict[str, bytes]:
    """Return the files of a study by their names.

    Parameters
    ----------
    others
        Units of other networks, by the names of the networks.
    """
    about = {
        **study.about,
        "untrained": untrained.about,
        "against": {name: [asdict(each) for each in found] for name, found in others.items()},
        "meanings": [
            {"label": label.name, "kind": label.kind, "phrase": label.phrase, "defined": label.defined}
            for label in LABELS
        ],
        "units": [asdict(report) for report in study.units],
    }
    return {
        FINDINGS: _json([asdict(finding) for finding in study.findings]),
        UNTRAINED: _json([asdict(finding) for finding in untrained.findings]),
        STUDY: _json(about),
    }


def tunes_file(tunes: Sequence[ShownTune], units: Sequence[tuple[int, int]], width: int) -> bytes:
    """Return the content of ``tunes.json``: activations of some units on some tunes.

    Parameters
    ----------
    units
        Layer and number of each.
    width
        Units of a layer.
    """
    content = []
    for shown in tunes:
        rows = [
            {"layer": layer, "unit": unit, "values": [round(float(value), PLACES) for value in values]}
            for layer, unit in units
            for values in [shown.values[layer * width + unit]]
        ]
        tune = shown.tune
        content.append({"path": str(tune.path), "line": tune.line, "text": tune.text, "units": rows})
    return _json(content, indent=None)


def _json(content: Any, indent: int | None = 1) -> bytes:
    return (json.dumps(content, indent=indent) + "\n").encode()
