"""Which three units does a paper show, and what is measured of them on the tune shown?

Units are studied on tunes that the network learned from and confirmed on held-out ones (see
`analysis.units.unit_study`). Of what is confirmed and can be seen on the tune shown, three are taken, one after the
other, always the most telling: the one that is farthest above what any unit of an untrained network does, also between
places with the same character, so that none is shown that echoes what was just read. No two are about the same kind of
thing, as long as there are others, and none does on the tune what one before it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import read_activations
from tunewright.analysis.units.claims import Finding
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
"""Most characters of tunes to choose by, and of tunes to confirm on."""
SHOWN = 3
"""Units."""
ALIKE = 0.7
"""Two units whose outputs on the tune have this correlation, either way, or more show the same."""
FEWEST = 4
"""Characters of the tune that must have a label, and that must lack it, for it to be seen there."""
LEAST = 0.5
"""How closely the unit must follow the label on the tune, 0 to 1 (an AUC of 0.75, or that r), and how far its mean
output must be from one side to the other."""

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
"""What labels are about: how their names begin; where several fit, the longest decides."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ShownUnit:
    """A unit on a tune."""

    finding: Finding
    values: Floats
    """Its output at each character of the tune, -1 to 1."""
    label: Floats
    """What the label says there; nan where it means nothing."""
    untrained: Finding | None
    """What the unit of an untrained network that follows the label best does; None if none does."""

    @property
    def is_seen(self) -> bool:
        """Whether it can be seen on this tune that the unit follows the label."""
        known = self.label[~np.isnan(self.label)]
        if len(np.unique(known)) < 2 or min((known == known.min()).sum(), (known > known.min()).sum()) < FEWEST:
            return False
        sign = 1 if self.finding.direction in ("on", "rises") else -1
        higher, lower = self.means()
        return sign * self._strength_here >= LEAST and sign * (higher - lower) >= LEAST

    @property
    def value_here(self) -> float:
        """As `Finding.held_out_value`, on this tune."""
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
        """How much closer it follows its label than any unit of an untrained network does."""
        return strength(self.finding) - (max(strength(self.untrained), 0.0) if self.untrained else 0.0)

    def means(self) -> tuple[float, float]:
        """Mean output where the label holds, and where it does not; for a graded label, above its median and below."""
        known = ~np.isnan(self.label)
        middle = float(np.median(self.label[known])) if self.finding.statistic == "r" else 0.5
        holds = self.label > middle
        return float(self.values[known & holds].mean()), float(self.values[known & ~holds].mean())


def kind_of(label: str) -> str:
    """What a label is about, one of `KINDS`."""
    fitting = [
        (len(beginning), name)
        for name, beginnings in KINDS.items()
        for beginning in beginnings
        if label.startswith(beginning)
    ]
    return max(fitting)[1]


def strength(finding: Finding) -> float:
    """How closely a unit follows its label on held-out tunes, 0 to 1, or between places with one character if less."""
    if finding.held_out_value is None or finding.same_character_value is None:
        return 0.0
    pair = (finding.held_out_value, finding.same_character_value)
    return min(abs(value) if finding.statistic == "r" else 2 * value - 1 for value in pair)


@dataclass(frozen=True)
class NeuronPart:
    """What a paper says of units."""

    text: str
    """The tune."""
    shown: tuple[ShownUnit, ...]
    """At most `SHOWN`."""
    study: NeuronStudy
    untrained: NeuronStudy


def study_chosen_units(
    model: Checkpoint, tunes: StudyTunes, text: str, progress: Progress = lambda *_: None
) -> NeuronPart:
    """Study the units of a network, and choose those to be shown on the tune `text`.

    Raises
    ------
    CorpusError
        If the tunes are too few to find anything.
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
