"""MinHash keys of melodies: near-duplicate tunes share a key, in any key signature and with other ornaments.

A note sequence ("shingle") is ten intervals in scale steps, up or down, modulo the octave: the same for a tune in
another key, another octave, with other note lengths. A tune gets sixteen keys, each made of the least values that three
hash functions give to its note sequences, so that two tunes that share a fraction s of their note sequences have at
least one key in common with probability 1 - (1 - s^3)^16: 0.02 at s = 0.1, 0.88 at s = 0.5, 1.00 at s = 0.7.

This is MinHash with banding (A. Broder, "On the resemblance and containment of documents", 1997; J. Leskovec,
A. Rajaraman, J. Ullman, "Mining of Massive Datasets", section 3.4). Many tunes are computed in one call, because for a
single one the calls take longer than the arithmetic.

Shapes: N tunes, S note sequences of all of them together.
"""

import random
import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.large.shuffling import scatter
from tunewright.notation.fields import body
from tunewright.notation.spec import FIELDS

SHINGLE_INTERVALS = 10
"""Number of intervals in one note sequence."""

BANDS = 16
"""Number of keys of a tune."""
ROWS = 3
"""Number of least values that one key combines."""

_CHARACTERS_AT_ONCE = 1 << 19
"""Few enough that the arrays of their notes fit the processor's cache."""

# what is not melody: fields, remarks, chord symbols, decorations, grace notes, inline fields,
# comments; bounded, so that a line of opening brackets costs linear time
_NOT_MELODY = re.compile(
    rf"^(?:[{''.join(FIELDS)}]:(?![|:])|%|\+:)[^\n]*"
    r'|"[^"\n]{0,200}"|![^!\n]{1,30}!|\{[^}\n]{0,200}\}|\[[A-Za-z]:[^\]\n]{0,200}\]|%[^\n]*',
    re.MULTILINE,
)
_BETWEEN_TUNES = "\n\0\n"
_STEPS = np.full(256, -1, np.int8)
for _step, _letters in enumerate(("Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg")):
    _STEPS[[ord(letter) for letter in _letters]] = _step
_SCALE_STEPS = 7
_TUNE_ENDS = _SCALE_STEPS
_STEPS[0] = _TUNE_ENDS

# the hash functions are fixed: the same tunes are near-duplicates on every machine and for every seed
_constants = random.Random(1997)
_MULTIPLIERS = np.array([_constants.getrandbits(64) | 1 for _ in range(BANDS * ROWS)], np.uint64)
_OFFSETS = np.array([_constants.getrandbits(64) for _ in range(BANDS * ROWS)], np.uint64)


def melody_keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Return the keys of each tune, shape=(BANDS, N); 0 for a melody that is too short."""
    keys = np.zeros((BANDS, len(texts)), np.uint64)
    sizes = list(accumulate(map(len, texts), initial=0))
    first = 0
    while first < len(texts):
        last = first + 1
        while last < len(texts) and sizes[last + 1] - sizes[first] <= _CHARACTERS_AT_ONCE:
            last += 1
        keys[:, first:last] = _keys(texts[first:last])
        first = last
    return keys


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    keys = np.zeros((BANDS, len(texts)), np.uint64)
    shingles, counts = _shingles(texts)  # (S,), (N,)
    long_enough = np.flatnonzero(counts)
    if not long_enough.size:
        return keys
    starts = (np.cumsum(counts) - counts)[long_enough]
    for band in range(BANDS):
        key = np.zeros(len(long_enough), np.uint64)
        for function in range(band * ROWS, (band + 1) * ROWS):
            least = np.minimum.reduceat(shingles * _MULTIPLIERS[function] + _OFFSETS[function], starts)
            key = scatter(key + least)
        keys[band, long_enough] = np.maximum(key, 1)
    return keys


def _shingles(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the note sequences of all tunes as numbers, shape=(S,), and their count in each tune, shape=(N,)."""
    music = _NOT_MELODY.sub("", _BETWEEN_TUNES.join([body(text).replace("\0", "") for text in texts]))
    steps = _STEPS[np.frombuffer(music.encode("latin-1", "replace"), np.uint8)]
    steps = steps[steps >= 0]
    ends = np.append(np.flatnonzero(steps == _TUNE_ENDS), len(steps))
    tune_of = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=-1))[: len(steps)]
    intervals = np.diff(steps) % _SCALE_STEPS
    reach = len(intervals) - SHINGLE_INTERVALS + 1
    if reach < 1:
        return np.empty(0, np.uint64), np.zeros(len(texts), np.int64)
    shingles = np.zeros(reach, np.uint64)
    for place in range(SHINGLE_INTERVALS):
        shingles += intervals[place : place + reach].astype(np.uint64) * np.uint64(_SCALE_STEPS**place)
    # the mark after a tune is the last of its steps, so a sequence must end before it
    within = (tune_of[:reach] == tune_of[-reach:]) & (steps[-reach:] != _TUNE_ENDS)
    return scatter(shingles[within]), np.bincount(tune_of[:reach][within], minlength=len(texts))
