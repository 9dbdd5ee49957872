"""The share of a time limit that a training has used, with the measuring that is still to come; times in seconds."""

import numpy as np

from tunewright.corpus.large.shards import count_characters, lengths_of
from tunewright.training.config import TrainingConfig
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import LANES, WINDOW_LENGTH, WINDOWS_PER_TUNE, Measurable
from tunewright.training.history import Position

READING_SHARE = 0.3
"""Time to measure a character as a share of the time to learn one."""


def time_share(position: Position, config: TrainingConfig, data: TrainingData) -> float:
    """Return the used share of the time limit, 0 without one; the evaluation that ends the epoch is part of it."""
    if not config.minutes:
        return 0.0
    used = position.learning_seconds + position.evaluation_seconds
    return (used + _coming_evaluation(position, config, data)) / (60 * config.minutes)


def _coming_evaluation(position: Position, config: TrainingConfig, data: TrainingData) -> float:
    """Estimate the time of the next evaluation: as long as the last one; before the first, by its size."""
    if position.last_evaluation_seconds or not position.epoch_characters:
        return position.last_evaluation_seconds
    sets = (data.sample, data.validation)
    per_character = position.epoch_seconds / position.epoch_characters
    # Few long tunes leave most lanes empty: a call then takes as long as its sequence.
    per_step = position.epoch_seconds / (position.batch * config.sequence_length)
    by_size = per_character * sum(map(measured_characters, sets))
    return READING_SHARE * max(by_size, per_step * sum(map(measured_steps, sets)))


def measured_characters(data: Measurable) -> int:
    """Return the number of characters that are read to measure on `data` under both protocols."""
    return count_characters(data.tunes) + len(data.tunes) * WINDOWS_PER_TUNE * WINDOW_LENGTH


def measured_steps(data: Measurable) -> int:
    """Return the number of steps that follow one another on a processor to read the tunes, side by side in lanes."""
    longest_first = np.sort(lengths_of(data.tunes))[::-1]
    return int(longest_first[:: LANES["cpu"]].sum())
