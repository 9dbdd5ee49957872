"""Study of the units of a network: which label each unit follows, confirmed on held-out tunes.

For every unit the labels that it follows best are chosen on some tunes (see `selectivity`), and measured again on
others. A finding is confirmed if its p, corrected for all units and labels, is below 0.001 on the tunes used to choose,
and if on the others the unit follows the label in the same direction, with a p below 0.05 that is corrected for all
findings.

Units and layers count from 0. An AUC is given in the direction of the finding: 0.9 of a unit that is off in the header
means that it is lower there, for nine of ten pairs of characters.

Shapes: U units of all layers, K labels, N characters.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import require_quantities
from tunewright.analysis.units.claims import ALPHA, UnitFinding, make_finding, sentence_of
from tunewright.analysis.units.labels import LABELS
from tunewright.analysis.units.samples import Sides
from tunewright.analysis.units.selectivity import Bools, SelectivityTests, compare, usable_labels
from tunewright.analysis.units.snippets import Snippet, extremes
from tunewright.corpus.readers import Tunes, tunes_of
from tunewright.errors import CorpusError, OptionError
from tunewright.model.checkpoint import Checkpoint, Model, checkpoint_of
from tunewright.model.network import load_network
from tunewright.options import require_types, require_whole
from tunewright.progress import Progress

FEWEST_HELD_OUT = 100
"""Characters where a label must be defined on the tunes to confirm on."""


@dataclass(frozen=True)
class NeuronConfig:
    """Options of a study of units."""

    quantity: str = "h"
    """Quantity of a unit: its output h; c, input, forget, candidate, output (LSTM); reset, update, candidate (GRU)."""
    labels_per_unit: int = 3
    """Labels reported for each unit, the one that it follows best first."""

    def __post_init__(self) -> None:
        require_types(self)
        require_whole("labels_per_unit", self.labels_per_unit, 1)


@dataclass(frozen=True)
class UnitReport:
    """Where a unit is highest and lowest, on held-out tunes."""

    unit: int
    layer: int
    most: tuple[Snippet, ...]
    least: tuple[Snippet, ...]


@dataclass(frozen=True)
class NeuronStudy:
    """Findings about the units of one network."""

    findings: tuple[UnitFinding, ...]
    """The strongest first."""
    units: tuple[UnitReport, ...]
    about: dict[str, Any]
    """Sizes, number of shifts, and which labels were too rare."""

    def only(self, units: Collection[int]) -> "NeuronStudy":
        """The findings about units of these numbers, in every layer; p-values remain corrected for all units."""
        findings = tuple(finding for finding in self.findings if finding.unit in units)
        return replace(self, findings=findings, units=tuple(each for each in self.units if each.unit in units))

    def best_of_label(self) -> dict[str, UnitFinding]:
        """The finding with the largest value for each label, in the order of `LABELS`."""
        best: dict[str, UnitFinding] = {}
        for finding in self.findings:
            best.setdefault(finding.label, finding)
        return {label.name: best[label.name] for label in LABELS if label.name in best}


def study_units(
    model: Model,
    sides: Sides | Tunes,
    config: NeuronConfig | None = None,
    *,
    units: Sequence[int] | None = None,
    progress: Progress = lambda *_: None,
) -> NeuronStudy:
    """Test which labels the units of a network follow.

    Parameters
    ----------
    model
        The network, the folder of one, or the name of one that comes along.
    sides
        Tunes labelled for its vocabulary; of tunes, or the file, folder or name of a corpus, `Sides.of` makes them.
    units
        Report only the units of these numbers, in every layer; all units are tested. None reports all.

    Raises
    ------
    OptionError
        If a unit does not exist, or if the units have no such quantity.
    CheckpointError
        If the weights do not fit the configuration.
    """
    config, model = config or NeuronConfig(), checkpoint_of(model)
    sides = sides if isinstance(sides, Sides) else Sides.of(model, tunes_of(sides))
    shape = model.config
    require_quantities(shape.cell, [config.quantity])
    require_units(units or (), shape.units)
    network = load_network(model)
    progress("reading tunes", 0.0)
    choosing = sides.choosing.read(network, model.vocabulary, config.quantity)
    usable = usable_labels(choosing)
    everything = np.broadcast_to(usable, (len(choosing.units), len(usable)))
    chosen = compare(choosing, everything, lambda share: progress("comparing with chance", 0.1 + 0.6 * share))
    if chosen.shifts + 1 <= 1 / ALPHA:
        raise CorpusError(
            f"{sides.choosing.starts[-1]:,} characters to choose by give {chosen.shifts} shifts; "
            f"a p below {ALPHA} needs {round(1 / ALPHA):,} at least: give more tunes"
        )
    del choosing
    confirming = sides.confirming.read(network, model.vocabulary, config.quantity)
    places = _places(chosen)
    pairs = _pairs(chosen, places, config.labels_per_unit)
    progress("confirming on other tunes", 0.7)
    frequent = usable_labels(confirming, fewest_tunes=1, fewest_defined=FEWEST_HELD_OUT)
    confirmed = compare(confirming, pairs & frequent)
    progress("describing", 0.8)
    findings = [
        make_finding(
            unit, label, int(places[unit, label]), chosen, confirmed, confirming, sides.confirming, shape.units
        )
        for unit, label in zip(*np.nonzero(pairs), strict=True)
    ]
    findings = [
        replace(each, sentence=sentence_of(each, len(sides.confirming.texts), shape.layers, config.quantity))
        for each in findings
    ]
    findings.sort(key=lambda found: found.strength, reverse=True)
    reports = tuple(
        UnitReport(unit % shape.units, unit // shape.units, *extremes(sides.confirming, confirming.units[unit]))
        for unit in range(len(confirming.units))
    )
    study = NeuronStudy(tuple(findings), reports, _about(model, sides, config, usable, chosen, confirmed))
    return study if units is None else study.only(units)


def require_units(units: Iterable[int], width: int) -> None:
    """Raise OptionError if a layer of `width` units lacks one of `units`."""
    for unit in units:
        if not 0 <= unit < width:
            raise OptionError(f"there is no unit {unit}; the network has units 0 to {width - 1} in each layer")


def _places(chosen: SelectivityTests) -> NDArray[np.intp]:
    """Rank of each label among those of a unit, 1 for the one that it follows best, shape=(U, K)."""
    # A rare label may look strong by chance: significant labels come first.
    ranked = np.nan_to_num(np.abs(chosen.strengths), nan=-1.0) + 2 * (chosen.p_corrected < ALPHA)
    return np.argsort(np.argsort(-ranked, axis=1, kind="stable"), axis=1) + 1


def _pairs(chosen: SelectivityTests, places: NDArray[np.intp], most: int) -> Bools:
    """True for the labels that each unit follows best, and for the best unit of each label, shape=(U, K)."""
    sizes = np.nan_to_num(np.abs(chosen.strengths), nan=-1.0)
    pairs = places <= most
    pairs[np.argmax(sizes, axis=0), np.arange(sizes.shape[1])] = True
    return pairs & (sizes >= 0)


def _about(
    model: Checkpoint,
    sides: Sides,
    config: NeuronConfig,
    usable: Bools,
    chosen: SelectivityTests,
    confirmed: SelectivityTests,
) -> dict[str, Any]:
    return {
        "network": asdict(model.config),
        "fingerprint": model.fingerprint,
        "quantity": config.quantity,
        "choosing": {"tunes": len(sides.choosing.texts), "characters": int(sides.choosing.starts[-1])},
        "held_out": {"tunes": len(sides.confirming.texts), "characters": int(sides.confirming.starts[-1])},
        "unknown_characters": sides.choosing.unknown + sides.confirming.unknown,
        "labels": [label.name for label, is_usable in zip(LABELS, usable, strict=True) if is_usable],
        "labels_too_rare": [label.name for label, is_usable in zip(LABELS, usable, strict=True) if not is_usable],
        "pairs_tested": int(np.isfinite(chosen.strengths).sum()),
        "shifts": chosen.shifts,
        "held_out_shifts": confirmed.shifts,
    }
