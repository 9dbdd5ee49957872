"""Ablation of units: clamp them at their mean output, and measure the loss and the bar errors.

A clamped unit carries no information: its output is the same at every character, and the rest of the network is
unchanged. The study measures how much the loss rises on tunes that were not used to choose the unit, for each kind of
character that is predicted, and how many more bars of composed tunes have a wrong length. Ablating any unit does some
harm. The control is random sets of other units of the same size: a change counts if random sets hardly reach it.

Losses are in nats per character, with the state zero at each tune's start. The share of wrong bars is the mean over the
tunes that have bars with an expected length. Composed tunes begin with headers of tunes that were read, and are raw: no
acceptor repairs what the ablation breaks.

Shapes: M tunes; K kinds of characters.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tunewright.analysis.ablation.effects import Bootstrap, Effect, effects_beside
from tunewright.analysis.ablation.losses_and_tunes import ClampedNetwork, Floats, Units
from tunewright.analysis.ablation.targets import Target, choose_targets, random_sets
from tunewright.analysis.character_kinds import KINDS
from tunewright.analysis.character_losses import TunesByKind
from tunewright.analysis.musicality.distributions import Estimate
from tunewright.analysis.units.claims import UnitFinding
from tunewright.analysis.units.samples import MOST_CHARACTERS, Sides
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.clamping import require_unit
from tunewright.options import require, require_seed, require_types, require_whole
from tunewright.progress import Progress
from tunewright.sampling.config import CompositionConfig

ALL, BARS = "all characters", "bars of wrong length"
FEWEST = 30
"""Characters that a kind must have to be reported."""
FEWEST_TUNES = 3
"""Tunes that must have the kind."""
LONGEST = 600
"""Characters of a composed tune at most."""


@dataclass(frozen=True)
class AblationConfig:
    """Options of an ablation study."""

    random_sets: int = 29
    """Random units, or groups of the same size, for each target: with 19 or more the p-value can reach 0.05."""
    characters: int = 40_000
    """Most characters to measure losses on."""
    tunes: int = 48
    """Tunes to compose with each network; 0 composes none."""
    composing_sets: int = 19
    """How many of the random sets compose."""
    temperature: float = 0.7
    seed: int = 0
    """Of the choice of random units and of tunes to read, and of the composed tunes."""

    def __post_init__(self) -> None:
        require_types(self)
        require_whole("random_sets", self.random_sets, 1)
        require_whole("characters", self.characters, 1, MOST_CHARACTERS)
        require_whole("tunes", self.tunes, 0)
        require("temperature", self.temperature, "more than 0", self.temperature > 0)
        require_seed("seed", self.seed)
        sets = f"1 up to the {self.random_sets} random_sets"
        require("composing_sets", self.composing_sets, sets, 1 <= self.composing_sets <= self.random_sets)


@dataclass(frozen=True)
class Ablation:
    """Effects of clamping one target."""

    target: Target
    held_at: tuple[float, ...]
    """Mean output of each of its units."""
    overall: Effect
    """On the mean loss over all characters."""
    kinds: tuple[Effect, ...]
    """On the loss of each kind, in the order of `AblationResult.kinds`."""
    bars: Effect | None
    """On bar errors; None if no bars were composed."""


@dataclass(frozen=True)
class AblationResult:
    """Ablations of units of one network."""

    ablations: tuple[Ablation, ...]
    kinds: tuple[str, ...]
    """Kinds of characters that are frequent enough, in the order of `KINDS`."""
    losses: tuple[float, ...]
    """Of the intact network at each kind, in nats per character."""
    shares: tuple[float, ...]
    """Of each kind among all characters."""
    loss: float
    """Of the intact network, over all characters."""
    wrong_bars: Estimate | None
    """Share of wrong bars in the tunes that the intact network composes."""
    about: dict[str, Any]
    """Sizes, options and seed of the study."""

    def as_json(self) -> dict[str, Any]:
        """The content of ``ablation.json``."""
        return asdict(self)


def study_ablation(
    model: Checkpoint,
    sides: Sides,
    findings: Sequence[UnitFinding] = (),
    config: AblationConfig | None = None,
    *,
    targets: Sequence[Target] | None = None,
    progress: Progress = lambda *_: None,
) -> AblationResult:
    """Clamp units of a network at their means, and measure what becomes worse.

    Parameters
    ----------
    model, sides
        The network, and tunes labelled for its vocabulary; losses are measured on those to confirm on.
    findings
        What its units follow (see `units.unit_study.study_units`), the strongest first.
    targets
        Units to clamp; None takes those that `choose_targets` finds in `findings`.

    Raises
    ------
    OptionError
        If a unit does not exist, or if too few other units are left to compare with.
    """
    config = config or AblationConfig()
    targets = choose_targets(findings, model.config) if targets is None else targets
    for target in targets:
        if not target.units or len(set(target.units)) < len(target.units):
            raise OptionError(f"a group has units {target.units}; allowed: one unit or more, each once")
        for unit in target.units:
            require_unit(model, unit)
    random = [random_sets(target, model.config, config.random_sets, config.seed) for target in targets]
    reading = TunesByKind.of(sides.confirming, model.vocabulary, config.characters, config.seed)
    clamped = ClampedNetwork(model, reading)
    own = [(), *(target.units for target in targets)]
    losses = clamped.losses(own + _flat(random), lambda share: progress("holding units", share / 2))
    bars = {}
    if config.tunes:
        composing = _flat([each[: config.composing_sets] for each in random])
        composition = CompositionConfig(temperature=config.temperature, seed=config.seed, max_length=LONGEST)
        bars = clamped.bars(
            own + composing, config.tunes, composition, lambda share: progress("composing", 0.5 + share / 2)
        )
    figures = _Figures(reading, losses, bars, config.seed)
    return AblationResult(
        tuple(
            figures.ablation(target, clamped.values(target.units), others, config.composing_sets)
            for target, others in zip(targets, random, strict=True)
        ),
        tuple(KINDS[kind] for kind in figures.usable),
        *figures.intact(),
        _about(model, reading, config),
    )


class _Figures:
    """Effects, computed from the losses and bar errors that were measured.

    Parameters
    ----------
    losses, bars
        By the units that were clamped; ``()`` is the intact network.
    """

    def __init__(
        self,
        reading: TunesByKind,
        losses: dict[Units, Floats],
        bars: dict[Units, Floats],
        seed: int,
    ) -> None:
        self._losses, self._bars = losses, bars
        self._counts = reading.counts  # (M, K)
        frequent = (self._counts.sum(axis=0) >= FEWEST) & ((self._counts > 0).sum(axis=0) >= FEWEST_TUNES)
        self.usable = np.flatnonzero(frequent).tolist()
        self._reads = Bootstrap(len(self._counts), seed)
        self._composes = Bootstrap(len(bars[()]), seed) if bars else None

    def intact(self) -> tuple[tuple[float, ...], tuple[float, ...], float, Estimate | None]:
        """Loss and share of each kind, loss over all characters, and share of wrong bars."""
        nats, counts = (sums.sum(axis=0) for sums in (self._losses[()], self._counts))
        sums, composed = _sums_of_shares(self._bars[()]) if self._composes else (nats, np.zeros(1))
        wrong = self._composes.ratio(sums, composed) if self._composes and composed.any() else None
        by_kind = nats[self.usable] / counts[self.usable]
        shares = counts[self.usable] / counts.sum()
        return tuple(by_kind.tolist()), tuple(shares.tolist()), float(nats.sum() / counts.sum()), wrong

    def ablation(self, target: Target, held_at: tuple[float, ...], random: Sequence[Units], composing: int) -> Ablation:
        kinds = [None, *self.usable]
        overall, *by_kind = effects_beside(
            [ALL if kind is None else KINDS[kind] for kind in kinds],
            [self._change(target.units, kind) for kind in kinds],
            np.array([[self._size(units, kind) for kind in kinds] for units in random]),
        )
        return Ablation(target, held_at, overall, tuple(by_kind), self._wrong_bars(target.units, random[:composing]))

    def _rise(self, units: Units, kind: int | None) -> tuple[Floats, Floats]:
        """Rise in nats, and number of characters, of one kind or all in each tune, each shape=(M,)."""
        more = self._losses[units] - self._losses[()]
        return (more.sum(axis=1), self._counts.sum(axis=1)) if kind is None else (more[:, kind], self._counts[:, kind])

    def _size(self, units: Units, kind: int | None) -> float:
        more, counts = self._rise(units, kind)
        return float(more.sum() / counts.sum())

    def _change(self, units: Units, kind: int | None) -> Estimate:
        return self._reads.ratio(*self._rise(units, kind))

    def _wrong_bars(self, units: Units, random: Sequence[Units]) -> Effect | None:
        if self._composes is None:
            return None
        before, own, *others = (_sums_of_shares(self._bars[each]) for each in ((), units, *random))
        if not all(counts.any() for _, counts in (before, own, *others)):
            return None
        change = self._composes.difference(*own, *before)
        shares = np.array([sums.sum() / counts.sum() for sums, counts in (before, *others)])
        return effects_beside([BARS], [change], (shares[1:] - shares[0])[:, None])[0]


def _sums_of_shares(bars: Floats) -> tuple[Floats, Floats]:
    """Share of wrong bars of each tune, and 1 if it has bars to check, else 0 for both; each shape=(M,)."""
    counts = (bars[:, 1] > 0).astype(np.float64)
    return np.minimum(bars[:, 0] / np.maximum(bars[:, 1], 1), 1) * counts, counts


def _flat(sets: Sequence[Sequence[Units]]) -> list[Units]:
    return [each for some in sets for each in some]


def _about(model: Checkpoint, reading: TunesByKind, config: AblationConfig) -> dict[str, Any]:
    return {
        "fingerprint": model.fingerprint,
        "tunes": len(reading.tunes),
        "characters": len(reading.bins),
        "random_sets": config.random_sets,
        "tunes_composed": config.tunes,
        "composing_sets": config.composing_sets,
        "temperature": config.temperature,
        "seed": config.seed,
    }
