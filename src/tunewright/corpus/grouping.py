"""Near-duplicate detection: groups of tunes that are settings of one tune, or nearly the same.

Tunes that share a key belong to one group, and so do tunes that are connected through others. The keys of a tune are
hashes of 64 bits, so that two different things share one with a probability of about N^2 / 2^65:

- its text;
- the identity that its source gives it;
- each title in its header, without articles, accents, case and punctuation, unless too many tunes have it;
- sixteen of its melody (see `tunewright.corpus.melody_hashes`).

Keys are computed for some tunes at a time and compared one column after the other, so that grouping millions of tunes
takes tens of bytes for each and not their texts.

Shapes: N tunes.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.corpus.melody_hashes import BANDS, melody_keys
from tunewright.corpus.tune import Tune
from tunewright.notation.fields import header_fields

MOST_SETTINGS = 20
"""A title of more tunes than this ("Untitled", "Jig") does not identify a tune."""

COLUMNS = 2 + BANDS
"""Number of keys of a tune, titles excepted."""

NO_KEY = 0
"""In place of a key that a tune does not have."""

_ARTICLES = frozenset(("the", "a", "an", "le", "la", "les", "l", "der", "die", "das"))
_WORD = re.compile(r"\w+")
_TITLE = re.compile(r"^T:(?![|:])(.*)", re.MULTILINE)

Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class TuneKeys:
    """The keys of some tunes."""

    columns: Keys
    """Text, identity and melody, shape=(COLUMNS, N); NO_KEY where a tune has none."""
    titles: Keys
    """Titles of all tunes, one after the other, each once for a tune."""
    titled: NDArray[np.int64]
    """Number of the tune that each of `titles` belongs to."""


def tune_keys(tunes: Sequence[Tune], *, seed: int = 0) -> TuneKeys:
    """Return the keys of `tunes`; those of their texts (see `text_keys`) depend on `seed`, the others do not."""
    identities = [0 if tune.identity is None else hash_of(tune.identity) for tune in tunes]
    titles = [(title, number) for number, tune in enumerate(tunes) for title in _titles(tune.text)]
    return TuneKeys(
        np.vstack(
            [text_keys(tunes, seed), np.array(identities, np.uint64), melody_keys([tune.text for tune in tunes])]
        ),
        np.array([hash_of(title) for title, _ in titles], np.uint64),
        np.array([number for _, number in titles], np.int64),
    )


def text_keys(tunes: Sequence[Tune], seed: int) -> Keys:
    """Return a pseudo-random number for each text, which does not depend on the order of the tunes."""
    return np.array([hash_of(f"{seed}:{tune.text}") for tune in tunes], np.uint64)


def hash_of(text: str) -> int:
    """Return the first 64 bits of the BLAKE2 hash of `text`."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=16).digest()[:8], "big")


def group_labels(count: int, columns: Iterable[Keys], titles: Keys, titled: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of `count` tunes the least number in its group, shape=(N,).

    Parameters
    ----------
    columns
        Keys, shape=(N,) each; NO_KEY joins nothing.
    titles, titled
        See `TuneKeys`; titles of more than `MOST_SETTINGS` tunes join nothing.
    """
    labels = np.arange(count)
    for column in columns:
        bearers = np.flatnonzero(column != NO_KEY)
        labels = _joined(labels, *_neighbours(column[bearers], bearers))
    order = np.argsort(titles, kind="stable")
    _, which, bearers_of = np.unique(titles[order], return_inverse=True, return_counts=True)
    telling = order[bearers_of[which] <= MOST_SETTINGS] if len(order) else order
    return _joined(labels, *_neighbours(titles[telling], titled[telling]))


def _neighbours(keys: Keys, tunes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of tunes with a key in common, enough to connect all such tunes."""
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    return tunes[order[same]], tunes[order[same + 1]]


def _joined(labels: NDArray[np.int64], first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `labels` with the groups of each pair of tunes merged; the least number is the label."""
    while True:
        one, other = labels[first], labels[second]
        apart = one != other
        if not apart.any():
            return labels
        first, second = first[apart], second[apart]
        lower, higher = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
        np.minimum.at(labels, higher, lower)
        while not np.array_equal(further := labels[labels], labels):
            labels = further


def _titles(text: str) -> set[str]:
    """Return the normalized titles in the header of `text`."""
    key = text.find("\nK:")
    if key < 0 or text.startswith("K:"):
        found = [value for letter, value in header_fields(text) if letter == "T"]
    else:
        found = _TITLE.findall(text, 0, key)
    return {_plain_title(title) for title in found} - {""}


def _plain_title(title: str) -> str:
    """Return `title` without articles, accents, case and punctuation."""
    letters = title.casefold().replace("'", "")
    if not letters.isascii():
        letters = "".join(
            letter for letter in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(letter)
        )
    return " ".join(word for word in _WORD.findall(letters) if word not in _ARTICLES)
