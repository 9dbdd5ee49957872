"""Fitting a training into a time: which recipe, and how many epochs of it, this machine manages now.

Each recipe is tried for a moment on the tunes themselves, the best one first; the first that manages as many epochs as
it needs is taken, else the last, with as many as there is time for. So a slow machine learns a smaller network to the
end of its schedule, where a fast one's would have been cut off.
"""

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from tunewright.corpus.large.shards import count_characters
from tunewright.model.config import NetworkConfig
from tunewright.model.network import CharNetwork
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import WINDOW_LENGTH, WINDOWS_PER_TUNE, Measurable
from tunewright.training.loop import Trainer

TRIAL_SECONDS = 1.5
"""For how long each recipe is tried; its second half counts."""
FEWEST_STEPS = 8
"""Steps of a trial on a slow machine."""
READING_SHARE = 0.3
"""Time to read a character, for measuring, as a share of the time to learn one."""
SPARE = 0.9
"""Share of the time that the epochs are to take: the machine may get busier."""


@dataclass(frozen=True)
class Recipe:
    """A network and how it is trained."""

    network: NetworkConfig
    training: TrainingConfig
    """Its epochs are the most that pay."""
    least_epochs: int = 1
    """With fewer, the next recipe learns more."""


@dataclass(frozen=True)
class Fit:
    """What suits this machine."""

    recipe: Recipe
    """Its training has the epochs that fit, and the time limit in which they should be done."""
    characters_per_second: float
    """That it learned when it was tried."""


def fit(data: TrainingData, recipes: Sequence[Recipe], seconds: float, seed: int = 0) -> Fit:
    """Choose among `recipes`, of which the best that there may be time for comes first.

    Parameters
    ----------
    data
        What will be learned.
    seconds
        For learning and measuring; the trials, of about a second each, come on top.
    seed
        Of the training.
    """
    in_epoch = data.characters + READING_SHARE * (_measured(data.sample) + _measured(data.validation))
    for recipe in recipes:
        rate = _rate(recipe, data)
        epochs = int(min(recipe.training.epochs, SPARE * seconds * rate / in_epoch))
        if epochs >= recipe.least_epochs or recipe is recipes[-1]:
            training = replace(recipe.training, epochs=max(1, epochs), minutes=seconds / 60, seed=seed)
            return Fit(replace(recipe, training=training), rate)
    raise ValueError("no recipe was given")


def _measured(tunes: Measurable) -> int:
    """Characters that are read to measure on `tunes`."""
    return count_characters(tunes.tunes) + len(tunes.tunes) * WINDOWS_PER_TUNE * WINDOW_LENGTH


def _rate(recipe: Recipe, data: TrainingData) -> float:
    """Characters a second that are learned by `recipe`, in a trial that leaves nothing behind."""
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
    # The median: a trial of another number of threads, or of another program, is no measure of the next minutes.
    return 1 / statistics.median(seconds[len(seconds) // 2 :]) if seconds else math.inf
