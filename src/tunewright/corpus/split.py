"""How are tunes held back for validation without the network having seen them under another name?

Tunes that share a key belong together, and so do those that are joined through a third. The keys of a tune:

- the identity that its source gives it;
- each title in its header, without articles, accents, case and punctuation, unless too many tunes bear it;
- sixteen hashes of its melody, such that two tunes that share a fraction s of their note sequences have at least one of
  them in common with probability 1 - (1 - s^3)^16: 0.02 at s = 0.1, 0.88 at s = 0.5, 1.00 at s = 0.7.

The last is MinHash with banding (A. Broder, "On the resemblance and containment of documents", 1997; J. Leskovec,
A. Rajaraman, J. Ullman, "Mining of Massive Datasets", section 3.4). A note sequence is ten intervals in scale steps, up
or down, modulo the octave: the same for a tune in another key, another octave, with other note lengths and ornaments.

Whole groups go to one side. Which, depends on the texts and the seed alone, not on the order of the tunes.
"""

import hashlib
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.header import body, field_of, header_fields, is_remark
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError

SHINGLE_INTERVALS = 10
"""Intervals in one note sequence ("shingle")."""

BANDS = 16
ROWS = 3
"""Least values that one of the `BANDS` melody keys joins."""

MOST_SETTINGS = 20
"""A title that more tunes than this bear ("Untitled", "Jig") says nothing about which tune it is."""

_ARTICLES = frozenset(("the", "a", "an", "le", "la", "les", "l", "der", "die", "das"))
# what stands among the notes and is none: chord symbols, decorations, grace notes, inline fields, comments;
# bounded, so that a line of opening brackets costs linear time
_NOT_MELODY = re.compile(r'"[^"\n]{0,200}"|![^!\n]{1,30}!|\{[^}\n]{0,200}\}|\[[A-Za-z]:[^\]\n]{0,200}\]|%[^\n]*')
_STEPS = np.full(256, -1, np.int8)
for _step, _letters in enumerate(("Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg")):
    _STEPS[[ord(letter) for letter in _letters]] = _step
_SCALE_STEPS = 7

# the hash functions are fixed: the same tunes are near-duplicates on every machine and for every seed
_constants = random.Random(1997)
_MULTIPLIERS = np.array([[_constants.getrandbits(64) | 1] for _ in range(BANDS * ROWS)], np.uint64)
_OFFSETS = np.array([[_constants.getrandbits(64)] for _ in range(BANDS * ROWS)], np.uint64)


def split_tunes(
    tunes: Sequence[Tune], *, validation_fraction: float = 0.1, seed: int = 0
) -> tuple[tuple[Tune, ...], tuple[Tune, ...]]:
    """Return (training tunes, validation tunes), each in the order of `tunes`, no tune on both sides in two settings.

    Parameters
    ----------
    validation_fraction
        The share of `tunes` to hold back, above 0 and below 1. Groups stay whole, so that the share comes out as near
        below it as they allow; neither side is ever empty.
    seed
        Another seed gives another choice of groups.

    Raises
    ------
    OptionError
        If the fraction is out of range, or if all tunes are one group, so that they cannot be split.
    """
    if not 0 < validation_fraction < 1:
        raise OptionError(f"the validation fraction is {validation_fraction}; above 0 and below 1 is allowed")
    groups = group_tunes(tunes)
    if len(groups) < 2:
        raise OptionError(
            f"all tunes here ({len(tunes)}) are settings of one and cannot be split; "
            "at least two tunes are needed, or others to validate on"
        )
    groups.sort(key=lambda group: _draw(tunes, group, seed))
    wanted = min(max(1, round(validation_fraction * len(tunes))), len(tunes) - 1)
    chosen: list[int] = []
    for group in groups:
        if len(chosen) + len(group) <= wanted:
            chosen += group
    smallest = min(groups, key=len)
    held_back = set(chosen or smallest)
    training = tuple(tune for index, tune in enumerate(tunes) if index not in held_back)
    return training, tuple(tunes[index] for index in sorted(held_back))


def _draw(tunes: Sequence[Tune], group: Sequence[int], seed: int) -> bytes:
    """Return what a group is sorted by: as good as random, and the same in whatever order the tunes come."""
    salt = str(seed).encode()
    return min(
        hashlib.blake2b(salt + b":" + tunes[index].text.encode("utf-8"), digest_size=16).digest() for index in group
    )


def group_tunes(tunes: Sequence[Tune]) -> list[list[int]]:
    """Return the groups of indices into `tunes` that settings of one tune, and near-duplicates, make."""
    parents = list(range(len(tunes)))
    for indices in _tunes_by_key(tunes).values():
        for index in indices[1:]:
            first, second = _root(parents, indices[0]), _root(parents, index)
            parents[max(first, second)] = min(first, second)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(tunes)):
        groups[_root(parents, index)].append(index)
    return list(groups.values())


def _tunes_by_key(tunes: Sequence[Tune]) -> dict[Hashable, list[int]]:
    """Return the indices of the tunes that have each key."""
    by_key: dict[Hashable, list[int]] = defaultdict(list)
    by_title: dict[Hashable, list[int]] = defaultdict(list)
    for index, tune in enumerate(tunes):
        for key in _keys(tune):
            by_key[key].append(index)
        for title in {_plain_title(value) for letter, value in header_fields(tune.text) if letter == "T"} - {""}:
            by_title["title", title].append(index)
    by_key.update((key, indices) for key, indices in by_title.items() if len(indices) <= MOST_SETTINGS)
    return by_key


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _keys(tune: Tune) -> Iterator[Hashable]:
    yield "text", tune.text
    if tune.identity is not None:
        yield "identity", tune.identity
    shingles = _shingles(tune.text)
    if len(shingles):
        least = (shingles[np.newaxis] * _MULTIPLIERS + _OFFSETS).min(axis=1)  # (BANDS * ROWS,)
        for band, values in enumerate(least.reshape(BANDS, ROWS)):
            yield band, values.tobytes()


def _plain_title(title: str) -> str:
    """Return the words of `title` by which it is known, in whatever way it is spelled."""
    letters = unicodedata.normalize("NFKD", title.casefold().replace("'", ""))
    words = re.findall(r"\w+", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return " ".join(word for word in words if word not in _ARTICLES)


def _shingles(text: str) -> NDArray[np.uint64]:
    """Return a 64-bit number for each different sequence of `SHINGLE_INTERVALS` intervals in the melody of `text`."""
    lines = (line for line in body(text).split("\n") if not field_of(line) and not is_remark(line))
    letters = _NOT_MELODY.sub("", "\n".join(lines)).encode("latin-1", "replace")
    steps = _STEPS[np.frombuffer(letters, np.uint8)]
    steps = steps[steps >= 0]
    intervals = (np.diff(steps) % _SCALE_STEPS).astype(np.uint64)
    if len(intervals) < SHINGLE_INTERVALS:
        return np.empty(0, np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(intervals, SHINGLE_INTERVALS)
    powers = np.uint64(_SCALE_STEPS) ** np.arange(SHINGLE_INTERVALS, dtype=np.uint64)
    return _mix(np.unique(windows @ powers))


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter `values` over all 64 bits (the finishing step of SplitMix64), as MinHash needs them."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
