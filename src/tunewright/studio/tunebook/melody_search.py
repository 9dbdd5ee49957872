"""Tunes found by their notes, in any key and with wrong notes.

First the intervals: tunes that share three intervals in a row with the query, those with the most and the rarest of
them first (FTS5 with trigrams, ranked by BM25). The best `SHORTLIST` of them are then compared note by note: the
distance is the number of notes that must be changed, left out or added in the query so that some passage of the tune
has it, in the key that suits it best. Octaves do not count, since many play a tune, or type it, an octave off.

Distances are computed by dynamic programming (P. Sellers, "The theory and computation of evolutionary distances:
pattern recognition", 1980) over all tunes and all twelve keys at once. The local alignment of moves that
`tunewright.analysis.originality.melodic_similarity` computes finds less here: a wrong note makes two moves wrong.

Conventions: pitches are MIDI numbers. Shapes: C tunes; L columns, one before each tune and one for each of its notes.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.studio.tunebook.descriptions import interval_characters

SHORTLIST = 500
"""Tunes that are compared note by note."""

KEYS = 12
NOTES_PER_WRONG_ONE = 4
"""One note in so many may be wrong in what is found."""

_FEWEST_COMPARED = 150
_GRAM = 3  # intervals
_NO_NOTE = 99
_ADDED_IN_A_ROW = 2
_TUNES_AT_ONCE = 128
"""So few that their table fits the processor's cache."""


@dataclass(frozen=True)
class MelodyMatch:
    """A tune that was found."""

    tune: int
    distance: int
    """Notes that differ."""


def find_melody(connection: sqlite3.Connection, melodies: Sequence[Sequence[int]]) -> list[MelodyMatch]:
    """Tunes with one of some melodies in them, the nearest first.

    Parameters
    ----------
    melodies
        What the query can mean: pitches, at least three each. The more there are, the fewer tunes are compared with
        each.
    """
    best: dict[int, tuple[int, int]] = {}
    size = max(_FEWEST_COMPARED, SHORTLIST // len(melodies))
    for melody in melodies:
        rows = _shortlist(connection, melody, size)
        distances = distances_to(melody, [np.frombuffer(row["notes"], np.uint8) for row in rows])
        allowed = len(melody) // NOTES_PER_WRONG_ONE
        for place, (row, distance) in enumerate(zip(rows, distances.tolist(), strict=True)):
            if distance <= allowed:
                best[row["tune"]] = min(best.get(row["tune"], (distance, place)), (distance, place))
    order = sorted(best, key=lambda tune: best[tune])
    return [MelodyMatch(tune, best[tune][0]) for tune in order]


def _shortlist(connection: sqlite3.Connection, melody: Sequence[int], size: int) -> list[sqlite3.Row]:
    """Number and notes of the tunes with the most and the rarest sequences of intervals in common."""
    intervals = interval_characters(melody)
    grams = sorted({intervals[place : place + _GRAM] for place in range(max(1, len(intervals) - _GRAM + 1))})
    if len(intervals) < _GRAM:  # three notes: any tune with these two intervals
        query, asked = "melodies.intervals LIKE ?", f"%{intervals}%"
    else:
        query, asked = "melodies MATCH ?", " OR ".join(f'"{gram}"' for gram in grams)
    tables = "melodies JOIN pitches ON pitches.tune = melodies.rowid JOIN tunes ON tunes.id = melodies.rowid"
    where = f"{query} AND tunes.deleted_at IS NULL"
    statement = f"SELECT pitches.tune, pitches.notes FROM {tables} WHERE {where} ORDER BY melodies.rank LIMIT ?"  # noqa: S608
    return connection.execute(statement, (asked, size)).fetchall()


def distances_to(melody: Sequence[int], tunes: Sequence[NDArray[np.uint8]]) -> NDArray[np.int64]:
    """Distance of `melody` to the nearest passage of each tune, in the best of twelve keys, shape=(C,)."""
    parts = [tunes[first : first + _TUNES_AT_ONCE] for first in range(0, len(tunes), _TUNES_AT_ONCE)]
    return np.concatenate([np.empty(0, np.int64), *(_distances_to(melody, part) for part in parts)])


def _distances_to(melody: Sequence[int], tunes: Sequence[NDArray[np.uint8]]) -> NDArray[np.int64]:
    lengths = np.array([len(tune) for tune in tunes])
    starts = np.cumsum(lengths + 1) - lengths - 1  # (C,)
    notes = np.concatenate([part for tune in tunes for part in ([_NO_NOTE], tune % 12)]).astype(np.int8)  # (L,)
    keys = np.arange(KEYS, dtype=np.int8)
    row = np.zeros((KEYS, len(notes)), np.int8)
    for count, pitch in enumerate(melody, 1):
        wrong = notes != ((pitch + keys) % 12).astype(np.int8)[:, np.newaxis]  # (KEYS, L)
        below = np.empty_like(row)
        np.add(row[:, :-1], wrong[:, 1:], out=below[:, 1:], casting="unsafe")
        below[:, starts] = count
        np.minimum(below, row + 1, out=below)
        for _ in range(_ADDED_IN_A_ROW):
            np.minimum(below[:, 1:], below[:, :-1] + 1, out=below[:, 1:])
            below[:, starts] = count
        row = below
    nearest: NDArray[np.int64] = np.minimum.reduceat(row.min(axis=0), starts).astype(np.int64)
    return nearest


@dataclass(frozen=True, order=True)
class FoundPassage:
    """A passage of a tune: its distance, and the numbers of its first note and of the note after its last."""

    distance: int
    first: int
    last: int


def locate_melody(melody: Sequence[int], pitches: Sequence[int]) -> FoundPassage | None:
    """The passage of a tune that is nearest to `melody`; None if too many notes differ."""
    allowed = len(melody) // NOTES_PER_WRONG_ONE
    passages = [_nearest_passage([pitch + key for pitch in melody], pitches) for key in range(KEYS)]
    found = min(passages)
    return found if found.distance <= allowed and found.first < found.last else None


def _nearest_passage(melody: Sequence[int], pitches: Sequence[int]) -> FoundPassage:
    row = [(0, start) for start in range(len(pitches) + 1)]  # distance, and where the passage begins
    for pitch in melody:
        below = [(row[0][0] + 1, 0)]
        for place, note in enumerate(pitches, 1):
            same, before, left = row[place - 1], row[place], below[place - 1]
            wrong = (note - pitch) % 12 != 0
            below.append(min((same[0] + wrong, same[1]), (before[0] + 1, before[1]), (left[0] + 1, left[1])))
        row = below
    return min(FoundPassage(distance, first, last) for last, (distance, first) in enumerate(row))
