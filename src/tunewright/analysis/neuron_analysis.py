"""The analyses of `tunewright neurons` in their order, and the checks of the request before them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tunewright.analysis.ablation.clamped_units import study_ablation
from tunewright.analysis.ablation.targets import choose_targets, named_targets
from tunewright.analysis.ablation.without_looking_back import study_alone
from tunewright.analysis.activations import require_quantities
from tunewright.analysis.composed_tune import composed_tune
from tunewright.analysis.memory.copying import study_copying
from tunewright.analysis.memory.looked_at import look_at
from tunewright.analysis.memory.memory_study import study_memory
from tunewright.analysis.probes.state_probes import study_probes
from tunewright.analysis.units.counterparts import counterparts, untrained_like
from tunewright.analysis.units.shown_tunes import NAMES, read_shown
from tunewright.analysis.units.unit_study import NeuronConfig, require_units, study_units
from tunewright.errors import VocabularyError
from tunewright.model.network import load_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tunewright.analysis.ablation.clamped_units import AblationResult
    from tunewright.analysis.ablation.targets import Target
    from tunewright.analysis.ablation.without_looking_back import Alone
    from tunewright.analysis.memory.copying import Copying
    from tunewright.analysis.memory.looked_at import Looked
    from tunewright.analysis.memory.memory_study import MemoryStudy
    from tunewright.analysis.probes.state_probes import ProbeStudy
    from tunewright.analysis.units.counterparts import Counterpart
    from tunewright.analysis.units.samples import Sides
    from tunewright.analysis.units.shown_tunes import ShownTune
    from tunewright.analysis.units.unit_study import NeuronStudy
    from tunewright.corpus.tune import Tune
    from tunewright.model.checkpoint import Checkpoint
    from tunewright.progress import Progress


SHARES = {
    "units": 0.25, "untrained network": 0.25, "ablation": 0.2, "probes": 0.1, "memory": 0.1, "looking back": 0.1
}  # fmt: skip
"""The share of each part in the time of the analysis."""

MOST_MEMORY_MODELS = 3
"""The largest number of other models whose memory is measured."""
LONGEST_NAME = 28
"""The longest name of another model in a figure, in characters."""


@dataclass(frozen=True)
class NeuronRequest:
    """What to analyse: a network, models beside it, and tunes to show its units on."""

    model: Checkpoint
    others: Mapping[str, Checkpoint]
    shown: tuple[ShownTune, ...]
    composed: bool
    """Whether the network composed the tunes that are shown."""
    units: Sequence[int] | None
    quantity: str

    @property
    def pairs(self) -> list[tuple[int, int]] | None:
        """Layer and number of the units that were named; None if none were."""
        if self.units is None:
            return None
        return [(layer, unit) for layer in range(self.model.config.layers) for unit in dict.fromkeys(self.units)]


@dataclass(frozen=True)
class LookingBack:
    """The analyses of a network that looks back over its tune."""

    alone: Alone
    """Its losses and tunes without looking back."""
    copying: Copying
    shown: tuple[Looked, ...]
    """For each tune that is shown, where its bars come from."""


@dataclass(frozen=True)
class NeuronResults:
    """The results of all analyses."""

    study: NeuronStudy
    """All units."""
    reported: NeuronStudy
    """The units that were named, or all."""
    untrained: NeuronStudy
    others: Mapping[str, tuple[Counterpart, ...]]
    ablation: AblationResult | None
    """None for a module of one's own."""
    probes: ProbeStudy
    memory: Mapping[str, MemoryStudy]
    """Of the networks whose equations are known, by name."""
    looking: LookingBack | None
    """None for a network that does not look back."""


def check_request(
    model: Checkpoint,
    others: Mapping[str, Checkpoint],
    tunes: Sequence[Tune],
    units: Sequence[int] | None,
    quantity: str,
) -> NeuronRequest:
    """Check the request before anything is written; without `tunes`, the network composes one.

    Raises
    ------
    OptionError
        If a unit does not exist, or units of a network have no such quantity.
    VocabularyError
        At the first character of `tunes` that the network does not know.
    """
    require_units(units or (), model.config.units)
    for each in (model, *others.values()):
        require_quantities(each.config.cell, [quantity])
    shown = read_shown(model, tunes or [composed_tune(model)], quantity)
    return NeuronRequest(model, others, shown, not tunes, units, quantity)


def require_known(others: Mapping[str, Checkpoint], sides: Sides) -> None:
    """Raise VocabularyError if one of `others` does not know a character that the network reads in the tunes."""
    read: set[str] = set()
    read.update(*sides.choosing.texts, *sides.confirming.texts)
    for name, model in others.items():
        unknown = "".join(sorted(read.difference(model.vocabulary.symbols)))
        if unknown:
            raise VocabularyError(f"{name} cannot be compared: it does not know {unknown!r}, which these tunes have")


def analyse_neurons(request: NeuronRequest, sides: Sides, tell: Progress) -> NeuronResults:
    """Run all analyses; `tell` is called with what is being done and the share done, 0 to 1."""
    model, config = request.model, NeuronConfig(quantity=request.quantity)
    part = _Parts(tell)
    study = study_units(model, sides, config, progress=part("units"))
    reported = study if request.units is None else study.only(request.units)
    untrained = study_units(untrained_like(model), sides, config, progress=part("untrained network"))
    known = not model.config.is_own
    ablating = part("ablation")
    ablation = study_ablation(model, sides, targets=_targets(request, study), progress=ablating) if known else None
    probes = study_probes(model, sides, request.quantity, progress=part("probes"))
    tunes = (*sides.choosing.tunes, *sides.confirming.tunes)
    memory = {"the network": study_memory(model, tunes, progress=part("memory"))} if known else {}
    beside = list(zip(short_names(request.others), request.others.values(), strict=True))[:MOST_MEMORY_MODELS]
    memory |= {name: study_memory(each, tunes) for name, each in beside if not each.config.is_own}
    found = {name: tuple(counterparts(each, sides, request.quantity)) for name, each in request.others.items()}
    looking = _looking_back(request, sides, part("looking back")) if model.config.look_back else None
    return NeuronResults(study, reported, untrained, found, ablation, probes, memory, looking)


def _looking_back(request: NeuronRequest, sides: Sides, tell: Progress) -> LookingBack:
    model, network = request.model, load_network(request.model)
    alone = study_alone(model, sides, progress=lambda doing, share: tell(doing, share / 2))
    copying = study_copying(model, sides, progress=lambda doing, share: tell(doing, (1 + share) / 2))
    shown = tuple(look_at(network, model.vocabulary, each.tune.text) for each in request.shown)
    return LookingBack(alone, copying, shown)


def _targets(request: NeuronRequest, study: NeuronStudy) -> list[Target]:
    """The units to clamp. Their outputs are clamped; if another quantity was studied, the meaning of a unit says so."""
    pairs, findings = request.pairs, study.findings
    targets = choose_targets(findings, request.model.config) if pairs is None else named_targets(pairs, findings)
    if request.quantity == "h":
        return list(targets)
    name = NAMES[request.quantity]
    return [replace(each, meaning=f"{name}: {each.meaning}") if each.meaning else each for each in targets]


def short_names(paths: Iterable[str]) -> list[str]:
    """Paths by the fewest last parts that tell them apart; the middle of a long name is replaced by an ellipsis.

    >>> short_names(["runs/lstm", "runs/gru"])
    ['lstm', 'gru']
    """
    parts = [Path(path).parts for path in paths]
    most = max(map(len, parts), default=1)
    count = next((size for size in range(1, most) if len({each[-size:] for each in parts}) == len(parts)), most)
    names = ["/".join(each[-count:]) for each in parts]
    half = LONGEST_NAME // 2
    return [name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}" for name in names]


class _Parts:
    """Divides one progress bar among the parts of the analysis."""

    def __init__(self, tell: Progress) -> None:
        self._tell = tell

    def __call__(self, name: str) -> Progress:
        names = list(SHARES)
        before = sum(SHARES[each] for each in names[: names.index(name)])
        return lambda doing, share: self._tell(f"{name}: {doing}", before + SHARES[name] * share)
