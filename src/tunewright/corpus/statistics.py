"""Statistics of a corpus: its size, characters, header fields and failures.

Counts are of tunes and of characters (a line end is one); lengths are in characters of a tune's text.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tunewright.corpus.tune import Failure, Reading, Tune
from tunewright.notation.fields import header_fields
from tunewright.notation.spec import FIELDS

VALUES_COUNTED = ("M", "L", "K", "R")
"""Fields whose values are counted."""

VALUES_SHOWN = 10


@dataclass(frozen=True)
class Lengths:
    """Distribution of the lengths of tunes, in characters."""

    least: int
    lower_quartile: int
    median: int
    upper_quartile: int
    most: int


@dataclass(frozen=True)
class FieldStatistics:
    """Use of one information field in the headers of a corpus."""

    letter: str
    name: str
    tunes: int
    """Number of tunes whose header has it."""
    values: tuple[tuple[str, int], ...]
    """The most common values with their numbers of tunes, for the fields of `VALUES_COUNTED`; empty for others."""


@dataclass(frozen=True)
class FailureStatistics:
    """The failures with one reason."""

    reason: str
    count: int
    first: str
    """Place of the first one, as file:line."""


@dataclass(frozen=True)
class CorpusStatistics:
    """Statistics of a corpus; see `describe`."""

    tunes: int
    characters: int
    """Number of characters of all texts."""
    source_characters: int
    """Number of characters of the tunes in their files: losses are divided by it."""
    symbols: tuple[tuple[str, int], ...]
    """Every character of the texts and its count, the most frequent first."""
    lengths: Lengths
    fields: tuple[FieldStatistics, ...]
    """The fields in use, the most frequent first."""
    duplicates: int
    """Number of tunes left out because an equal one was read before."""
    failures: tuple[FailureStatistics, ...]
    """The most frequent reason first."""


def describe(reading: Reading) -> CorpusStatistics:
    """Return the statistics of `reading`, which holds at least one tune."""
    symbols: Counter[str] = Counter()
    for tune in reading.tunes:
        symbols.update(tune.text)
    return CorpusStatistics(
        tunes=len(reading.tunes),
        characters=sum(len(tune.text) for tune in reading.tunes),
        source_characters=sum(tune.source_characters for tune in reading.tunes),
        symbols=_ranked(symbols),
        lengths=_lengths([len(tune.text) for tune in reading.tunes]),
        fields=_fields(reading.tunes),
        duplicates=len(reading.duplicates),
        failures=_failures(reading.failures),
    )


def _ranked(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return (key, count) pairs, the most frequent first, equal counts in the order of the keys."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _lengths(lengths: Sequence[int]) -> Lengths:
    ordered = sorted(lengths)
    return Lengths(*(ordered[round(quarter * (len(ordered) - 1) / 4)] for quarter in range(5)))


def _fields(tunes: Sequence[Tune]) -> tuple[FieldStatistics, ...]:
    tunes_with: Counter[str] = Counter()
    values = {letter: Counter[str]() for letter in VALUES_COUNTED}
    for tune in tunes:
        header = dict(reversed(list(header_fields(tune.text))))  # the first one of each letter
        tunes_with.update(header.keys())
        for letter in values.keys() & header.keys():
            values[letter][header[letter]] += 1
    return tuple(
        FieldStatistics(letter, FIELDS[letter].name, count, _ranked(values.get(letter, Counter()))[:VALUES_SHOWN])
        for letter, count in _ranked(tunes_with)
    )


def _failures(failures: Sequence[Failure]) -> tuple[FailureStatistics, ...]:
    first: dict[str, Failure] = {}
    for failure in failures:
        first.setdefault(failure.reason, failure)
    counts = Counter(failure.reason for failure in failures)
    return tuple(
        FailureStatistics(reason, count, f"{first[reason].path}:{first[reason].line}")
        for reason, count in _ranked(counts)
    )
