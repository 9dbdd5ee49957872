"""Choice of the three units that a paper shows, and their measures on the tune shown.

Units are studied on tunes that the network was trained on and confirmed on held-out ones (see
`analysis.units.unit_study`). Of the confirmed findings that can be seen on the tune shown, three are taken greedily:
each time the one that is farthest above the best unit of an untrained network, also between places with the same
character, so that no unit is shown that only echoes its input. No two are about the same kind of label as long as there
are others, and no two have nearly the same values on the tune.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import read_activations
from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.counterparts import untrained_like
from tunewright.analysis.units.labels import label_number, label_values
from tunewright.analysis.units.samples import Sides
from tunewright.analysis.units.selectivity import Sample, strengths
from tunewright.analysis.units.unit_study import NeuronStudy, study_units
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import load_network
from tunewright.progress import Progress
from tunewright.report.paper.tunes import StudyTunes

CHARACTERS = 20_000
"""Most characters of the tunes to choose by, and of those to confirm on."""
SHOWN = 3
"""Most units that are shown."""
ALIKE = 0.7
"""Absolute correlation of the outputs on the tune from which on two units count as alike."""
FEWEST = 4
"""Characters of the tune that must have a label, and that must lack it, for a finding to be visible."""
LEAST = 0.5
"""Least strength on the tune, 0 to 1 (an AUC of 0.75, or this r), and least difference of the mean outputs with and
without the label."""

KINDS = {
    "text": ("header", "field "),
    "count": ("position in the bar", "full bar", "first beat", "last beat", "on the beat", "distance to", "end of bar"),
    "form": ("bar of", "fourth bar", "section", "repeat", "first ending", "second ending", "last bar"),
    "sign": ("bar line", "repeat sign", "line end", "gap between", "slur", "tie", "rest", "decoration", "grace"),
    "pitch": ("pitch", "last pitch", "step", "high letter", "note ", "note", "accidental", "octave", "chord"),
    "length": ("length", "note length", "broken rhythm", "tuplet"),
    "line": ("column", "characters read", "nearness"),
    "words": ("lyrics", "comment", "chord symbol", "annotation", "inline field"),
}
"""Kinds of labels by the beginnings of their names; the longest that fits decides."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ShownUnit:
    """A unit and its values on the tune shown."""

    finding: UnitFinding
    values: Floats
    """Its output at each character of the tune, -1 to 1."""
    label: Floats
    """Values of the label there; nan where it is not defined."""
    untrained: UnitFinding | None
    """The finding about the unit of an untrained network that follows the label best; None if there is none."""

    @property
    def is_seen(self) -> bool:
        """Whether the finding is visible on this tune."""
        known = self.label[~np.isnan(self.label)]
        if len(np.unique(known)) < 2 or min((known == known.min()).sum(), (known > known.min()).sum()) < FEWEST:
            return False
        sign = 1 if self.finding.direction in ("on", "rises") else -1
        higher, lower = self.means()
        return sign * self._strength_here >= LEAST and sign * (higher - lower) >= LEAST

    @property
    def value_here(self) -> float:
        """As `UnitFinding.held_out_value`, on this tune."""
        if self.finding.statistic == "r":
            return self._strength_here
        return (1 + (1 if self.finding.direction == "on" else -1) * self._strength_here) / 2

    @cached_property
    def _strength_here(self) -> float:
        """From -1 to 1, as in `analysis.units.selectivity`."""
        graded = np.array([self.finding.statistic == "r"])
        sample = Sample(self.values[None], self.label[None], graded, np.zeros(len(self.values), np.int32))
        return float(strengths(sample, np.array([True]))[0, 0])

    @property
    def telling(self) -> float:
        """Its strength less that of the best unit of an untrained network."""
        return strength(self.finding) - (max(strength(self.untrained), 0.0) if self.untrained else 0.0)

    def means(self) -> tuple[float, float]:
        """Mean output where the label holds, and where it does not; for a graded label, above its median and below.

        A graded label that has its largest value in more than half of the places counts as above there.
        """
        known = ~np.isnan(self.label)
        middle = float(np.median(self.label[known])) if self.finding.statistic == "r" else 0.5
        holds = self.label > middle
        if not holds[known].any():
            holds = self.label >= middle
        return float(self.values[known & holds].mean()), float(self.values[known & ~holds].mean())


def kind_of(label: str) -> str:
    """The kind of a label, one of `KINDS`."""
    fitting = [
        (len(beginning), name)
        for name, beginnings in KINDS.items()
        for beginning in beginnings
        if label.startswith(beginning)
    ]
    return max(fitting)[1]


def strength(finding: UnitFinding) -> float:
    """Strength on held-out tunes, 0 to 1, or that between places with the same character if it is less."""
    if finding.held_out_value is None or finding.same_character_value is None:
        return 0.0
    pair = (finding.held_out_value, finding.same_character_value)
    return min(abs(value) if finding.statistic == "r" else 2 * value - 1 for value in pair)


@dataclass(frozen=True)
class NeuronPart:
    """The study of units behind a paper."""

    text: str
    """The tune."""
    shown: tuple[ShownUnit, ...]
    """At most `SHOWN`."""
    study: NeuronStudy
    untrained: NeuronStudy


def study_chosen_units(
    model: Checkpoint, tunes: StudyTunes, text: str, progress: Progress = lambda *_: None
) -> NeuronPart:
    """Study the units of a network, and choose those to show on the tune `text`.

    Raises
    ------
    CorpusError
        If there are too few tunes.
    VocabularyError
        If the network does not know a character of `text`.
    """
    sides = Sides.of(model, tunes.training, tunes.held_out, CHARACTERS)
    study = study_units(model, sides, progress=lambda doing, share: progress(doing, share / 2))
    untrained = study_units(
        untrained_like(model),
        sides,
        progress=lambda doing, share: progress(f"untrained network: {doing}", (1 + share) / 2),
    )
    values = read_activations(load_network(model), model.vocabulary.encode(text))["h"]  # (L, T, H)
    labels, floor = label_values(text), untrained.best_of_label()
    read = [
        ShownUnit(
            finding, values[finding.layer, :, finding.unit], labels[label_number(finding.label)],
            floor.get(finding.label),
        )
        for finding in study.findings
        if finding.confirmed
    ]  # fmt: skip
    return NeuronPart(text, tuple(_choose([unit for unit in read if unit.is_seen])), study, untrained)


def _choose(candidates: Sequence[ShownUnit]) -> list[ShownUnit]:
    chosen: list[ShownUnit] = []
    ranked = sorted(candidates, key=lambda unit: unit.telling, reverse=True)
    for same in (lambda unit: kind_of(unit.finding.label), lambda unit: unit.finding.label):
        for unit in ranked:
            if len(chosen) < SHOWN and not any(same(unit) == same(one) or _alike(unit, one) for one in chosen):
                chosen.append(unit)
    return chosen


def _alike(first: ShownUnit, second: ShownUnit) -> bool:
    return abs(float(np.corrcoef(first.values, second.values)[0, 1])) >= ALIKE
