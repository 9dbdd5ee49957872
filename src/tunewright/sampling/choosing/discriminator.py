"""Discriminator: a logistic regression that tells tunes of a corpus from those that a network composes.

Its logit is an estimate of log(p / q), where p and q are how probable a tune is in the corpus and from the network: of
as many tunes of each, the probability that one with density ratio r = p / q is of the corpus is r / (1 + r) (density
ratio by classification: Sugiyama, Suzuki, Kanamori, "Density Ratio Estimation in Machine Learning", 2012, chapter 4).

Acceptance is that of discriminator rejection sampling (Azadi, Olsson, Darrell, Goodfellow, Odena, "Discriminator
Rejection Sampling", 2019, arXiv:1810.06758): with M the greatest logit,

    F = logit - M - log(1 - exp(logit - M - epsilon)) - gamma,   accepted with probability 1 / (1 + exp(-F))

gamma = 0 is exact rejection sampling, which keeps what is distributed as the corpus but next to nothing of a network
that is far from it; here gamma is such that a wanted share is accepted. Units: nats.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from math import exp, inf, log1p
from typing import Any

import numpy as np

from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.choosing.features import features

EPSILON = 1e-6
KEY = "discriminator"
"""Its place in `Checkpoint.style`."""
WIDEST_GAMMA = 60.0
HALVINGS = 60


@dataclass(frozen=True)
class Discriminator:
    """What tells tunes of the corpus from composed ones."""

    network: str
    """Fingerprint of the network whose tunes it tells."""
    weights: Mapping[str, float]
    """Nats that a feature adds to the logit, by the feature's name; see `features`."""
    bias: float
    composed: Mapping[str, tuple[float, ...]]
    """For each temperature that was learned from, such as "0.8": the logits of tunes composed at it that were held out
    from the learning, as quantiles at equal steps from the least to the greatest."""
    auc: float
    """How well tunes that were held out are told: the probability that one of the corpus has a greater logit than a
    composed one; 0.5 is a coin."""
    tunes: int
    """Of the corpus, and as many composed, that it learned from."""

    def logit(self, text: str) -> float:
        """Return log(p / q) of the tune `text`; minus infinity if it holds no note."""
        found = features(text)
        weights = self.weights
        return (
            sum([weights[name] * value for name, value in found.items() if name in weights], self.bias)
            if found
            else -inf
        )

    def as_json(self) -> dict[str, Any]:
        """For `Checkpoint.style`."""
        return asdict(self)

    @classmethod
    def of(cls, model: Checkpoint) -> "Discriminator | None":
        """Return the discriminator of a network; None if it has none, or one of a network that it was made from.

        Raises
        ------
        CheckpointError
            If it is damaged.
        """
        about = model.style.get(KEY)
        if about is None:
            return None
        try:
            composed = {name: tuple(map(float, logits)) for name, logits in about["composed"].items()}
            weights = {str(name): float(weight) for name, weight in about["weights"].items()}
            auc, tunes = float(about["auc"]), int(about["tunes"])
            found = cls(str(about["network"]), weights, float(about["bias"]), composed, auc, tunes)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"its discriminator is damaged: {error!r}", path=model.path) from error
        return found if found.network == model.fingerprint else None


@dataclass(frozen=True)
class Acceptance:
    """With which probability a composed tune is accepted.

    Parameters
    ----------
    discriminator
        What judges.
    rate
        The share of composed tunes to accept, above 0, up to 1.
    temperature
        That they are composed at; the nearest that was learned from is meant.
    """

    discriminator: Discriminator
    rate: float
    temperature: float

    def __call__(self, logit: float) -> float:
        """Return the probability of accepting a tune of this logit, 0 to 1."""
        return _sigmoid(_scale(logit, self._greatest) - self._gamma)

    @cached_property
    def _logits(self) -> tuple[float, ...]:
        composed = self.discriminator.composed
        return composed[min(composed, key=lambda learned: abs(float(learned) - self.temperature))]

    @cached_property
    def _greatest(self) -> float:
        return max(self._logits)

    @cached_property
    def _gamma(self) -> float:
        """Such that the wanted share of the held-out tunes is accepted on average; found by bisection."""
        scaled = [_scale(logit, self._greatest) for logit in self._logits]
        low, high = -WIDEST_GAMMA, WIDEST_GAMMA
        for _ in range(HALVINGS):
            gamma = (low + high) / 2
            accepted = float(np.mean([_sigmoid(each - gamma) for each in scaled]))
            low, high = (gamma, high) if accepted > self.rate else (low, gamma)
        return (low + high) / 2


def _scale(logit: float, greatest: float) -> float:
    """F of the module's docstring with gamma = 0."""
    below = min(logit - greatest, 0.0)  # what exceeds all that were seen is accepted as they are
    return below - log1p(-exp(below - EPSILON))


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0
