"""What is in a corpus: how much, in which characters, under which headers, and what was left out of it?

Counts are of tunes and of characters (a line end is one); lengths are in characters of a tune's text.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tunewright.corpus.tune import Failure, Reading, Tune
from tunewright.notation.fields import header_fields
from tunewright.notation.spec import FIELDS

VALUES_COUNTED = ("M", "L", "K", "R")
"""Fields whose values say what kinds of tunes a corpus has."""

VALUES_SHOWN = 10


@dataclass(frozen=True)
class Lengths:
    """How long tunes are, in characters."""

    least: int
    lower_quartile: int
    median: int
    upper_quartile: int
    most: int


@dataclass(frozen=True)
class FieldStatistics:
    """How tunes use one information field in their headers."""

    letter: str
    name: str
    tunes: int
    """Tunes whose header has it."""
    values: tuple[tuple[str, int], ...]
    """The most common values and the tunes that have each, for the fields of `VALUES_COUNTED`; empty for others."""


@dataclass(frozen=True)
class FailureStatistics:
    """How often something was left out for one reason."""

    reason: str
    count: int
    first: str
    """Where it happened first, as file:line."""


@dataclass(frozen=True)
class CorpusStatistics:
    """What `describe` found."""

    tunes: int
    characters: int
    """Of all texts together."""
    source_characters: int
    """That the tunes take in their files: what losses are divided by."""
    symbols: tuple[tuple[str, int], ...]
    """Every character of the texts and how often it comes, the most frequent first."""
    lengths: Lengths
    fields: tuple[FieldStatistics, ...]
    """The fields that some tune has, the most frequent first."""
    duplicates: int
    """Tunes left out because an equal one was read before."""
    failures: tuple[FailureStatistics, ...]
    """The most frequent reason first."""


def describe(reading: Reading) -> CorpusStatistics:
    """Return the statistics of what was read; `reading` holds at least one tune."""
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
    """Return (what, count), the most frequent first, and among equals in the order of characters."""
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
