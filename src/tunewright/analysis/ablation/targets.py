"""Units to ablate, chosen from confirmed findings, and the random sets of units that serve as their control."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.labels import label_named
from tunewright.errors import OptionError
from tunewright.model.clamping import Unit, unit_name
from tunewright.model.config import NetworkConfig

FAMILIES: tuple[tuple[str, ...], ...] = (
    ("header",),
    ("end of bar",),
    ("full bar", "position in the bar", "distance to the bar line"),
    ("on the beat", "first beat", "last beat"),
    ("bar line", "repeat sign"),
    ("line end",),
    ("first ending", "second ending"),
    ("fourth bar", "bar of four", "bar of eight", "last bar"),
    ("pitch height", "high letter", "last pitch"),
    ("accidental",),
    ("length 2", "length 3", "length /", "length"),
    ("gap between notes",),
    ("chord symbol", "annotation", "comment"),
)
"""Labels with nearly the same meaning; of each family the unit with the strongest confirmed finding is ablated."""

BAR_LABELS = frozenset(FAMILIES[1] + FAMILIES[2] + FAMILIES[3])
"""Units that follow one of these (end of bar, position, beat) best are ablated as a group."""

LARGEST_GROUP = 4
"""The group has at most this part (one in four) of a layer's units, so that others are left to compare with."""


@dataclass(frozen=True)
class Target:
    """One unit, or several that are clamped together."""

    units: tuple[Unit, ...]
    """Layer and number of each."""
    label: str
    """What it follows, in a few words; "" if unknown."""
    meaning: str = ""
    """The rest of a sentence after its name, such as ``off at the end of a bar``."""

    @property
    def name(self) -> str:
        """``unit 42``, or ``11 units``."""
        return f"unit {unit_name(self.units[0])}" if len(self.units) == 1 else f"{len(self.units)} units"


def choose_targets(findings: Sequence[UnitFinding], network: NetworkConfig) -> tuple[Target, ...]:
    """Return the unit with the strongest confirmed finding of each family, each unit once, and the bar group.

    Parameters
    ----------
    findings
        Of a study, the strongest first.
    """
    confirmed = [finding for finding in findings if finding.confirmed]
    targets: dict[Unit, Target] = {}
    for family in FAMILIES:
        fitting = (each for each in confirmed if each.label in family and (each.layer, each.unit) not in targets)
        if best := next(fitting, None):
            unit = best.layer, best.unit
            targets[unit] = Target((unit,), best.label, _meaning(best))
    following = [(each.layer, each.unit) for each in confirmed if each.place == 1 and each.label in BAR_LABELS]
    most = network.units // LARGEST_GROUP
    by_layer = ([unit for unit in following if unit[0] == layer][:most] for layer in range(network.layers))
    group = [unit for units in by_layer for unit in units]
    if len(group) < 2:
        return tuple(targets.values())
    return *targets.values(), Target(tuple(group), "the bar", "those that follow the bar more than anything else")


def named_targets(units: Sequence[Unit], findings: Sequence[UnitFinding]) -> tuple[Target, ...]:
    """A target for each of `units`, with the label that it is confirmed to follow best."""
    found: dict[Unit, UnitFinding] = {}
    for finding in findings:
        if finding.confirmed:
            found.setdefault((finding.layer, finding.unit), finding)
    return tuple(
        Target((unit,), found[unit].label, _meaning(found[unit])) if unit in found else Target((unit,), "")
        for unit in units
    )


def random_sets(target: Target, network: NetworkConfig, count: int, seed: int) -> list[tuple[Unit, ...]]:
    """Draw sets of other units, as many of each layer as the target has; single units without replacement.

    Raises
    ------
    OptionError
        If a layer has too few others.
    """
    drawn = [_draws(layer, size, target, network, count, seed) for layer, size in Counter(_layers(target)).items()]
    return [tuple(unit for part in parts for unit in part) for parts in zip(*drawn, strict=True)]


def _draws(
    layer: int, size: int, target: Target, network: NetworkConfig, count: int, seed: int
) -> Iterator[tuple[Unit, ...]]:
    generator = np.random.default_rng([seed, layer])
    # All units are shuffled before the target's own are left out, so that targets share most of their random sets.
    shuffled = (generator.permutation(network.units).tolist() for _ in range(count if len(target.units) > 1 else 1))
    others = [[(layer, unit) for unit in order if (layer, unit) not in target.units] for order in shuffled]
    if len(others[0]) < size:
        raise OptionError(
            f"{size} of the {network.units} units of layer {layer} leave too few others to compare with; "
            "clamp fewer at once"
        )
    if len(target.units) == 1:
        return ((unit,) for unit in others[0][:count])
    return (tuple(order[:size]) for order in others)


def _layers(target: Target) -> list[int]:
    return [layer for layer, _ in target.units]


def _meaning(finding: UnitFinding) -> str:
    verb = {"rises": "rises with", "falls": "falls with"}.get(finding.direction, finding.direction)
    return f"{verb} {label_named(finding.label).phrase}"
