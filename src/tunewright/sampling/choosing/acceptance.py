"""Discriminator rejection sampling: composed tunes are accepted by how likely they are to be from the corpus.

Each seed has candidates, composed one after another until one is accepted. The first is the tune of the seed itself;
the others have seeds that follow from it, so that a seed gives the same tune alone or among many. Where none of
`MOST_CANDIDATES` is accepted, one of them is drawn with probability proportional to its density ratio
(sampling-importance resampling: Rubin, 1988).

The acceptance probability is that of Azadi, Olsson, Darrell, Goodfellow, Odena, "Discriminator Rejection Sampling",
2019, arXiv:1810.06758. With M the greatest logit of the discriminator (see
`tunewright.sampling.choosing.discriminator`),

    F = logit - M - log(1 - exp(logit - M - epsilon)) - gamma,   accepted with probability 1 / (1 + exp(-F))

gamma = 0 is exact rejection sampling, which keeps tunes distributed as the corpus but accepts next to nothing of a
network that is far from it; here gamma is such that a given share is accepted. Units: nats.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, inf, log1p

import numpy as np

from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.choosing.discriminator import Discriminator
from tunewright.sampling.composition import Choice, Composition
from tunewright.sampling.config import CompositionConfig

MOST_CANDIDATES = 12
EPSILON = 1e-6
WIDEST_GAMMA = 60.0
HALVINGS = 60


@dataclass(frozen=True)
class Acceptance:
    """The probability with which a composed tune is accepted.

    Parameters
    ----------
    discriminator
        Gives the logits.
    rate
        Mean share of composed tunes to accept, above 0, up to 1.
    temperature
        Temperature at which the tunes are composed; the logits of the nearest one in the discriminator count.
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
        """The gamma with which the share `rate` of the held-out tunes is accepted on average; found by bisection."""
        scaled = [_scale(logit, self._greatest) for logit in self._logits]
        low, high = -WIDEST_GAMMA, WIDEST_GAMMA
        for _ in range(HALVINGS):
            gamma = (low + high) / 2
            accepted = float(np.mean([_sigmoid(each - gamma) for each in scaled]))
            low, high = (gamma, high) if accepted > self.rate else (low, gamma)
        return (low + high) / 2


class DiscriminatorSampler:
    """Discriminator rejection sampling for one network and temperature."""

    def __init__(self, discriminator: Discriminator, rate: float, temperature: float) -> None:
        self.discriminator, self.acceptance = discriminator, Acceptance(discriminator, rate, temperature)

    @classmethod
    def of(cls, model: Checkpoint, config: CompositionConfig) -> "DiscriminatorSampler | None":
        """Return the sampler for tunes of `model`; None if every tune is accepted, or `model` has no discriminator."""
        if config.accept == 1 or config.argmax:  # every candidate of argmax is the same
            return None
        discriminator = Discriminator.of(model)
        return cls(discriminator, config.accept, config.temperature) if discriminator else None

    def sample(self, seed: int, compose: Callable[[int], Composition]) -> Composition:
        """Compose candidates of `seed` with `compose`, a function of a seed, until one is chosen."""
        candidates = Candidates(self, seed)
        while candidates.chosen is None:
            candidates.offer(compose(candidates.next_seed))
        return candidates.chosen


class Candidates:
    """The candidates of one seed, offered one after another until one is chosen."""

    def __init__(self, sampler: DiscriminatorSampler, seed: int) -> None:
        self._sampler, self._seed = sampler, seed
        self._offered: list[tuple[Composition, float]] = []
        self._draws = np.random.default_rng([seed, MOST_CANDIDATES])
        self.chosen: Composition | None = None
        """The chosen tune; None until there is one."""

    @property
    def next_seed(self) -> int:
        """The seed of the next candidate."""
        return candidate_seed(self._seed, len(self._offered))

    def offer(self, candidate: Composition) -> None:
        """Accept or reject the candidate."""
        log_ratio = self._sampler.discriminator.logit(candidate.text) if candidate.ended else -inf
        self._offered.append((candidate, log_ratio))
        if self._draws.random() < self._sampler.acceptance(log_ratio):
            self._choose(len(self._offered) - 1, accepted=True)
        elif len(self._offered) == MOST_CANDIDATES:
            greatest = max(each for _, each in self._offered)
            weights = np.array([exp(each - greatest) if greatest > -inf else 1.0 for _, each in self._offered])
            self._choose(int(self._draws.choice(MOST_CANDIDATES, p=weights / weights.sum())), accepted=False)

    def _choose(self, place: int, *, accepted: bool) -> None:
        candidate, log_ratio = self._offered[place]
        choice = Choice(log_ratio, len(self._offered), accepted, candidate.seed)
        self.chosen = replace(candidate, seed=self._seed, choice=choice)


def sample_in_rounds(
    sampler: DiscriminatorSampler, seeds: Sequence[int], compose: Callable[[Sequence[int]], Iterable[Composition]]
) -> Iterator[Composition]:
    """Choose a tune for each of `seeds` where `compose` takes many seeds at once.

    Gives the same tunes as `DiscriminatorSampler.sample`.
    """
    every = [Candidates(sampler, seed) for seed in seeds]
    while waiting := [candidates for candidates in every if candidates.chosen is None]:
        composed = compose([candidates.next_seed for candidates in waiting])
        for candidates, composition in zip(waiting, composed, strict=True):
            candidates.offer(composition)
    yield from (candidates.chosen for candidates in every if candidates.chosen)


def candidate_seed(seed: int, place: int) -> int:
    """Return the seed of candidate number `place`, from 0, of a seed; 0 up to, not including, 2^63."""
    return int(np.random.SeedSequence([seed, place]).generate_state(1, np.uint64)[0] >> 1) if place else seed


def _scale(logit: float, greatest: float) -> float:
    """F of the module's docstring, with gamma = 0."""
    below = min(logit - greatest, 0.0)  # a logit above all known ones counts as the greatest of them
    return below - log1p(-exp(below - EPSILON))


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0
