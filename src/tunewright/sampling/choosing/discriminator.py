"""Discriminator: a logistic regression that separates tunes of a corpus from tunes that a network composed.

Its logit estimates log(p / q), where p and q are the probabilities of a tune in the corpus and from the network:
trained on equally many tunes of both, the probability that a tune with density ratio r = p / q is from the corpus is r
/ (1 + r) (density ratio estimation by classification: Sugiyama, Suzuki, Kanamori, "Density Ratio Estimation in Machine
Learning", 2012, chapter 4). `tunewright.sampling.choosing.learning` trains it,
`tunewright.sampling.choosing.acceptance` uses it. Units: nats.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from tunewright.errors import CheckpointError
from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.choosing.features import features

KEY = "discriminator"
"""Key in `Checkpoint.style`."""


@dataclass(frozen=True)
class Discriminator:
    """A trained discriminator between tunes of a corpus and tunes of one network."""

    network: str
    """Fingerprint of the network that composed the tunes."""
    weights: Mapping[str, float]
    """What each feature adds to the logit, in nats, by the feature's name; see
    `tunewright.sampling.choosing.features`."""
    bias: float
    composed: Mapping[str, tuple[float, ...]]
    """For each temperature of the training set, such as "0.8": the logits of held-out tunes composed at it, as
    quantiles at equal steps from the least to the greatest."""
    auc: float
    """Area under the ROC curve on held-out tunes: the probability that a tune of the corpus has a greater logit than a
    composed one; 0.5 is chance."""
    tunes: int
    """Number of tunes of the corpus that it was trained on, beside as many composed ones."""

    def logit(self, text: str) -> float:
        """Return log(p / q) of the tune `text`; minus infinity if it has no notes."""
        found = features(text)
        weights = self.weights
        return (
            sum([weights[name] * value for name, value in found.items() if name in weights], self.bias)
            if found
            else -inf
        )

    def as_json(self) -> dict[str, Any]:
        """Return the entry of `Checkpoint.style`."""
        return asdict(self)

    @classmethod
    def of(cls, model: Checkpoint) -> "Discriminator | None":
        """Return the discriminator of `model`; None if it has none, or only that of the network it was derived from.

        Raises
        ------
        CheckpointError
            If its entry cannot be read.
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
