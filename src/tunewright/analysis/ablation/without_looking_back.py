"""Ablation of the look-back head: losses and composed tunes of a network with its attention head removed.

Without the head the network's own distribution is used at every character, as if the gate were always 1; the recurrent
layers and the read-out are unchanged. The study measures how much the loss rises on held-out tunes, for each kind of
character, and the share of bars that recur in composed tunes. The network was trained to leave to the head what can be
copied: a network trained without a head would do better.

Losses are in nats per character, with the state zero at each tune's start. Composed tunes begin with headers of the
tunes that were read, the same with both networks, and are raw. The share of bars that recur is "bars that return" of
`tune_features.FEATURES`, the mean over tunes with a bar.

Shapes: M tunes; K kinds of characters.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from tunewright.analysis.ablation.clamped_units import ALL, FEWEST, FEWEST_TUNES, LONGEST, AblationConfig
from tunewright.analysis.ablation.effects import Bootstrap, Floats
from tunewright.analysis.ablation.losses_and_tunes import composed_texts, headers_of
from tunewright.analysis.character_kinds import KINDS
from tunewright.analysis.character_losses import TunesByKind, character_losses
from tunewright.analysis.musicality.distributions import Estimate
from tunewright.analysis.musicality.tune_features import FEATURES, profile
from tunewright.analysis.units.samples import Sides
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import load_network
from tunewright.progress import Progress
from tunewright.sampling.compiled import compiling
from tunewright.sampling.compose import MANY
from tunewright.sampling.config import CompositionConfig

TUNES = 96
"""To compose with each network."""
RETURNING = [feature.name for feature in FEATURES].index("bars that return")
"""Index of the feature in a profile."""


@dataclass(frozen=True)
class KindLoss:
    """Loss of one kind of character with and without the head."""

    of: str
    """A kind of character, or `ALL`."""
    looking: float
    """Nats per character with the head."""
    alone: float
    """Without it."""
    rise: Estimate
    """The difference; its interval is over tunes."""


@dataclass(frozen=True)
class Alone:
    """A network that looks back, with and without its head."""

    losses: tuple[KindLoss, ...]
    """Of all characters, then of each kind that is frequent enough, in the order of `KINDS`."""
    looking: Estimate | None
    """Share of the bars that recur, in tunes that it composes with its head; None if no tune has a bar."""
    alone: Estimate | None
    """Without it."""
    read: Estimate | None
    """In the tunes that were read."""
    about: dict[str, Any]
    """Sizes, options and seed of the study."""

    @property
    def overall(self) -> KindLoss:
        """The loss over all characters."""
        return self.losses[0]

    def as_json(self) -> dict[str, Any]:
        """Its part of ``ablation.json``."""
        return asdict(self)


def without_head(model: Checkpoint) -> Checkpoint:
    """The plain network inside one that looks back.

    Raises
    ------
    OptionError
        If it does not look back.
    """
    if not model.config.look_back:
        raise OptionError("the network does not look back: its look_back is 0")
    weights = {name: values for name, values in model.weights.items() if not name.startswith("look_back.")}
    return replace(model, config=replace(model.config, look_back=0), weights=weights, metrics={})


def study_alone(
    model: Checkpoint,
    sides: Sides,
    config: AblationConfig | None = None,
    *,
    tunes: int = TUNES,
    progress: Progress = lambda *_: None,
) -> Alone:
    """Measure a network with and without its look-back head.

    Parameters
    ----------
    model, sides
        The network, and tunes labelled for its vocabulary; losses are measured on those to confirm on.
    config
        Its number of characters, temperature and seed are used.
    tunes
        To compose with each network; 0 composes none.

    Raises
    ------
    OptionError
        If the network does not look back.
    """
    config = config or AblationConfig()
    networks = (model, without_head(model))
    reading = TunesByKind.of(sides.confirming, model.vocabulary, config.characters, config.seed)
    bootstrap = Bootstrap(len(reading.tunes), config.seed)
    progress("looking back, and not", 0.0)
    read = [character_losses(load_network(each), reading.tunes, threads=1) for each in networks]
    looking, alone = (reading.sums(np.concatenate(losses)) for losses in read)  # (M, K)
    progress("composing without looking back", 0.4)
    texts = [model.vocabulary.decode(ids[1:-1].tolist()) for ids in reading.tunes]
    composed: tuple[Estimate | None, Estimate | None] = (None, None)
    if tunes:
        if tunes >= MANY:
            compiling.finish()
        composition = CompositionConfig(temperature=config.temperature, seed=config.seed, max_length=LONGEST)
        headers = headers_of(model, reading)
        wrote, alone_wrote = (composed_texts(each, headers, tunes, composition) for each in networks)
        composed = _returning(wrote, config.seed), _returning(alone_wrote, config.seed)
    return Alone(
        tuple(_losses(looking, alone, reading.counts, bootstrap)),
        *composed,
        _returning(texts, config.seed),
        {
            "tunes": len(reading.tunes),
            "characters": len(reading.bins),
            "tunes_composed": tunes,
            "temperature": config.temperature,
            "seed": config.seed,
        },
    )


def _losses(looking: Floats, alone: Floats, counts: Floats, bootstrap: Bootstrap) -> Iterable[KindLoss]:
    """Losses per kind, from summed nats and counts of each kind in each tune, shape=(M, K)."""
    frequent = (counts.sum(axis=0) >= FEWEST) & ((counts > 0).sum(axis=0) >= FEWEST_TUNES)
    for kind in (slice(None), *(slice(kind, kind + 1) for kind in np.flatnonzero(frequent))):
        one, other, count = (sums[:, kind].sum(axis=1) for sums in (looking, alone, counts))  # (M,)
        name = ALL if kind == slice(None) else KINDS[kind.start]
        rise = bootstrap.ratio(other - one, count)
        yield KindLoss(name, float(one.sum() / count.sum()), float(other.sum() / count.sum()), rise)


def _returning(texts: Iterable[str], seed: int) -> Estimate | None:
    """Mean share of the bars that recur; None if no text has a bar."""
    profiles = [found for text in texts if (found := profile(text)) is not None]
    shares = np.array([sum(each[RETURNING]) for each in profiles if each[RETURNING]])
    return Bootstrap(len(shares), seed).ratio(shares, np.ones(len(shares))) if len(shares) else None
