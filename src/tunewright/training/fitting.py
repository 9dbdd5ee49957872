"""Fitting a training into a time limit: the choice of a recipe and its number of epochs on this machine.

Each recipe is tried briefly on the tunes themselves, the best one first. The first that manages its least number of
epochs is chosen, else the last, with as many epochs as there is time for. So a slow machine trains a smaller network to
the end of its schedule, instead of a large one that is cut off.
"""

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.loop import Trainer
from tunewright.training.time_limit import READING_SHARE, measured_characters

TRIAL_SECONDS = 1.5
"""Duration of the trial of a recipe; its second half counts."""
FEWEST_STEPS = 8
"""Least number of steps in a trial."""
SPARE = 0.9
"""Share of the time that the epochs may take: the machine may become busier."""


@dataclass(frozen=True)
class Recipe:
    """A network and its training options."""

    network: NetworkConfig
    training: TrainingConfig
    """Its number of epochs is the largest that is useful."""
    least_epochs: int = 1
    """With fewer epochs the next recipe learns more."""


@dataclass(frozen=True)
class Fit:
    """The recipe for this machine."""

    recipe: Recipe
    """With the number of epochs that fits, and the time limit."""
    characters_per_second: float
    """Training speed in the trial."""


def fit(data: TrainingData, recipes: Sequence[Recipe], seconds: float, seed: int = 0) -> Fit:
    """Choose among `recipes`, which are ordered from the best to the fastest.

    Parameters
    ----------
    data
        The tunes of the training.
    seconds
        Time for training and evaluation; the trials, of about a second each, are extra.
    seed
        Seed of the training.
    """
    in_epoch = data.characters + READING_SHARE * sum(map(measured_characters, (data.sample, data.validation)))
    for recipe in recipes:
        rate = _rate(recipe, data)
        epochs = int(min(recipe.training.epochs, SPARE * seconds * rate / in_epoch))
        if epochs >= recipe.least_epochs or recipe is recipes[-1]:
            training = replace(recipe.training, epochs=max(1, epochs), minutes=seconds / 60, seed=seed)
            return Fit(replace(recipe, training=training), rate)
    raise ValueError("recipes is empty; give at least one")


def _rate(recipe: Recipe, data: TrainingData) -> float:
    """Return the characters per second that `recipe` learns, in a trial without side effects."""
    with torch.random.fork_rng(devices=[]):
        network = CharNetwork.of(recipe.network, data.vocabulary)
    began = last = time.perf_counter()
    seconds = []
    trainer = Trainer(network, data, recipe.training)
    learned = 0
    for progress in trainer.run():
        now = time.perf_counter()
        learned, before = trainer.position.epoch_characters, learned
        if not progress.record:
            seconds.append((now - last) / (learned - before))
        if now - began > TRIAL_SECONDS and len(seconds) > FEWEST_STEPS:
            break
        last = time.perf_counter()
    # The median, because steps that tried another number of threads, or met another program, do not count.
    return 1 / statistics.median(seconds[len(seconds) // 2 :]) if seconds else math.inf
