"""Split of a corpus into training and validation tunes, without near-duplicates across the two.

Groups of tunes that belong together (see `tunewright.corpus.grouping`) go to one side. Which side depends on the texts
and the seed alone, not on the order of the tunes.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.grouping import Keys, TuneKeys, group_labels, tune_keys
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError

VALIDATION_FRACTION = 0.1
"""Share of tunes that is held back by default."""


def split_tunes(
    tunes: Sequence[Tune], *, validation_fraction: float = VALIDATION_FRACTION, seed: int = 0
) -> tuple[tuple[Tune, ...], tuple[Tune, ...]]:
    """Return (training tunes, validation tunes), each in the order of `tunes`; settings of one tune are on one side.

    Parameters
    ----------
    validation_fraction
        Share of `tunes` to hold back, above 0 and below 1. Groups stay whole, so that the actual share is as near
        below it as they allow; neither side is ever empty.
    seed
        Another seed gives another choice of groups.

    Raises
    ------
    OptionError
        If the fraction is out of range, or all tunes are one group.
    """
    if not 0 < validation_fraction < 1:
        raise OptionError(f"the validation fraction is {validation_fraction}; above 0 and below 1 is allowed")
    keys = tune_keys(tunes, seed=seed)
    held_back = hold_back(keys.columns[0], _labels(keys), validation_fraction)
    training = tuple(tune for tune, held in zip(tunes, held_back, strict=True) if not held)
    return training, tuple(tunes[number] for number in np.flatnonzero(held_back).tolist())


def hold_back(draws: Keys, labels: NDArray[np.int64], fraction: float) -> NDArray[np.bool_]:
    """Choose whole groups for validation: those with the smallest draws, as many as fit.

    Parameters
    ----------
    draws
        A random number for each tune, shape=(N,).
    labels
        The group of each tune, shape=(N,); see `group_labels`.
    fraction
        Share of tunes to hold back.

    Returns
    -------
    held_back
        True for validation tunes, shape=(N,).

    Raises
    ------
    OptionError
        If all tunes are one group.
    """
    groups, group_of, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    if len(groups) < 2:
        what = "one tune" if len(labels) == 1 else f"all tunes here ({len(labels)}) are settings of one tune"
        raise OptionError(
            f"{what} and cannot be split; give at least two different tunes, or other tunes to validate on "
            "(--validation FILE)"
        )
    least = np.full(len(groups), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, group_of, draws)
    order = np.argsort(least, kind="stable")
    left = min(max(1, round(fraction * len(labels))), len(labels) - 1)
    chosen = np.zeros(len(groups), np.bool_)
    for group in order:
        if sizes[group] <= left:
            chosen[group] = True
            left -= sizes[group]
        if not left:
            break
    if not chosen.any():
        chosen[order[np.argmin(sizes[order])]] = True
    return chosen[group_of]


def group_tunes(tunes: Sequence[Tune]) -> list[list[int]]:
    """Return groups of indices into `tunes`: settings of one tune and near-duplicates are in one group."""
    groups: dict[int, list[int]] = defaultdict(list)
    for index, label in enumerate(_labels(tune_keys(tunes)).tolist()):
        groups[label].append(index)
    return list(groups.values())


def _labels(keys: TuneKeys) -> NDArray[np.int64]:
    return group_labels(keys.columns.shape[1], keys.columns, keys.titles, keys.titled)
