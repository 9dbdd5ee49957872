"""Choosing among the tunes of a seed, by discriminator rejection sampling (see `discriminator`).

Each seed has candidates, composed one after another until one is accepted. The first is the tune of the seed itself,
the others have seeds that follow from it, so that a seed gives the same tune alone or among many. Where none of
`MOST_CANDIDATES` is accepted, one of them is drawn, each as probable as its density ratio (sampling, importance
resampling: Rubin, 1988).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, inf
from typing import TYPE_CHECKING

import numpy as np

from tunewright.model.checkpoint import Checkpoint
from tunewright.sampling.choosing.discriminator import Acceptance, Discriminator
from tunewright.sampling.config import CompositionConfig

if TYPE_CHECKING:
    from tunewright.sampling.compose import Composition

MOST_CANDIDATES = 12


@dataclass(frozen=True)
class Choice:
    """How a tune was chosen among the candidates of its seed."""

    log_ratio: float
    """Logit of the discriminator, in nats: how much more probable the tune is in the corpus than from the network."""
    candidates: int
    """That were composed."""
    accepted: bool
    """False if none was, so that this one was drawn among them."""
    seed: int
    """With which the network composes this tune when nothing is chosen."""


class Chooser:
    """Chooses tunes of one network, composed at one temperature, of which about a share is accepted."""

    def __init__(self, discriminator: Discriminator, rate: float, temperature: float) -> None:
        self.discriminator, self.acceptance = discriminator, Acceptance(discriminator, rate, temperature)

    @classmethod
    def of(cls, model: Checkpoint, config: CompositionConfig) -> "Chooser | None":
        """Return what chooses tunes of `model`; None if all are taken, or if it has no discriminator."""
        if config.accept == 1 or config.argmax:  # every candidate of argmax is the same
            return None
        discriminator = Discriminator.of(model)
        return cls(discriminator, config.accept, config.temperature) if discriminator else None

    def choose(self, seed: int, compose: Callable[[int], "Composition"]) -> "Composition":
        """Compose candidates of `seed` until one is chosen."""
        candidates = Candidates(self, seed)
        while candidates.chosen is None:
            candidates.offer(compose(candidates.next_seed))
        return candidates.chosen


class Candidates:
    """The candidates of a seed so far."""

    def __init__(self, chooser: Chooser, seed: int) -> None:
        self._chooser, self._seed = chooser, seed
        self._offered: list[tuple[Composition, float]] = []
        self._draws = np.random.default_rng([seed, MOST_CANDIDATES])
        self.chosen: Composition | None = None
        """The tune, as soon as it is known."""

    @property
    def next_seed(self) -> int:
        """Of the candidate that is wanted next."""
        return candidate_seed(self._seed, len(self._offered))

    def offer(self, candidate: "Composition") -> None:
        """Accept the candidate or not."""
        log_ratio = self._chooser.discriminator.logit(candidate.text) if candidate.ended else -inf
        self._offered.append((candidate, log_ratio))
        if self._draws.random() < self._chooser.acceptance(log_ratio):
            self._choose(len(self._offered) - 1, accepted=True)
        elif len(self._offered) == MOST_CANDIDATES:
            greatest = max(each for _, each in self._offered)
            weights = np.array([exp(each - greatest) if greatest > -inf else 1.0 for _, each in self._offered])
            self._choose(int(self._draws.choice(MOST_CANDIDATES, p=weights / weights.sum())), accepted=False)

    def _choose(self, place: int, *, accepted: bool) -> None:
        candidate, log_ratio = self._offered[place]
        choice = Choice(log_ratio, len(self._offered), accepted, candidate.seed)
        self.chosen = replace(candidate, seed=self._seed, choice=choice)


def choose_in_rounds(
    chooser: Chooser, seeds: Sequence[int], compose: Callable[[Sequence[int]], Iterable["Composition"]]
) -> Iterator["Composition"]:
    """Choose a tune for each of `seeds` where many are composed at once; the same tunes that `Chooser.choose` gives."""
    every = [Candidates(chooser, seed) for seed in seeds]
    while waiting := [candidates for candidates in every if candidates.chosen is None]:
        composed = compose([candidates.next_seed for candidates in waiting])
        for candidates, composition in zip(waiting, composed, strict=True):
            candidates.offer(composition)
    yield from (candidates.chosen for candidates in every if candidates.chosen)


def candidate_seed(seed: int, place: int) -> int:
    """Return the seed of candidate number `place`, from 0, of a seed; 0 up to, not including, 2^63."""
    return int(np.random.SeedSequence([seed, place]).generate_state(1, np.uint64)[0] >> 1) if place else seed
